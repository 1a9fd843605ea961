"""A checkpoint: all that a run needs to go on exactly where it was, as one npz file without pickles."""

from __future__ import annotations

import json
import math
import os
import random
import zipfile
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import IO, Any, Self

import numpy as np
from numpy.typing import NDArray

from gym_gui.workers.tabular.atomic import written_atomically
from gym_gui.workers.tabular.environment import LARGEST_TABLE

FORMAT_VERSION = 1
LARGEST_FILE = 512 * 2**20
LARGEST_STATE_TEXT = 2**20
_ARRAYS = {"values": "f", "visits": "i", "returns": "f", "agent_random": "u", "state": "U"}


class CheckpointError(ValueError):
    """A checkpoint cannot be used; the message names the field, the file and the cause."""


@dataclass(frozen=True, slots=True)
class CheckpointState:
    """What a checkpoint holds beside its arrays; all of it plain data.

    Attributes:
        env_random: State of the environment's random numbers.
        agent_gauss: What `random.Random` keeps beside its 625 words.
    """

    algorithm: str
    env_id: str
    env_options: dict[str, Any]
    seed: int
    episode: int
    step: int
    evaluated: float | None
    best: float | None
    env_random: dict[str, Any]
    agent_gauss: float | None = None
    format_version: int = FORMAT_VERSION

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The state that `json.dumps(asdict(state))` described.

        Raises:
            ValueError: A field is missing, unknown or of the wrong type.
        """
        data = json.loads(text)
        if not isinstance(data, dict):
            raise ValueError("state: not an object")
        version = data.get("format_version")
        if version != FORMAT_VERSION:
            raise ValueError(f"format version {version!r}; this worker reads version {FORMAT_VERSION}")
        wrong = {field.name for field in fields(cls)} ^ set(data)
        if wrong:
            raise ValueError(f"state: missing or unknown fields {sorted(wrong)}")
        state = cls(**data)
        state._check()
        return state

    def _check(self) -> None:
        for name in ("seed", "episode", "step"):
            value = getattr(self, name)
            if not isinstance(value, int) or isinstance(value, bool) or value < 0:
                raise ValueError(f"state.{name}: not a count: {value!r}")
        for name in ("evaluated", "best", "agent_gauss"):
            value = getattr(self, name)
            if value is not None and not isinstance(value, (int, float)):
                raise ValueError(f"state.{name}: not a number: {value!r}")
        for name in ("env_random", "env_options"):
            if not isinstance(getattr(self, name), dict):
                raise ValueError(f"state.{name}: not an object")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A run at the end of an episode.

    Attributes:
        values, visits: The table, of shape (states, actions).
        returns: Of the last hundred episodes, oldest first.
        agent_random: The words of the agent's `random.Random`.
    """

    state: CheckpointState
    values: NDArray[np.float64]
    visits: NDArray[np.int64]
    returns: NDArray[np.float64]
    agent_random: NDArray[np.uint32]

    def agent_rng(self) -> random.Random:
        """The agent's random numbers, to go on with.

        Raises:
            ValueError: The words are no state of `random.Random`.
        """
        rng = random.Random()  # noqa: S311 (learning, not secrets)
        rng.setstate((3, tuple(self.agent_random.tolist()), self.state.agent_gauss))
        return rng


def agent_words(rng: random.Random) -> tuple[NDArray[np.uint32], float | None]:
    """The state of the agent's random numbers as a checkpoint keeps it."""
    _, words, gauss = rng.getstate()
    return np.array(words, dtype=np.uint32), gauss


def save_checkpoint(path: Path, checkpoint: Checkpoint) -> None:
    """Writes the file whole or not at all: a reader never sees half of one, nor does a crash leave one."""
    with written_atomically(path) as file:
        np.savez_compressed(
            file,
            values=checkpoint.values,
            visits=checkpoint.visits,
            returns=checkpoint.returns,
            agent_random=checkpoint.agent_random,
            state=np.array(json.dumps(asdict(checkpoint.state))),
        )


def load_checkpoint(path: Path) -> Checkpoint:
    """The checkpoint in a file, which is taken for a stranger's: sizes are bounded, nothing is unpickled.

    Raises:
        CheckpointError: There is no such file, or it is not a checkpoint of this worker.
    """
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_size > LARGEST_FILE:
                raise ValueError(f"larger than {LARGEST_FILE // 2**20} MiB")
            return _read(file)
    except (OSError, ValueError, TypeError, KeyError, zipfile.BadZipFile, RecursionError, EOFError) as error:
        cause = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise CheckpointError(
            f"resume_from: {path}: {cause}; name a checkpoint (.npz) that this worker saved"
        ) from error


def _read(file: IO[bytes]) -> Checkpoint:
    with zipfile.ZipFile(file) as archive:
        arrays = {name: _array(archive, name, kind) for name, kind in _ARRAYS.items()}
    values, visits = arrays["values"], arrays["visits"]
    if values.ndim != 2 or values.shape != visits.shape:
        raise ValueError(f"values {values.shape} and visits {visits.shape} are not two tables of one shape")
    if not np.isfinite(values).all() or not np.isfinite(arrays["returns"]).all():
        raise ValueError("values that are not finite")
    if (visits < 0).any():
        raise ValueError("negative visits")
    checkpoint = Checkpoint(
        CheckpointState.from_json(str(arrays["state"])),
        values.astype(np.float64),
        visits.astype(np.int64),
        arrays["returns"].astype(np.float64),
        arrays["agent_random"].astype(np.uint32),
    )
    checkpoint.agent_rng()
    return checkpoint


def _array(archive: zipfile.ZipFile, name: str, kind: str) -> NDArray[Any]:
    """An array of the archive, refused before it is read when it claims to be larger than it can be."""
    limit = (LARGEST_STATE_TEXT if name == "state" else LARGEST_TABLE) * 8
    try:
        member = archive.getinfo(f"{name}.npy")
    except KeyError:
        raise ValueError(f"holds no {name!r}") from None
    with archive.open(member) as data:
        # A header may claim any size whatever the bytes behind it are, and numpy allocates what it claims.
        if np.lib.format.read_magic(data) != (1, 0):
            raise ValueError(f"{name}: not an array format this worker writes")
        shape, _, dtype = np.lib.format.read_array_header_1_0(data)
    if dtype.kind != kind or dtype.itemsize > limit:
        raise ValueError(f"{name}: holds {dtype}")
    size = math.prod(shape) * dtype.itemsize
    if any(length < 0 for length in shape) or size > min(limit, member.file_size):
        raise ValueError(f"{name}: claims {size:,} bytes")
    with archive.open(member) as data:
        return np.asarray(np.lib.format.read_array(data, allow_pickle=False))
