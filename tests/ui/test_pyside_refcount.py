"""PySide6 6.12.0 under Python 3.10 and 3.11 loses a reference to None on every void call, and aborts."""

from __future__ import annotations

import sys

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QLabel

CALLS = 20_000


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None is immortal there")
def test_void_calls_do_not_use_up_none(qapp: QApplication) -> None:
    thing, label = QObject(), QLabel()
    before = sys.getrefcount(None)
    for _ in range(CALLS):
        thing.setObjectName("x")
        label.update()
    lost = before - sys.getrefcount(None)
    label.deleteLater()
    assert lost < CALLS / 100
