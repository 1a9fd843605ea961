"""The last thing that can be taken back."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal


class Undo(QObject):
    """Remembers how to take back what was done last; `changed` tells that there is something, or nothing."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._what = ""
        self._take_back: Callable[[], None] | None = None

    @property
    def what(self) -> str:
        """What would be taken back, "" when there is nothing."""
        return self._what

    def offer(self, what: str, take_back: Callable[[], None]) -> Callable[[], None]:
        """Have this be what is taken back next; what is returned takes it back, once."""
        is_done = False

        def once() -> None:
            nonlocal is_done
            if is_done:
                return
            is_done = True
            if self._take_back is once:
                self._forget()
            take_back()

        self._what, self._take_back = what, once
        self.changed.emit()
        return once

    def take_back(self) -> None:
        """Take it back."""
        if self._take_back is not None:
            self._take_back()

    def _forget(self) -> None:
        self._what, self._take_back = "", None
        self.changed.emit()
