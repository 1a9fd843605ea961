"""The BARLOG worker, against a model server of our own and against a real small model."""
