"""Workers as seen from outside: a subprocess asks them, and what it answers is data."""
