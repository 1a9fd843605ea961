"""The worker that is to be checked, found by its name or by its path."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from gym_gui.core.forms.names import nearest
from gym_gui.core.probing.model import ProbedWorker
from gym_gui.core.probing.probe import probe_interpreter
from gym_gui.testing.overlay import Overlay
from gym_gui.testing.project import ProjectError

_DISCOVERY_S = 30.0  # a first import of a large framework from a cold disk is no fault of the worker


class NoSuchWorkerError(LookupError):
    """There is no worker of that name, or the path holds none; the message says what there is."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A worker as its own interpreter described it.

    Attributes:
        worker: What the probe said; it may be a broken worker.
        rivals: Other rows of the same name: a second distribution that registers it.
        project: The folder or wheel it was found in, None for an installed one.
    """

    worker: ProbedWorker
    rivals: tuple[ProbedWorker, ...] = ()
    project: Path | None = None


def looks_like_path(target: str) -> bool:
    """Whether a target means a place on disk rather than an installed worker."""
    return "/" in target or target in {".", ".."} or target.endswith(".whl") or Path(target).is_dir()


@contextmanager
def found_subject(
    target: str | os.PathLike[str], *, python: str = sys.executable, timeout_s: float | None = None
) -> Iterator[Subject]:
    """The worker, for as long as the block lasts.

    Args:
        target: The id of an installed worker, or the path of a project folder or wheel.
        python: The interpreter it is installed in, or whose packages a project on disk is run with.
        timeout_s: Seconds it may take to describe itself.

    Raises:
        NoSuchWorkerError: There is none.
    """
    target = target if isinstance(target, str) else str(Path(target).absolute())
    if not looks_like_path(target):
        yield _asked(target, python, timeout_s)
        return
    path = Path(target).expanduser()
    if not path.exists():
        raise NoSuchWorkerError(f"{target}: there is no such file or folder")
    with tempfile.TemporaryDirectory(prefix="mosaic-check-") as folder:
        try:
            overlay = Overlay(path, Path(folder) / "environment", python)
        except ProjectError as error:
            raise NoSuchWorkerError(str(error)) from None
        if len(overlay.worker_ids) > 1:
            names = ", ".join(overlay.worker_ids)
            raise NoSuchWorkerError(f"{target}: has several workers ({names}); install it and name one")
        found = _asked(overlay.worker_ids[0], overlay.python, timeout_s)
        yield Subject(found.worker, found.rivals, path.absolute())


def _asked(worker_id: str, python: str, timeout_s: float | None) -> Subject:
    report = probe_interpreter(python, timeout_s=timeout_s or _DISCOVERY_S, only=worker_id)
    if report.failure is not None:
        hint = f"; {report.failure.hint}" if report.failure.hint else ""
        raise NoSuchWorkerError(f"{report.failure.message}{hint}")
    if not report.workers:
        guess = nearest(worker_id, report.worker_ids)
        installed = ", ".join(report.worker_ids) or "none"
        meant = f": did you mean {guess!r}?" if guess else ""
        raise NoSuchWorkerError(
            f"no worker {worker_id!r}{meant} (installed in {report.interpreter}: {installed}; "
            "for a project on disk name its folder, e.g. ./my-worker)"
        )
    usable = [row for row in report.workers if row.failure is None] or list(report.workers)
    others = tuple(row for row in report.workers if row is not usable[0])
    return Subject(usable[0], others)
