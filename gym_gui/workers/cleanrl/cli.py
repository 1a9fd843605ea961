"""The worker's command line: `cleanrl-worker --config FILE`."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from gym_gui.core.worker import WorkerCLI

PROG = "cleanrl-worker"
EXIT_CANNOT_RUN_HERE = 3


def main(argv: Sequence[str] | None = None) -> int:
    """The exit code of a run: 0 done, 1 failed, 2 bad usage or config, 3 cannot run here, 130 cancelled."""
    try:
        from gym_gui.workers.cleanrl.config import CleanRLConfig
        from gym_gui.workers.cleanrl.runtime import CleanRLRuntime
    except ModuleNotFoundError as error:
        if error.name is None or error.name.startswith("gym_gui"):
            raise
        mend = "install the worker's requirements: pip install 'mosaic-panel[cleanrl]'"
        print(f"{PROG}: error: {error.name} is not installed; {mend}", file=sys.stderr)
        return EXIT_CANNOT_RUN_HERE
    return WorkerCLI.run(
        CleanRLConfig,
        CleanRLRuntime,
        prog=PROG,
        description="Run a CleanRL script, unmodified, in a process of its own.",
        argv=argv,
    )
