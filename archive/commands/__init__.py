"""One module for each kind of person at the command line."""
