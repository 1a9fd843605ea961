"""Its config class, its runtime class and its log constants, as its own interpreter sees them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from gym_gui.core.forms.values import check_values
from gym_gui.testing.bench import Bench
from gym_gui.testing.inspection import worker_type_in_names
from gym_gui.testing.results import Verdict, failed, passed, skipped

_CONFIGS = '[project.entry-points."mosaic.worker_configs"]'
_CONSTANTS = '[project.entry-points."mosaic.log_constants"]'


def config(bench: Bench) -> Verdict:
    """`to_dict` and `from_dict` undo each other, through JSON, and a mistyped field is noticed."""
    facts = bench.inspection.config
    trouble = _trouble(bench, facts, "from_dict and to_dict must take the worker's own default config")
    if trouble is not None:
        return trouble
    if "missing" in facts:
        return failed(
            facts["missing"], fix=f"keep one config class in package.config, or name it: {_CONFIGS}"
        )
    where = str(facts["class"])
    problem = next(_config_problems(facts, bench.short), None)
    if problem is not None:
        reason, fix = problem
        return failed(reason, where, fix=fix)
    unknown = facts["unknown"]
    handled = "refused" if unknown["refused"] else "kept"
    return passed(f"{where} comes back unchanged through JSON; unknown fields are {handled}")


def _config_problems(facts: Mapping[str, Any], given: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What is wrong, worst first, each with its mend."""
    if not facts["is_config"]:
        yield "it is no WorkerConfig", "give it run_id, seed, to_dict and from_dict"
        return
    if facts["to_dict_type"] != "dict":
        yield f"to_dict returns a {facts['to_dict_type']}", "return a dict from to_dict"
        return
    if "not_json" in facts:
        mend = "turn paths, enums, arrays and NaN into plain values in to_dict"
        yield f"what to_dict returns is not JSON: {facts['not_json']}", mend
        return
    first, second = facts["first"], facts["second"]
    lost = [name for name in given if name not in first]
    if lost:
        yield f"to_dict leaves out {', '.join(lost)}", "return every field from to_dict"
    changed = [name for name in first if name not in second or _differ(first[name], second[name])]
    if changed:
        yield f"a second from_dict(to_dict()) changes {', '.join(changed)}", "make from_dict undo to_dict"
    turned = [name for name, value in given.items() if name in first and _differ(first[name], value)]
    if turned:
        yield f"to_dict gives another value for {', '.join(turned)}", "keep the values from_dict was given"
    if facts["run_id"] != first.get("run_id"):
        yield f"run_id became {facts['run_id']!r}", "keep the run_id that from_dict was given"
    unknown = facts["unknown"]
    if not unknown["refused"] and not unknown["kept"]:
        mend = "raise a ValueError that names unknown keys, or keep them for to_dict"
        yield (
            "a field it does not know is dropped without a word: a mistyped one trains the wrong thing",
            mend,
        )


def _differ(one: Any, other: Any) -> bool:
    if isinstance(one, (int, float)) and isinstance(other, (int, float)):
        return bool(one != other)
    return json.dumps(one, sort_keys=True) != json.dumps(other, sort_keys=True)


def schema(bench: Bench) -> Verdict:
    """A form can be made from its config class, and the defaults it starts from are values it takes."""
    worker = bench.worker
    mend = "make the config a dataclass or pydantic model with a type and a default for each field"
    if worker.schema is None:
        return failed(worker.schema_problem or "its config class gives no JSON Schema", fix=mend)
    properties = worker.schema.get("properties")
    if not isinstance(properties, Mapping) or not {"run_id", "seed"} <= set(properties):
        return failed("the schema has no run_id or no seed", fix="declare both as fields of the config class")
    untyped = [name for name, spec in properties.items() if not _says_its_type(spec)]
    if untyped:
        return failed(f"nothing says what may be in {', '.join(untyped)}", fix=mend)
    problems = check_values(
        bench.fields, {f.name: bench.short[f.name] for f in bench.fields if f.name in bench.short}
    )
    if problems:
        listed = (f"{name}: {message}" for name, message in problems.items())
        return failed(
            "its own defaults are not values the schema allows", *listed, fix="correct the defaults"
        )
    required = [field.name for field in bench.fields if field.required]
    note = f"; to be filled in: {', '.join(required)}" if required else ", all with defaults"
    return passed(f"{len(bench.fields)} fields{note}")


def _says_its_type(spec: object) -> bool:
    telling = {"type", "enum", "const", "anyOf", "oneOf", "allOf", "$ref"}
    return isinstance(spec, Mapping) and not telling.isdisjoint(spec)


def runtime(bench: Bench) -> Verdict:
    """The runtime class can be made from the config and has `run()`."""
    facts = bench.inspection.runtime
    own_command = bench.worker.launch_kind != "SDK runner"
    if "missing" in facts and own_command:
        return skipped(
            f"the worker has a command of its own ({bench.worker.launch_kind}); its runs are judged"
        )
    trouble = _trouble(bench, facts, "importing package.runtime must not fail")
    if trouble is not None:
        return trouble
    if "missing" in facts:
        return failed(facts["missing"], fix="define one class with run() in package.runtime")
    if not facts["satisfies"]:
        return failed(f"{facts['class']} has no run() or is abstract", fix="give it a method run() -> dict")
    if "cannot_be_made" in facts and not own_command:
        return failed(facts["cannot_be_made"], str(facts["class"]), fix="take (config, logger=None)")
    return passed(f"{facts['class']} is made from a config and has run()")


def log_constants(bench: Bench) -> Verdict:
    """Constants of its own, named LOG_WORKER_<TYPE>_..., with codes that nobody else has."""
    facts = bench.inspection.log_constants
    trouble = _trouble(bench, facts, f"the module named under {_CONSTANTS} must import without errors")
    if trouble is not None:
        return trouble
    kind = worker_type_in_names(bench.worker)
    pattern = f"LOG_WORKER_{kind}_<EVENT>[_<DETAIL>]"
    if not facts["constants"]:
        fix = f"define {pattern} in package/log_constants.py and name it: {_CONSTANTS} {kind.lower()} = ..."
        return failed(f"there are no log constants for {kind}", *facts["entry_points"], fix=fix)
    misnamed = [
        n
        for n in facts["own_names"]
        if not n.startswith((f"LOG_WORKER_{kind}_", f"LOG_MOSAIC_WORKER_{kind}_"))
    ]
    if misnamed:
        return failed("some are not named after the worker's type", *misnamed, fix=f"name them {pattern}")
    if "collision" in facts:
        return failed("a code is used twice", facts["collision"], fix="give it a code of its own")
    if facts["problems"]:
        return failed("some depart from the conventions", *facts["problems"], fix="correct what is listed")
    if facts["unresolved"]:
        fix = f"let the key under {_CONSTANTS} be the worker's type, {kind.lower()!r}"
        return failed(
            "they cannot be imported from gym_gui.logging_config.log_constants", *facts["unresolved"], fix=fix
        )
    return passed(f"{len(facts['constants'])} constants for {kind}", ", ".join(sorted(facts["constants"])))


def _trouble(bench: Bench, facts: Mapping[str, Any], fix: str) -> Verdict | None:
    if bench.inspection.problem:
        return failed(
            bench.inspection.problem, fix="its modules must import without ending or hanging the process"
        )
    if "error" in facts:
        return failed(str(facts["error"]), str(facts["traceback"]), fix=fix)
    return None
