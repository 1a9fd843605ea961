"""The W&B run directories below a directory, and what the manifest says of a W&B run."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit

from gym_gui.core.artifacts.wandb.run import DIRECTORY_NAME
from gym_gui.core.worker import WandBMetadata

_MOST_DIRECTORIES = 5_000
_MOST_RUNS = 1_000
_DEEPEST = 6


def wandb_runs_below(root: Path) -> tuple[Path, ...]:
    """Directories of W&B runs in `wandb` folders below `root`, oldest first; links are not followed.

    At most 5,000 directories are looked into, six deep, and 1,000 runs named.
    """
    found: list[Path] = []
    waiting = [(root, 0)]
    looked = 0
    while waiting and looked < _MOST_DIRECTORIES and len(found) < _MOST_RUNS:
        folder, depth = waiting.pop()
        looked += 1
        try:
            with os.scandir(folder) as entries:
                inner = sorted(entry.name for entry in entries if entry.is_dir(follow_symlinks=False))
        except OSError:
            continue
        for name in inner:
            if is_run_directory(folder / name):
                found.append(folder / name)
            elif depth < _DEEPEST:
                waiting.append((folder / name, depth + 1))
    return tuple(sorted(found[:_MOST_RUNS], key=lambda path: path.name.removeprefix("offline-")))


def is_run_directory(path: Path) -> bool:
    """Whether the directory is named as wandb names a run's, and holds a record log."""
    match = DIRECTORY_NAME.fullmatch(path.name)
    return bool(match) and (path / f"run-{match['run_id'] if match else ''}.wandb").is_file()


def run_link(metadata: WandBMetadata) -> str:
    """The web address of the run, "" when the manifest tells none that is http or https."""
    url = metadata.url or ""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if parts.scheme in ("http", "https") and parts.hostname and url.isprintable() else ""
