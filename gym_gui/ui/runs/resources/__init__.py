"""The Resources tab: what a run's processes used over time."""
