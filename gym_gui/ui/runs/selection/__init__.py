"""What is done to the runs that are selected, one or many."""
