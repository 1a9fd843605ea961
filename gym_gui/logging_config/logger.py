"""Handlers and format of a process's log: to standard error, because standard output carries telemetry."""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import TextIO

from gym_gui.compat import override
from gym_gui.constants.constants_worker import WORKER_LOG_LEVEL

FORMAT = "%(asctime)s %(levelname)-8s %(name)s%(place)s: %(message)s"


def configure_logging(
    level: int | str = WORKER_LOG_LEVEL, *, stream: TextIO | None = None, log_file: str | Path | None = None
) -> logging.Logger:
    """The root logger, which now writes to standard error.

    Called again, it replaces what it set up before, so there is never more than one handler of each
    kind from here. Handlers that others added stay.

    Args:
        level: A number or a name of `logging`, in any case.
        stream: Instead of standard error; standard output is refused.
        log_file: A file to append to as well; its directory is created.

    Raises:
        ValueError: An unknown level, or standard output as stream.
        OSError: The log file cannot be opened; logging is then as it was.
    """
    number = _level_number(level)
    if stream is not None and stream in (sys.stdout, sys.__stdout__):
        raise ValueError("logging cannot go to standard output, which carries telemetry; use sys.stderr")
    handlers: list[logging.Handler] = [_StreamHandler(stream)]
    if log_file is not None:
        handlers.append(_file_handler(Path(log_file)))
    root = logging.getLogger()
    _remove_ours(root)
    for handler in handlers:
        handler.setFormatter(PlaceFormatter(FORMAT))
        root.addHandler(handler)
    root.setLevel(number)
    return root


class PlaceFormatter(logging.Formatter):
    """Puts `[Component/Subcomponent]` before the message of a record that carries them."""

    @override
    def formatMessage(self, record: logging.LogRecord) -> str:
        """The line, without a traceback."""
        component = getattr(record, "component", "")
        subcomponent = getattr(record, "subcomponent", "")
        place = "/".join(str(part) for part in (component, subcomponent) if part)
        record.place = f" [{place}]" if place else ""
        return super().formatMessage(record)


class _StreamHandler(logging.StreamHandler[TextIO]):
    """Writes to the stream it was given, else to what `sys.stderr` is at the moment of writing."""

    def __init__(self, stream: TextIO | None) -> None:
        logging.Handler.__init__(self)
        self._given = stream

    @property
    def stream(self) -> TextIO:  # type: ignore[override]
        return self._given or sys.stderr


class _FileHandler(logging.FileHandler):
    """A file handler that can be told from those of others."""


def _file_handler(path: Path) -> _FileHandler:
    path.parent.mkdir(parents=True, exist_ok=True)
    return _FileHandler(path, encoding="utf-8", errors="backslashreplace")


def _remove_ours(root: logging.Logger) -> None:
    for handler in list(root.handlers):
        if isinstance(handler, (_StreamHandler, _FileHandler)):
            root.removeHandler(handler)
            handler.close()


def _level_number(level: int | str) -> int:
    if isinstance(level, int):
        return level
    number = logging.getLevelNamesMapping().get(level.strip().upper())
    if number is None:
        raise ValueError(
            f"unknown log level {level!r}; use DEBUG, INFO, WARNING, ERROR, CRITICAL or a number"
        )
    return number
