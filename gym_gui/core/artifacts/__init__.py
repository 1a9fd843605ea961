"""What a run left behind, read without executing any of it."""
