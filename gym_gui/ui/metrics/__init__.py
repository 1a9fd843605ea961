"""Curves, images, texts and histograms of runs, and what draws them."""
