"""Where things are on this machine (`paths`) and what the user prefers (`settings`)."""
