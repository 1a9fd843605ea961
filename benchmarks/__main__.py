"""`python -m benchmarks`: measure everything and write docs/performance.md."""

from __future__ import annotations

import compileall
import datetime
import platform
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks import curves, emit, import_cost, ingest, run_index, runs_table, scalars, startup, supervisor
from benchmarks.measure import Figure

PACKAGE = Path(__file__).parents[1] / "gym_gui"
REPORT = Path(__file__).parents[1] / "docs" / "performance.md"
PARTS: dict[str, Callable[[], list[Figure]]] = {
    "import": import_cost.measure,
    "emit": emit.measure,
    "startup": startup.measure,
    "supervisor": supervisor.measure,
    "scalars": scalars.measure,
    "runs": run_index.measure,
    "table": runs_table.measure,
    "ingest": ingest.measure,
    "curves": curves.measure,
}

HOW = """\
# Performance

Each figure is a ratio against a stated peer, or a cost, measured in one run on one machine by
`make bench`, which writes this page. The two sides of a ratio take turns, and what is given is
the median of the paired ratios with the least and the greatest. Absolute times would say more
about the machine than about the code, so there are none in the test suite.

- **Import**: whole processes, `python -c STATEMENT` against `python -c pass`.
- **Emit**: 20,000 heartbeats a turn, with five fields, into a file, as a launched worker's standard output
  is one. The peer of one thread is a loop of `os.write` over the very lines the emitter wrote. The other
  peer is an emitter of the usual kind, re-created in `benchmarks/emit.py`: a dataclass, `asdict`,
  `json.dumps`, `print` with flush under a lock.
- **Start**: process start to the first paint event of the window, offscreen, the panel with 1,000
  finished runs on disk against a program that shows an empty `QMainWindow`.
- **Supervisor**: the time from starting it to the worker's first line of code, less that of starting the
  worker directly; memory and CPU of the supervisor alone while its worker idles for 20 s.
- **Scalars**: whole processes that read the same event files, from their first import on (the peers' imports
  do not count), all points kept. The Rust data server is done when it lists the last step of every series,
  `tensorboard` when it lists every series.
- **Runs**: 10,000 copies of real ended runs. The index checks the stamps of all their files each time. The
  plain reader decodes three records a run and judges nothing. Keystrokes are every beginning of one long
  query, each parsed and held against all runs; the peer looks for one piece of text in texts made beforehand.
- **Table**: the panel's table over 10,000 runs, half of them in groups of five, offscreen. A keystroke is
  the query parsed and held against all runs, its completion, the rows arranged, and the paint.
- **Curves**: the time from a pan to its painted frame, offscreen, a chart of the Metrics tab over ten
  million points with six tenths of them in view. The peer is a plain plot of pyqtgraph with clipping and peak
  downsampling switched on.
- **Ingest**: a live run with a million heartbeats of 150 bytes on disk is opened: the Events tab and the
  learning curve are on screen, and the clock stops when the table has every row; the best round counts.
  Gaps are those a 2 ms timer sees. Then the whole panel over 50 runs that a process of its own appends to,
  one of them open, in turns with the same panel while that process is stopped.
"""


def main(names: list[str]) -> int:
    """Measures the named parts, or all, prints them, and writes the report when all were measured."""
    unknown = [name for name in names if name not in PARTS]
    if unknown:
        print(f"no such part: {', '.join(unknown)}; there are {', '.join(PARTS)}", file=sys.stderr)
        return 2
    # As from the second start on, also where the environment keeps Python from writing bytecode.
    compileall.compile_dir(str(PACKAGE), quiet=1)
    figures = [figure for name in names or PARTS for figure in PARTS[name]()]
    table = _table(figures)
    print(table)
    if not names:
        REPORT.write_text(f"{HOW}\n{_machine()}\n\n{table}\n")
        print(f"\nwritten to {REPORT}")
    return 0


def _machine() -> str:
    return (
        f"Taken on {datetime.date.today():%Y-%m-%d}: {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}."
    )


def _table(figures: list[Figure]) -> str:
    rows = ["| figure | against | measured | bar | met | |", "| --- | --- | --- | --- | --- | --- |"]
    for figure in figures:
        met = "yes" if figure.met else "**no**"
        value = f"{figure.value:.3g} {figure.unit}".strip()
        rows.append(f"| {figure.name} | {figure.peer} | {value} | {figure.bar} | {met} | {figure.note} |")
    return "\n".join(rows)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
