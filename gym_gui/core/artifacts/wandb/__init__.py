"""Weights & Biases runs read from their directories: no account, no network, no wandb."""
