"""The Runs page: the table of all runs and the pane with one of them."""
