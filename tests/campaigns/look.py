"""`python -m tests.campaigns.look RUNS_FOLDER`: a fresh process that says how every run stands.

One JSON object on standard output: the states by run id.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from gym_gui.core.runs.directory import RunStore
from gym_gui.core.runs.observe import RunObserver
from gym_gui.core.runs.processes.carriers import Carriers


def main(folder: str) -> None:
    """Looks at every run once and prints what it sees."""
    store, carriers = RunStore(Path(folder)), Carriers()
    states = {run_id: RunObserver(store.open(run_id), carriers).refresh().state for run_id in store.run_ids()}
    print(json.dumps({"states": states}))


if __name__ == "__main__":
    main(sys.argv[1])
