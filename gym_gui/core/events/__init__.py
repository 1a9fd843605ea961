"""What a run printed: an offset index over its output, and typed views of single lines."""
