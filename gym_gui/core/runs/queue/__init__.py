"""Runs that wait for their turn: the line, its limits, and the process that starts them."""
