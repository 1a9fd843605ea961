"""A run as a row of the index: its stamps and summary as bytes, sealed."""

from __future__ import annotations

import dataclasses
from hashlib import blake2b
from pathlib import Path
from typing import Any

import msgspec

from gym_gui.core.runs.index.judges import judges
from gym_gui.core.runs.index.settled import IndexedRun
from gym_gui.core.runs.summary import RunSummary

# A record of a run may have 16 MB; the index is no place for such.
LARGEST_SUMMARY_BYTES = 128 * 1024
_SEAL_BYTES = 16

Row = tuple[str, bytes, bytes, bytes]
_NOWHERE = Path()


def row_of(indexed: IndexedRun) -> Row | None:
    """Run id, stamps, summary and seal; None for a run that is too large or odd to be kept."""
    try:
        # Where the run is the index does not say: the data directory may be moved.
        content = _encoder.encode(indexed.summary)
    except (TypeError, ValueError, OverflowError, RecursionError):
        return None
    if len(content) > LARGEST_SUMMARY_BYTES:
        return None
    run_id, stamps = indexed.summary.run_id, indexed.stamps.packed
    return run_id, stamps, content, _seal(run_id, stamps, content)


def summary_in(row: Row, path: Path) -> RunSummary | None:
    """The summary of the run at `path` that a row holds; None when the row is not as this code wrote it."""
    run_id, stamps, content, seal = row
    if run_id != path.name or _seal(run_id, stamps, content) != seal:
        return None
    try:
        summary = _decoder.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return dataclasses.replace(summary, path=path)


def _seal(run_id: str, stamps: bytes, content: bytes) -> bytes:
    """What a torn page, a flipped bit or another version's row does not have."""
    digest = blake2b(run_id.encode(), digest_size=_SEAL_BYTES, key=judges())
    # All stamps are of one length, so no two rows run together to the same bytes.
    digest.update(stamps)
    digest.update(content)
    return digest.digest()


def _leave_out_path(value: Any) -> str:
    if isinstance(value, Path):
        return ""
    raise TypeError(f"a {type(value).__name__} is not kept")


def _put_in_path(kind: type, value: Any) -> Path:
    return _NOWHERE


_encoder = msgspec.msgpack.Encoder(enc_hook=_leave_out_path)
_decoder = msgspec.msgpack.Decoder(RunSummary, dec_hook=_put_in_path)
