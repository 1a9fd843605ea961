"""One module per `gym-gui` command."""
