"""The curves at Weights & Biases, offline unless the environment says otherwise."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from gym_gui.core.worker import WandBMetadata
from gym_gui.workers.ray.config import RayConfig
from gym_gui.workers.ray.iteration import Iteration
from gym_gui.workers.ray.stopping import shielding_children


class WandbLog:
    """Reports one training.

    Args:
        run_dir: Where the library keeps its files, in `wandb/`.
    """

    def __init__(self, config: RayConfig, run_dir: Path) -> None:
        import wandb

        online = os.environ.get("WANDB_MODE") or ("online" if os.environ.get("WANDB_API_KEY") else "offline")
        self.mode = online
        self._scratch = tempfile.mkdtemp(prefix="mosaic-wandb-")
        try:
            # Its service would end at the stop of a run, and the last of the curves with it.
            with shielding_children(), _temporary_files_in(self._scratch):
                self._run: Any = wandb.init(
                    project=config.wandb_project,
                    name=config.run_id,
                    dir=str(run_dir),
                    mode=online,
                    config=config.to_dict(),
                    settings=wandb.Settings(silent=True, console="off"),
                )
        except BaseException:
            shutil.rmtree(self._scratch, ignore_errors=True)
            raise

    def record(self, iteration: Iteration) -> None:
        """A point of every curve."""
        self._run.log(iteration.scalars(), step=iteration.step)

    def close(self) -> None:
        """Everything is on disk, or has been sent, and the service has ended.

        Left to Python's exit, the service would end with the cluster, in the middle of clearing up.
        """
        import wandb

        try:
            self._run.finish()
            wandb.teardown()
        finally:
            shutil.rmtree(self._scratch, ignore_errors=True)

    def metadata(self) -> WandBMetadata:
        """What the manifest says of it."""
        run = self._run
        return WandBMetadata(
            project=run.project or None,
            entity=run.entity or None,
            run_id=run.id,
            run_name=run.name or None,
            url=run.url or None,
            enabled=self.mode != "disabled",
        )


@contextmanager
def _temporary_files_in(directory: str) -> Iterator[None]:
    """What is started in the block keeps its temporary files there.

    The service's own helper does hear the stop of a run, and leaves its socket behind.
    """
    before = os.environ.get("TMPDIR")
    os.environ["TMPDIR"] = directory
    try:
        yield
    finally:
        if before is None:
            del os.environ["TMPDIR"]
        else:
            os.environ["TMPDIR"] = before
