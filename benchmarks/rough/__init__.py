"""Rough hands: keys, interrupts, tables and calls that nobody should have to fear, by the ten thousand."""
