"""The settings there are, where each value comes from, and how one is changed."""
