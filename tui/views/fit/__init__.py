"""The fit, one module for each kind of data set."""
