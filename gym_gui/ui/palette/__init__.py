"""The command palette (Ctrl+K) and the list of shortcuts (F1)."""
