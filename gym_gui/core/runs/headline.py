"""The one line that explains a bad end."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gym_gui.core.events.tail import TailReader
from gym_gui.core.runs.record import ExitRecord
from gym_gui.core.runs.state import signal_name

_LONGEST = 300


def headline_of(end: ExitRecord | None, failure: Mapping[str, Any] | None, stderr_file: Path) -> str:
    """Why a run failed, in its own words where it has any, else "".

    In this order: why it could not be started, what its `run_failed` says, the last line of a traceback or
    of standard error, the signal or exit code.
    """
    if end is not None and end.detail:
        return _short(end.detail)
    told = _told(failure)
    if told:
        return told
    if end is not None and end.signal is not None:
        return _last_error(stderr_file, tracebacks_only=True) or f"killed by {signal_name(end.signal)}"
    code = f"exit code {end.exit_code}" if end is not None and end.exit_code else ""
    return _last_error(stderr_file, tracebacks_only=not code) or code


def _told(failure: Mapping[str, Any] | None) -> str:
    if not failure:
        return ""
    kind, error = (_text(failure.get(name)) for name in ("error_type", "error"))
    error = error or _text(failure.get("message"))
    return _short(f"{kind}: {error}" if kind and error else kind or error)


def _last_error(stderr_file: Path, *, tracebacks_only: bool) -> str:
    try:
        lines = TailReader(stderr_file).read(final=True)
    except OSError:
        return ""
    texts = [line.decode("utf-8", "replace").rstrip() for line in lines if line.strip()]
    starts = [number for number, text in enumerate(texts) if text.startswith("Traceback (most recent call")]
    if starts:
        # The error's own line is the first below the traceback that is not indented.
        below = (text for text in texts[starts[-1] + 1 :] if not text.startswith((" ", "\t")))
        return _short(next(below, ""))
    return _short(texts[-1]) if texts and not tracebacks_only else ""


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}..."
