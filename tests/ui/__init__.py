"""Tests of the window, its models and the journeys through it."""
