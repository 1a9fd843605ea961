"""Runs side by side: their curves over each other, where their configs differ, what they came to."""
