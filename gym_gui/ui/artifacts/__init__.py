"""What a run, or any directory, holds: found, listed by kind, and looked into without running any of it."""
