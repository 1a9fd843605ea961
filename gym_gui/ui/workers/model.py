"""The workers of the latest scan as a list: for the cards, and for the picker of the New run page."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from gym_gui.compat import override
from gym_gui.core.probing.model import ProbedWorker, ProbeReport
from gym_gui.ui.workers.badges import search_text
from gym_gui.ui.workers.filters import WorkerFilter

Index = QModelIndex | QPersistentModelIndex
WORKER_ROLE = int(Qt.ItemDataRole.UserRole) + 1
_NOWHERE = QModelIndex()


class WorkersModel(QAbstractListModel):
    """Workers that match the search; those that can be launched come before those that cannot."""

    def __init__(self, parent: QObject | None = None, *, launchable_only: bool = False) -> None:
        super().__init__(parent)
        self._launchable_only = launchable_only
        self._workers: tuple[ProbedWorker, ...] = ()
        self._shown: list[ProbedWorker] = []
        self._needles: tuple[str, ...] = ()
        self._filter = WorkerFilter()

    @property
    def total(self) -> int:
        """How many workers there are, shown or not."""
        return len(self._workers)

    @property
    def all(self) -> tuple[ProbedWorker, ...]:
        """All workers there are, shown or not."""
        return self._workers

    def workers(self) -> list[ProbedWorker]:
        """The workers that are shown, in order."""
        return list(self._shown)

    def row_of(self, worker_id: str, interpreter: str = "") -> int:
        """The row of a worker, of the one in that interpreter's environment if given; -1 when not shown."""
        return next(
            (
                row
                for row, worker in enumerate(self._shown)
                if worker.worker_id == worker_id and interpreter in ("", worker.interpreter)
            ),
            -1,
        )

    def take(self, report: ProbeReport) -> None:
        """Show the workers of this report."""
        self._workers = report.workers
        self._refresh()

    def search(self, text: str) -> None:
        """Show only the workers that contain every word of the text."""
        self._needles = tuple(text.casefold().split())
        self._refresh()

    def narrow(self, wanted: WorkerFilter) -> None:
        """Show only the workers that pass the filter."""
        self._filter = wanted
        self._refresh()

    @override
    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._shown)

    @override
    def data(self, index: Index, role: int = 0) -> Any:
        if not index.isValid() or index.row() >= len(self._shown):
            return None
        worker = self._shown[index.row()]
        if role == WORKER_ROLE:
            return worker
        if role == Qt.ItemDataRole.DisplayRole:
            return title_of(worker)
        return None

    def _refresh(self) -> None:
        wanted = [worker for worker in self._workers if self._matches(worker)]
        wanted.sort(
            key=lambda worker: (why_not_launchable(worker) != "", worker.worker_id, worker.environment)
        )
        if wanted != self._shown:
            self.beginResetModel()
            self._shown = wanted
            self.endResetModel()

    def _matches(self, worker: ProbedWorker) -> bool:
        if self._launchable_only and why_not_launchable(worker):
            return False
        if not self._filter.passes(worker):
            return False
        text = _haystack(worker)
        return all(needle in text for needle in self._needles)


def _rank(worker: ProbedWorker) -> tuple[bool, str, str]:
    return why_not_launchable(worker) != "", worker.worker_id, worker.environment


def title_of(worker: ProbedWorker) -> str:
    """The worker's name, its id where that says more, and its environment unless it is the panel's own."""
    name = worker.metadata.name if worker.metadata else ""
    is_known_by_id = not name or name.casefold() == worker.worker_id.casefold()
    title = name or worker.worker_id if is_known_by_id else f"{name} ({worker.worker_id})"
    return f"{title} in {worker.environment}" if worker.environment else title


def why_not_launchable(worker: ProbedWorker) -> str:
    """Why a worker cannot be launched, or "" when it can."""
    if worker.failure is not None:
        return "It could not be loaded."
    if worker.missing:
        return f"Not installed: {', '.join(worker.missing)}."
    if not worker.command:
        return "It has no command to launch."
    return ""


def _haystack(worker: ProbedWorker) -> str:
    parts = [worker.worker_id, worker.distribution, worker.entry_point, worker.environment]
    if worker.metadata:
        parts += [worker.metadata.name, worker.metadata.description, worker.metadata.author]
        parts += [worker.metadata.upstream_library or ""]
    if worker.capabilities:
        parts.append(search_text(worker.capabilities))
    if worker.failure:
        parts += ["broken", worker.failure.error_type, worker.failure.message]
    return "\n".join(parts).casefold()
