"""The CleanRL worker: light tests with scripts of our own, heavy ones with CleanRL itself."""
