"""Log constants of installed workers, found through the entry-point group `mosaic.log_constants`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gym_gui.config.entry_points import entry_points_of
from gym_gui.constants.constants_worker import LOG_CONSTANTS_ENTRY_POINT_GROUP
from gym_gui.logging_config.model import LogConstant
from gym_gui.logging_config.registry import CATALOGUE, LogCodeCollisionError

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint
    from types import CodeType, FrameType

_PREFIXES = ("LOG_WORKER_", "LOG_MOSAIC_WORKER_")


class UnknownLogConstantError(AttributeError):
    """No catalogue has a constant of this name; the message says what would make it resolve."""


def resolve(name: str) -> LogConstant:
    """The constant called `name` of the worker whose type stands in the name.

    Only that worker's module is imported, and all its constants are registered.

    Raises:
        UnknownLogConstantError: No installed package offers it.
        ImportError: The module that should hold it cannot be imported, or one of its codes or
            names belongs to another constant; the cause is chained.
    """
    candidates = _entry_points_for(name)
    for entry_point in candidates:
        constant = _constants_of(entry_point).get(name)
        if constant is not None:
            return constant
    raise UnknownLogConstantError(_how_to_mend(name, candidates))


def is_from_import(frame: FrameType) -> bool:
    """Whether `frame` is in the middle of `from module import name`.

    That statement replaces an AttributeError by an ImportError without its message, so whoever
    wants the message to be seen has to raise the ImportError, and plain attribute access must
    go on getting the AttributeError that `hasattr` and `getattr` with a default rely on.
    """
    import opcode

    return _instruction_at(frame.f_code, frame.f_lasti) == opcode.opmap.get("IMPORT_FROM")


def _instruction_at(code: CodeType, offset: int) -> int | None:
    return code.co_code[offset] if 0 <= offset < len(code.co_code) else None


def _entry_points_for(name: str) -> list[EntryPoint]:
    """The entry points whose name is the worker type in `name`, the longest type first."""
    found = {
        (entry_point.name, entry_point.value): entry_point
        for entry_point in entry_points_of(LOG_CONSTANTS_ENTRY_POINT_GROUP)
        if name.startswith(tuple(f"{prefix}{_type_of(entry_point)}_" for prefix in _PREFIXES))
    }
    return sorted(found.values(), key=lambda entry_point: len(entry_point.name), reverse=True)


def _type_of(entry_point: EntryPoint) -> str:
    return entry_point.name.upper().replace("-", "_").replace(".", "_")


def _constants_of(entry_point: EntryPoint) -> dict[str, LogConstant]:
    source = _described(entry_point)
    try:
        namespace = vars(entry_point.load())
        CATALOGUE.adopt(namespace, source)
    except LogCodeCollisionError as error:
        raise ImportError(str(error)) from error
    # A boundary: whatever the module does on import, sys.exit included, is its own failure.
    except (Exception, SystemExit) as error:
        raise ImportError(
            f"the log constants of {source} cannot be imported: {type(error).__name__}: {error}"
        ) from error
    return {name: value for name, value in namespace.items() if isinstance(value, LogConstant)}


def _described(entry_point: EntryPoint) -> str:
    distribution = (
        f"{entry_point.dist.name} {entry_point.dist.version}" if entry_point.dist else "an unnamed package"
    )
    return f"{distribution} ({entry_point.value})"


def _how_to_mend(name: str, candidates: list[EntryPoint]) -> str:
    if candidates:
        places = ", ".join(_described(entry_point) for entry_point in candidates)
        return f"{places} defines no log constant {name}{_suggestion(name)}"
    module = "gym_gui.logging_config.log_constants"
    return (
        f"{module} has no {name}{_suggestion(name)}; a worker's own constant resolves when its package is "
        f'installed and names its module under [project.entry-points."{LOG_CONSTANTS_ENTRY_POINT_GROUP}"] '
        f'with the worker type as key: {_type_in(name)} = "package.log_constants"'
    )


def _type_in(name: str) -> str:
    for prefix in _PREFIXES:
        if name.startswith(prefix):
            return name.removeprefix(prefix).partition("_")[0].lower()
    return "worker_type"


def _suggestion(name: str) -> str:
    import difflib

    close = difflib.get_close_matches(name, CATALOGUE.named(), n=1, cutoff=0.85)
    return f" (did you mean {close[0]}?)" if close else ""
