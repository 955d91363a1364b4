"""Car Dealer: the cars, the buyers, how a seller is understood, and what to offer."""
