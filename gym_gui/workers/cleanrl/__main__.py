"""`python -m gym_gui.workers.cleanrl`: the worker's command line."""

import sys

from gym_gui.workers.cleanrl.cli import main

if __name__ == "__main__":
    sys.exit(main())
