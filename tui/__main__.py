"""`python -m tui` is `unitfit`."""

from tui.cli import main

main()
