"""What a person sees: the runner, its snapshots, the screen, and the command line."""
