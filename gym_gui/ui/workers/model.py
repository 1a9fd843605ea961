"""The workers of the latest scan as a list: for the cards, and for the picker of the New run page."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from gym_gui.compat import override
from gym_gui.core.probing.model import ProbedWorker, ProbeReport
from gym_gui.ui.workers.badges import search_text

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

    @property
    def total(self) -> int:
        """How many workers there are, shown or not."""
        return len(self._workers)

    def workers(self) -> list[ProbedWorker]:
        """The workers that are shown, in order."""
        return list(self._shown)

    def row_of(self, worker_id: str) -> int:
        """The row of a worker, -1 when it is not shown."""
        return next((row for row, w in enumerate(self._shown) if w.worker_id == worker_id), -1)

    def take(self, report: ProbeReport) -> None:
        """Show the workers of this report."""
        self._workers = report.workers
        self._refresh()

    def search(self, text: str) -> None:
        """Show only the workers that contain every word of the text."""
        self._needles = tuple(text.casefold().split())
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
        wanted.sort(key=lambda worker: (why_not_launchable(worker) != "", worker.worker_id))
        if wanted != self._shown:
            self.beginResetModel()
            self._shown = wanted
            self.endResetModel()

    def _matches(self, worker: ProbedWorker) -> bool:
        if self._launchable_only and why_not_launchable(worker):
            return False
        text = _haystack(worker)
        return all(needle in text for needle in self._needles)


def title_of(worker: ProbedWorker) -> str:
    """The worker's name, and its id where that says more."""
    name = worker.metadata.name if worker.metadata else ""
    if not name or name.casefold() == worker.worker_id.casefold():
        return name or worker.worker_id
    return f"{name} ({worker.worker_id})"


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
    parts = [worker.worker_id, worker.distribution, worker.entry_point]
    if worker.metadata:
        parts += [worker.metadata.name, worker.metadata.description, worker.metadata.author]
        parts += [worker.metadata.upstream_library or ""]
    if worker.capabilities:
        parts.append(search_text(worker.capabilities))
    if worker.failure:
        parts += ["broken", worker.failure.error_type, worker.failure.message]
    return "\n".join(parts).casefold()
