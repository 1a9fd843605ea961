"""The checks, a file for each family; each is a function from the bench to a verdict."""
