"""RLlib training and Tune searches on Ray: the worker's description.

Inside this package `import ray` means the library: every import is absolute. Only the description
lives here, so the worker can be listed where Ray is not installed.
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
        name="Ray RLlib",
        version=__version__,
        description=(
            "RLlib's PPO, DQN, SAC, IMPALA and APPO on Gymnasium and PettingZoo environments, "
            "and Tune searches over their options (grid, random, ASHA)."
        ),
        author="MOSAIC panel contributors",
        homepage="https://docs.ray.io/en/latest/rllib/index.html",
        upstream_library="ray",
        upstream_version=_installed_version("ray"),
        license="MIT",
    )
    capabilities = WorkerCapabilities(
        worker_type="ray",
        supported_paradigms=(
            SteppingParadigm.SINGLE_AGENT.value,
            SteppingParadigm.SEQUENTIAL.value,
            SteppingParadigm.SIMULTANEOUS.value,
        ),
        env_families=("gymnasium", "pettingzoo"),
        action_spaces=("discrete", "box", "multi_discrete"),
        observation_spaces=("discrete", "box", "image"),
        max_agents=64,
        supports_checkpointing=True,
        cpu_cores=2,
        estimated_memory_mb=1300,
    )
    return metadata, capabilities


def _installed_version(distribution: str) -> str | None:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(distribution)
    except PackageNotFoundError:
        return None
