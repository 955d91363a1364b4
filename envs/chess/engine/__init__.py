"""What plays chess: rules in words, Stockfish over a pipe, a search and exact endgame tables of our own."""
