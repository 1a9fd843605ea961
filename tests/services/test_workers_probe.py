from __future__ import annotations

import sys
import threading

from gym_gui.core.environments.model import Environment
from gym_gui.core.probing.model import ProbedWorker, ProbeReport
from gym_gui.services.notifier import Notifier
from gym_gui.services.tasks import TaskRunner
from gym_gui.services.workers_probe import Answer, WorkersProbe
from tests.installed_workers import InstallWorker, install, site
from tests.panel_helpers import wait_for

__all__ = ["install", "site"]


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


def report_of(python: str, *worker_ids: str) -> ProbeReport:
    workers = tuple(ProbedWorker(worker_id, python, f"{worker_id}:get") for worker_id in worker_ids)
    return ProbeReport(python, workers=workers)


class Pythons:
    """Interpreters whose answers a test sets."""

    def __init__(self) -> None:
        self.answers = {"/own": report_of("/own", "a"), "/torch2": report_of("/torch2", "a", "b")}
        self.asked: list[str] = []
        self.kept: dict[str, Answer] = {}
        self.others = [Environment("this", "/own", is_own=True), Environment("torch2", "/torch2")]

    def probe(self, python: str) -> ProbeReport:
        self.asked.append(python)
        return self.answers[python]

    def made(self, tasks: TaskRunner, notifier: Notifier) -> WorkersProbe:
        return WorkersProbe(
            tasks,
            notifier,
            interpreter="/own",
            probe=self.probe,
            recall=self.kept.get,
            others=lambda: self.others,
        )


def shown(probe: WorkersProbe) -> list[tuple[str, str]]:
    workers = probe.report.workers if probe.report else ()
    return [(worker.worker_id, worker.environment) for worker in workers]


def test_one_id_in_two_environments_is_two_workers(tasks: TaskRunner, notifier: Notifier) -> None:
    probe = Pythons().made(tasks, notifier)
    answered: list[int] = []
    probe.answered.connect(lambda report: answered.append(len(report.workers)))
    probe.ensure_scanned()
    wait_for(lambda: probe.report and not probe.scanning)
    assert shown(probe) == [("a", ""), ("a", "torch2"), ("b", "torch2")]
    assert answered == [3], "the first picture is a whole one"
    assert [w.interpreter for p in ("/own", "/torch2") if (w := probe.worker("a", p))] == ["/own", "/torch2"]
    assert probe.worker("b", "/own") is None


def test_what_is_kept_is_shown_at_once_and_asked_behind(tasks: TaskRunner, notifier: Notifier) -> None:
    pythons = Pythons()
    stale = Answer(report_of("/own", "a", "gone"), {}, is_current=False)
    pythons.kept = {"/own": stale, "/torch2": Answer(pythons.answers["/torch2"], {}, is_current=True)}
    probe = pythons.made(tasks, notifier)
    seen: list[list[tuple[str, str]]] = []
    probe.answered.connect(lambda _report: seen.append(shown(probe)))
    probe.ensure_scanned()
    wait_for(lambda: len(seen) == 2 and not probe.scanning)
    assert seen[0][:2] == [("a", ""), ("gone", "")]
    assert seen[1][0:2] == [("a", ""), ("a", "torch2")]
    assert pythons.asked == ["/own"], "what is current is not asked"
    assert (notifier.history[0].title, notifier.history[0].text) == ("A worker changed", "gone was removed")


def test_environments_come_and_go(tasks: TaskRunner, notifier: Notifier) -> None:
    pythons = Pythons()
    both = pythons.others
    pythons.others = both[:1]
    probe = pythons.made(tasks, notifier)
    probe.ensure_scanned()
    wait_for(lambda: probe.report and not probe.scanning)
    assert shown(probe) == [("a", "")]
    pythons.others = both
    probe.environments_changed()
    wait_for(lambda: len(shown(probe)) == 3)
    assert pythons.asked == ["/own", "/torch2"]
    pythons.others = both[:1]
    probe.environments_changed()
    assert shown(probe) == [("a", "")]
    wait_for(lambda: not probe.scanning)


def test_a_worker_that_is_installed_is_noticed(
    tasks: TaskRunner, notifier: Notifier, install: InstallWorker
) -> None:
    probe = WorkersProbe(tasks, notifier)
    probe.ensure_scanned()
    wait_for(lambda: probe.report and not probe.scanning)
    probe.look_for_changes()
    wait_for(lambda: not tasks.pending)
    assert not notifier.history
    install("fresh")
    probe.look_for_changes()
    wait_for(lambda: probe.worker("fresh"))
    assert notifier.history[0].text == "fresh 2.5 was installed"


def test_a_list_that_cannot_be_read_costs_the_others_only(tasks: TaskRunner, notifier: Notifier) -> None:
    def others() -> list[Environment]:
        raise ValueError("environments.json: broken")

    probe = WorkersProbe(
        tasks, notifier, interpreter="/own", probe=lambda p: report_of(p, "a"), others=others
    )
    probe.ensure_scanned()
    wait_for(lambda: probe.report and not probe.scanning)
    assert shown(probe) == [("a", "")]
    assert "broken" in notifier.history[0].text


def test_watching_ends(tasks: TaskRunner, notifier: Notifier) -> None:
    probe = WorkersProbe(tasks, notifier, probe=lambda python: report_of(python))
    probe.watch()
    probe.stop()
