"""The environments that workers live in: listed, added, made, removed."""
