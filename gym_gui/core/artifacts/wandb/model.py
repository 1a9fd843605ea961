"""What a W&B run's directory tells: values, ready to be shown."""

from __future__ import annotations

from array import array
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WandbFacts:
    """Who and what a run is, as its record log says; "" and None for what it does not say.

    Attributes:
        run_id: From the log, else from the name of the directory.
        is_offline: Whether it was written with no server, so that `wandb sync` can bring it there.
        started: Unix seconds.
        exit_code: None while the log has no end.
        runtime: Seconds, as the end of the log says.
        files: Paths of the files that the run meant to upload.
        writer: The version of wandb that wrote it.
    """

    run_id: str
    is_offline: bool
    entity: str = ""
    project: str = ""
    name: str = ""
    group: str = ""
    job_type: str = ""
    notes: str = ""
    sweep_id: str = ""
    tags: tuple[str, ...] = ()
    started: float | None = None
    exit_code: int | None = None
    runtime: float | None = None
    files: tuple[str, ...] = ()
    writer: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class WandbSeries:
    """The points of one series of the history, in the order they were logged; NaN and infinities are points.

    Attributes:
        steps: W&B's step of each, as doubles.
        values: As many.
        times: When each was logged, in Unix seconds; that of the row before where a row states none.
    """

    steps: array[float]
    values: array[float]
    times: array[float]

    def __len__(self) -> int:
        return len(self.steps)


@dataclass(frozen=True, slots=True)
class WandbMedia:
    """An image, video, table or the like that was logged.

    Attributes:
        path: In the run's `files` directory as the log states it; confine it before opening.
    """

    name: str
    step: int
    kind: str
    path: str


@dataclass(frozen=True, slots=True)
class WandbChanges:
    """What one look brought.

    Attributes:
        records: How many were read.
        changed: Names of series with new points.
        reset: The file was replaced: whatever was shown before is void.
        finished: Everything that is there now has been read.
    """

    records: int = 0
    changed: frozenset[str] = frozenset()
    reset: bool = False
    finished: bool = True
