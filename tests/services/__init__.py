"""Tests of the services: real files, real processes, a real event loop."""
