"""What TextWorld's worlds are made of: stories, their prose and rules, and what makes them."""
