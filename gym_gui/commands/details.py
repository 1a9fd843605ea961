"""A run in full: what `show` prints and what a run that was waited for leaves as its receipt."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import Any

import msgspec

from gym_gui.commands.wording import duration, moment, number, progress, size
from gym_gui.core.runs.directory import RunDirectory
from gym_gui.core.runs.record import ExitRecord
from gym_gui.core.runs.summary import RunSummary

_ARTIFACTS = ("analytics.json", "tensorboard", "checkpoints", "videos", "plots", "logs")


def summary_data(summary: RunSummary) -> dict[str, Any]:
    """The summary as a JSON object."""
    data = msgspec.to_builtins(summary, enc_hook=str)
    return {str(key): value for key, value in data.items()}


def receipt(summary: RunSummary) -> Iterator[tuple[str, str]]:
    """What a run came to, as named values."""
    yield "state", summary.state
    yield "because", "\n".join(summary.evidence)
    yield "problem", summary.problem
    yield "error", summary.headline
    if summary.started is not None and summary.ended is not None:
        yield "took", duration(summary.ended - summary.started)
    yield "exit", _ending(summary.exit)
    yield "progress", progress(summary)
    yield "last return", number(summary.returns[-1]) if summary.returns else ""
    yield "resources", _resources(summary.exit)
    yield "directory", str(summary.path)
    yield "left behind", ", ".join(name for name in _ARTIFACTS if (summary.path / name).exists())


def description(summary: RunSummary, run: RunDirectory) -> Iterator[tuple[str, str]]:
    """What a run was asked to do and came to, as named values."""
    yield "run", summary.run_id
    yield "name", summary.labels.name
    yield "tags", ", ".join(summary.labels.tags)
    yield "notes", summary.labels.notes
    record = summary.record
    if record is not None:
        version = f" {record.worker_version}" if record.worker_version else ""
        yield "worker", f"{record.worker_id}{version}"
        yield "algorithm", record.algorithm or ""
        yield "environment", record.environment or ""
        yield "seed", "" if record.seed is None else str(record.seed)
        yield "group", record.group or ""
        yield "created", moment(record.created)
    yield "started", moment(summary.started)
    yield "ended", moment(summary.ended)
    yield from receipt(summary)
    if record is not None:
        yield "command", shlex.join(record.argv)
        yield "interpreter", record.interpreter
        yield "working dir", record.cwd
        yield "environment+", "\n".join(f"{name}={value}" for name, value in record.env.items())
    yield "config", _config_text(run)


def _ending(end: ExitRecord | None) -> str:
    if end is None:
        return ""
    how = f"signal {end.signal}" if end.signal is not None else f"code {end.exit_code}"
    if end.exit_code is None and end.signal is None:
        how = str(end.cause)
    left = f"; {end.survivors} processes left" if end.survivors else ""
    return f"{how}{left}{f'; {end.detail}' if end.detail else ''}"


def _resources(end: ExitRecord | None) -> str:
    if end is None or not end.peak_rss_bytes:
        return ""
    return f"{size(end.peak_rss_bytes)} of memory at most, {duration(end.cpu_seconds)} of CPU"


def _config_text(run: RunDirectory) -> str:
    value = config_data(run)
    return "" if value is None else msgspec.json.format(msgspec.json.encode(value), indent=2).decode()


def config_data(run: RunDirectory) -> Any:
    """The run's config, None when there is none that can be read."""
    from gym_gui.core.runs.files import RecordError, read_record

    try:
        return read_record(run.config_file, dict)
    except (FileNotFoundError, RecordError):
        return None
