"""Every directory this project reads or writes, computed from the environment at each call.

Importing this module touches no disk, and nothing here creates a directory
unless asked to with `create=True` or `ensure_var_directories()`.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from gym_gui.config.confinement import confine
from gym_gui.config.user_directories import UnusablePathError, cache_root, config_root, expand_user
from gym_gui.constants.constants_core import (
    APP_NAME,
    CHECKPOINTS_DIR_NAME,
    ENV_HOME,
    LOGS_DIR_NAME,
    PLOTS_DIR_NAME,
    RUN_ID_PATTERN,
    RUNS_DIR_NAME,
    TENSORBOARD_DIR_NAME,
    TRAINER_DIR_NAME,
    VIDEOS_DIR_NAME,
)

__all__ = [
    "VAR_OPERATORS_TELEMETRY_DIR",
    "VAR_ROOT",
    "VAR_TENSORBOARD_DIR",
    "VAR_TRAINER_DIR",
    "VAR_WANDB_DIR",
    "UnusablePathError",
    "cache_root",
    "check_name",
    "check_run_id",
    "config_root",
    "confine",
    "data_root",
    "ensure_var_directories",
    "expand_user",
    "get_checkpoints_dir",
    "get_logs_dir",
    "get_plots_dir",
    "get_run_dir",
    "get_tensorboard_dir",
    "get_videos_dir",
    "resources_root",
    "runs_root",
]

_DATA_DIRECTORY = "data_directory"
TYPE_CHECKING = False  # as type checkers read it; importing `typing` would double the cost of this module


# Attributes computed on access (see `__getattr__`), so they follow MOSAIC_HOME.
VAR_ROOT: Path
VAR_TRAINER_DIR: Path
VAR_TENSORBOARD_DIR: Path
VAR_WANDB_DIR: Path
VAR_OPERATORS_TELEMETRY_DIR: Path


def data_root() -> Path:
    """The directory of everything that runs leave behind.

    `MOSAIC_HOME`, else the setting `data_directory`, else the user's data directory.

    Raises:
        UnusablePathError: A directory is named that can be none.
        SettingsError: The settings file cannot be read.
    """
    home = os.environ.get(ENV_HOME, "").strip()
    if home:
        return expand_user(home, ENV_HOME).absolute()
    # Imported here: most worker processes are given MOSAIC_HOME and do not need it.
    from gym_gui.config.settings import get_setting, settings_file

    chosen = get_setting(_DATA_DIRECTORY, "").strip()
    if chosen:
        return expand_user(chosen, f"{settings_file()}: {_DATA_DIRECTORY}").absolute()

    return usual_data_root()


def usual_data_root() -> Path:
    """The directory of everything that runs leave behind where nobody has named another."""
    # Imported here: most worker processes are given MOSAIC_HOME and do not need it.
    import platformdirs

    return platformdirs.user_data_path(APP_NAME, appauthor=False)


def resources_root() -> Path:
    """The directory of icons and themes: inside the package when installed, else beside it in the repository.

    Raises:
        FileNotFoundError: Neither is there.
    """
    package = Path(__file__).resolve().parent.parent
    places = (package / "resources", package.parent / "resources")
    for place in places:
        if place.is_dir():
            return place
    raise FileNotFoundError(
        f"no resources directory at {places[0]} or {places[1]}; reinstall {APP_NAME} to restore it"
    )


def runs_root() -> Path:
    """The directory with one directory per run."""
    return data_root() / TRAINER_DIR_NAME / RUNS_DIR_NAME


def check_name(value: object, what: str) -> str:
    """`value` itself when it can stand as one directory name on any system.

    Args:
        value: The name to check.
        what: What the name is, for the error: "run id", "worker id".

    Raises:
        ValueError: Anything else: separators, "..", control characters, too long, not text.
    """
    if isinstance(value, str) and re.fullmatch(RUN_ID_PATTERN, value):
        return value
    raise ValueError(
        f"{what} {value!r:.200} cannot name a directory: use 1 to 128 letters, digits, '.', '_' or '-', "
        "and start with a letter or digit"
    )


def check_run_id(run_id: str) -> str:
    """`run_id` itself when it can name a run directory and cannot lead out of the runs folder.

    Raises:
        ValueError: It cannot.
    """
    return check_name(run_id, "run id")


def get_run_dir(run_id: str, *, create: bool = False) -> Path:
    """The directory of a run.

    Raises:
        ValueError: `run_id` is not one (see `check_run_id`).
    """
    return _made(runs_root() / check_run_id(run_id), create)


def get_tensorboard_dir(run_id: str, *, create: bool = False) -> Path:
    """Where a run's TensorBoard event files are. Raises as `get_run_dir` does."""
    return _made(get_run_dir(run_id) / TENSORBOARD_DIR_NAME, create)


def get_checkpoints_dir(run_id: str, *, create: bool = False) -> Path:
    """Where a run's checkpoints are. Raises as `get_run_dir` does."""
    return _made(get_run_dir(run_id) / CHECKPOINTS_DIR_NAME, create)


def get_videos_dir(run_id: str, *, create: bool = False) -> Path:
    """Where a run's videos are. Raises as `get_run_dir` does."""
    return _made(get_run_dir(run_id) / VIDEOS_DIR_NAME, create)


def get_logs_dir(run_id: str, *, create: bool = False) -> Path:
    """Where a run's own log files are. Raises as `get_run_dir` does."""
    return _made(get_run_dir(run_id) / LOGS_DIR_NAME, create)


def get_plots_dir(run_id: str, *, create: bool = False) -> Path:
    """Where a run's plots are. Raises as `get_run_dir` does."""
    return _made(get_run_dir(run_id) / PLOTS_DIR_NAME, create)


def _made(directory: Path, create: bool) -> Path:
    if create:
        directory.mkdir(parents=True, exist_ok=True)
    return directory


def ensure_var_directories() -> None:
    """Creates the data directory and everything below it that a `VAR_` name stands for."""
    for directory in _var_directories().values():
        directory.mkdir(parents=True, exist_ok=True)


def _var_directories() -> dict[str, Path]:
    root = data_root()
    runs = root / TRAINER_DIR_NAME / RUNS_DIR_NAME
    return {
        "VAR_ROOT": root,
        "VAR_TRAINER_DIR": root / TRAINER_DIR_NAME,
        # A run keeps its own TensorBoard and W&B files, so both are the folder of all runs.
        "VAR_TENSORBOARD_DIR": runs,
        "VAR_WANDB_DIR": runs,
        "VAR_OPERATORS_TELEMETRY_DIR": root / "operators" / "telemetry",
    }


# Hidden from type checkers, which would otherwise accept any attribute of this module.
if not TYPE_CHECKING:

    def __getattr__(name: str) -> Path:
        if name.startswith("VAR_"):
            directories = _var_directories()
            if name in directories:
                return directories[name]
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
