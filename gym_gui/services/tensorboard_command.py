"""Which tensorboard is started: the one of the settings, of this environment, or of the run's."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path

from gym_gui.config.settings import get_setting
from gym_gui.core.preferences.catalogue import TENSORBOARD_SETTING as SETTING

# What the panel decides: where the runs are, and that nobody else can connect.
_OURS = ("--logdir", "--logdir_spec", "--port", "--host", "--bind_all", "--inspect", "--version_tb")


class TensorBoardUnavailableError(ValueError):
    """No tensorboard can be started; the message says how to get one, or what is wrong with the setting."""


def tensorboard_command(interpreter: str = "") -> list[str]:
    """The words that start tensorboard, options of ours not included.

    Args:
        interpreter: Python of the run's environment, which may have one when this has not.

    Raises:
        TensorBoardUnavailableError: There is none, or the setting cannot be used.
        SettingsError: The settings file cannot be read.
    """
    set_to = get_setting(SETTING)
    if set_to is not None:
        return _checked(set_to)
    if find_spec("tensorboard") is not None:
        return [sys.executable, "-m", "tensorboard.main"]
    beside = Path(interpreter).parent / "tensorboard" if interpreter else None
    if beside is not None and os.access(beside, os.X_OK):
        return [str(beside)]
    on_path = shutil.which("tensorboard")
    if on_path:
        return [on_path]
    raise TensorBoardUnavailableError(
        "tensorboard is not installed here or in the run's environment; "
        f"pip install 'mosaic-panel[tensorboard]', or name one in the setting {SETTING}"
    )


def _checked(value: object) -> list[str]:
    try:
        words = shlex.split(value) if isinstance(value, str) else value
    except ValueError as error:
        raise TensorBoardUnavailableError(f"setting {SETTING}: {error}") from error
    if not isinstance(words, list) or not words or not all(isinstance(word, str) and word for word in words):
        raise TensorBoardUnavailableError(
            f'setting {SETTING}: must be a command, like ["/opt/tb/bin/tensorboard"], not {value!r:.100}'
        )
    for word in words[1:]:
        if word.split("=", 1)[0] in _OURS:
            raise TensorBoardUnavailableError(f"setting {SETTING}: leave out {word}; the panel sets that")
    program = shutil.which(str(Path(words[0]).expanduser()))
    if program is None:
        raise TensorBoardUnavailableError(
            f"setting {SETTING}: {words[0]} is not a program that can be run; give its full path"
        )
    return [program, *words[1:]]
