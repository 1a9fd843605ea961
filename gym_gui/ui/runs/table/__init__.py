"""The table of runs: its rows, columns, order, groups and what is selected in it."""
