"""What an inspection finds in a checkpoint: values, ready to be shown."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from gym_gui.core.artifacts.checkpoints.pickle_globals import Danger

MOST_PROBLEMS = 200


class CheckpointFormat(StrEnum):
    """How a checkpoint is stored, in the words a person knows it by."""

    SAFETENSORS = "safetensors"
    TORCH_ZIP = "PyTorch"
    TORCH_LEGACY = "PyTorch (before 1.6)"
    TORCH_TAR = "PyTorch (before 0.1.10)"
    TORCH_SCRIPT = "TorchScript"
    PICKLE = "pickle"
    NUMPY_ARRAY = "NumPy array"
    NUMPY_ARCHIVE = "NumPy archive"
    STABLE_BASELINES = "Stable-Baselines3"
    KERAS = "Keras"
    HDF5 = "HDF5"
    ZIP = "zip archive"
    ORBAX = "Orbax"
    RLLIB = "RLlib"
    TENSORFLOW = "TensorFlow"
    DIRECTORY = "directory"
    UNKNOWN = "unknown"


class Role(StrEnum):
    """What a tensor is there for, as its name tells."""

    WEIGHTS = "weights"
    OPTIMIZER = "optimizer"
    RANDOM = "random state"
    REPLAY = "replay buffer"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes of the checkpoint's file, stored plainly: where they start and how many."""

    start: int
    length: int


@dataclass(frozen=True, slots=True)
class Tensor:
    """One tensor or array.

    Attributes:
        name: Its path in the checkpoint, parts joined by "/"; modules of a network by ".".
        shape: Empty for a single number.
        dtype: As numpy or torch name it; "" when it is not told.
        size_bytes: What its elements take; None when that cannot be told.
        storage: What holds its bytes; tensors with the same storage, offset and shape are the same one.
        offset: Where in the storage it starts, in elements.
        span: Where its bytes are in the file, when they are there plainly and in order.
        checksum: CRC-32 of what is stored for it alone, when the file tells.
        note: "sparse", "on meta device", ...
    """

    name: str
    shape: tuple[int, ...]
    dtype: str
    size_bytes: int | None = None
    role: Role = Role.WEIGHTS
    storage: str = ""
    offset: int = 0
    span: Span | None = None
    checksum: int | None = None
    note: str = ""

    @property
    def elements(self) -> int:
        """How many numbers it holds."""
        return math.prod(self.shape)


def count_elements(tensors: Iterable[Tensor]) -> int:
    """Numbers in all of these; a tensor that is there under several names counts once."""
    total = 0
    seen: set[tuple[str, int, tuple[int, ...]]] = set()
    for tensor in tensors:
        place = (tensor.storage, tensor.offset, tensor.shape)
        if tensor.storage and place in seen:
            continue
        seen.add(place)
        total += tensor.elements
    return total


@dataclass(frozen=True, slots=True)
class GlobalUse:
    """A name that unpickling the checkpoint would import.

    Attributes:
        name: Module and name, joined by ".".
        meaning: What that can do.
        count: How often it is imported.
        is_called: Whether it is called, not merely named.
        member: The part of the checkpoint whose pickle it is.
    """

    name: str
    danger: Danger
    meaning: str
    count: int
    is_called: bool
    member: str


@dataclass(frozen=True, slots=True)
class Member:
    """A file inside an archive or a directory."""

    name: str
    size: int
    stored: int


@dataclass(frozen=True, slots=True)
class Inspection:
    """What is known of a checkpoint without unpickling it and without its framework.

    Attributes:
        size: Bytes of the file, or of all files of the directory.
        modified: Unix seconds.
        tensors: In the order of the file.
        globals: What unpickling would import, the worst first.
        members: Files inside.
        metadata: What the checkpoint says of itself, as text.
        top_level: Names at the root of the checkpoint: what it holds beside tensors.
        step: Where training stood, None when it does not say.
        episode: Likewise.
        problems: What is wrong with it, or could not be read, and why.
        is_complete: Whether everything that can be read of this format was.
    """

    path: Path
    format: CheckpointFormat
    size: int
    modified: float
    tensors: tuple[Tensor, ...] = ()
    globals: tuple[GlobalUse, ...] = ()
    members: tuple[Member, ...] = ()
    metadata: Mapping[str, str] = field(default_factory=dict)
    top_level: tuple[str, ...] = ()
    step: int | None = None
    episode: int | None = None
    problems: tuple[str, ...] = ()
    is_complete: bool = True

    @property
    def parameter_count(self) -> int:
        """Numbers in the weights; what two names share counts once."""
        return count_elements(tensor for tensor in self.tensors if tensor.role is Role.WEIGHTS)

    @property
    def worst(self) -> Danger | None:
        """The most dangerous thing unpickling could do, None when there is no pickle in it."""
        return max((use.danger for use in self.globals), key=lambda danger: danger.rank, default=None)


@dataclass(slots=True)
class Findings:
    """What a reader of one format adds to, as it finds it."""

    format: CheckpointFormat
    tensors: list[Tensor] = field(default_factory=list)
    globals: list[GlobalUse] = field(default_factory=list)
    members: list[Member] = field(default_factory=list)
    metadata: dict[str, str] = field(default_factory=dict)
    top_level: list[str] = field(default_factory=list)
    step: int | None = None
    episode: int | None = None
    problems: list[str] = field(default_factory=list)
    is_complete: bool = True

    def missed(self, problem: str) -> None:
        """Notes that something could not be read, and why; of very many the first."""
        self.is_complete = False
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(problem)
        elif len(self.problems) == MOST_PROBLEMS:
            self.problems.append("there are more problems of the kind")
