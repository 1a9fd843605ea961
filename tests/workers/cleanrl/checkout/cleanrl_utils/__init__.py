"""Modules of the checkout, which are found before those of an installed CleanRL."""
