"""The Config tab: what a run was launched with, and how that differs from another's."""
