"""The worker's command line: `tabular-worker --config FILE`."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from gym_gui.core.worker import WorkerCLI

PROG = "tabular-worker"
EXIT_CANNOT_RUN_HERE = 3


def main(argv: Sequence[str] | None = None) -> int:
    """The exit code of a run: 0 done, 1 failed, 2 bad usage or config, 3 cannot run here, 130 cancelled."""
    try:
        from gym_gui.workers.tabular.config import TabularConfig
        from gym_gui.workers.tabular.runtime import TabularRuntime
    except ModuleNotFoundError as error:
        if error.name is None or error.name.startswith("gym_gui"):
            raise
        mend = "install the worker's requirements: pip install 'mosaic-panel[tabular]'"
        print(f"{PROG}: error: {error.name} is not installed; {mend}", file=sys.stderr)
        return EXIT_CANNOT_RUN_HERE
    return WorkerCLI.run(
        TabularConfig,
        TabularRuntime,
        prog=PROG,
        description="Train a table of action values on a small discrete environment.",
        argv=argv,
    )
