"""The simulator of the package scienceworld, which is a Java program."""
