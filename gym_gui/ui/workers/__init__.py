"""The Workers page: what is installed, what it can do, and what is wrong with it."""
