"""What a worker's own config class says of a config, asked in the worker's interpreter."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from gym_gui.core.probing.isolation import IsolatedChild
from gym_gui.core.probing.model import ConfigProblem, ProbedWorker
from gym_gui.core.probing.timeouts import START_S, discovery_timeout_s
from gym_gui.core.probing.wire import Checked, Record

_CHILD_MODULE = "gym_gui.core.probing.check_child"
_STAND_IN_RUN_ID = "00000000000000000000000000"


def check_config(
    worker: ProbedWorker, config: Mapping[str, Any], *, timeout_s: float | None = None
) -> tuple[ConfigProblem, ...]:
    """What is wrong with the config, by field; empty when the worker's class takes it, or names no class.

    Blocks for about as long as importing the config class takes. Never raises for what the worker does:
    a class that crashes or hangs over a config is a problem of the whole.

    Args:
        worker: As `probe_interpreter` described it.
        config: Values by field; `run_id` may be left out.
        timeout_s: Seconds granted once the interpreter has started; by default `discovery_timeout_s()`.
    """
    if not worker.entry_point:
        return ()  # a plain script: there is no class to ask
    patience = discovery_timeout_s() if timeout_s is None else timeout_s
    question = {"run_id": _STAND_IN_RUN_ID, **config}
    said: list[Record] = []

    def receive(record: Record) -> bool:
        said.append(record)
        return isinstance(record, Checked)

    child = IsolatedChild(worker.interpreter, _CHILD_MODULE, [worker.worker_id, worker.entry_point])
    (child.folder / "config.json").write_text(json.dumps(question), encoding="utf-8")
    try:
        with child:
            ending = child.listen(receive, lambda: patience if said else START_S)
            output = child.output()
    except OSError as error:
        return (ConfigProblem("", f"cannot be checked: {worker.interpreter} does not start: {error}"),)
    verdict = next((record for record in said if isinstance(record, Checked)), None)
    if verdict is not None:
        return tuple(ConfigProblem(problem.field, problem.message) for problem in verdict.problems)
    last_line = output.splitlines()[-1] if output else ""
    detail = f": {last_line}" if last_line else ""
    return (ConfigProblem("", f"cannot be checked: the worker's config class {ending.reason}{detail}"),)
