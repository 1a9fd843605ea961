"""Deleted runs, kept until they are restored or emptied."""
