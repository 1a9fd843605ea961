"""QtCore only: launching, watching, tailing and background tasks, between the core and the views."""
