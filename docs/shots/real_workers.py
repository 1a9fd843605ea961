"""Has the workers with big frameworks train for real, each in its environment, and takes their pictures.

Usage: python -m docs.shots.real_workers [WORKER ...], after `make test-workers` has made the environments.
"""

from __future__ import annotations

import argparse
import os
import shlex
import subprocess
import tempfile
from pathlib import Path

from PySide6.QtCore import qInstallMessageHandler

from docs.shots.__main__ import quiet, standing_panel
from docs.shots.photographer import keep
from docs.shots.waiting import settle, wait
from gym_gui.core.runs.directory import RunStore
from gym_gui.ui.metrics.view import MetricsView
from gym_gui.ui.theme import ThemeChoice

ROOT = Path(__file__).resolve().parents[2]
SIZE = (1280, 800)


# What `gym-gui run WORKER` is given, a line a run; the last one is pictured.
RUNS = {
    "cleanrl": """
        --name 'DQN on CartPole' algorithm=dqn total_timesteps=30000 seed=1
        --name 'PPO on CartPole' algorithm=ppo total_timesteps=40000 seed=1
    """,
    "ray": """
        --name 'three rates' mode=tune search=grid 'search_space={"lr": [3e-4, 3e-3]}' total_timesteps=8000
        --name 'PPO on CartPole' algorithm=PPO total_timesteps=40000 learning_rate=0.001 seed=1
    """,
    "barlog": """
        --name 'Crafter by chance' environment=crafter episodes_per_task=2 seed=1
        --name 'GoToLocal by chance' environment=babyai/GoToLocal episodes_per_task=150 seed=1
    """,
}

# Its runs are evaluations: what is said of one tells more than its curves.
SHOWN_IN_OVERVIEW = frozenset({"barlog"})


def main() -> None:
    """Play the runs of each worker that is named, or of all, and save what the panel shows of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("workers", nargs="*", metavar="WORKER")
    asked = parser.parse_args().workers
    qInstallMessageHandler(quiet)
    for worker in asked or RUNS:
        with tempfile.TemporaryDirectory(prefix="mosaic-") as folder:
            _picture(worker, RUNS[worker], Path(folder))


def _picture(worker: str, runs: str, folder: Path) -> None:
    os.environ["MOSAIC_HOME"] = str(folder / "data")
    os.environ["XDG_CONFIG_HOME"] = str(folder / "config")
    os.environ["XDG_CACHE_HOME"] = str(folder / "cache")
    binaries = ROOT / ".venvs" / worker / "bin"
    for line in runs.strip().splitlines():
        subprocess.run([binaries / "gym-gui", "run", worker, "--wait", *shlex.split(line)], check=True)
    store = RunStore(folder / "data" / "trainer" / "runs")
    with standing_panel(str(binaries / "python"), store.root, ThemeChoice.LIGHT, SIZE) as panel:
        page = panel.navigation.runs
        latest = max(store.run_ids())
        wait(lambda: page.model.total >= len(store.run_ids()))
        panel.navigation.show_run(latest)
        wait(lambda: page.detail is not None and page.detail.run_id == latest)
        if page.detail is None:
            raise RuntimeError("no run is shown")
        if worker not in SHOWN_IN_OVERVIEW:
            view = page.detail.tab("Metrics", MetricsView)
            wait(lambda: bool(view.grid.panels()))
        settle(2.0)
        keep(f"{worker}-run-light-{SIZE[0]}x{SIZE[1]}", panel.window.grab())


if __name__ == "__main__":
    main()
