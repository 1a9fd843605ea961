"""A worker's own `--dry-run`, tried where it can write nothing of the user's and leave nothing running."""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from gym_gui.constants import RUNS_DIR_NAME, TRAINER_DIR_NAME
from gym_gui.core.artifacts.stopping import StopAsked, never
from gym_gui.core.probing.family import ENV_MARK, Family
from gym_gui.core.runs.directory import RunDirectory
from gym_gui.core.runs.environment import worker_environment
from gym_gui.core.runs.launch import LaunchSpec, config_for, supervisor_environment, worker_argv

USUAL_TIMEOUT_S = 60.0
_FLAG = "--dry-run"
_STAND_IN_RUN_ID = "00000000000000000000000000"
_LOOK_EVERY_S = 0.05
_MOST_PRINTED = 16 * 1024 * 1024
_READ_BACK = 32 * 1024
_LAST_LINES = 8
_OUTLIVES_ITS_ASKER_BY_S = 10
_REAP_S = 5.0
_REFUSED = r"unrecogni[sz]ed|unknown|unexpected|invalid|extra|no such|not recogni[sz]ed|does not exist"
_FLAG_REFUSED = re.compile(
    rf"(?:{_REFUSED}).{{0,200}}?dry[-_]run|dry[-_]run.{{0,80}}?(?:{_REFUSED})",
    re.IGNORECASE | re.DOTALL,
)


class DryRunOutcome(StrEnum):
    """How a dry run went."""

    PASSED = "passed"
    UNSUPPORTED = "unsupported"
    FAILED = "failed"
    TIMED_OUT = "timed out"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class DryRun:
    """How a dry run went, the last lines it printed, and how long it took."""

    outcome: DryRunOutcome
    detail: str = ""
    seconds: float = 0.0


def dry_run(spec: LaunchSpec, *, timeout_s: float = USUAL_TIMEOUT_S, stop_asked: StopAsked = never) -> DryRun:
    """What the worker's command says to `--dry-run` with this config.

    It has a data directory of its own that is removed afterwards, and every process it started is ended.
    A command that refuses the flag has no dry run, which is no failure of the run.
    """
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="mosaic-dry-run-", ignore_cleanup_errors=True) as home:
        run = RunDirectory(Path(home) / TRAINER_DIR_NAME / RUNS_DIR_NAME / _STAND_IN_RUN_ID)
        run.path.mkdir(parents=True)
        run.config_file.write_text(json.dumps(config_for(spec, run)), encoding="utf-8")
        argv = [*worker_argv(spec, run), _FLAG]
        try:
            outcome, detail = _try(argv, spec, run, began + timeout_s, stop_asked)
        except OSError as error:
            outcome, detail = DryRunOutcome.FAILED, f"{argv[0]} cannot be started: {error.strerror or error}"
    return DryRun(outcome, detail, time.monotonic() - began)


def _try(
    argv: Sequence[str], spec: LaunchSpec, run: RunDirectory, deadline: float, stop_asked: StopAsked
) -> tuple[DryRunOutcome, str]:
    mark = secrets.token_hex(16)
    devices = spec.resources.get("devices")
    inherited = {**supervisor_environment(spec), ENV_MARK: mark}
    environment = worker_environment(inherited, str(run.path), spec.worker_id, spec.env, devices)
    output = run.path / "dry-run.txt"
    with output.open("wb") as printed:
        process = subprocess.Popen(
            [*_bound(deadline), *argv],
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=subprocess.STDOUT,
            cwd=spec.cwd or run.path,
            env=environment,
            start_new_session=True,
        )
    family = Family(mark)
    try:
        ended = _wait(process, output, deadline, stop_asked)
    finally:
        _end(process, family)
    return ended or _verdict(process.returncode, _tail(output))


def _bound(deadline: float) -> list[str]:
    """A limit that holds even when this process is killed before it can end the worker."""
    program = shutil.which("timeout")
    seconds = max(round(deadline - time.monotonic()), 1) + _OUTLIVES_ITS_ASKER_BY_S
    return [program, "-k", "2", str(seconds)] if program else []


def _wait(
    process: subprocess.Popen[bytes], output: Path, deadline: float, stop_asked: StopAsked
) -> tuple[DryRunOutcome, str] | None:
    """Why it is to be ended; None when it ended by itself."""
    while True:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_LOOK_EVERY_S)
            return None
        if stop_asked():
            return DryRunOutcome.STOPPED, ""
        if time.monotonic() > deadline:
            return DryRunOutcome.TIMED_OUT, _tail(output)
        if output.stat().st_size > _MOST_PRINTED:
            return DryRunOutcome.FAILED, f"it printed more than {_MOST_PRINTED // 1024**2} MiB"


def _end(process: subprocess.Popen[bytes], family: Family) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    family.end()
    # A process that hangs in the kernel cannot be reaped; whoever asks must not hang with it.
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(_REAP_S)


def _verdict(code: int, printed: str) -> tuple[DryRunOutcome, str]:
    if code == 0:
        return DryRunOutcome.PASSED, ""
    if _FLAG_REFUSED.search(printed):
        return DryRunOutcome.UNSUPPORTED, ""
    how = f"it was ended by {signal.Signals(-code).name}" if code < 0 else f"it exited with {code}"
    return DryRunOutcome.FAILED, f"{how}\n{printed}".strip()


def _tail(output: Path) -> str:
    with output.open("rb") as printed:
        size = printed.seek(0, os.SEEK_END)
        printed.seek(max(0, size - _READ_BACK))
        text = printed.read().decode(errors="replace")
    return "\n".join(text.strip().splitlines()[-_LAST_LINES:])
