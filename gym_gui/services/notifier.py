"""The one place for what the user must know: every notice goes through here and is kept."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from enum import StrEnum
from typing import NamedTuple

from PySide6.QtCore import QObject, Signal

_KEPT = 200


class NoticeLevel(StrEnum):
    """How much a notice matters; the names are tones of the theme."""

    INFO = "info"
    SUCCESS = "success"
    WARNING = "warning"
    ERROR = "danger"


class NoticeAction(NamedTuple):
    """A button on a notice."""

    label: str
    run: Callable[[], None]


class Notice(NamedTuple):
    """One thing the user should know: a short title, more text if there is more, and when."""

    level: NoticeLevel
    title: str
    text: str
    time: float
    action: NoticeAction | None = None


class Notifier(QObject):
    """Publishes notices and remembers the latest of them."""

    published = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._history: deque[Notice] = deque(maxlen=_KEPT)

    @property
    def history(self) -> tuple[Notice, ...]:
        """What was published, newest first."""
        return tuple(reversed(self._history))

    def info(self, title: str, text: str = "", action: NoticeAction | None = None) -> None:
        """Something happened that is worth a glance."""
        self._publish(NoticeLevel.INFO, title, text, action)

    def success(self, title: str, text: str = "", action: NoticeAction | None = None) -> None:
        """Something the user asked for is done."""
        self._publish(NoticeLevel.SUCCESS, title, text, action)

    def warning(self, title: str, text: str = "", action: NoticeAction | None = None) -> None:
        """Something needs attention but nothing is broken."""
        self._publish(NoticeLevel.WARNING, title, text, action)

    def error(self, title: str, text: str = "", action: NoticeAction | None = None) -> None:
        """Something the user asked for could not be done."""
        self._publish(NoticeLevel.ERROR, title, text, action)

    def failure(self, doing: str, error: BaseException) -> None:
        """An exception nobody handled while `doing` something; logged with its traceback."""
        import logging

        logging.getLogger(__name__).error("%s failed", doing, exc_info=error)
        self.error(f"{doing} failed", f"{type(error).__name__}: {error}")

    def _publish(self, level: NoticeLevel, title: str, text: str, action: NoticeAction | None) -> None:
        notice = Notice(level, title, text, time.time(), action)
        self._history.append(notice)
        self.published.emit(notice)
