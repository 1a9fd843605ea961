"""Tabular reinforcement learning on small discrete environments: the worker that ships with the panel.

Only the description lives here. It needs nothing but the SDK, so the worker can be listed
where its own requirements (the `tabular` extra) are not installed.
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
        name="Tabular RL",
        version=__version__,
        description=(
            "Q-learning, SARSA, expected SARSA and Monte Carlo control on Gymnasium's toy-text "
            "environments (FrozenLake, CliffWalking, Taxi, Blackjack) and others with discrete spaces."
        ),
        author="MOSAIC panel contributors",
        upstream_library="gymnasium",
        upstream_version=_installed_version("gymnasium"),
        license="MIT",
    )
    capabilities = WorkerCapabilities(
        worker_type="tabular",
        supported_paradigms=(SteppingParadigm.SINGLE_AGENT.value,),
        env_families=("gymnasium", "toy_text"),
        action_spaces=("discrete",),
        observation_spaces=("discrete",),
        max_agents=1,
        supports_checkpointing=True,
        cpu_cores=1,
        estimated_memory_mb=150,
    )
    return metadata, capabilities


def _installed_version(distribution: str) -> str | None:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(distribution)
    except PackageNotFoundError:
        return None
