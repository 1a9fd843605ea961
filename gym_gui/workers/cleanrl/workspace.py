"""Where a script works: a folder whose `runs` and `videos` lead to where this run keeps such files."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path

from gym_gui.config.confinement import confine
from gym_gui.config.paths import get_checkpoints_dir, get_run_dir, get_tensorboard_dir, get_videos_dir

WORK_DIR_NAME = "script"
MODEL_SUFFIXES = (".cleanrl_model", ".pt", ".pth")


class Workspace:
    """The folder a script is started in, and what is kept of what it writes.

    CleanRL writes `runs/...` and `videos/...` below its working directory. Both are links while the script
    runs, so that its curves can be watched, and gone afterwards: a run directory has no links in it.
    """

    def __init__(self, run_id: str) -> None:
        self.run_dir = get_run_dir(run_id, create=True)
        self.folder = self.run_dir / WORK_DIR_NAME
        self.tensorboard = get_tensorboard_dir(run_id, create=True)
        self.videos = get_videos_dir(run_id, create=True)
        self.checkpoints = get_checkpoints_dir(run_id)
        self._kept: dict[tuple[int, int], Path] = {}
        self.folder.mkdir(exist_ok=True)
        for name, target in self._links().items():
            with suppress(FileExistsError):
                (self.folder / name).symlink_to(Path("..", target.name))

    def keep_model(self, stated: str) -> Path | None:
        """The checkpoint that a saved model became; None when it is not there or was kept before.

        It stays where the script put it as well, for the script may go on to read it there.
        """
        path = Path(stated)
        if path.is_absolute():
            if not path.is_relative_to(self.run_dir):
                return None
            path = path.relative_to(self.run_dir)
        else:
            path = Path(WORK_DIR_NAME) / path
        try:
            source = confine(self.run_dir, path)
            facts = source.stat()
        except (OSError, ValueError):
            return None
        if not source.is_file() or (facts.st_dev, facts.st_ino) in self._kept:
            return None
        self.checkpoints.mkdir(exist_ok=True)
        target = _free_name(self.checkpoints, source)
        try:
            target.hardlink_to(source)
        except OSError:  # a file system without hard links
            shutil.copy2(source, target)
        self._kept[facts.st_dev, facts.st_ino] = source
        return target

    def unannounced_models(self) -> list[str]:
        """Models that the script saved without a word, oldest first."""
        kept = set(self._kept.values())
        found = [
            Path(where, name)
            for folder in (self.tensorboard, self.folder)
            for where, _, names in os.walk(folder)
            for name in names
            if name.endswith(MODEL_SUFFIXES)
        ]
        files = [path for path in found if path not in kept and path.is_file() and not path.is_symlink()]
        return [str(path) for path in sorted(files, key=lambda path: path.stat().st_mtime)]

    def tidy(self) -> None:
        """Takes away the links, models that are kept as checkpoints, and folders with nothing in them."""
        self._lead_wandb_past_the_links()
        for name in self._links():
            if (self.folder / name).is_symlink():
                (self.folder / name).unlink()
        for source in self._kept.values():
            source.unlink(missing_ok=True)
        for folder in (self.folder, self.tensorboard, self.videos):
            _remove_empty(folder)

    def _lead_wandb_past_the_links(self) -> None:
        """W&B links to event files by the path they were written to, which is about to go."""
        for where, _, names in os.walk(self.run_dir / "wandb"):
            for path in (Path(where, name) for name in names):
                if path.is_symlink() and path.readlink().is_relative_to(self.folder) and path.exists():
                    target = path.resolve()
                    path.unlink()
                    path.symlink_to(os.path.relpath(target, Path(where).resolve()))

    def _links(self) -> dict[str, Path]:
        return {"runs": self.tensorboard, "videos": self.videos}


def _free_name(folder: Path, source: Path) -> Path:
    target = folder / source.name
    number = 1
    while target.exists():
        number += 1
        target = folder / f"{source.stem}-{number}{source.suffix}"
    return target


def _remove_empty(folder: Path) -> None:
    for where, _, _ in os.walk(folder, topdown=False):
        with suppress(OSError):  # not empty
            Path(where).rmdir()
