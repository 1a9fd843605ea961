"""Processes of the operating system: who they are, whose they are, and what they use."""
