"""The games, each behind the same small interface, described in words."""
