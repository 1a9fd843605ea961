"""Runs held against each other: seeds of one experiment, their spread, and where configs differ. No Qt."""
