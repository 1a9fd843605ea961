"""`gym-gui check-worker`: the contract's checklist against a worker as it really runs."""

from __future__ import annotations

import argparse
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gym_gui.commands.configuring import assembled_config
from gym_gui.commands.console import Console
from gym_gui.commands.errors import CommandError
from gym_gui.commands.exit_codes import ExitCode
from gym_gui.commands.plain import plain, plain_block
from gym_gui.commands.selecting import (
    add_interpreter_arguments,
    find_worker,
    positive_seconds,
    wanted_python,
)
from gym_gui.core.forms.schema import form_fields

if TYPE_CHECKING:
    from gym_gui.core.probing.model import ProbedWorker
    from gym_gui.testing.bench import Limits
    from gym_gui.testing.results import CheckResult, ConformanceReport
    from gym_gui.testing.subject import Subject

HELP = "check a worker against the contract, by running it"
_MARKS = {"passed": "passed ", "failed": "FAILED ", "skipped": "skipped"}
_INDENT = " " * 11
_WIDE, _NARROWEST = 100, 40


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument(
        "worker",
        nargs="?",
        metavar="NAME|PATH",
        help="an installed worker, or the folder or wheel of one that is not installed",
    )
    parser.add_argument("--config", type=Path, metavar="FILE", help="a JSON file with values of its config")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        dest="short",
        metavar="K=V",
        help="a value that makes its run short, e.g. total_steps=500; may be repeated",
    )
    parser.add_argument(
        "--long",
        action="append",
        default=[],
        metavar="K=V",
        help="a value that makes runs long enough to be interrupted (its defaults usually are)",
    )
    parser.add_argument("--only", action="append", default=[], metavar="CHECK", help="this check alone")
    parser.add_argument(
        "--list", action="store_true", help="list the checks, each with its point of the contract's checklist"
    )
    parser.add_argument("--junit", type=Path, metavar="FILE", help="write the report as JUnit XML as well")
    parser.add_argument("--run-limit", type=positive_seconds, metavar="SECONDS", help="for one run (120)")
    parser.add_argument(
        "--heartbeat-limit",
        type=positive_seconds,
        metavar="SECONDS",
        help="the longest silence that is allowed (30, as the contract says)",
    )
    parser.add_argument(
        "--resume-field", default="", metavar="NAME", help="the field that names a checkpoint to go on from"
    )
    add_interpreter_arguments(parser)
    parser.add_argument(
        "-v", "--verbose", action="store_true", help="show what was seen of passed checks too"
    )


def execute(options: argparse.Namespace, console: Console) -> ExitCode:
    """Runs the worker, prints a line or more for each check, and sums up."""
    from gym_gui.core.worker.telemetry import cancel_on_sigterm
    from gym_gui.testing.subject import NoSuchWorkerError, found_subject

    if options.list:
        return _list_checks(console)
    if options.worker is None:
        hint = "gym-gui workers lists those that are installed"
        raise CommandError("name a worker, or the folder of one", ExitCode.USAGE, hint=hint)
    _refuse_unknown(options.only)
    try:
        # A build that is ended must not leave the runs of this check behind: they are detached.
        with (
            cancel_on_sigterm(),
            found_subject(options.worker, python=_python(options), timeout_s=options.timeout) as subject,
        ):
            report = _report(subject, options, console)
    except NoSuchWorkerError as error:
        raise CommandError(str(error), ExitCode.NOT_FOUND) from None
    if options.junit is not None:
        from gym_gui.testing.junit import junit_xml

        options.junit.write_text(junit_xml(report), encoding="utf-8")
    console.document(_as_data(report))
    return ExitCode.OK if report.conforms else ExitCode.FAILED


def _python(options: argparse.Namespace) -> str:
    """The interpreter to run the worker with: of an installed one, that of the environment that has it."""
    from gym_gui.testing.subject import looks_like_path

    if looks_like_path(options.worker):
        return wanted_python(options.python)
    return find_worker(options.worker, options).interpreter


def _report(subject: Subject, options: argparse.Namespace, console: Console) -> ConformanceReport:
    from gym_gui.testing.conformance import conformance_bench, report_on
    from gym_gui.testing.lengths import how_to_shorten

    worker = subject.worker
    short: dict[str, Any] = {}
    long: dict[str, Any] = {}
    if worker.failure is None:
        short = assembled_config(worker, options.config, options.short)
        long = assembled_config(worker, options.config, [*_required(worker, options.short), *options.long])
    console.line(
        f"Checking {plain(f'{worker.worker_id} {worker.version}'.strip())} in {plain(worker.interpreter)}"
    )
    if not options.short and options.config is None:
        hint = how_to_shorten(form_fields(worker.schema))
        console.line(plain(f"Runs take as long as its defaults say: {hint}."))
    console.line()
    with conformance_bench(
        subject, short=short, long=long, limits=_limits(options), resume_field=options.resume_field
    ) as bench:
        report = report_on(bench, options.only, lambda result: _tell(result, options.verbose, console))
    console.line(f"\n{_summary(report)}")
    return report


def _required(worker: ProbedWorker, assignments: list[str]) -> list[str]:
    """Those of the assignments without which there is no config at all: they hold for long runs as well."""
    required = {field.name for field in form_fields(worker.schema) if field.required}
    return [text for text in assignments if text.partition("=")[0] in required]


def _limits(options: argparse.Namespace) -> Limits:
    from gym_gui.testing.bench import Limits

    given = {"run_s": options.run_limit, "heartbeat_s": options.heartbeat_limit}
    return Limits(**{name: seconds for name, seconds in given.items() if seconds is not None})


def _tell(result: CheckResult, verbose: bool, console: Console) -> None:
    console.line(f"  {_MARKS[result.status]}  {result.check:<14} {result.title}")
    if result.status == "passed" and not verbose:
        return
    lines = _wrapped(result.reason, console)
    if result.status == "failed" or verbose:
        lines += [f"  {line}" for text in result.evidence for line in text.splitlines()]
    if result.fix:
        lines += _wrapped(f"mend: {result.fix}", console)
    for line in lines:
        console.line(f"{_INDENT}{plain_block(line)}")


def _wrapped(text: str, console: Console) -> list[str]:
    width = max((console.width or _WIDE) - len(_INDENT), _NARROWEST)
    return [line for part in text.splitlines() for line in textwrap.wrap(part, width, break_long_words=False)]


def _summary(report: ConformanceReport) -> str:
    counts = [f"{count} {status}" for status, count in _counts(report).items()]
    seconds = sum(result.seconds for result in report.results)
    kept = "keeps the contract" if report.conforms else "does not keep the contract"
    return f"{plain(report.worker_id)} {kept}: {', '.join(counts)} in {seconds:.1f} s."


def _counts(report: ConformanceReport) -> dict[str, int]:
    from gym_gui.testing.results import Status

    return {status.value: len(report.with_status(status)) for status in Status}


def _as_data(report: ConformanceReport) -> dict[str, Any]:
    import msgspec

    data = msgspec.to_builtins(report)
    return {**data, "conforms": report.conforms, "counts": _counts(report)}


def _refuse_unknown(only: list[str]) -> None:
    from gym_gui.testing.conformance import chosen

    try:
        chosen(only)
    except ValueError as error:
        raise CommandError(str(error), ExitCode.USAGE) from None


def _list_checks(console: Console) -> ExitCode:
    from gym_gui.testing.catalogue import CHECKS

    console.document([{"check": c.name, "point": c.point, "title": c.title} for c in CHECKS])
    console.table(("CHECK", "CHECKLIST POINT", "ASKS FOR"), [(c.name, str(c.point), c.title) for c in CHECKS])
    return ExitCode.OK
