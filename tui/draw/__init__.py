"""The drawing kit: canvas, colours, axes, lines, numbers. It knows no run."""
