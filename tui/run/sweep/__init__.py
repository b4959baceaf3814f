"""Sweeps: many runs of the same command, each with other values of some of its options."""
