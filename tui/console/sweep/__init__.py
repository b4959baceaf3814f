"""A sweep without a screen: its bar, its table and map, its files."""
