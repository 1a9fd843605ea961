"""Writes the offline run of this directory anew, with wandb 0.31.0 itself, in an environment of its own.

The settings keep host, user and paths of the machine out of it.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
RUN_ID = "abc12345"


def write_run() -> None:
    os.environ.update(WANDB_MODE="offline", WANDB_SILENT="true", WANDB_ERROR_REPORTING="false")
    import wandb

    settings = wandb.Settings(
        x_disable_meta=True,
        x_disable_stats=True,
        x_disable_machine_info=True,
        x_save_requirements=False,
        save_code=False,
        disable_git=True,
        console="off",
        host="host",
        program="train.py",
        username="someone",
        root_dir=".",
    )
    config = {"learning_rate": 0.1, "layers": [4, 2], "nested": {"a": 1}}
    run = wandb.init(
        project="lake", entity="team", name="first", id=RUN_ID, config=config, settings=settings,
        tags=["t1"], group="g", notes="a note",
    )  # fmt: skip
    for number in range(150):
        run.log({"loss": 1 / (number + 1), "deep": {"x": number}, "text": "words"}, step=number * 10)
    run.log({"nan": float("nan"), "inf": float("inf")})
    run.summary["best"] = 3.5
    run.finish(exit_code=3)
    wandb.teardown()  # its service writes the end of the log


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        os.chdir(scratch)
        write_run()
        (found,) = Path(scratch).glob("wandb/offline-run-*/*.wandb")
        target = HERE / "wandb" / f"offline-run-20260101_120000-{RUN_ID}"
        shutil.rmtree(target.parent, ignore_errors=True)
        target.mkdir(parents=True)
        shutil.copyfile(found, target / found.name)
