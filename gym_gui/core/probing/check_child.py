"""Asks a config class for its verdict on one config, in a process that `check.check_config` starts."""

from __future__ import annotations

import argparse
import json
import sys
from importlib.metadata import EntryPoint
from pathlib import Path

from gym_gui.constants import WORKER_ENTRY_POINT_GROUP
from gym_gui.core.probing.answers import AnswerFile, leave
from gym_gui.core.probing.child import allow_no_core_dump
from gym_gui.core.probing.problems import problems_of
from gym_gui.core.probing.schema import NoSchemaError, config_schema
from gym_gui.core.probing.wire import Begin, Checked, Problem
from gym_gui.core.worker.lookup import WorkerPartError, find_config_class


def main() -> None:
    """Writes the verdict to the answer file and ends the process."""
    parser = argparse.ArgumentParser(prog="check")
    parser.add_argument("--answers", required=True)
    parser.add_argument("worker_id")
    parser.add_argument("entry_point")
    options = parser.parse_args()
    sys.argv[1:] = []
    allow_no_core_dump()
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
    known = set(config)
    try:
        known |= set(config_schema(cls).get("properties", ()))
    except NoSchemaError:
        known |= set(getattr(cls, "__annotations__", ()))
    from_dict = getattr(cls, "from_dict", None)
    if from_dict is None:
        return ()
    try:
        from_dict(dict(config))
    except Exception as error:  # noqa: BLE001 (the boundary: from_dict is the worker's code and may raise anything)
        return problems_of(error, known)
    return ()


if __name__ == "__main__":
    main()
