"""What was read of a pickle, added to the findings of an inspection."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gym_gui.core.artifacts.checkpoints.limits import LONGEST_NAME, MOST_GLOBALS_SHOWN, MOST_TOP_LEVEL
from gym_gui.core.artifacts.checkpoints.model import Findings, GlobalUse, Role, Span, Tensor
from gym_gui.core.artifacts.checkpoints.pickle_arrays import FoundArray, item_size
from gym_gui.core.artifacts.checkpoints.pickle_globals import Danger, meaning_of
from gym_gui.core.artifacts.checkpoints.pickle_machine import PickleReading
from gym_gui.core.artifacts.checkpoints.pickle_values import Called, GlobalName
from gym_gui.core.artifacts.checkpoints.position import add_position
from gym_gui.core.artifacts.checkpoints.structure import role_of, walk

_COMPUTED = "calls what another call returned, which cannot be known without running it"

Storage = tuple[Span | None, int | None]
FindStorage = Callable[[str], Storage]


def no_storage(_key: str) -> Storage:
    """Nothing: the bytes of a storage are not to be found."""
    return None, None


def add_globals(findings: Findings, reading: PickleReading, member: str) -> None:
    """Adds what the pickle would import, and what was wrong with it."""
    for found, use in reading.uses.items():
        if len(findings.globals) >= MOST_GLOBALS_SHOWN:
            findings.missed(f"{member}: only the first {MOST_GLOBALS_SHOWN:,} of its imports are listed")
            break
        meaning = meaning_of(found)
        findings.globals.append(
            GlobalUse(
                str(found)[:LONGEST_NAME], meaning.danger, meaning.why, use.count, use.is_called, member
            )
        )
    if reading.computed_calls:
        findings.globals.append(
            GlobalUse(
                "(the result of a call)", Danger.DANGEROUS, _COMPUTED, reading.computed_calls, True, member
            )
        )
    if reading.problem:
        findings.missed(f"{member}: {reading.problem}; what it would import after that is not known")


def add_structure(
    findings: Findings,
    root: Any,
    member: str,
    *,
    prefix: str = "",
    find_storage: FindStorage = no_storage,
    base: int | None = None,
    role: Role | None = None,
) -> None:
    """Adds the tensors that a pickle would build.

    Args:
        findings: Where they are added.
        root: What the pickle would build.
        member: What to name the pickle by.
        prefix: What their names begin with.
        find_storage: Where the bytes of a torch storage are.
        base: Where in the file the pickle starts, when it is there plainly.
        role: What its tensors are for, when that is known; their names tell else.
    """
    found = walk(root)
    if found.cut:
        findings.missed(f"{member}: {found.cut}")
    if not prefix:
        findings.top_level.extend(name[:LONGEST_NAME] for name in found.top_level[:MOST_TOP_LEVEL])
        add_position(findings, found.plain)
    role = role or (Role.REPLAY if _is_buffer(root) else None)
    for named in found.arrays:
        array = named.array
        span, checksum = _where(array, find_storage, base)
        name = f"{prefix}{named.name}"
        findings.tensors.append(
            Tensor(
                name,
                array.shape,
                array.dtype,
                array.size_bytes,
                role or role_of(name),
                f"{prefix}{array.storage}" if array.storage else "",
                array.offset,
                span,
                checksum,
                array.note,
            )
        )


def _is_buffer(root: Any) -> bool:
    """Whether the pickle is a replay buffer as Stable-Baselines3 and others save it beside the model."""
    return (
        isinstance(root, Called) and isinstance(root.function, GlobalName) and "Buffer" in root.function.name
    )


def _where(array: FoundArray, find_storage: FindStorage, base: int | None) -> Storage:
    """The bytes of an array when they are in the file in one piece, and a checksum of them alone."""
    size = array.size_bytes
    if array.content is not None and base is not None and size == array.content.length:
        return Span(base + array.content.start, size), None
    if not array.storage or not array.is_contiguous or size is None:
        return None, None
    span, checksum = find_storage(array.storage)
    start = array.offset * (item_size(array.dtype) or 0)
    if span is None or start < 0 or start + size > span.length:
        return None, None
    whole = start == 0 and size == span.length
    return Span(span.start + start, size), checksum if whole else None
