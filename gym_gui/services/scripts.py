"""The list of plain scripts for the panel: what they take is asked in the background."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from gym_gui.services.tasks import TaskRunner

if TYPE_CHECKING:
    from gym_gui.core.probing.model import ProbedWorker
    from gym_gui.core.scripts.model import Script
    from gym_gui.core.scripts.registry import ScriptRegistry


class Scripts(QObject):
    """The registry, with the slow parts in the background; `changed` tells of another list."""

    changed = Signal()

    def __init__(self, registry: ScriptRegistry, tasks: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._registry = registry
        self._tasks = tasks

    def check(
        self,
        script: Script,
        *,
        owner: QObject,
        done: Callable[[ProbedWorker], None],
        failed: Callable[[Exception], None],
    ) -> None:
        """Call `done` with the script as the worker it would be, or `failed` with why it cannot be one."""
        registry = self._registry

        def work() -> ProbedWorker:
            from gym_gui.core.scripts.describing import with_flags, worker_of

            registry.check(script)
            return worker_of(with_flags(script))

        self._tasks.start(f"Checking {script.name}", work, owner=owner, done=done, failed=failed)

    def add(
        self,
        script: Script,
        *,
        owner: QObject,
        done: Callable[[ProbedWorker], None],
        failed: Callable[[Exception], None],
    ) -> None:
        """Add a script and call `done` with it as a worker, or `failed` with why it was not added."""
        registry = self._registry

        def work() -> ProbedWorker:
            from gym_gui.core.scripts.describing import register

            return register(registry, script)

        def tell(worker: ProbedWorker) -> None:
            self.changed.emit()
            done(worker)

        self._tasks.start(f"Adding {script.name}", work, owner=owner, done=tell, failed=failed)

    def remove(self, name: str) -> Script:
        """Take a script off the list; nothing of it is deleted.

        Raises:
            ValueError: There is none of that name.
            OSError: The list cannot be written.
        """
        removed = self._registry.remove(name)
        self.changed.emit()
        return removed

    def put_back(self, script: Script) -> None:
        """Undo a removal.

        Raises:
            ValueError: Its name is taken meanwhile.
            OSError: The list cannot be written.
        """
        self._registry.put_back(script)
        self.changed.emit()
