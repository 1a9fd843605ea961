"""The Output tab: what a worker printed, line by line."""
