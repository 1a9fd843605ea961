"""Plain scripts as workers: which are registered, what arguments they take, how a config becomes these."""
