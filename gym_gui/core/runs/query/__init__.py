"""Finding runs: the query language, its completion, and what a query asks of a run."""
