"""Contents of a directory as sections of entries: what the tree of the Artifacts tab shows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from gym_gui.core.artifacts.finding import FoundArtifact, FoundKind
from gym_gui.core.artifacts.manifest import Artifact
from gym_gui.ui import wording

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gym_gui.core.artifacts.checkpoints.listing import CheckpointRow
    from gym_gui.services.artifacts import Contents

_PICTURES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".gif", ".svg", ".mp4", ".m4v", ".webm", ".mkv"})


class EntryKind(StrEnum):
    """What is shown beside the tree for an entry."""

    RESULTS = "results"
    CHECKPOINT = "checkpoint"
    FILE = "file"
    WANDB = "wandb"
    LINK = "link"
    SCALARS = "scalars"
    MISSING = "missing"


class SectionKind(StrEnum):
    """The sections, by their titles."""

    RESULTS = "Results"
    CHECKPOINTS = "Checkpoints"
    PICTURES = "Pictures and videos"
    WANDB = "W&B"
    EVENTS = "TensorBoard"
    LOGS = "Logs"
    DATA = "Data and text"
    MISSING = "Named but not there"
    OTHER = "Other files"
    RECORDS = "Run records"


_ICONS = {
    SectionKind.RESULTS: "list",
    SectionKind.CHECKPOINTS: "checkpoint",
    SectionKind.PICTURES: "image",
    SectionKind.WANDB: "link",
    SectionKind.EVENTS: "chart",
    SectionKind.LOGS: "terminal",
    SectionKind.MISSING: "warning",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that can be selected.

    Attributes:
        label: Its place below the root, or what else names it; text of a worker.
        path: Where it is; None when there is none, or it was refused.
        size: Bytes; None when it is not known.
        note: What sets it apart: "★ best", "missing", "refused".
        tone: The tone of the note, "" for a plain one.
        problem: Why it cannot be looked at, in full.
        link: Web address, or "".
        row: Of a checkpoint what is known of it.
    """

    kind: EntryKind
    label: str
    path: Path | None = None
    size: int | None = None
    note: str = ""
    tone: str = ""
    problem: str = ""
    link: str = ""
    row: CheckpointRow | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """Entries of one kind."""

    kind: SectionKind
    entries: tuple[Entry, ...]

    @property
    def title(self) -> str:
        """What the section is called."""
        return self.kind.value

    @property
    def icon(self) -> str:
        """The icon of the section."""
        return _ICONS.get(self.kind, "file")

    @property
    def folder(self) -> str:
        """The directory that all of them are in, with "/" at its end; "" when they are in several."""
        parents = {entry.label.rpartition("/")[0] for entry in self.entries}
        common = parents.pop() if len(parents) == 1 else ""
        return f"{common}/" if common else ""

    @property
    def size(self) -> int:
        """Bytes of all entries whose size is known."""
        return sum(entry.size or 0 for entry in self.entries)


def sections_of(contents: Contents) -> tuple[Section, ...]:
    """The sections there is anything in, in the order in which people look for them."""
    checkpoints = tuple(_checkpoint(row) for row in contents.checkpoints)
    listed = {row.label for row in contents.checkpoints}
    elsewhere = (
        _found(contents, artifact, EntryKind.CHECKPOINT)
        for artifact in contents.found.of(FoundKind.CHECKPOINT)
        if artifact.relative not in listed and not _is_inside(artifact.relative, listed)
    )
    media = contents.found.of(FoundKind.MEDIA)
    other = [*contents.found.of(FoundKind.OTHER)]
    inner = [m for m in contents.found.of(FoundKind.MANIFEST) if "/" in m.relative]
    own = [m for m in contents.found.of(FoundKind.MANIFEST) if "/" not in m.relative]
    files = EntryKind.FILE
    parts: tuple[tuple[SectionKind, Iterable[Entry]], ...] = (
        (SectionKind.RESULTS, _results(contents)),
        (SectionKind.CHECKPOINTS, (*checkpoints, *elsewhere)),
        (SectionKind.PICTURES, (_found(contents, a, files) for a in media if _is_picture(a))),
        (SectionKind.WANDB, _wandb(contents)),
        (
            SectionKind.EVENTS,
            (_found(contents, a, EntryKind.SCALARS) for a in contents.found.of(FoundKind.EVENTS)),
        ),
        (SectionKind.LOGS, (_found(contents, a, files) for a in contents.found.of(FoundKind.LOG))),
        (SectionKind.DATA, (_found(contents, a, files) for a in (*media, *inner) if not _is_picture(a))),
        (SectionKind.MISSING, _missing(contents)),
        (SectionKind.OTHER, (_found(contents, a, files) for a in other)),
        (
            SectionKind.RECORDS,
            (_found(contents, a, files) for a in (*own, *contents.found.of(FoundKind.RECORD))),
        ),
    )
    made = (Section(kind, tuple(entries)) for kind, entries in parts)
    return tuple(section for section in made if section.entries)


def _is_inside(relative: str, listed: set[str]) -> bool:
    """Whether a file is part of a directory that is listed as one checkpoint."""
    return any(str(parent) in listed for parent in Path(relative).parents)


def _is_picture(artifact: FoundArtifact) -> bool:
    return Path(artifact.relative).suffix.lower() in _PICTURES


def _results(contents: Contents) -> Iterable[Entry]:
    view = contents.manifest
    if view.found and not view.problem and view.metadata:
        yield Entry(
            EntryKind.RESULTS, "What the manifest tells", note=wording.plural(len(view.metadata), "value")
        )


def _checkpoint(row: CheckpointRow) -> Entry:
    notes = [word for holds, word in ((row.is_best, "★ best"), (row.is_final, "final")) if holds]
    if row.refusal:
        return Entry(EntryKind.CHECKPOINT, row.label, None, None, "refused", "danger", row.refusal, row=row)
    if not row.exists:
        missing = ", ".join([*notes, "missing"])
        problem = "It is named by the run's events or its manifest, but it is not there."
        return Entry(EntryKind.CHECKPOINT, row.label, row.path, None, missing, "warning", problem, row=row)
    note = ", ".join(notes) or _position(row)
    return Entry(
        EntryKind.CHECKPOINT, row.label, row.path, row.size, note, "success" if notes else "", row=row
    )


def _position(row: CheckpointRow) -> str:
    if row.step is not None:
        return f"step {row.step:,}"
    return f"episode {row.episode:,}" if row.episode is not None else ""


def _found(contents: Contents, artifact: FoundArtifact, kind: EntryKind) -> Entry:
    size = contents.directory_bytes.get(artifact.relative) if artifact.is_directory else artifact.size
    return Entry(kind, artifact.relative, contents.root / artifact.relative, size)


def _wandb(contents: Contents) -> Iterable[Entry]:
    said = contents.wandb
    if said is not None:
        parts = (said.entity, said.project, said.run_name or said.run_id)
        name = "/".join(part for part in parts if part) or "run"
        note = "on the web" if contents.wandb_link else ""
        refused = "" if contents.wandb_link or not said.url else f"Its link is no web address: {said.url}"
        yield Entry(
            EntryKind.LINK, name, note="refused" if refused else note, tone="danger" if refused else "",
            problem=refused, link=contents.wandb_link,
        )  # fmt: skip
    for artifact in contents.found.of(FoundKind.WANDB):
        yield _found(contents, artifact, EntryKind.WANDB if artifact.is_directory else EntryKind.FILE)


def _missing(contents: Contents) -> Iterable[Entry]:
    """What the manifest names and is not there, other than checkpoints, which have a table of their own."""
    for group in contents.manifest.groups:
        for artifact in group.artifacts if group.title not in ("Checkpoints", "W&B") else ():
            if artifact.refusal:
                yield Entry(
                    EntryKind.MISSING, artifact.label, note="refused", tone="danger", problem=artifact.refusal
                )
            elif not artifact.exists:
                yield _not_there(artifact, group.title)


def _not_there(artifact: Artifact, title: str) -> Entry:
    problem = f"The manifest names it ({title}), but it is not there."
    return Entry(EntryKind.MISSING, artifact.label, note="missing", tone="warning", problem=problem)
