"""MOSAIC panel: find RL workers, launch their runs, watch them, keep what they leave."""

__version__ = "0.1.0"
