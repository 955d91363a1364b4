"""Web worlds: sites of our own, and the browsers that show them."""
