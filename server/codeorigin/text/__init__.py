"""Text: positions and lines, reading files safely, and foreign text made literal."""
