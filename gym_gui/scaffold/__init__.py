"""New workers, written from templates."""
