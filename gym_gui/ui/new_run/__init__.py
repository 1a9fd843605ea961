"""The New run page: a form made from a config class, and what it will start."""
