"""What a worker's entry point says of it, checked."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from gym_gui.core.worker._checked import shown
from gym_gui.core.worker.protocol import WorkerCapabilities, WorkerMetadata

_EXPECTED = "(WorkerMetadata, WorkerCapabilities)"


def described_worker(describe: object, path: str) -> tuple[WorkerMetadata, WorkerCapabilities]:
    """What the function at the end of an entry point returns.

    Args:
        describe: The object that the entry point leads to.
        path: `package.module:attribute`, for messages.

    Raises:
        TypeError: It is no function, or does not return metadata and capabilities.
        BaseException: Whatever the function itself raises.
    """
    if not callable(describe):
        found = shown(describe)
        raise TypeError(f"{path} is not callable but {found}; let the entry point name a function")
    return _checked(cast("Callable[[], object]", describe)(), path)


def _checked(described: object, path: str) -> tuple[WorkerMetadata, WorkerCapabilities]:
    if not isinstance(described, tuple):
        raise TypeError(f"{path} returned {shown(described)}; expected the tuple {_EXPECTED}")
    if len(described) != 2:
        raise TypeError(f"{path} returned a tuple of {len(described)}; expected {_EXPECTED}")
    metadata, capabilities = described
    if isinstance(metadata, WorkerMetadata) and isinstance(capabilities, WorkerCapabilities):
        return metadata, capabilities
    if isinstance(metadata, WorkerCapabilities) and isinstance(capabilities, WorkerMetadata):
        raise TypeError(f"{path} returned the two in the wrong order; expected {_EXPECTED}")
    position, expected, wrong = (
        (0, WorkerMetadata, metadata)
        if not isinstance(metadata, WorkerMetadata)
        else (1, WorkerCapabilities, capabilities)
    )
    raise TypeError(
        f"{path} returned a tuple whose item {position} is no {expected.__name__} but {shown(wrong)}"
    )
