"""The screens: one a module, its styles beside it."""
