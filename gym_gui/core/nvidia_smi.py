"""What `nvidia-smi` is asked and what its answers say. Standard library only: supervisors read them, too.

Answers are believed within reason: a line that makes no sense is passed over, a value that no card can have
is not known.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping

PROGRAM = "nvidia-smi"
ASK_CARDS = (
    "--query-gpu=name,memory.used,memory.total,utilization.gpu",
    "--format=csv,noheader,nounits",
)
# The first says how busy each process keeps its card as well, but not every card and driver can tell it.
ASK_PROCESSES = (
    ("pmon", "-c", "1", "-s", "um"),
    ("--query-compute-apps=pid,used_memory", "--format=csv,noheader,nounits"),
)
_MIB = 1024 * 1024
_MOST_MIB = 2**24
_MOST_PERCENT = 100.0
_MOST_DIGITS = 10


def find_program(environment: Mapping[str, str]) -> str | None:
    """The absolute path of `nvidia-smi` or None; relative folders are not searched."""
    for folder in environment.get("PATH", os.defpath).split(os.pathsep):
        path = os.path.join(folder, PROGRAM)
        if os.path.isabs(folder) and os.path.isfile(path) and os.access(path, os.X_OK):
            return path
    return None


def card_of(line: str) -> tuple[str, int, int, float | None] | None:
    """Name, bytes used, bytes in all and percent busy of a line that answers `ASK_CARDS`."""
    parts = [part.strip() for part in line.rsplit(",", 3)]
    if len(parts) != len(("name", "used", "total", "busy")):
        return None
    used, total = _bytes(parts[1]), _bytes(parts[2])
    if used is None or total is None:
        return None
    return parts[0], used, total, _percent(parts[3])


def processes_of(answer: str) -> dict[int, tuple[int, float | None]] | None:
    """Bytes used and percent of a card by pid, summed over cards; None for what is no answer.

    An answer that names processes and the memory of none is no answer either.
    """
    found: dict[int, tuple[int, float | None]] = {}
    named = False
    uses = _monitored(answer) if answer.startswith("#") else _listed(answer)
    if uses is None:
        return None
    for pid, used, busy in uses:
        named = True
        if used is None:
            continue
        before_used, before_busy = found.get(pid, (0, None))
        both = [each for each in (before_busy, busy) if each is not None]
        found[pid] = before_used + used, sum(both) if both else None
    return None if named and not found else found


def _monitored(answer: str) -> Iterator[tuple[int, int | None, float | None]] | None:
    """The lines of `pmon`, whose columns differ between drivers and are named by its first line."""
    lines = answer.splitlines()
    names = lines[0].lstrip("#").split()
    if not {"pid", "fb", "sm"} <= set(names):
        return None
    pid, memory, busy = (names.index(name) for name in ("pid", "fb", "sm"))
    least = max(pid, memory, busy)
    rows = [line.split() for line in lines if not line.startswith("#")]
    return (
        (int(row[pid]), _bytes(row[memory]), _percent(row[busy]))
        for row in rows
        if len(row) > least and _is_number(row[pid])
    )


def _listed(answer: str) -> Iterator[tuple[int, int | None, None]] | None:
    rows = [line.split(",") for line in answer.splitlines() if line.strip()]
    if not all(len(row) == len(("pid", "memory")) and _is_number(row[0].strip()) for row in rows):
        return None
    return ((int(pid), _bytes(memory.strip()), None) for pid, memory in rows)


def _bytes(mebibytes: str) -> int | None:
    return int(mebibytes) * _MIB if _is_number(mebibytes) and int(mebibytes) <= _MOST_MIB else None


def _percent(text: str) -> float | None:
    value = float(text) if _is_number(text.replace(".", "", 1)) else None
    return value if value is not None and value <= _MOST_PERCENT else None


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS
