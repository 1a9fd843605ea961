"""What a worker's classes and log constants look like from inside, asked in its own interpreter."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gym_gui.core.probing.model import ProbedWorker
from gym_gui.testing.brief_process import run_briefly

_CHILD = Path(__file__).with_name("inspect_child.py")


@dataclass(frozen=True, slots=True)
class Inspection:
    """Facts by part; `problem` is set when the process that looked did not come back."""

    config: Mapping[str, Any]
    runtime: Mapping[str, Any]
    log_constants: Mapping[str, Any]
    problem: str = ""


def inspect(
    worker: ProbedWorker,
    config: Mapping[str, Any],
    environment: Mapping[str, str],
    limit_s: float,
) -> Inspection:
    """The facts; never raises for what the worker does.

    Args:
        worker: As the probe described it.
        config: A whole config, `run_id` included.
        environment: Of the process that looks.
        limit_s: Seconds it may take.
    """
    question = {
        "worker_id": worker.worker_id,
        "module": worker.entry_point.partition(":")[0].strip(),
        "type": worker_type_in_names(worker),
        "config": dict(config),
    }
    with tempfile.TemporaryDirectory(prefix="mosaic-inspect-") as name:
        folder = Path(name)
        asked, answered = folder / "question.json", folder / "answer.json"
        asked.write_text(json.dumps(question), encoding="utf-8")
        argv = [worker.interpreter or sys.executable, "-P", str(_CHILD), str(asked), str(answered)]
        try:
            finished = run_briefly(argv, cwd=folder, environment=environment, limit_s=limit_s)
            answer = json.loads(answered.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return Inspection({}, {}, {}, f"looking at its classes {finished.how}\n{finished.last_words}")
        except (OSError, ValueError) as error:
            return Inspection({}, {}, {}, f"its classes could not be looked at: {error}")
    return Inspection(answer["config"], answer["runtime"], answer["log_constants"])


def worker_type_in_names(worker: ProbedWorker) -> str:
    """The worker type as names of log constants spell it: `my-worker` gives MY_WORKER."""
    kind = worker.capabilities.worker_type if worker.capabilities else worker.worker_id
    return kind.upper().replace("-", "_").replace(".", "_")
