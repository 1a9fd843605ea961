"""The Overview tab: how a run stands, why it ended, and its latest figures."""
