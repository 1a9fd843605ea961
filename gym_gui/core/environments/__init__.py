"""Python environments that workers live in: which there are, what is in them, making new ones."""
