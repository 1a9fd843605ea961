"""Language models that play games, in the manner of the BALROG benchmark.

Only the description lives here. It needs nothing but the SDK, so the worker can be listed
where its own requirements (the `barlog` extra) are not installed.
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
        name="BARLOG",
        version=__version__,
        description=(
            "Language and vision-language models playing BabyAI, Crafter, TextWorld, MiniHack and NetHack "
            "through any OpenAI-compatible endpoint, scored by BALROG's progression."
        ),
        author="MOSAIC panel contributors",
        upstream_library="openai",
        upstream_version=_installed_version("openai"),
        license="MIT",
    )
    capabilities = WorkerCapabilities(
        worker_type="barlog",
        supported_paradigms=(SteppingParadigm.SINGLE_AGENT.value,),
        env_families=("minigrid", "babyai", "crafter", "textworld", "minihack", "nethack"),
        action_spaces=("discrete", "text"),
        observation_spaces=("text", "image"),
        max_agents=1,
        supports_checkpointing=True,
        cpu_cores=1,
        estimated_memory_mb=250,
    )
    return metadata, capabilities


def _installed_version(distribution: str) -> str | None:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(distribution)
    except PackageNotFoundError:
        return None
