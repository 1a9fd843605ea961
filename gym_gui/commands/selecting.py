"""Which worker and which run an argument means."""

from __future__ import annotations

import argparse
import os
import sys

from gym_gui.commands.errors import CommandError
from gym_gui.commands.exit_codes import ExitCode
from gym_gui.config.paths import runs_root
from gym_gui.core.environments.model import EnvironmentProblem
from gym_gui.core.environments.registry import EnvironmentRegistry
from gym_gui.core.forms.names import nearest
from gym_gui.core.probing.cache import ReportCache
from gym_gui.core.probing.model import ProbedWorker, ProbeReport
from gym_gui.core.probing.probe import probe_interpreter
from gym_gui.core.probing.remembered import remembered_or_probed
from gym_gui.core.runs.directory import RunDirectory, RunNotFoundError, RunStore
from gym_gui.core.scripts.describing import describe_scripts
from gym_gui.core.scripts.registry import ScriptRegistry

LATEST = "latest"


def add_interpreter_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments that say which environment's workers are meant."""
    add_python_argument(parser)
    parser.add_argument(
        "--timeout",
        type=positive_seconds,
        metavar="SECONDS",
        help="how long a worker may take to describe itself (default: worker_discovery_timeout_s, 5)",
    )


def add_python_argument(parser: argparse.ArgumentParser) -> None:
    """The argument that names an interpreter."""
    parser.add_argument(
        "--python",
        default=sys.executable,
        metavar="PATH",
        help="the interpreter of the environment the worker is installed in, or that environment's name in "
        "`gym-gui env list` (default: this one, then the others)",
    )


def positive_seconds(text: str) -> float:
    """A number of seconds above 0, for argparse."""
    seconds = float(text)
    if not 0 < seconds < float("inf"):
        raise ValueError(text)
    return seconds


def ask_workers(options: argparse.Namespace, only: str | None = None) -> ProbeReport:
    """The probe's answer for the interpreter the options name.

    Raises:
        CommandError: The interpreter cannot be asked.
    """
    report = probe_interpreter(wanted_python(options.python), timeout_s=options.timeout, only=only)
    refuse_failed(report)
    return report


def refuse_failed(report: ProbeReport) -> None:
    """Nothing, for a report of workers.

    Raises:
        CommandError: The interpreter could not be asked.
    """
    if report.failure is not None:
        failure = report.failure
        raise CommandError(
            failure.message, ExitCode.WORKER_BROKEN, hint=failure.hint, traceback=failure.traceback
        )


def wanted_python(given: str) -> str:
    """The interpreter that `--python` means: an environment's by its name, else the one that is given.

    Raises:
        CommandError: The list of environments cannot be read.
    """
    if os.sep in given:
        return given
    try:
        return next((e.python for e in EnvironmentRegistry().environments() if e.name == given), given)
    except EnvironmentProblem as error:
        raise CommandError(str(error), ExitCode.USAGE) from error


def find_worker(worker_id: str, options: argparse.Namespace) -> ProbedWorker:
    """The worker as it described itself; it may be a broken one.

    Raises:
        CommandError: There is no such worker.
    """
    script = _script(worker_id) if options.python == sys.executable else None
    if script is not None:
        return script
    report = ask_workers(options, only=worker_id)
    if not report.workers and options.python == sys.executable:
        report = _elsewhere(worker_id, options) or report
    if not report.workers:
        guess = nearest(worker_id, report.worker_ids)
        installed = ", ".join(report.worker_ids) or "none"
        meant = f": did you mean {guess!r}?" if guess else ""
        raise CommandError(
            f"no worker {worker_id!r}{meant}",
            ExitCode.NOT_FOUND,
            hint=f"installed in {report.interpreter}: {installed}",
        )
    usable = [worker for worker in report.workers if worker.failure is None]
    return (usable or report.workers)[0]


def _script(name: str) -> ProbedWorker | None:
    """The registered script of that name as a worker; None when there is none.

    Raises:
        CommandError: The list of scripts cannot be read.
    """
    report = describe_scripts(ScriptRegistry())
    if report.failure is not None:
        raise CommandError(report.failure.message, ExitCode.USAGE)
    return next((worker for worker in report.workers if worker.worker_id == name), None)


def python_of_worker(worker_id: str, interpreter: str) -> str:
    """The `--python` by which the worker of a former run is found: that run's interpreter, if it has one.

    A registered script is found by its name alone, whatever runs it.

    Raises:
        CommandError: The list of scripts cannot be read.
    """
    return sys.executable if not interpreter or _script(worker_id) is not None else interpreter


def _elsewhere(worker_id: str, options: argparse.Namespace) -> ProbeReport | None:
    """The answer of the one other environment that has the worker; None when none has it.

    Raises:
        CommandError: Several have it.
    """
    try:
        others = [each for each in EnvironmentRegistry().environments() if not each.is_own]
    except EnvironmentProblem as error:
        raise CommandError(str(error), ExitCode.USAGE) from error
    having = [
        each
        for each in others
        if worker_id in remembered_or_probed(each.python, ReportCache(), timeout_s=options.timeout).worker_ids
    ]
    if len(having) > 1:
        names = ", ".join(each.name for each in having)
        hint = f"choose one, e.g. --python {having[0].name}"
        raise CommandError(f"{worker_id!r} is in several environments: {names}", ExitCode.USAGE, hint=hint)
    if not having:
        return None
    return probe_interpreter(having[0].python, timeout_s=options.timeout, only=worker_id)


def usable_worker(worker_id: str, options: argparse.Namespace) -> ProbedWorker:
    """The worker, if it can be used.

    Raises:
        CommandError: There is none, or it is broken.
    """
    worker = find_worker(worker_id, options)
    failure = worker.failure
    if failure is not None:
        message = f"worker {worker_id!r} is broken: {failure.error_type}: {failure.message}"
        raise CommandError(message, ExitCode.WORKER_BROKEN, hint=failure.hint, traceback=failure.traceback)
    return worker


def open_run(store: RunStore, wanted: str) -> RunDirectory:
    """The run of that id, or the only one whose id starts so, or for "latest" the newest.

    Raises:
        CommandError: There is none, or more than one.
    """
    if wanted == LATEST:
        newest = store.run_ids()[:1]
        if not newest:
            message = f"there are no runs in {store.root}"
            raise CommandError(message, ExitCode.NOT_FOUND, hint="start one with: gym-gui run WORKER")
        wanted = newest[0]
    try:
        return store.open(wanted)
    except RunNotFoundError as error:
        raise CommandError(str(error), ExitCode.NOT_FOUND) from error


def run_store() -> RunStore:
    """The runs of the data directory."""
    return RunStore(runs_root())
