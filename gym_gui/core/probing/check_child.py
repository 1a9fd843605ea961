"""Asks a config class for its verdict on one config, in a process that `check.check_config` starts."""

from __future__ import annotations

import argparse
import json
import re
import sys
from importlib.metadata import EntryPoint
from pathlib import Path

from gym_gui.constants import WORKER_ENTRY_POINT_GROUP
from gym_gui.core.probing.answers import AnswerFile, leave
from gym_gui.core.probing.limits import bind_this_process
from gym_gui.core.probing.wire import Begin, Checked, Problem
from gym_gui.core.worker.config_faults import explain_config_error
from gym_gui.core.worker.lookup import WorkerPartError, find_config_class

_MOST_PROBLEMS = 100
_LONGEST = 2_000


def main() -> None:
    """Writes the verdict to the answer file and ends the process."""
    parser = argparse.ArgumentParser(prog="check")
    parser.add_argument("--answers", required=True)
    parser.add_argument("worker_id")
    parser.add_argument("entry_point")
    options = parser.parse_args()
    sys.argv[1:] = []
    bind_this_process()
    answers = AnswerFile(options.answers)
    config = json.loads(Path("config.json").read_text(encoding="utf-8"))
    entry = EntryPoint(options.worker_id, options.entry_point, WORKER_ENTRY_POINT_GROUP)
    answers.write(Begin(index=0))
    answers.write(Checked(problems=verdict(entry, config)))
    leave(0)


def verdict(entry: EntryPoint, config: dict[str, object]) -> tuple[Problem, ...]:
    """What the class says; nothing when there is no class to ask."""
    try:
        cls = find_config_class(entry.name, entry.module)
    except WorkerPartError:
        return ()
    from_dict = getattr(cls, "from_dict", None)
    if from_dict is None:
        return ()
    try:
        from_dict(dict(config))
    except Exception as error:  # noqa: BLE001 (the boundary: from_dict is the worker's code and may raise anything)
        faults = explain_config_error(cls, config, error)[:_MOST_PROBLEMS]
        return tuple(_problem(fault.field, fault.message) for fault in faults)
    return ()


def _problem(place: str, message: str) -> Problem:
    """The problem under its top-level field, with where it is inside of that in the message."""
    field = re.split(r"[.\[]", place, maxsplit=1)[0]
    inside = place[len(field) :].lstrip(".")
    message = message.removeprefix("Value error, ").removeprefix("Assertion failed, ")
    text = f"{inside}: {message}" if inside else message
    return Problem(field=field, message=text[:_LONGEST].encode(errors="backslashreplace").decode())


if __name__ == "__main__":
    main()
