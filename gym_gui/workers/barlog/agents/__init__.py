"""The agents: what turns an observation into an action."""
