"""Reads every run below a directory: `python ours.py DIRECTORY`. Imports count."""

import time

START = time.perf_counter()

import json  # noqa: E402
import resource  # noqa: E402
import sys  # noqa: E402
from pathlib import Path  # noqa: E402

from gym_gui.core.artifacts.scalars.run import ScalarRun  # noqa: E402


def main(root: Path) -> None:
    """Prints seconds to the first curve and to all points, how many, and the peak of memory in MB."""
    folders = sorted(path for path in root.iterdir() if path.is_dir()) or [root]
    first, runs, points = 0.0, [], 0
    for folder in folders:
        run = ScalarRun(folder)
        runs.append(run)
        while True:
            changes = run.refresh(0.02)
            points += changes.points
            if not first and run.tags():
                run.series(run.tags()[0].key)
                first = time.perf_counter() - START
            if changes.finished:
                break
    taken = time.perf_counter() - START
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    print(json.dumps({"first": first, "seconds": taken, "points": points, "peak_mb": peak}))


main(Path(sys.argv[1]))
