"""The Ray worker, run for real where Ray is installed: `make test-workers`."""
