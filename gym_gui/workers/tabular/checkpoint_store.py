"""The checkpoints of one run: where they are, which stay, and which is best and final."""

from __future__ import annotations

from collections import deque
from pathlib import Path

from gym_gui.workers.tabular.checkpoint import Checkpoint, save_checkpoint

BEST = "best.npz"
FINAL = "final.npz"


class CheckpointStore:
    """Saves checkpoints into a run's directory and keeps the newest of the periodic ones.

    Args:
        run_dir: The run directory; paths given back are relative to it.
        directory: Where checkpoints go, inside the run directory.
        keep: How many periodic checkpoints stay.
    """

    def __init__(self, run_dir: Path, directory: Path, keep: int) -> None:
        self._run_dir = run_dir
        self._directory = directory
        self._keep = keep
        self._periodic: deque[Path] = deque()

    def save_periodic(self, checkpoint: Checkpoint) -> str:
        """Saves the checkpoint of an episode and removes the oldest ones beyond what is kept."""
        path = self._directory / f"episode_{checkpoint.state.episode:09d}.npz"
        saved = self._save(path, checkpoint)
        self._periodic.append(path)
        while len(self._periodic) > self._keep:
            self._periodic.popleft().unlink(missing_ok=True)
        return saved

    def save_best(self, checkpoint: Checkpoint) -> str:
        """Saves the checkpoint of the best evaluation so far, in place of the one before."""
        return self._save(self._directory / BEST, checkpoint)

    def save_final(self, checkpoint: Checkpoint) -> str:
        """Saves the checkpoint the run ends with."""
        return self._save(self._directory / FINAL, checkpoint)

    def _save(self, path: Path, checkpoint: Checkpoint) -> str:
        save_checkpoint(path, checkpoint)
        return path.relative_to(self._run_dir).as_posix()
