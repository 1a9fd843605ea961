"""Editors for the fields of any form: a worker's config, the settings."""
