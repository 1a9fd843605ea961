"""Making an environment, with its output as it comes, and taking it away again when that fails."""

from __future__ import annotations

import fcntl
import os
import secrets
import select
import shutil
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from gym_gui.core.environments.model import Environment, EnvironmentProblem
from gym_gui.core.environments.planning import CreationPlan
from gym_gui.core.environments.registry import EnvironmentRegistry
from gym_gui.core.probing.family import ENV_MARK, Family
from gym_gui.core.worker._json_files import write_json_atomically

MARKER = "mosaic-environment.json"
_NOT_FOR_IT = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "CONDA_PREFIX", "__PYVENV_LAUNCHER__")
_PLAIN_OUTPUT = {
    "PYTHONUNBUFFERED": "1",
    "PIP_NO_INPUT": "1",
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    "PIP_PROGRESS_BAR": "off",
    "UV_NO_PROGRESS": "1",
    "NO_COLOR": "1",
}
_LONGEST_LINE = 4_000
_LAST_LINES = 30
_POLL_S = 0.1
_HINTS = (
    ("No space left on device", "Free disk space, or point MOSAIC_HOME at another disk"),
    ("No matching distribution", "Check the name and version, and that one exists for this Python"),
    # Of what uv cannot solve, these are about one package; the others exclude each other.
    ("was not found in the p", "Check the name and version, and that one exists for this Python"),
    ("there is no version of", "Check the name and version, and that one exists for this Python"),
    ("is available and you require", "Check the name and version, and that one exists for this Python"),
    ("No solution found", "The packages exclude each other: loosen a version or leave one out"),
    ("ResolutionImpossible", "The packages exclude each other: loosen a version or leave one out"),
    ("Temporary failure in name resolution", "The package index cannot be reached: check the connection"),
    ("ensurepip is not available", "Install the system's python3-venv package, or uv"),
)


class CreationCancelledError(Exception):
    """It was cancelled; nothing of it is left."""


class CreationFailedError(EnvironmentProblem):
    """A step failed; nothing of it is left.

    Attributes:
        hint: How to mend it, or "".
        output: The last lines of the step's output.
    """

    def __init__(self, message: str, hint: str = "", output: str = "") -> None:
        super().__init__(message)
        self.hint = hint
        self.output = output


class Creation:
    """One environment in the making: `run` makes it on a thread that can wait, `cancel` ends that."""

    def __init__(self, plan: CreationPlan, registry: EnvironmentRegistry) -> None:
        self.plan = plan
        self._registry = registry
        self._cancelled = threading.Event()
        self._last: deque[str] = deque(maxlen=_LAST_LINES)

    def cancel(self) -> None:
        """Have it end soon and leave nothing behind."""
        self._cancelled.set()

    def run(self, on_line: Callable[[str], None]) -> Environment:
        """The environment, made and in the list.

        Args:
            on_line: Called with each line of output, and with each command before it is run.

        Raises:
            CreationCancelledError: `cancel` was called.
            CreationFailedError: A command failed; its output tells why.
            EnvironmentProblem: The name is taken, or the folder is.
            OSError: The folder cannot be written.
        """
        folder = self.plan.folder
        taken = {environment.name for environment in self._registry.environments()}
        if self.plan.name in taken:
            raise EnvironmentProblem(f"name {self.plan.name!r}: is taken; choose another")
        with _claimed(folder):
            try:
                for command in self.plan.commands:
                    self._run(command, on_line)
                write_json_atomically(folder / MARKER, self._description())
                return self._registry.add(str(folder), self.plan.name, created=True)
            except BaseException:  # whatever ends it, half an environment is none
                shutil.rmtree(folder, ignore_errors=True)
                raise

    def _description(self) -> dict[str, object]:
        return {"format": 1, "name": self.plan.name, "requirements": list(self.plan.requirements)}

    def _run(self, command: tuple[str, ...], on_line: Callable[[str], None]) -> None:
        on_line("$ " + " ".join(command))
        mark = secrets.token_hex(16)
        inherited = {name: value for name, value in os.environ.items() if name not in _NOT_FOR_IT}
        self._last.clear()
        try:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                env={**inherited, **_PLAIN_OUTPUT, ENV_MARK: mark},
                start_new_session=True,
            )
        except OSError as error:
            raise CreationFailedError(f"{command[0]} cannot be started: {error.strerror or error}") from error
        with process:
            try:
                for line in self._lines(process):
                    self._last.append(line)
                    on_line(line)
            finally:
                if process.poll() is None or self._cancelled.is_set():
                    Family(mark).end()
        if self._cancelled.is_set():
            raise CreationCancelledError
        if process.returncode != 0:
            output = "\n".join(self._last)
            hint = next((hint for words, hint in _HINTS if words in output), "")
            what = f"{Path(command[0]).name} ended with status {process.returncode}"
            raise CreationFailedError(f"{what}: {self._reason()}", hint, output)

    def _reason(self) -> str:
        """The line that tells why: the first that begins as an error, with its cause, else the last."""
        said = [line.strip() for line in self._last]
        for line, following in zip(said, [*said[1:], ""], strict=True):
            if line.lower().startswith("error"):
                cause = following.removeprefix("cause:")
                return line if cause == following else f"{line}:{cause}"
        return said[-1] if said else "it said nothing"

    def _lines(self, process: subprocess.Popen[bytes]) -> Iterator[str]:
        """Lines as they come; ends with the process, or soon after a cancel."""
        assert process.stdout is not None  # noqa: S101 - asked for above
        descriptor, waiting = process.stdout.fileno(), b""
        while not self._cancelled.is_set():
            if not select.select([descriptor], [], [], _POLL_S)[0]:
                if process.poll() is not None:
                    break  # a process it left behind may hold the pipe open
                continue
            chunk = os.read(descriptor, 65_536)
            if not chunk:
                break
            *whole, waiting = (waiting + chunk).split(b"\n")
            yield from map(_text, whole)
            if len(waiting) > _LONGEST_LINE:
                yield _text(waiting)
                waiting = b""
        if waiting:
            yield _text(waiting)
        if not self._cancelled.is_set():
            process.wait()


def delete_environment(environment: Environment, registry: EnvironmentRegistry) -> None:
    """Takes an environment that was made here off the list and deletes its folder.

    Raises:
        EnvironmentProblem: It was not made here; nothing is deleted then.
        OSError: Its folder cannot be deleted.
    """
    folder = Path(environment.python).parent.parent
    if not environment.created or folder.is_symlink() or not (folder / MARKER).is_file():
        raise EnvironmentProblem(
            f"{folder}: was not made by this program, so it is not deleted; remove it from the list instead"
        )
    registry.remove(environment.name)
    going = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}.deleting")
    folder.rename(going)  # at once, so that nothing can be launched in half of it
    shutil.rmtree(going)


@contextmanager
def _claimed(folder: Path) -> Iterator[None]:
    """The place of a new environment; what an interrupted attempt left there is cleared away."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    claim = folder.with_name(f".{folder.name}.creating")
    is_resumed = claim.exists()
    with claim.open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise EnvironmentProblem(f"name {folder.name!r}: is being made by another process") from None
        if is_resumed and folder.exists():
            shutil.rmtree(folder)
        if folder.exists() or folder.is_symlink():
            claim.unlink(missing_ok=True)
            raise EnvironmentProblem(f"{folder}: is there already; choose another name, or add this one")
        try:
            yield
        finally:
            claim.unlink(missing_ok=True)


def _text(line: bytes) -> str:
    # A progress bar rewrites its line; its last state is what is left of it.
    return line.decode(errors="replace").rstrip("\r").rpartition("\r")[2][:_LONGEST_LINE]
