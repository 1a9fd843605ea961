"""Where a worker writes its TensorBoard event files."""

from __future__ import annotations

TYPE_CHECKING = False  # as type checkers read it; importing `typing` would double the cost of this module
if TYPE_CHECKING:
    from pathlib import Path

EVAL_DIR_NAME = "eval"


def build_tensorboard_log_dir(run_id: str, worker_id: str | None = None, *, is_eval: bool = False) -> Path:
    """The absolute directory for event files; it is not created.

    Args:
        run_id: The run the event files belong to.
        worker_id: Given when several workers write in one run: each gets a directory of its own, which
            TensorBoard shows as a series of its own.
        is_eval: True for evaluation episodes, kept apart from training in `eval`.

    Raises:
        ValueError: An id that could not be one directory name.
    """
    from gym_gui.config.paths import get_tensorboard_dir

    return get_tensorboard_dir(run_id).joinpath(*_sub_directories(worker_id, is_eval))


def build_tensorboard_relative_path(
    run_id: str, worker_id: str | None = None, *, is_eval: bool = False
) -> str:
    """The same directory as text for records, `var/trainer/runs/<run_id>/tensorboard`, with forward slashes.

    `var` stands for the data directory, whatever it is called on this machine.

    Raises:
        ValueError: An id that could not be one directory name.
    """
    from gym_gui.config.paths import check_run_id
    from gym_gui.constants.constants_core import RUNS_DIR_NAME, TENSORBOARD_DIR_NAME, TRAINER_DIR_NAME

    parts = ("var", TRAINER_DIR_NAME, RUNS_DIR_NAME, check_run_id(run_id), TENSORBOARD_DIR_NAME)
    return "/".join((*parts, *_sub_directories(worker_id, is_eval)))


def _sub_directories(worker_id: str | None, is_eval: bool) -> tuple[str, ...]:
    from gym_gui.config.paths import check_name

    parts = () if worker_id is None else (check_name(worker_id, "worker id"),)
    return (*parts, EVAL_DIR_NAME) if is_eval else parts
