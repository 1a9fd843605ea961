"""What a log constant is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

# The numbers are those of the `logging` module, which need not be imported to name a level.
LEVEL_NUMBERS = {"DEBUG": 10, "INFO": 20, "WARNING": 30, "ERROR": 40, "CRITICAL": 50}
_LEVEL_NAMES = {number: name for name, number in LEVEL_NUMBERS.items()}
_LEVEL_ALIASES = {"WARN": "WARNING", "FATAL": "CRITICAL"}


@dataclass(frozen=True, slots=True, init=False)
class LogConstant:
    """One kind of log message: its code, how severe it is, what it says and where it belongs.

    Making one registers nothing; constants of the catalogue, and of modules named under the
    entry-point group `mosaic.log_constants`, are what lookups find.

    Attributes:
        code: Unique, e.g. "LOG431".
        level: "DEBUG", "INFO", "WARNING", "ERROR" or "CRITICAL".
        message: What the log line says after the code.
        component: Always "Worker" for workers.
        subcomponent: Which part of the component, e.g. "CleanRLRuntime".
        tags: Words to filter by.
    """

    code: str
    level: str
    message: str
    component: str
    subcomponent: str
    tags: tuple[str, ...]

    def __init__(  # noqa: PLR0917 - the order is the contract's
        self,
        code: str,
        level: str | int,
        message: str,
        component: str,
        subcomponent: str = "",
        tags: Iterable[str] = (),
    ) -> None:
        """Checks and stores the fields; `level` may also be a number of `logging`, `tags` any iterable.

        Raises:
            TypeError: A field has the wrong type; the message names it.
            ValueError: A field is empty, or the level is none; the message names it.
        """
        values = {
            "code": _word(code, "code"),
            "level": _level(level),
            "message": _text(message, "message"),
            "component": _text(component, "component"),
            "subcomponent": _text(subcomponent, "subcomponent", may_be_empty=True),
            "tags": _tags(tags),
        }
        for name, value in values.items():
            object.__setattr__(self, name, value)

    @property
    def level_number(self) -> int:
        """The level as `logging` counts it."""
        return LEVEL_NUMBERS[self.level]


def _text(value: object, field: str, *, may_be_empty: bool = False) -> str:
    if not isinstance(value, str):
        raise TypeError(f"LogConstant.{field} must be a str, not {type(value).__name__}: {value!r:.80}")
    if not value.strip() and not may_be_empty:
        raise ValueError(f"LogConstant.{field} must not be empty")
    return value


def _word(value: object, field: str) -> str:
    text = _text(value, field)
    if len(text.split()) != 1 or text != text.strip():
        raise ValueError(f"LogConstant.{field} must be one word without spaces, not {text!r}")
    return text


def _level(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise TypeError(
            f"LogConstant.level must be a str or an int, not {type(value).__name__}: {value!r:.80}"
        )
    upper = value.strip().upper() if isinstance(value, str) else _LEVEL_NAMES.get(value, "")
    name = _LEVEL_ALIASES.get(upper, upper)
    if name not in LEVEL_NUMBERS:
        raise ValueError(f"LogConstant.level must be one of {', '.join(LEVEL_NUMBERS)}, not {value!r}")
    return name


def _tags(value: object) -> tuple[str, ...]:
    # A single str is iterable too, and would silently become one tag per letter.
    if isinstance(value, (str, bytes)) or not isinstance(value, Iterable):
        raise TypeError(
            f"LogConstant.tags must be a sequence of str, not {type(value).__name__}: {value!r:.80}"
        )
    return tuple(_text(tag, f"tags[{i}]") for i, tag in enumerate(value))
