"""A data directory with real runs of the real tabular worker, in every state there is."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

from docs.shots.waiting import wait
from gym_gui.core.probing.model import ProbedWorker
from gym_gui.core.probing.probe import probe_interpreter
from gym_gui.core.runs.cancel import cancel_run
from gym_gui.core.runs.directory import RunDirectory, RunStore
from gym_gui.core.runs.files import read_record
from gym_gui.core.runs.launch import LaunchSpec, create_run, start_supervisor
from gym_gui.core.runs.observe import watch_state
from gym_gui.core.runs.record import ProcessRecord
from gym_gui.core.runs.summary import RunState

FINISHED = (
    ("lake 8x8, seed 1", "baseline", {"environment": "FrozenLake8x8", "seed": 1, "episodes": 40_000}),
    ("lake 8x8, seed 2", "baseline", {"environment": "FrozenLake8x8", "seed": 2, "episodes": 40_000}),
    (
        "cliff, on-policy",
        "",
        {"algorithm": "sarsa", "environment": "CliffWalking", "seed": 7, "episodes": 3_000},
    ),
    ("taxi", "", {"algorithm": "expected_sarsa", "environment": "Taxi", "seed": 3, "episodes": 8_000}),
    (
        "blackjack",
        "",
        {"algorithm": "monte_carlo", "environment": "Blackjack", "seed": 5, "episodes": 60_000},
    ),
    (
        "lake, slippery",
        "",
        {"environment": "FrozenLake4x4", "slippery": True, "seed": 11, "episodes": 20_000},
    ),
)
GOING: tuple[tuple[str, dict[str, Any]], ...] = (
    ("taxi, long", {"algorithm": "q_learning", "environment": "Taxi", "seed": 4, "episodes": 1_500_000}),
    (
        "blackjack, long",
        {"algorithm": "monte_carlo", "environment": "Blackjack", "seed": 6, "episodes": 9_000_000},
    ),
)


class Stage:
    """A data directory with real runs in every state there is."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.interpreter = _interpreter_behind_link(folder)
        self.store = RunStore(folder / "data" / "trainer" / "runs")
        self.worker = self._probe_tabular()
        self.going: list[RunDirectory] = []
        self.failed: RunDirectory | None = None
        self.finished: RunDirectory | None = None

    def _probe_tabular(self) -> ProbedWorker:
        report = probe_interpreter(self.interpreter)
        return next(worker for worker in report.workers if worker.worker_id == "tabular")

    def launch(self, name: str, tag: str, config: dict[str, Any]) -> RunDirectory:
        """Start a run of the tabular worker."""
        schema_defaults = {} if self.worker.schema is None else _defaults(self.worker.schema)
        metadata, capabilities = self.worker.metadata, self.worker.capabilities
        run = create_run(
            self.store,
            LaunchSpec(
                worker_id="tabular",
                command=self.worker.command,
                config={**schema_defaults, **config},
                interpreter=self.worker.interpreter,
                worker_type=capabilities.worker_type if capabilities else "",
                worker_name=metadata.name if metadata else "",
                worker_version=metadata.version if metadata else "",
                name=name,
                tags=(tag,) if tag else (),
            ),
        )
        start_supervisor(run)
        return run

    def fill(self) -> None:
        """Have runs that finished, failed, were cancelled, were lost, and two that are going."""
        done = [self.launch(name, tag, dict(config)) for name, tag, config in FINISHED[:3]]
        self.failed = self.launch("mistyped", "", {"env_id": "FrozenLake-v9", "seed": 1})
        cancelled = self.launch("too slow", "", {"environment": "Taxi", "episodes": 5_000_000, "seed": 9})
        lost = self.launch("pulled the plug", "", {"environment": "Taxi", "episodes": 5_000_000, "seed": 2})
        wait(lambda: watch_state(cancelled).progress is not None and watch_state(lost).progress is not None)
        cancel_run(cancelled)
        _kill_everything(lost)
        wait(lambda: all(watch_state(run).state.is_over for run in done))
        done += [self.launch(name, tag, dict(config)) for name, tag, config in FINISHED[3:]]
        wait(lambda: all(watch_state(run).state.is_over for run in [*done, self.failed] if run))
        self.finished = done[0]
        self.going = [self.launch(name, "", dict(config)) for name, config in GOING]
        wait(lambda: all(watch_state(run).state is RunState.RUNNING for run in self.going))
        wait(lambda: all(len(watch_state(run).returns) > 4 for run in self.going))

    def clear(self) -> None:
        """End whatever is still going."""
        for run_id in self.store.run_ids():
            cancel_run(self.store.open(run_id), grace_s=5.0)


def _interpreter_behind_link(folder: Path) -> str:
    """This environment's Python under a neutral path, for the paths shown are those of whoever renders."""
    link = folder / "venv"
    link.symlink_to(Path(sys.prefix), target_is_directory=True)
    return str(link / "bin" / Path(sys.executable).name)


def _defaults(schema: Any) -> dict[str, Any]:
    return {name: part["default"] for name, part in schema["properties"].items() if "default" in part}


def _kill_everything(run: RunDirectory) -> None:
    record = read_record(run.process_file, ProcessRecord)
    for process in (record.supervisor, record.worker):
        if process is not None:
            os.kill(process.pid, signal.SIGKILL)


def add_broken_worker(folder: Path) -> None:
    """A worker that cannot be imported, on the path of the probe."""
    site = folder / "site"
    info = site / "atari_worker-0.3.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: atari-worker\nVersion: 0.3.0\n")
    (info / "entry_points.txt").write_text("[mosaic.workers]\natari = atari_worker:get_worker_metadata\n")
    (site / "atari_worker.py").write_text(
        "import ale_py\n\n\ndef get_worker_metadata():\n    return ale_py\n"
    )
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(site), os.environ.get("PYTHONPATH", "")]))
