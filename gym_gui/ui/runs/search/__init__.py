"""The field that finds runs: as it is typed, completed and saved."""
