"""Files that run in the script's own interpreter, where nothing of this project may be installed."""
