"""Which checkpoint a run goes on from, and whether it fits."""

from __future__ import annotations

from pathlib import Path

from gym_gui.config.paths import runs_root
from gym_gui.workers.tabular.checkpoint import Checkpoint, CheckpointError, load_checkpoint
from gym_gui.workers.tabular.config import TabularConfig
from gym_gui.workers.tabular.environment import TaskDescription


def checkpoint_to_resume(config: TabularConfig, task: TaskDescription) -> tuple[Path, Checkpoint] | None:
    """The checkpoint the configuration names with its path, or None when it names none.

    Raises:
        CheckpointError: It cannot be read or does not fit the run.
    """
    if config.resume_from is None:
        return None
    path = _found(config.resume_from)
    checkpoint = load_checkpoint(path)
    state = checkpoint.state
    for field, theirs, ours in (
        ("algorithm", state.algorithm, config.algorithm.value),
        ("env_id" if config.env_id else "environment", state.env_id, task.env_id),
        ("env_options", state.env_options, task.options),
        ("environment", checkpoint.values.shape, (task.n_states, task.n_actions)),
    ):
        if theirs != ours:
            raise CheckpointError(
                f"resume_from: {path} was made with {theirs} and the run asks for {ours} ({field}); "
                "make them agree"
            )
    if config.seed is not None and config.seed != state.seed:
        raise CheckpointError(
            f"seed: {path} belongs to a run of seed {state.seed}, whose random numbers go on; "
            f"leave the seed unset or set it to {state.seed}"
        )
    if state.episode >= config.episodes:
        raise CheckpointError(
            f"episodes: {path} has {state.episode:,} of {config.episodes:,} episodes behind it; "
            f"ask for more than {state.episode:,}"
        )
    return path, checkpoint


def _found(path: Path) -> Path:
    path = path.expanduser()
    in_runs = runs_root() / path
    return path if path.is_absolute() or path.exists() or not in_runs.exists() else in_runs
