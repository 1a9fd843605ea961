"""`python -m gym_gui.workers.tabular`: the worker's command line."""

import sys

from gym_gui.workers.tabular.cli import main

if __name__ == "__main__":
    sys.exit(main())
