"""Ended runs on disk, as many as a measurement wants: copies of two real ones."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys

from gym_gui.core.runs.directory import RunDirectory, RunStore
from gym_gui.core.runs.ids import new_run_id
from gym_gui.core.runs.launch import LaunchSpec, create_run, supervisor_argv

_COMPLETES = """
from gym_gui.core.worker import TelemetryEmitter
with TelemetryEmitter("bench").run({"algorithm": "none"}) as run:
    run.results["return_mean"] = 1.0
"""
_FAILS = _COMPLETES + "    raise ValueError('reward is not finite')\n"
_ENVIRONMENTS = ("FrozenLake4x4", "Taxi", "CliffWalking", "CartPole-v1", "LunarLander-v3")


def make_runs(store: RunStore, count: int) -> None:
    """Copies of real runs that completed and failed, under names of their own, with records that differ."""
    models = [_real_run(store, _COMPLETES), _real_run(store, _FAILS)]
    for number in range(count):
        model, path = models[number % len(models)], store.root / new_run_id()
        path.mkdir()
        for file in model.path.iterdir():
            content = file.read_bytes().replace(model.run_id.encode(), path.name.encode())
            (path / file.name).write_bytes(_varied(file.name, content, number))
    for model in models:
        shutil.rmtree(model.path)


def _real_run(store: RunStore, code: str) -> RunDirectory:
    command = (sys.executable, "-c", code)
    spec = LaunchSpec(worker_id="bench", command=command, config={"seed": 1}, name="model", tags=("tag0",))
    run = create_run(store, spec)
    subprocess.run(supervisor_argv(run), check=True, stdin=subprocess.DEVNULL)
    return run


def _varied(name: str, content: bytes, number: int) -> bytes:
    if name not in ("run.json", "labels.json"):
        return content
    record = json.loads(content)
    if name == "run.json":
        record.update(
            environment=_ENVIRONMENTS[number % len(_ENVIRONMENTS)], seed=number % 7, algorithm="ppo"
        )
    else:
        record.update(name=f"run {number}", tags=[f"tag{number % 3}"])
    return json.dumps(record).encode()
