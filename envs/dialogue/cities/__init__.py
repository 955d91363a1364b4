"""What is known of cities and countries, and how questions about them are read and answered."""
