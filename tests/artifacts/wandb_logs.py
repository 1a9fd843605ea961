"""Record logs of W&B runs: one that wandb wrote itself, and any that are put together from records."""

from __future__ import annotations

import json
import struct
import zlib
from pathlib import Path

from gym_gui.core.artifacts.wandb.record_log import BLOCK_BYTES

DATA = Path(__file__).parent / "data" / "wandb"
RUN = DATA / "offline-run-20260101_120000-abc12345"
LOG = RUN / "run-abc12345.wandb"


def copy_of_run(tmp_path: Path, content: bytes) -> Path:
    folder = tmp_path / "wandb" / RUN.name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / LOG.name).write_bytes(content)
    return folder


def log_of(*records: bytes) -> bytes:
    """A log of these records, cut into pieces at the ends of blocks."""
    out = bytearray(b":W&B\xe1\xbe\x00")
    for record in records:
        rest, first = record, True
        while first or rest:
            left = BLOCK_BYTES - len(out) % BLOCK_BYTES
            if left < 7:
                out += bytes(left)
                left = BLOCK_BYTES
            piece, rest = rest[: left - 7], rest[left - 7 :]
            kind = (1 if not rest else 2) if first else (4 if not rest else 3)
            out += struct.pack("<IHB", zlib.crc32(bytes([kind]) + piece), len(piece), kind) + piece
            first = False
    return bytes(out)


def field(number: int, content: bytes) -> bytes:
    def varint(value: int) -> bytes:
        out = bytearray()
        while value > 0x7F:
            out.append(value & 0x7F | 0x80)
            value >>= 7
        return bytes([*out, value])

    return varint(number << 3 | 2) + varint(len(content)) + content


def history(**values: object) -> bytes:
    items = b"".join(
        field(1, field(1, name.encode()) + field(16, json.dumps(value).encode()))
        for name, value in values.items()
    )
    return field(2, items)
