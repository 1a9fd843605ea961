"""Checkpoints looked into without unpickling them, without their framework and without numpy."""
