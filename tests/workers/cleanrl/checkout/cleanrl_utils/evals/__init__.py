"""Evaluations of saved models."""
