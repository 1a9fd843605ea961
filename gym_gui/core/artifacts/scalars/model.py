"""What is known of the event files of a run: names, counts, problems, what a slice of reading brought."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Kind(StrEnum):
    """What the values of a tag are."""

    SCALAR = "scalar"
    IMAGE = "image"
    TEXT = "text"
    HISTOGRAM = "histogram"
    AUDIO = "audio"
    OTHER = "other"


@dataclass(frozen=True, slots=True, order=True)
class SeriesKey:
    """Which series of a run.

    Attributes:
        folder: Directory of its event files relative to the run's, with "/" between; "" for the run's own.
        tag: The name its writer gave it; anything, so show it as plain text.
    """

    folder: str
    tag: str


@dataclass(frozen=True, slots=True)
class TagInfo:
    """One line of a list of tags.

    Attributes:
        name: What to show and to match across runs: the tag, preceded by its folder below the
            folder that all event files of the run have in common.
        count: Points or blobs that count, superseded ones left out.
        superseded: How many were replaced when the run was resumed at an earlier step.
        first_step, last_step: Steps of the first and the last as written.
        last_value: Of a scalar; may be NaN or infinite. None for any other kind.
        last_wall_time: Unix seconds.
    """

    key: SeriesKey
    kind: Kind
    name: str
    count: int
    superseded: int
    first_step: int
    last_step: int
    last_wall_time: float
    last_value: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """The points of a scalar, in the order they count. The arrays cannot be written to and never change.

    Attributes:
        steps: int64, shape (n,).
        wall_times: float64 Unix seconds, shape (n,).
        values: float32 when that is what was written, else float64; shape (n,).
            NaN and infinities are points.
        superseded: How many points are left out because the run was resumed before them.
    """

    key: SeriesKey
    steps: NDArray[np.int64]
    wall_times: NDArray[np.float64]
    values: NDArray[np.float32] | NDArray[np.float64]
    superseded: int = 0

    def __len__(self) -> int:
        return len(self.steps)


@dataclass(frozen=True, slots=True)
class BlobRef:
    """Where an image, text or histogram lies; `blobs` decodes it.

    Attributes:
        path: The event file, absolute.
        offset: Byte at which its record begins.
        length: Bytes of the record's event.
    """

    key: SeriesKey
    kind: Kind
    step: int
    wall_time: float
    path: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that could not be read, or was passed over.

    Attributes:
        path: File or directory, relative to the run's directory; "" for the run as a whole.
        count: How many times, at least 1.
    """

    path: str
    text: str
    count: int = 1


@dataclass(frozen=True, slots=True)
class Changes:
    """What a slice of reading brought.

    Attributes:
        points: How many points and blobs were added.
        changed: Series with new points, or with points that are now superseded.
        new: Those among them that were not known before.
        reset: Files were replaced, cut short or removed: whatever was shown before is void.
        finished: Everything that is there now has been read.
        bytes_read: Since the run was opened.
        bytes_left: Still to read.
    """

    points: int = 0
    changed: frozenset[SeriesKey] = field(default_factory=frozenset)
    new: frozenset[SeriesKey] = field(default_factory=frozenset)
    reset: bool = False
    finished: bool = True
    bytes_read: int = 0
    bytes_left: int = 0
