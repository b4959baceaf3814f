"""The units: their table, their shapes, and the weights of the linear model."""
