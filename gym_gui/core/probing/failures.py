"""An exception of a worker -> the record that explains it, with the mend where it is known."""

from __future__ import annotations

import sys
import traceback
from pathlib import Path
from types import TracebackType

from gym_gui.core.probing.limits import MEMORY_SETTING
from gym_gui.core.probing.wire import Failure

_LONGEST_MESSAGE = 4_000
_LONGEST_TRACEBACK = 20_000
_OUR_FRAMES = (str(Path(__file__).parent), "<frozen importlib", "importlib/metadata", "importlib/__init__.py")


def failure_of(error: BaseException, *, mend: str = "", package: str = "") -> Failure:
    """The failure as data.

    Args:
        error: What the worker raised; `SystemExit` and the like included.
        mend: The command that installs what the worker lacks, if something is known to be lacking.
        package: Top-level package of the worker.
    """
    return Failure(
        error_type=type(error).__name__,
        message=_encodable(_message(error)[:_LONGEST_MESSAGE]),
        traceback=_encodable(_traceback(error)[-_LONGEST_TRACEBACK:]),
        hint=_hint(error, mend, package),
    )


def _encodable(text: str) -> str:
    return text.encode(errors="backslashreplace").decode()


def _message(error: BaseException) -> str:
    if isinstance(error, SystemExit):
        return f"exited with SystemExit({error.code!r}) when it was imported"
    try:
        return str(error) or type(error).__name__
    except Exception:  # noqa: BLE001 (a boundary: the exception is a worker's and its __str__ may raise)
        return f"a {type(error).__name__} that cannot be printed"


def _traceback(error: BaseException) -> str:
    try:
        return "".join(traceback.format_exception(type(error), error, _from_worker(error.__traceback__)))
    except Exception:  # noqa: BLE001 (a boundary: formatting calls the exception's own methods)
        return ""


def _from_worker(trace: TracebackType | None) -> TracebackType | None:
    """The traceback from the first frame that is neither the probe's nor the import system's."""
    here = trace
    while here is not None and any(mark in here.tb_frame.f_code.co_filename for mark in _OUR_FRAMES):
        here = here.tb_next
    return here


def _hint(error: BaseException, mend: str, package: str) -> str:
    if isinstance(error, MemoryError):
        return f"It needs too much memory at import; grant more with the setting {MEMORY_SETTING}"
    if isinstance(error, SystemExit):
        return "Keep what runs the worker behind `if __name__ == '__main__':`"
    if not isinstance(error, ImportError):
        return ""
    lacking = (error.name or "").partition(".")[0]
    if lacking == "gym_gui":
        return (
            f"The worker expects another version of the SDK: {sys.executable} -m pip install -U mosaic-panel"
        )
    if mend:
        return mend
    if lacking and lacking == package:
        return f"Its entry point names a module that is not there: reinstall {package}"
    if isinstance(error, ModuleNotFoundError) and lacking:
        return f"Install the package that provides {lacking!r}: {sys.executable} -m pip install {lacking}"
    return ""
