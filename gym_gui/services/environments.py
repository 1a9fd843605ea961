"""The list of environments for the panel: what is in each, which could be added, new ones in the making."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from gym_gui.services.tasks import TaskRunner

if TYPE_CHECKING:
    from gym_gui.core.environments.creating import Creation
    from gym_gui.core.environments.model import Environment, EnvironmentFacts, FoundEnvironment
    from gym_gui.core.environments.planning import CreationPlan
    from gym_gui.core.environments.registry import EnvironmentRegistry


class Environments(QObject):
    """The registry, with the slow parts in the background; one environment is made at a time.

    `changed` tells of another list, `made`, `failed` (reason, mend) and `cancelled` how one ended.
    """

    changed = Signal()
    line = Signal(str)
    made = Signal(object)
    failed = Signal(str, str)
    cancelled = Signal()

    def __init__(
        self, registry: EnvironmentRegistry, tasks: TaskRunner, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._registry = registry
        self._tasks = tasks
        self._creation: Creation | None = None

    @property
    def is_making(self) -> bool:
        """Whether an environment is in the making."""
        return self._creation is not None

    def all(self) -> tuple[Environment, ...]:
        """The environments, the panel's own first.

        Raises:
            ValueError: The list cannot be read.
        """
        return self._registry.environments()

    def add(self, path: str, name: str = "") -> Environment:
        """Add the environment at a path.

        Raises:
            ValueError: It cannot be added; the message says why.
            OSError: The list cannot be written.
        """
        added = self._registry.add(path, name)
        self.changed.emit()
        return added

    def remove(self, environment: Environment) -> None:
        """Take an environment off the list.

        Raises:
            ValueError: It is not in it.
            OSError: The list cannot be written.
        """
        self._registry.remove(environment.name)
        self.changed.emit()

    def put_back(self, environment: Environment) -> None:
        """Undo a removal.

        Raises:
            ValueError: It is gone meanwhile, or its name is taken.
        """
        self._registry.add(environment.python, environment.name, created=environment.created)
        self.changed.emit()

    def delete(self, environment: Environment, *, owner: QObject) -> None:
        """Take an environment that was made here off the list and delete its folder, in the background."""
        registry = self._registry

        def work() -> None:
            from gym_gui.core.environments.creating import delete_environment

            delete_environment(environment, registry)

        self._tasks.start(
            f"Deleting {environment.name}", work, owner=owner, done=lambda _: self.changed.emit()
        )

    def look_into(self, python: str, *, owner: QObject, done: Callable[[EnvironmentFacts], None]) -> None:
        """Call `done` with what is in an environment."""

        def work() -> EnvironmentFacts:
            from gym_gui.core.environments.inspecting import inspect_environment

            return inspect_environment(python)

        self._tasks.start("Looking into an environment", work, owner=owner, done=done)

    def find(self, *, owner: QObject, done: Callable[[tuple[FoundEnvironment, ...]], None]) -> None:
        """Call `done` with the environments on this machine that are not in the list."""
        registry = self._registry

        def work() -> tuple[FoundEnvironment, ...]:
            import os

            from gym_gui.core.environments.finding import find_environments

            known = [environment.python for environment in registry.environments()]
            return find_environments(Path.cwd(), os.environ, known)

        self._tasks.start("Looking for environments", work, owner=owner, done=done)

    def make(self, plan: CreationPlan) -> None:
        """Make an environment in the background, unless one is being made; the signals tell how it goes."""
        from gym_gui.core.environments.creating import Creation

        if self._creation is not None:
            return
        creation = self._creation = Creation(plan, self._registry)
        # Emitted on the pool's thread, received on that of the window.
        self._tasks.start(
            f"Making {plan.name}",
            lambda: creation.run(self.line.emit),
            owner=self,
            done=self._take_made,
            failed=self._take_failure,
        )

    def cancel(self) -> None:
        """Give up the environment that is in the making; nothing of it stays."""
        if self._creation is not None:
            self._creation.cancel()

    def _take_made(self, environment: Environment) -> None:
        self._creation = None
        self.changed.emit()
        self.made.emit(environment)

    def _take_failure(self, error: Exception) -> None:
        from gym_gui.core.environments.creating import CreationCancelledError, CreationFailedError

        self._creation = None
        if isinstance(error, CreationCancelledError):
            self.cancelled.emit()
            return
        hint = error.hint if isinstance(error, CreationFailedError) else ""
        self.failed.emit(str(error), hint)
