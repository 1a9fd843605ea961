"""Runs: their directory, their records, their state, and the process that supervises them."""
