"""The run's checkpoint: finished episodes, one line each, appended as they end.

The first line says what the run is; a resumed run has to agree with it. A line that a kill cut short
is the last one and is left out when the file is read.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from pydantic import ValidationError

from gym_gui.config.paths import runs_root
from gym_gui.workers.barlog.config import LARGEST_SEED, BarlogConfig
from gym_gui.workers.barlog.model.meter import NOTHING_USED, Usage
from gym_gui.workers.barlog.results import EpisodeResult

FILE_NAME = "episodes.jsonl"
FORMAT_VERSION = 1
LARGEST_FILE = 512 * 2**20


class LedgerError(ValueError):
    """A checkpoint cannot be gone on from; the message names the field, the file and the cause."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What has to be the same for episodes to belong to one evaluation."""

    seed: int
    algorithm: str
    model: str
    vision: bool
    max_steps: int | None
    temperature: float | None

    @classmethod
    def of(cls, config: BarlogConfig, seed: int) -> Self:
        """The terms of a configuration."""
        return cls(
            seed, config.agent.value, config.model, config.vision, config.max_steps, config.temperature
        )


@dataclass(frozen=True, slots=True)
class Saved:
    """What a checkpoint holds.

    Attributes:
        used: All that the run took, episodes that were broken off included.
    """

    path: Path
    terms: dict[str, Any]
    results: tuple[EpisodeResult, ...]
    used: Usage


class Ledger:
    """Writes the checkpoint of one run.

    Args:
        path: The file; one that is there is replaced.
        terms: What the run is.
        before: Episodes of an earlier run that this one goes on from.
        used: What they took.
    """

    def __init__(
        self, path: Path, terms: Terms, before: tuple[EpisodeResult, ...], used: Usage = NOTHING_USED
    ) -> None:
        self.results = list(before)
        head = {"type": "barlog", "format_version": FORMAT_VERSION, "terms": asdict(terms)}
        lines = [_line(head), *(_line({"type": "episode", "result": r.model_dump()}) for r in before)]
        if before:
            lines.append(_spent(used))
        partial = path.with_name(f".{path.name}.{os.getpid()}.part")
        partial.write_bytes(b"".join(lines))
        partial.replace(path)
        self._descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)

    def add(self, result: EpisodeResult, used: Usage) -> None:
        """Keeps a finished episode; on disk when this returns.

        Raises:
            OSError: It cannot be written.
        """
        self._write(_line({"type": "episode", "result": result.model_dump()}) + _spent(used))
        os.fsync(self._descriptor)
        self.results.append(result)

    def note_spent(self, used: Usage) -> None:
        """Keeps what was spent on an episode that was broken off, so that a budget holds across runs."""
        self._write(_spent(used))

    def close(self) -> None:
        """Lets go of the file."""
        os.close(self._descriptor)

    def _write(self, data: bytes) -> None:
        written = os.write(self._descriptor, data)
        if written != len(data):
            raise OSError(f"only {written} of {len(data)} bytes of the checkpoint could be written")


def load(config: BarlogConfig) -> Saved | None:
    """The checkpoint that the configuration names, None when it names none.

    Raises:
        LedgerError: It cannot be read, or the run asks for something else.
    """
    if config.resume_from is None:
        return None
    path = _found(config.resume_from)
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise ValueError(f"it is larger than {LARGEST_FILE // 2**20} MiB")
        saved = _read(path)
    except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
        cause = error.strerror if isinstance(error, OSError) and error.strerror else _first_line(error)
        raise LedgerError(
            f"resume_from: {path}: {cause}; name the checkpoints/{FILE_NAME} of a run of this worker"
        ) from error
    _check(config, saved)
    return saved


def _read(path: Path) -> Saved:
    lines = path.read_bytes().split(b"\n")[:-1]  # what follows the last newline was cut short
    head = json.loads(lines[0]) if lines else None
    if not isinstance(head, dict) or head.get("type") != "barlog":
        raise ValueError("it is no checkpoint of this worker")
    if head.get("format_version") != FORMAT_VERSION:
        raise ValueError(f"its format is {head.get('format_version')!r}, not {FORMAT_VERSION}")
    results, used = dict[tuple[str, int], EpisodeResult](), Usage()
    for line in lines[1:]:
        entry = json.loads(line)
        if entry["type"] == "episode":
            result = EpisodeResult.model_validate(entry["result"])
            results[result.task, result.number] = result
        elif entry["type"] == "spent":
            used = _usage(entry)
    return Saved(path, dict(head["terms"]), tuple(results.values()), used)


def _check(config: BarlogConfig, saved: Saved) -> None:
    seed = saved.terms.get("seed")
    if type(seed) is not int or not 0 <= seed <= LARGEST_SEED:
        raise LedgerError(f"resume_from: {saved.path} holds no seed; name another checkpoint")
    for field, ours in asdict(Terms.of(config, seed if config.seed is None else config.seed)).items():
        theirs = saved.terms.get(field)
        if theirs != ours:
            raise LedgerError(
                f"{field}: {saved.path} was made with {theirs!r} and the run asks for {ours!r}; "
                "make them agree"
            )
    asked = {str(task) for task in config.all_tasks()}
    for result in saved.results:
        if result.task not in asked:
            raise LedgerError(f"environment: {saved.path} has episodes of {result.task}; add it")
        if result.number >= config.episodes_per_task:
            raise LedgerError(
                f"episodes_per_task: {saved.path} has episode {result.number + 1} of {result.task}; "
                "ask for as many or more"
            )


def _found(path: Path) -> Path:
    path = path.expanduser()
    in_runs = runs_root() / path
    place = path if path.is_absolute() or path.exists() or not in_runs.exists() else in_runs
    return place / "checkpoints" / FILE_NAME if place.is_dir() else place


def _spent(used: Usage) -> bytes:
    return _line({"type": "spent", **asdict(used)})


def _usage(entry: dict[str, Any]) -> Usage:
    requests, given, taken = entry["requests"], entry["input_tokens"], entry["output_tokens"]
    if any(type(count) is not int or count < 0 for count in (requests, given, taken)):
        raise ValueError("tokens spent are no counts")
    return Usage(requests, given, taken, bool(entry["estimated"]))


def _line(data: dict[str, Any]) -> bytes:
    return json.dumps(data, ensure_ascii=False, allow_nan=False).encode() + b"\n"


def _first_line(error: Exception) -> str:
    if isinstance(error, ValidationError):
        fault = error.errors()[0]
        return f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}"
    return str(error).partition("\n")[0] or type(error).__name__
