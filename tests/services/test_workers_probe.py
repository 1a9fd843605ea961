from __future__ import annotations

import sys
import threading

from gym_gui.core.probing.model import ProbeReport
from gym_gui.services.notifier import Notifier
from gym_gui.services.tasks import TaskRunner
from gym_gui.services.workers_probe import WorkersProbe
from tests.panel_helpers import wait_for


def test_the_shipped_worker_is_found(tasks: TaskRunner, notifier: Notifier) -> None:
    probe = WorkersProbe(tasks, notifier)
    scanning: list[bool] = []
    loaded_before = set(sys.modules)
    probe.scanning_changed.connect(scanning.append)
    probe.ensure_scanned()
    wait_for(lambda: probe.report)
    worker = probe.worker("tabular")
    assert worker is not None
    assert worker.capabilities is not None
    assert worker.schema is not None
    assert scanning == [True, False]
    loaded = {name for name in set(sys.modules) - loaded_before if name.startswith("gym_gui.workers.")}
    assert not loaded, "the panel must not import a worker"


def test_one_scan_at_a_time(tasks: TaskRunner, notifier: Notifier) -> None:
    release = threading.Event()
    asked: list[str] = []

    def slow(interpreter: str) -> ProbeReport:
        asked.append(interpreter)
        release.wait()
        return ProbeReport(interpreter)

    probe = WorkersProbe(tasks, notifier, interpreter="python-x", probe=slow)
    probe.rescan()
    probe.rescan()
    assert probe.scanning
    release.set()
    wait_for(lambda: probe.report)
    assert asked == ["python-x"]
    probe.ensure_scanned()
    assert not probe.scanning


def test_a_probe_that_breaks_is_told_and_can_be_repeated(tasks: TaskRunner, notifier: Notifier) -> None:
    def broken(interpreter: str) -> ProbeReport:
        raise RuntimeError("out of processes")

    probe = WorkersProbe(tasks, notifier, probe=broken)
    probe.rescan()
    wait_for(lambda: notifier.history)
    assert "out of processes" in notifier.history[0].text
    assert not probe.scanning
