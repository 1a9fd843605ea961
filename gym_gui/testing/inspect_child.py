"""Looks at a worker's classes and log constants from inside its interpreter, and writes down what it sees.

Started by path, so it imports nothing of the SDK but what every release has: the worker's own
environment may hold an older one. Judging is left to whoever asked; here are facts only.
"""

from __future__ import annotations

import json
import sys
import traceback
from pathlib import Path
from typing import Any

UNKNOWN_FIELD = "no_such_field_of_this_worker"
_MOST_TEXT = 4_000


def main() -> None:
    """Reads the question beside the answer's file, answers, and ends the process at once."""
    question = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    answer_file = Path(sys.argv[2])
    sys.argv[1:] = []
    parts = {"config": _config, "runtime": _runtime, "log_constants": _log_constants}
    answer = {name: _guarded(look, question) for name, look in parts.items()}
    temporary = answer_file.with_suffix(".part")
    temporary.write_text(json.dumps(answer), encoding="utf-8")
    temporary.replace(answer_file)
    sys.stdout.flush()
    sys.stderr.flush()
    import os

    os._exit(0)  # no thread or exit handler of the worker's can hold it up


def _guarded(look: Any, question: dict[str, Any]) -> dict[str, Any]:
    try:
        facts: dict[str, Any] = look(question)
    except BaseException as error:  # noqa: BLE001 (the boundary: this is the worker's code, which may raise anything)
        text = "".join(traceback.format_exception(error))[-_MOST_TEXT:]
        return {"error": f"{type(error).__name__}: {error}"[:_MOST_TEXT], "traceback": text}
    return facts


def _config(question: dict[str, Any]) -> dict[str, Any]:
    from gym_gui.core.worker import WorkerConfig
    from gym_gui.core.worker.lookup import WorkerPartError, find_config_class

    try:
        cls: Any = find_config_class(question["worker_id"], question["module"])
    except WorkerPartError as problem:
        return {"missing": str(problem)}
    facts: dict[str, Any] = {"class": f"{cls.__module__}.{cls.__qualname__}"}
    given = question["config"]
    config = cls.from_dict(json.loads(json.dumps(given)))
    facts["is_config"] = isinstance(config, WorkerConfig)
    described = config.to_dict()
    facts["to_dict_type"] = type(described).__name__
    try:
        text = json.dumps(described, allow_nan=False)
    except (TypeError, ValueError) as problem:
        return {**facts, "not_json": str(problem)}
    facts["first"] = json.loads(text)
    facts["second"] = json.loads(json.dumps(cls.from_dict(json.loads(text)).to_dict(), allow_nan=False))
    facts["run_id"], facts["seed"] = config.run_id, config.seed
    facts["unknown"] = _of_unknown_field(cls, given)
    return facts


def _of_unknown_field(cls: Any, given: dict[str, Any]) -> dict[str, Any]:
    try:
        described = cls.from_dict({**given, UNKNOWN_FIELD: 1}).to_dict()
    except Exception as error:  # noqa: BLE001 (the boundary: how a worker refuses is its own choice)
        return {"refused": True, "message": f"{type(error).__name__}: {error}"[:_MOST_TEXT]}
    return {"refused": False, "kept": UNKNOWN_FIELD in json.dumps(described)}


def _runtime(question: dict[str, Any]) -> dict[str, Any]:
    import logging

    from gym_gui.core.worker._execution import runtime_maker
    from gym_gui.core.worker.lookup import WorkerPartError, find_config_class, find_runtime_class
    from gym_gui.core.worker.protocol import satisfies_worker_runtime

    try:
        cls = find_runtime_class(question["worker_id"], question["module"])
    except WorkerPartError as problem:
        return {"missing": str(problem)}
    facts: dict[str, Any] = {"class": f"{cls.__module__}.{cls.__qualname__}"}
    facts["satisfies"] = satisfies_worker_runtime(cls)
    config_class: Any = find_config_class(question["worker_id"], question["module"])
    config = config_class.from_dict(question["config"])
    try:
        runtime_maker(cls, config, logging.getLogger("conformance"))
    except TypeError as problem:
        facts["cannot_be_made"] = str(problem)
    return facts


def _log_constants(question: dict[str, Any]) -> dict[str, Any]:
    from importlib import import_module

    from gym_gui.logging_config import log_constants
    from gym_gui.logging_config.registry import CATALOGUE, LogCodeCollisionError

    wanted = tuple(f"{prefix}{question['type']}_" for prefix in ("LOG_WORKER_", "LOG_MOSAIC_WORKER_"))
    entries = _entry_points(question)
    facts: dict[str, Any] = {"entry_points": [f"{entry.name} = {entry.value}" for entry in entries]}
    found: dict[str, Any] = {n: c for n, c in CATALOGUE.named().items() if n.startswith(wanted)}
    facts["own_names"] = []
    for entry in entries:
        module = entry.load() if not entry.attr else import_module(entry.module)
        namespace = {n: c for n, c in vars(module).items() if isinstance(c, log_constants.LogConstant)}
        facts["own_names"] += list(namespace)
        found |= namespace
        try:
            CATALOGUE.adopt(namespace, entry.value)
        except LogCodeCollisionError as collision:
            facts["collision"] = str(collision)
    facts["constants"] = {name: _as_data(constant) for name, constant in found.items()}
    facts["problems"] = _departures(found)
    facts["unresolved"] = [name for name in found if not _resolves(log_constants, name)]
    return facts


def _entry_points(question: dict[str, Any]) -> list[Any]:
    from gym_gui.config.entry_points import entry_points_of

    types = {question["type"], question["worker_id"].upper().replace("-", "_").replace(".", "_")}
    return [
        entry
        for entry in entry_points_of("mosaic.log_constants")
        if entry.name.upper().replace("-", "_").replace(".", "_") in types
    ]


def _departures(found: dict[str, Any]) -> list[str]:
    from gym_gui.logging_config.log_constants import validate_log_constants

    return [problem for problem in validate_log_constants() if problem.partition(" ")[0] in found]


def _resolves(module: Any, name: str) -> bool:
    try:
        return getattr(module, name, None) is not None
    except ImportError:
        return False


def _as_data(constant: Any) -> dict[str, Any]:
    fields = ("code", "level", "message", "component", "subcomponent")
    return {**{name: getattr(constant, name) for name in fields}, "tags": list(constant.tags)}


if __name__ == "__main__":
    main()
