"""Names that older supported Python versions lack."""

from __future__ import annotations

import sys

__all__ = ["override"]

if sys.version_info >= (3, 12):
    from typing import override
else:
    from collections.abc import Callable
    from typing import TypeVar

    _Method = TypeVar("_Method", bound=Callable[..., object])

    def override(method: _Method, /) -> _Method:
        """The method itself, marked as overriding one of its base class."""
        method.__override__ = True  # type: ignore[attr-defined]
        return method
