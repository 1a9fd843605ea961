"""Figures as ratios: each against a stated peer, measured in the same run."""
