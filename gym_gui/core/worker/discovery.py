"""The workers installed beside the SDK, found in this process through their entry points."""

from __future__ import annotations

import importlib
import threading
from dataclasses import dataclass, replace
from importlib.metadata import EntryPoint

from gym_gui.config.entry_points import entry_points_of
from gym_gui.constants import WORKER_ENTRY_POINT_GROUP
from gym_gui.core.worker._description import described_worker
from gym_gui.core.worker._registrations import by_worker_id, distribution_of
from gym_gui.core.worker.protocol import WorkerCapabilities, WorkerMetadata


@dataclass(frozen=True, slots=True)
class DiscoveredWorker:
    """A worker as it described itself.

    Attributes:
        worker_id: Name of its entry point.
        metadata: Who it is.
        capabilities: What it can do.
        entry_point_name: The same name again, as the packaging world calls it.
        module_path: `package.module:attribute` that the entry point leads to.
    """

    worker_id: str
    metadata: WorkerMetadata
    capabilities: WorkerCapabilities
    entry_point_name: str
    module_path: str


@dataclass(frozen=True, slots=True)
class DiscoveryFailure:
    """An entry point that gave no worker, and why; `traceback` is "" when no code of the worker raised."""

    entry_point_name: str
    module_path: str
    error_type: str
    message: str
    traceback: str


class DuplicateWorkerError(ValueError):
    """Two distributions register a worker under the same name."""


class WorkerDiscovery:
    """Finds workers and remembers them; safe to share between threads.

    Discovering imports every worker's package and runs its function in this process: one that
    hangs, crashes the interpreter or changes global state does so here. Only what it raises is
    kept from doing harm. That is fine for scripts and for tests of a worker. The panel and the
    command line ask a probe in a process of its own instead (`gym_gui.core.probing`).

    Args:
        group: Entry-point group to look in.
    """

    def __init__(self, group: str = WORKER_ENTRY_POINT_GROUP) -> None:
        self._group = group
        self._lock = threading.RLock()
        self._discovering = False
        self._workers: dict[str, DiscoveredWorker] | None = None
        self._failures: tuple[DiscoveryFailure, ...] = ()

    @property
    def failures(self) -> tuple[DiscoveryFailure, ...]:
        """The entry points that gave no worker."""
        with self._lock:
            self._found()
            return self._failures

    def discover_all(self, force_reload: bool = False) -> list[DiscoveredWorker]:
        """All workers, sorted by id; from memory after the first time.

        Args:
            force_reload: Look again, so that what was installed or mended since is found. Modules
                that are already imported stay as they are.
        """
        with self._lock:
            if force_reload:
                self.clear_cache()
                importlib.invalidate_caches()
            return list(self._found().values())

    def get_worker(self, worker_id: str) -> DiscoveredWorker | None:
        """The worker of that id, None when there is none."""
        return self._found().get(worker_id)

    def list_worker_ids(self) -> list[str]:
        """The ids of all workers, sorted."""
        return list(self._found())

    def has_worker(self, worker_id: str) -> bool:
        """Whether there is a worker of that id."""
        return worker_id in self._found()

    def get_capabilities(self, worker_id: str) -> WorkerCapabilities | None:
        """What the worker of that id can do, None when there is none."""
        worker = self.get_worker(worker_id)
        return worker.capabilities if worker else None

    def filter_by_paradigm(self, paradigm: str) -> list[DiscoveredWorker]:
        """The workers that support the stepping paradigm, sorted by id."""
        return [worker for worker in self.discover_all() if worker.capabilities.supports_paradigm(paradigm)]

    def filter_by_env_family(self, family: str) -> list[DiscoveredWorker]:
        """The workers that can run environments of the family, sorted by id."""
        return [worker for worker in self.discover_all() if worker.capabilities.supports_env_family(family)]

    def clear_cache(self) -> None:
        """Nothing; the next question discovers anew."""
        with self._lock:
            self._workers = None
            self._failures = ()

    def _found(self) -> dict[str, DiscoveredWorker]:
        with self._lock:
            if self._workers is not None:
                return self._workers
            if self._discovering:
                raise RuntimeError("workers cannot be discovered while one is being discovered")
            self._discovering = True
            try:
                self._workers, self._failures = _discover(self._group)
            finally:
                self._discovering = False
            return self._workers


_SHARED = WorkerDiscovery()


def discover_workers(force_reload: bool = False) -> list[DiscoveredWorker]:
    """All installed workers, sorted by id, from one `WorkerDiscovery` that all callers share."""
    return _SHARED.discover_all(force_reload)


def _discover(group: str) -> tuple[dict[str, DiscoveredWorker], tuple[DiscoveryFailure, ...]]:
    failures: list[DiscoveryFailure] = []
    registered = entry_points_of(group, lambda name, error: failures.append(_unreadable(name, error)))
    named = by_worker_id(registered)
    failures += [_duplicate(first, other) for first, *others in named.values() for other in others]
    outcomes = [_load(first) for first, *_ in named.values()]
    workers = {outcome.worker_id: outcome for outcome in outcomes if isinstance(outcome, DiscoveredWorker)}
    failures += [outcome for outcome in outcomes if isinstance(outcome, DiscoveryFailure)]
    return workers, tuple(sorted(failures, key=lambda failure: failure.entry_point_name))


def _load(entry_point: EntryPoint) -> DiscoveredWorker | DiscoveryFailure:
    from gym_gui.core.worker._run_scope import RunCancelled

    name, path = entry_point.name, entry_point.value
    try:
        metadata, capabilities = described_worker(entry_point.load(), path)
    except (KeyboardInterrupt, RunCancelled):
        raise
    except BaseException as error:  # noqa: BLE001 (a boundary: a worker may raise anything, SystemExit too)
        return _failure(name, path, error)
    return DiscoveredWorker(name, metadata, capabilities, name, path)


def _failure(name: str, path: str, error: BaseException) -> DiscoveryFailure:
    from gym_gui.core.worker._run_scope import describe_error

    described = describe_error(error)
    return DiscoveryFailure(name, path, described["error_type"], described["error"], described["traceback"])


def _unreadable(distribution: str, error: Exception) -> DiscoveryFailure:
    failure = _failure(distribution, "", error)
    message = f"the entry points of {distribution} cannot be read: {failure.message}; reinstall it"
    return replace(failure, message=message)


def _duplicate(kept: EntryPoint, other: EntryPoint) -> DiscoveryFailure:
    message = (
        f"{other.name!r} is registered by {distribution_of(kept)} ({kept.value}), which is kept, and by "
        f"{distribution_of(other)} ({other.value}); uninstall one of them or rename its entry point"
    )
    return DiscoveryFailure(other.name, other.value, DuplicateWorkerError.__name__, message, "")
