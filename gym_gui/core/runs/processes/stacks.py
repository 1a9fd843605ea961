"""Where a run's processes are in their code, asked through py-spy where that is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass

from gym_gui.core.runs.directory import RunDirectory
from gym_gui.core.runs.processes import osproc
from gym_gui.core.runs.processes.listing import RunProcess, run_processes

_PROGRAM = "py-spy"
_MOST_PROCESSES = 16
_LARGEST_DUMP = 256 * 1024
_ATTACHING = "it may not look into the process: run as the same user, and see kernel.yama.ptrace_scope"


@dataclass(frozen=True, slots=True)
class StackDump:
    """The stacks of one process as text, or in `problem` why they could not be had."""

    process: RunProcess
    text: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class StackReport:
    """The stacks of a run's processes, the worker first.

    Attributes:
        problem: Why there are none at all, or "".
        hint: How to mend that, or "".
    """

    dumps: tuple[StackDump, ...] = ()
    problem: str = ""
    hint: str = ""


def dump_stacks(run: RunDirectory, *, timeout_s: float = 10.0) -> StackReport:
    """The stacks of the run's live processes; blocks for `timeout_s` a process at most."""
    program = _find_program()
    if program is None:
        return StackReport(problem="py-spy is not installed", hint="pip install py-spy")
    members = [process for process in run_processes(run) if process.role != "supervisor"]
    if not members:
        return StackReport(problem="nothing of the run is alive")
    members.sort(key=lambda process: process.role != "worker")
    dumps = tuple(_dump(program, process, timeout_s) for process in members[:_MOST_PROCESSES])
    more = len(members) - len(dumps)
    return StackReport(dumps, hint=f"{more} more processes were not asked" if more else "")


def _find_program() -> str | None:
    beside = os.path.join(os.path.dirname(sys.executable), _PROGRAM)
    return beside if os.access(beside, os.X_OK) else shutil.which(_PROGRAM)


def _dump(program: str, process: RunProcess, timeout_s: float) -> StackDump:
    if osproc.find(process) is None:
        return StackDump(process, "", "it has ended")
    argv = [program, "dump", "--pid", str(process.pid)]
    try:
        done = subprocess.run(
            argv,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=timeout_s,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return StackDump(process, "", f"{_PROGRAM} gave no answer in {timeout_s:g} s")
    except OSError as error:
        return StackDump(process, "", f"{program}: {error.strerror or error}")
    text = done.stdout[:_LARGEST_DUMP].decode("utf-8", "replace")
    if done.returncode == 0:
        return StackDump(process, text)
    said = done.stderr.decode("utf-8", "replace").strip()
    denied = f"; {_ATTACHING}" if "permission" in said.lower() else ""
    return StackDump(process, text, f"{said.split(chr(10))[0] or f'exit code {done.returncode}'}{denied}")
