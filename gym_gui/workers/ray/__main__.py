"""`python -m gym_gui.workers.ray`: the worker's command line."""

import sys

from gym_gui.workers.ray.cli import main

if __name__ == "__main__":
    sys.exit(main())
