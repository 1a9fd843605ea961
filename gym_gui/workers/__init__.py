"""The workers that ship with the panel. They import the SDK side of the package and nothing else of it."""
