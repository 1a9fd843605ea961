"""A checkpoint in words and as JSON, and two of them side by side."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from gym_gui.commands.console import Console
from gym_gui.commands.plain import plain
from gym_gui.commands.wording import moment, size
from gym_gui.core.artifacts.checkpoints.comparing import Change, compare_checkpoints
from gym_gui.core.artifacts.checkpoints.hashing import sha256_of
from gym_gui.core.artifacts.checkpoints.model import Inspection, Tensor
from gym_gui.core.artifacts.checkpoints.pickle_globals import Danger
from gym_gui.core.artifacts.checkpoints.resuming import lacks_to_resume


def tell_checkpoint(found: Inspection, console: Console, limit: int | None, *, with_sum: bool) -> None:
    """Tells what the checkpoint holds, what loading it would do, and what it lacks to go on from it."""
    checksum = sha256_of(found.path) if with_sum and found.path.is_file() else ""
    console.document(_data(found, checksum))
    console.pairs(_facts(found, checksum))
    _tell_tensors(found.tensors, console, limit)
    _tell_globals(found, console, limit)
    if not found.tensors and found.members:
        console.line("\nFiles inside:")
        console.table(("file", "size"), [(part.name, size(part.size)) for part in found.members[:limit]])
        _tell_rest(len(found.members), limit, console)
    for problem in found.problems:
        console.line(plain(f"! {problem}"))


def tell_comparison(before: Inspection, after: Inspection, console: Console) -> None:
    """Tells what became of the tensors from one checkpoint to the other."""
    compared = compare_checkpoints(before, after)
    counts = {change.value: compared.count(change) for change in Change if compared.count(change)}
    changes = [
        {
            "name": change.name,
            "change": change.change,
            "before": _shape(change.before),
            "after": _shape(change.after),
        }
        for change in compared.changes
    ]
    metadata = {name: {"before": old, "after": new} for name, old, new in compared.metadata}
    console.document({"counts": counts, "changes": changes, "metadata": metadata, "note": compared.note})
    console.pairs((name, f"{count:,} tensors") for name, count in counts.items())
    told = [change for change in compared.changes if change.change is not Change.SAME]
    if told:
        console.line()
        rows = [(entry.name, entry.change, _shape(entry.before), _shape(entry.after)) for entry in told]
        console.table(("tensor", "became", "before", "after"), rows)
    if compared.metadata:
        console.line()
        console.table(("metadata", "before", "after"), compared.metadata)
    if compared.note:
        console.line(plain(f"! {compared.note}"))


def _facts(found: Inspection, checksum: str) -> Iterator[tuple[str, str]]:
    yield "path", str(found.path)
    yield "format", found.format
    yield "size", f"{size(found.size)} ({found.size:,} bytes)"
    yield "written", moment(found.modified)
    yield "step", "" if found.step is None else f"{found.step:,}"
    yield "episode", "" if found.episode is None else f"{found.episode:,}"
    yield "parameters", f"{found.parameter_count:,}" if found.tensors else ""
    yield "tensors", f"{len(found.tensors):,}" if found.tensors else ""
    yield "loading it", _verdict(found)
    yield "to resume", _resuming(found)
    yield "sha-256", checksum
    yield "says", "\n".join(f"{name}: {value}" for name, value in list(found.metadata.items())[:20])


def _verdict(found: Inspection) -> str:
    if found.worst is None:
        return "imports nothing" if found.is_complete else ""
    words = {
        Danger.KNOWN: "imports only what is known to be harmless",
        Danger.UNKNOWN: "imports what is not known here: it is as safe as those packages",
        Danger.CARRIES_CODE: "brings code of its own with it: load it only if you trust who made it",
        Danger.DANGEROUS: "DANGEROUS: it can run code; do not load it unless you made it",
    }
    return words[found.worst]


def _resuming(found: Inspection) -> str:
    told = lacks_to_resume(found)
    if not told.can_be_told:
        return f"cannot be told: {told.reason}"
    return "\n".join(told.lacks) or "nothing is lacking that can be told"


def _tell_tensors(tensors: tuple[Tensor, ...], console: Console, limit: int | None) -> None:
    if not tensors:
        return
    console.line()
    rows = [
        (
            entry.name,
            _shape(entry),
            "" if entry.size_bytes is None else size(entry.size_bytes),
            entry.role,
            entry.note,
        )
        for entry in tensors[:limit]
    ]
    console.table(("tensor", "shape", "size", "for", ""), rows)
    _tell_rest(len(tensors), limit, console)


def _tell_globals(found: Inspection, console: Console, limit: int | None) -> None:
    told = [use for use in found.globals if use.danger is not Danger.KNOWN]
    if not told:
        return
    console.line("\nLoading it would import:")
    rows = [(use.danger, use.name, use.meaning, use.member) for use in told[:limit]]
    console.table(("", "name", "what that means", "in"), rows)
    _tell_rest(len(told), limit, console)


def _tell_rest(count: int, limit: int | None, console: Console) -> None:
    if limit is not None and count > limit:
        console.line(f"... and {count - limit:,} more; --all lists them")


def _shape(tensor: Tensor | None) -> str:
    if tensor is None:
        return ""
    return f"{tensor.dtype} {' x '.join(map(str, tensor.shape)) or 'scalar'}".strip()


def _data(found: Inspection, checksum: str) -> dict[str, Any]:
    data = msgspec.to_builtins(found, enc_hook=str)
    resume = msgspec.to_builtins(lacks_to_resume(found))
    more = {"parameter_count": found.parameter_count, "worst": found.worst, "resume": resume}
    return {"kind": "checkpoint", **data, **more, **({"sha256": checksum} if checksum else {})}
