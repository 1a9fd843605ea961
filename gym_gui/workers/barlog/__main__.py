"""`python -m gym_gui.workers.barlog`: the worker's command line."""

import sys

from gym_gui.workers.barlog.cli import main

if __name__ == "__main__":
    sys.exit(main())
