"""The command that brings an offline run to a W&B server; nothing here starts it."""

from __future__ import annotations

from pathlib import Path


def sync_command(directory: Path, wandb: str = "wandb", *, project: str = "", entity: str = "") -> list[str]:
    """The argument vector that uploads the run in `directory`.

    It sends the run's data to the server that wandb is logged in to, so a person has to ask for it.

    Args:
        directory: A `wandb/offline-run-...` directory.
        wandb: The program, of the environment the run was made in.
        project: Where to put it, when not where the run says.
        entity: Likewise.
    """
    argv = [wandb, "sync"]
    argv += [f"--project={project}"] if project else []
    argv += [f"--entity={entity}"] if entity else []
    return [*argv, str(directory.absolute())]
