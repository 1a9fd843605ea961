"""Renders every screen of the panel into docs/images: `python -m docs.shots`, or `make shots`."""
