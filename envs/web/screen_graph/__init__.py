"""Apps as graphs of screens: how they are drawn, what is asked for, how a walk is measured, and who explores them."""
