"""Logging by constant: one call that no training loop can be harmed by."""

from __future__ import annotations

import sys
from collections.abc import Mapping

from gym_gui.logging_config.model import LogConstant

TYPE_CHECKING = False  # as type checkers read it; importing `typing` would double the cost of this module
if TYPE_CHECKING:
    import logging
    from types import TracebackType
    from typing import Any, TypeAlias

    AnyLogger: TypeAlias = "logging.Logger | logging.LoggerAdapter[Any]"
    ExcInfo: TypeAlias = (
        "bool | BaseException | tuple[type[BaseException], BaseException, TracebackType | None]"
        " | tuple[None, None, None] | None"
    )

__all__ = ["LogConstantMixin", "log_constant"]

_warned = False


def log_constant(
    logger: AnyLogger,
    constant: LogConstant,
    *,
    message: object = None,
    extra: Mapping[str, Any] | None = None,
    exc_info: ExcInfo = None,
    stacklevel: int = 1,
) -> None:
    """Logs `"<code> <message>"` at the constant's level, `" | detail"` appended when `message` is given.

    The record carries `log_code`, `component`, `subcomponent`, `tags` (joined by commas) and `extra`,
    a dict of its own, so that no key in it can clash with an attribute of the record.

    Nothing is ever raised: what goes wrong on the way to the handlers is said once on standard error.

    Args:
        logger: A logger or an adapter of one.
        constant: What is logged.
        message: Detail of this occasion.
        extra: Values of this occasion.
        exc_info: As `logging` takes it: an exception, True for the one being handled, or a tuple.
        stacklevel: 1 when the caller is whom the record should name, 2 for the caller's caller, and so on.
    """
    # A boundary: broken loggers, filters, payloads and __str__ methods must not end a training.
    try:
        level = constant.level_number
        if logger.isEnabledFor(level):
            attributes = _attributes(constant, extra)
            keywords = {"exc_info": exc_info, "stacklevel": stacklevel + 2, "extra": attributes}
            _log(logger, level, _text_of(constant, message), keywords)
    except Exception as error:  # noqa: BLE001
        _warn_once(constant, error)


class LogConstantMixin:
    """Gives a class `log_constant`, which logs to its `_logger`, or without one to that of its module."""

    _logger: AnyLogger

    def log_constant(
        self,
        constant: LogConstant,
        *,
        message: object = None,
        extra: Mapping[str, Any] | None = None,
        exc_info: ExcInfo = None,
    ) -> None:
        """Logs `constant` as the function of the same name does; never raises."""
        logger = getattr(self, "_logger", None)
        if logger is None:
            import logging

            logger = logging.getLogger(type(self).__module__)
        log_constant(logger, constant, message=message, extra=extra, exc_info=exc_info, stacklevel=2)


def _text_of(constant: LogConstant, message: object) -> str:
    text = f"{constant.code} {constant.message}"
    return text if message is None else f"{text} | {_printable(message)}"


def _printable(message: object) -> str:
    # A boundary: __str__ is the caller's code.
    try:
        return str(message)
    except Exception as error:  # noqa: BLE001
        return f"<{type(message).__name__} that cannot be printed: {type(error).__name__}>"


def _attributes(constant: LogConstant, extra: object) -> dict[str, object]:
    return {
        "log_code": constant.code,
        "component": constant.component,
        "subcomponent": constant.subcomponent,
        "tags": ",".join(constant.tags),
        "extra": _own_dict(extra),
    }


def _own_dict(extra: object) -> dict[Any, Any]:
    if extra is None:
        return {}
    # Copied, so that what the caller changes afterwards does not change a record that waits in a queue.
    return dict(extra) if isinstance(extra, Mapping) else {"value": extra}


def _log(logger: AnyLogger, level: int, text: str, keywords: dict[str, Any]) -> None:
    import logging

    # An adapter puts its own `extra` in place of ours, so its part is asked for and both are kept.
    while isinstance(logger, logging.LoggerAdapter):
        text, processed = logger.process(text, {**keywords})
        keywords = {**processed, "extra": {**(processed.get("extra") or {}), **keywords["extra"]}}
        logger = logger.logger
    # The text goes as it is: without arguments, a percent sign in it is no placeholder.
    logger.log(level, text, **keywords)


def _warn_once(constant: object, error: Exception) -> None:
    global _warned  # noqa: PLW0603 - one warning a process, however many loggers there are
    if _warned:
        return
    _warned = True
    code = getattr(constant, "code", "a log constant")
    try:
        sys.stderr.write(f"gym_gui: {code} could not be logged ({type(error).__name__}); said once\n")
    # Standard error is closed, missing or a pipe nobody reads: there is nobody left to tell.
    except (OSError, ValueError, AttributeError):
        return
