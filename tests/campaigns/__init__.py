"""Campaigns: the promises about runs, tried many times over with real processes and real signals.

`make campaigns` (`python -m tests.campaigns`) plays them at full length and prints what was measured
against the bar of each; `test_short.py` plays a short form of the same code within the test suite.
"""
