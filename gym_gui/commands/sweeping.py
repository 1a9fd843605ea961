"""What `gym-gui run` is given for a sweep -> the launches it comes to, all of them checked."""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from gym_gui.commands.configuring import assembled_config
from gym_gui.commands.errors import CommandError
from gym_gui.commands.exit_codes import ExitCode
from gym_gui.core.forms.fields import FormField
from gym_gui.core.forms.schema import form_fields
from gym_gui.core.forms.values import unknown_key
from gym_gui.core.probing.check import check_config
from gym_gui.core.probing.model import ConfigProblem, ProbedWorker
from gym_gui.core.runs.launch import LaunchSpec
from gym_gui.core.runs.sweep.sampling import SamplingRule
from gym_gui.core.runs.sweep.sweep import SEED_FIELD, SweepError, SweepSpec, plan_sweep
from gym_gui.core.runs.sweep.text import parse_sampling, parse_seeds, parse_values

_USUAL_DRAWS = 10
_CHECKED_AT_ONCE = 4
_Parsed = TypeVar("_Parsed")


def add_sweep_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments that make many runs of one."""
    sweep = parser.add_argument_group("many runs at once (they are queued)")
    sweep.add_argument("--seeds", metavar="1-5", help="run it with each of these seeds: 1-5 or 1,2,7")
    sweep.add_argument(
        "--grid", action="append", default=[], metavar="key=A,B", help="each value; all grids are combined"
    )
    sweep.add_argument(
        "--sample",
        action="append",
        default=[],
        metavar="key=HOW",
        help="draw a field at random: uniform:LOW:HIGH, loguniform:LOW:HIGH or choice:A,B",
    )
    sweep.add_argument("--samples", type=int, metavar="N", help=f"how many draws (default: {_USUAL_DRAWS})")
    sweep.add_argument("--sample-seed", type=int, default=0, metavar="N", help="of the draws (default: 0)")


def is_sweep(options: argparse.Namespace) -> bool:
    """Whether more than one configuration is asked for."""
    asked = (options.seeds is not None, options.grid, options.sample, options.samples is not None)
    return any(asked)


def sweep_of(worker: ProbedWorker, options: argparse.Namespace) -> SweepSpec:
    """What is to vary, as the options say it.

    Raises:
        CommandError: With everything in them that means nothing.
    """
    fields = {field.name: field for field in form_fields(worker.schema)}
    if options.samples is not None and not options.sample:
        raise CommandError("--samples: nothing is drawn", ExitCode.USAGE, hint="say what: --sample key=HOW")
    problems: dict[str, str] = {}
    grid = _parsed("--grid", options.grid, fields, parse_values, problems)
    samples: dict[str, SamplingRule] = _parsed("--sample", options.sample, fields, parse_sampling, problems)
    seeds: tuple[int, ...] = ()
    try:
        seeds = parse_seeds(options.seeds) if options.seeds is not None else ()
    except ValueError as error:
        problems["--seeds"] = str(error).removeprefix("seeds: ")
    sweep = SweepSpec(
        seeds=seeds,
        grid=grid,
        samples=samples,
        sample_count=(_USUAL_DRAWS if options.samples is None else options.samples) if samples else 0,
        sample_seed=options.sample_seed,
        group=options.group or f"{worker.worker_id}-{time.strftime('%Y%m%d-%H%M%S')}",
    )
    given = {text.partition("=")[0] for text in options.assignments}
    for name in given & set(sweep.varied):
        problems[name] = "is given one value and varied as well; leave one of the two out"
    _refuse(worker, problems)
    return sweep


def base_config(worker: ProbedWorker, sweep: SweepSpec, options: argparse.Namespace) -> dict[str, Any]:
    """The config that all runs have in common, with a first value for what varies.

    Raises:
        CommandError: With everything that is wrong with it.
    """
    fields = {field.name: field for field in form_fields(worker.schema)}
    first: dict[str, Any] = {name: values[0] for name, values in sweep.grid.items() if values}
    dice = random.Random(sweep.sample_seed)  # noqa: S311  values of an experiment, not secrets
    for name, rule in sweep.samples.items():
        if not rule.problem(fields.get(name)):
            first[name] = rule.draw(dice, fields.get(name))
    if sweep.seeds:
        first[SEED_FIELD] = sweep.seeds[0]
    known = {name: value for name, value in first.items() if not fields or name in fields}
    typed = [f"{name}={_as_typed(value)}" for name, value in known.items()]
    return assembled_config(worker, options.config, [*options.assignments, *typed])


def checked_launches(
    worker: ProbedWorker, base: LaunchSpec, sweep: SweepSpec, timeout_s: float | None
) -> tuple[LaunchSpec, ...]:
    """The launches; the worker's own class was asked about each configuration, once for all its seeds.

    Raises:
        CommandError: With everything that is wrong; nothing was created.
    """
    try:
        specs = plan_sweep(base, sweep, form_fields(worker.schema))
    except SweepError as error:
        _refuse(worker, error.problems)
        raise  # not reached: a sweep error names its problems
    distinct = {_without_seed(spec, sweep): spec for spec in reversed(specs)}
    with ThreadPoolExecutor(_CHECKED_AT_ONCE) as pool:
        verdicts = pool.map(
            lambda spec: check_config(worker, spec.config, timeout_s=timeout_s), distinct.values()
        )
        found = list(zip(distinct.values(), verdicts, strict=True))
    _refuse(worker, {**_named(found)})
    return specs


def _named(found: Sequence[tuple[LaunchSpec, tuple[ConfigProblem, ...]]]) -> dict[str, str]:
    problems: dict[str, str] = {}
    for spec, wrong in reversed(found):
        for problem in wrong:
            where = f"{problem.field} ({spec.name})" if problem.field else spec.name
            problems[where] = problem.message
    return problems


def _without_seed(spec: LaunchSpec, sweep: SweepSpec) -> str:
    config = {k: v for k, v in spec.config.items() if not (sweep.seeds and k == SEED_FIELD)}
    return json.dumps(config, sort_keys=True, default=str)


def _parsed(
    option: str,
    texts: Sequence[str],
    fields: Mapping[str, FormField],
    parse: Callable[[FormField | None, str], _Parsed],
    problems: dict[str, str],
) -> dict[str, _Parsed]:
    parsed: dict[str, _Parsed] = {}
    for text in texts:
        name, equals, rest = text.partition("=")
        if not equals or not name:
            problems[option] = f"{text!r} names no field; write {option} key=..."
        elif name in parsed:
            problems[name] = f"is given twice with {option}; list all its values in one"
        elif fields and name not in fields:
            problems[name] = unknown_key(name, fields)
        else:
            try:
                parsed[name] = parse(fields.get(name), rest)
            except ValueError as error:
                problems[name] = str(error).removeprefix(f"{name}: ")
    return parsed


def _as_typed(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _refuse(worker: ProbedWorker, problems: Mapping[str, str]) -> None:
    if not problems:
        return
    message = f"{worker.worker_id} cannot be run so; nothing was created"
    hint = f"gym-gui workers {worker.worker_id} lists the fields"
    raise CommandError(message, ExitCode.USAGE, problems=problems, hint=hint)
