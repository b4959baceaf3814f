"""What drives a run: its thread, its pace, its changes, and what it tells. It knows no screen and no view."""
