"""One module for each topic of figures."""
