"""Which workers there are, in all environments: known at once from the disk, asked anew in the background."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, QTimer, Signal

from gym_gui.services.notifier import Notifier
from gym_gui.services.tasks import TaskRunner

if TYPE_CHECKING:
    from gym_gui.core.environments.model import Environment
    from gym_gui.core.probing.model import ProbedWorker, ProbeReport
    from gym_gui.core.scripts.registry import ScriptRegistry

_WATCH_EVERY_MS = 5_000


class Answer(NamedTuple):
    """A report, what its files looked like when it was made, and whether it need not be asked for again."""

    report: ProbeReport
    stamps: dict[str, str]
    is_current: bool = True


class WorkersProbe(QObject):
    """Asks interpreters for their workers, off the thread of the window.

    `answered` brings the workers of all environments together in one report, whose failure is that of the
    panel's own; `reports` has them one by one. A worker of another environment carries its name.
    """

    scanning_changed = Signal(bool)
    answered = Signal(object)

    def __init__(
        self,
        tasks: TaskRunner,
        notifier: Notifier,
        parent: QObject | None = None,
        *,
        interpreter: str = sys.executable,
        probe: Callable[[str], ProbeReport] | None = None,
        recall: Callable[[str], Answer | None] | None = None,
        others: Callable[[], Iterable[Environment]] | None = None,
        scripts: ScriptRegistry | None = None,
    ) -> None:
        """A probe that has asked nothing yet.

        Args:
            tasks: Runs the questions.
            notifier: Told of changes and of what could not be done.
            parent: Owner.
            interpreter: The panel's own; always asked.
            probe: Asks one interpreter; by default the isolated probe, which keeps what it is told.
            recall: What is kept of an interpreter; by default the probe's, and nothing for another `probe`.
            others: The other environments; raises ValueError when they cannot be known.
            scripts: Plain scripts that are offered as workers too.
        """
        super().__init__(parent)
        self._tasks = tasks
        self._notifier = notifier
        self._interpreter = interpreter
        self._probe = probe or _probe
        self._recall = recall or (_recall if probe is None else _recall_nothing)
        self._others = others
        self._scripts = scripts
        self._changed_here: set[str] = set()
        self._ask_once_more: set[str] = set()
        self._offered: dict[tuple[str, str], ProbedWorker] = {}
        self._names: dict[str, str] = {interpreter: ""}
        self._answers: dict[str, Answer] = {}
        self._asking: set[str] = set()
        self._is_recalling = False
        self._is_looking = False
        self._told_scanning = False
        self.report: ProbeReport | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(_WATCH_EVERY_MS)
        self._timer.timeout.connect(self.look_for_changes)

    @property
    def scanning(self) -> bool:
        """Whether an answer is on its way."""
        return self._is_recalling or bool(self._asking)

    @property
    def reports(self) -> dict[str, ProbeReport]:
        """The latest report of each interpreter, by its path."""
        return {python: answer.report for python, answer in self._answers.items()}

    def failed_environments(self) -> tuple[str, ...]:
        """Names of the environments, the panel's own apart, that could not be asked."""
        answers = ((self._names[python], each.report) for python, each in self._answers.items())
        return tuple(name for name, report in answers if name and report.failure is not None)

    def ensure_scanned(self) -> None:
        """Have an answer, unless there is one or one is on its way: from the disk first, then asked anew."""
        if self.report is not None or self.scanning:
            return
        self._take_names()
        pythons, recall = tuple(self._names), self._recalling()
        self._is_recalling = True
        self._tell_scanning()
        self._tasks.start(
            "Reading what is known of the workers",
            lambda: {python: known for python in pythons if (known := recall(python)) is not None},
            owner=self,
            done=self._take_recalled,
            failed=self._give_up_recalling,
        )

    def rescan(self) -> None:
        """Ask all again; the last answers stand until the new ones are there."""
        if self.scanning:
            return
        self._take_names()
        self._ask(self._names)

    def scripts_changed(self) -> None:
        """Ask the list of scripts again, which was changed here: nobody has to be told of it."""
        if self._scripts is None:
            return
        file = str(self._scripts.file)
        self._changed_here.add(file)
        if file in self._asking:
            self._ask_once_more.add(file)  # the answer under way may be of the list before
        else:
            self.ask_again(file)

    def offer(self, worker: ProbedWorker) -> None:
        """Offer a worker that is installed nowhere, for as long as this program runs."""
        self._offered[worker.worker_id, worker.interpreter] = worker
        if self.report is not None:
            self._publish()

    def environments_changed(self) -> None:
        """Forget environments that are no longer in the list, and ask those that are new."""
        self._take_names()
        self._answers = {python: each for python, each in self._answers.items() if python in self._names}
        if self.report is not None:
            self._publish()
            self._ask(python for python in self._names if python not in self._answers)

    def ask_again(self, interpreter: str) -> None:
        """Ask one interpreter again."""
        if interpreter in self._names:
            self._ask([interpreter])

    def watch(self) -> None:
        """Look every few seconds whether a worker was installed, upgraded or removed, until `stop`."""
        self._timer.start()

    def stop(self) -> None:
        """Look no longer."""
        self._timer.stop()

    def look_for_changes(self) -> None:
        """Ask those interpreters again whose files have changed since they answered."""
        if self._is_looking or self.scanning or not self._answers:
            return
        self._is_looking = True
        answers = tuple(self._answers.items())
        self._tasks.start(
            "Looking for changed workers",
            lambda: _changed(answers),
            owner=self,
            done=self._take_changed,
            failed=lambda _error: self._take_changed([]),
        )

    def worker(self, worker_id: str, interpreter: str = "") -> ProbedWorker | None:
        """A worker of the latest answers, by id; with an interpreter, the one that is installed there."""
        workers = self.report.workers if self.report else ()
        named = [each for each in workers if each.worker_id == worker_id]
        return next((each for each in named if interpreter in ("", each.interpreter)), None)

    def _take_names(self) -> None:
        names = {self._interpreter: ""}
        try:
            others = self._others() if self._others is not None else ()
            names.update({each.python: each.name for each in others if not each.is_own})
        except ValueError as error:
            self._notifier.error("The list of environments cannot be read", str(error))
        if self._scripts is not None:
            names[str(self._scripts.file)] = ""
        self._names = names

    def _take_recalled(self, known: dict[str, Answer]) -> None:
        self._is_recalling = False
        self._answers.update(known)
        if len(known) == len(self._names):
            self._publish()
        self._ask(python for python in self._names if python not in known or not known[python].is_current)
        self._tell_scanning()

    def _give_up_recalling(self, _error: Exception) -> None:
        self._take_recalled({})

    def _take_changed(self, pythons: list[str]) -> None:
        self._is_looking = False
        self._ask(python for python in pythons if python in self._names)

    def _ask(self, pythons: Iterable[str]) -> None:
        for python in [each for each in pythons if each not in self._asking]:
            self._asking.add(python)
            self._tasks.start(
                "Scanning for workers",
                self._question(python),
                owner=self,
                done=partial(self._take, python),
                failed=partial(self._give_up, python),
            )
        self._tell_scanning()

    def _question(self, python: str) -> Callable[[], Answer]:
        probe, scripts = self._probe, self._scripts
        if scripts is not None and python == str(scripts.file):
            return lambda: _answered(_describe_scripts(scripts))
        return lambda: _answered(probe(python))

    def _recalling(self) -> Callable[[str], Answer | None]:
        recall, scripts = self._recall, self._scripts
        if scripts is None:
            return recall
        return lambda python: _known_scripts(scripts) if python == str(scripts.file) else recall(python)

    def _take(self, python: str, answer: Answer) -> None:
        self._asking.discard(python)
        if python in self._names:
            before = self._answers.get(python)
            self._answers[python] = answer
            if before is not None and python not in self._changed_here:
                self._tell_changes(python, before.report, answer.report)
            if self._scripts is not None and python == str(self._scripts.file) and answer.report.failure:
                self._notifier.error("The list of scripts cannot be read", answer.report.failure.message)
        if python in self._ask_once_more:
            self._ask_once_more.discard(python)
            self._ask([python])
        else:
            self._changed_here.discard(python)
        self._tell_scanning()
        # The first picture is shown whole: half of it would say that the rest is not installed.
        if self.report is not None or not self._asking:
            self._publish()

    def _give_up(self, python: str, error: Exception) -> None:
        self._asking.discard(python)
        self._notifier.failure("Scanning for workers", error)
        self._tell_scanning()
        if self._answers and not self._asking:
            self._publish()

    def _tell_scanning(self) -> None:
        if self.scanning != self._told_scanning:
            self._told_scanning = self.scanning
            self.scanning_changed.emit(self._told_scanning)

    def _tell_changes(self, python: str, before: ProbeReport, after: ProbeReport) -> None:
        from gym_gui.core.probing.changes import changes_between

        changes = changes_between(before, after)
        if changes:
            where = f" in {self._names[python]}" if self._names[python] else ""
            many = "A worker changed" if len(changes) == 1 else f"{len(changes)} workers changed"
            self._notifier.info(f"{many}{where}", "; ".join(changes))

    def _publish(self) -> None:
        own = self._answers.get(self._interpreter)
        first = own.report if own is not None else next(iter(self._answers.values())).report
        workers = tuple(
            replace(worker, environment=name or worker.environment)
            for python, name in self._names.items()
            if python in self._answers
            for worker in self._answers[python].report.workers
        )
        known = {(worker.worker_id, worker.interpreter) for worker in workers}
        offered = tuple(worker for key, worker in self._offered.items() if key not in known)
        self.report = replace(first, workers=(*workers, *offered))
        self.answered.emit(self.report)


# These run on a pool's thread and import there what they need: the window opens without it.


def _answered(report: ProbeReport) -> Answer:
    from gym_gui.core.probing.stamps import stamps_of

    return Answer(report, stamps_of(report))


def _changed(answers: Iterable[tuple[str, Answer]]) -> list[str]:
    from gym_gui.core.probing.stamps import stamps_of

    return [python for python, answer in answers if stamps_of(answer.report) != answer.stamps]


def _probe(interpreter: str) -> ProbeReport:
    from gym_gui.core.probing.cache import ReportCache
    from gym_gui.core.probing.remembered import probe_and_remember

    return probe_and_remember(interpreter, ReportCache())


def _describe_scripts(scripts: ScriptRegistry) -> ProbeReport:
    from gym_gui.core.scripts.describing import describe_scripts

    return describe_scripts(scripts)


def _known_scripts(scripts: ScriptRegistry) -> Answer:
    from gym_gui.core.scripts.describing import describe_scripts

    return Answer(describe_scripts(scripts, ask=False), {}, is_current=False)


def _recall(interpreter: str) -> Answer | None:
    from gym_gui.core.probing.cache import ReportCache

    kept = ReportCache().read(interpreter)
    return None if kept is None else Answer(kept.report, dict(kept.stamps), kept.is_current())


def _recall_nothing(_interpreter: str) -> Answer | None:
    return None
