"""CleanRL's single-file scripts, run unmodified in a process of their own.

Only the description lives here. It needs nothing but the SDK, so the worker can be listed where
CleanRL and what it needs (the `cleanrl` extra) are not installed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gym_gui import __version__

if TYPE_CHECKING:
    from gym_gui.core.worker import WorkerCapabilities, WorkerMetadata


def get_worker_metadata() -> tuple[WorkerMetadata, WorkerCapabilities]:
    """Who this worker is and what it can do."""
    from gym_gui.core.enums import SteppingParadigm
    from gym_gui.core.worker import WorkerCapabilities, WorkerMetadata

    metadata = WorkerMetadata(
        name="CleanRL",
        version=__version__,
        description=(
            "Runs CleanRL's single-file scripts as they are: those of the installed package, of a checkout, "
            "or any script written in their manner (argparse or tyro). Trained models can be evaluated with "
            "video; the scripts themselves cannot continue a training."
        ),
        author="MOSAIC panel contributors",
        homepage="https://docs.cleanrl.dev",
        upstream_library="cleanrl",
        upstream_version=_installed_version("cleanrl"),
        license="MIT",
    )
    capabilities = WorkerCapabilities(
        worker_type="cleanrl",
        supported_paradigms=(SteppingParadigm.SINGLE_AGENT.value,),
        env_families=("gymnasium", "classic_control", "atari", "mujoco", "procgen"),
        action_spaces=("discrete", "continuous"),
        observation_spaces=("vector", "image"),
        max_agents=1,
        # "Can be resumed from" is what the field means, and no CleanRL script can do that.
        supports_checkpointing=False,
        cpu_cores=1,
        estimated_memory_mb=600,
    )
    return metadata, capabilities


def _installed_version(distribution: str) -> str | None:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(distribution)
    except PackageNotFoundError:
        return None
