"""Structured logging: a catalogue of log constants, a helper that logs them, and the set-up of handlers."""

from __future__ import annotations

TYPE_CHECKING = False  # as type checkers read it; importing `typing` would double the cost of this module
if TYPE_CHECKING:
    from gym_gui.logging_config.logger import configure_logging

__all__ = ["configure_logging"]

# Loaded on first use: a worker that only names log constants need not import `logging`.
if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        if name == "configure_logging":
            from gym_gui.logging_config.logger import configure_logging

            return configure_logging
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
