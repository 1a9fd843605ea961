"""What kind of trouble the words of an exception, or of a program's last lines, tell of."""

from __future__ import annotations

import re
from collections.abc import Sequence

from gym_gui.core.runs.endings import EndClass
from gym_gui.core.runs.why.tracebacks import Chain, Raised

_CUDA_OOM = re.compile(
    r"CUDA out of memory|CUDA error: out of memory|CUDA_ERROR_OUT_OF_MEMORY|cudaErrorMemoryAllocation"
    r"|CUBLAS_STATUS_ALLOC_FAILED|CUDNN_STATUS_ALLOC_FAILED|HIP out of memory|hipErrorOutOfMemory"
)
_ON_A_GPU = re.compile(r"\b(?:CUDA|GPU|HIP)\b", re.IGNORECASE)
_OF_A_GPU = re.compile(r"OutOfMemoryError|RESOURCE_EXHAUSTED: Out of memory")
_MEMORY = re.compile(
    r"std::bad_alloc|\[Errno 12\]|Cannot allocate memory|DefaultCPUAllocator: can't allocate memory"
    r"|DefaultCPUAllocator: not enough memory|RESOURCE_EXHAUSTED: Out of memory"
)
_DISK = re.compile(
    r"\[Errno (?:28|122|27)\]|No space left on device|Disk quota exceeded|File too large"
    r"|database or disk is full|os error 28"
)
_NAN = re.compile(r"\bnan\b|\bnon-?finite\b|\bnot finite\b", re.IGNORECASE)
# Behind a message a traceback's end cannot be told from what was printed next.
_MESSAGE_LINES = 4
_MEMORY_TYPES = frozenset({"MemoryError", "_ArrayMemoryError"})
_IMPORT_TYPES = frozenset({"ImportError", "ModuleNotFoundError"})
# What parents say of a child that was killed, of which the kernel's memory killer may be the killer.
_CHILD_KILLED = re.compile(r"killed by signal: Killed|SIGKILL|signal 9|-9\b|exit(?:ed with)? code 137")


def symptom_of_chain(chain: Chain) -> tuple[EndClass, Raised] | None:
    """The first exception of the chain that tells of a known trouble, and of which."""
    for number, raised in enumerate(chain):
        found = _symptom_of(raised)
        # `try: import fast` with another way behind it is how optional packages are asked for.
        is_optional = found is EndClass.IMPORT_ERROR and raised.is_context and number + 1 < len(chain)
        if found is not None and not is_optional:
            return found, raised
    return None


def symptom_of_lines(lines: Sequence[str]) -> tuple[EndClass, str] | None:
    """The trouble that programs which print no traceback tell of, and the first line that does."""
    for line in lines:
        found = _by_words(line)
        if found is not None:
            return found, line
    return None


def tells_of_a_killed_child(text: str) -> bool:
    """Whether the words say that some process of it was ended by SIGKILL."""
    return _CHILD_KILLED.search(text) is not None


def _symptom_of(raised: Raised) -> EndClass | None:
    by_words = _by_words(f"{raised.kind}: {_beginning(raised.message)}")
    if by_words is not None:
        return by_words
    if raised.kind in _MEMORY_TYPES:
        return EndClass.OUT_OF_MEMORY
    if raised.kind in _IMPORT_TYPES:
        return EndClass.IMPORT_ERROR
    if raised.kind == "FloatingPointError" or _NAN.search(_beginning(raised.message)):
        return EndClass.NAN
    return None


def _beginning(message: str) -> str:
    return "\n".join(message.split("\n")[:_MESSAGE_LINES])


def _by_words(text: str) -> EndClass | None:
    if _CUDA_OOM.search(text) or (_OF_A_GPU.search(text) and _ON_A_GPU.search(text)):
        return EndClass.CUDA_OOM
    if _DISK.search(text):
        return EndClass.DISK_FULL
    if _MEMORY.search(text):
        return EndClass.OUT_OF_MEMORY
    return None
