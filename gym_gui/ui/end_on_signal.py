"""SIGTERM, SIGINT and SIGHUP as an orderly end of the panel."""

from __future__ import annotations

import signal
import socket
from types import FrameType

from PySide6.QtCore import QObject, QSocketNotifier, Signal

_NUMBERS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class EndOnSignal(QObject):
    """Turns the first signal that asks this process to end into `asked`; a second one ends it at once.

    Python handles signals between two steps of Python code, of which an idle event loop takes none: so
    the signal is noticed by what it writes into a socket.
    """

    asked = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._heard, self._written = socket.socketpair()
        self._heard.setblocking(False)
        self._written.setblocking(False)
        signal.set_wakeup_fd(self._written.fileno(), warn_on_full_buffer=False)
        for number in _NUMBERS:
            signal.signal(number, _heed)
        self._notifier = QSocketNotifier(self._heard.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._end)

    def _end(self) -> None:
        self.stop()
        self.asked.emit()

    def stop(self) -> None:
        """Signals end the process at once again."""
        self._notifier.setEnabled(False)
        for number in _NUMBERS:
            signal.signal(number, signal.SIG_DFL)
        signal.set_wakeup_fd(-1)
        self._heard.close()
        self._written.close()


def _heed(_number: int, _frame: FrameType | None) -> None:
    """Nothing: what counts is that the signal's number is written, which Python does by itself."""
