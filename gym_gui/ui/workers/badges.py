"""A worker's capabilities as badges in labelled groups: one for every field it declares."""

from __future__ import annotations

from dataclasses import dataclass

from gym_gui.core.worker import WorkerCapabilities
from gym_gui.ui.wording import plural, size
from gym_gui.ui.workers.machine import MachineHas

_UNKNOWN_MACHINE = MachineHas(None, None, None)
_PARADIGMS = {"single_agent": "single agent", "sequential": "sequential", "simultaneous": "simultaneous"}


@dataclass(frozen=True, slots=True)
class Badge:
    """A word or two; `tone` is a tone of the theme, `tip` says the same in a sentence."""

    text: str
    tip: str
    tone: str = "neutral"


@dataclass(frozen=True, slots=True)
class BadgeGroup:
    """Badges of one kind under their caption."""

    caption: str
    badges: tuple[Badge, ...]


def badge_groups(
    capabilities: WorkerCapabilities, here: MachineHas = _UNKNOWN_MACHINE
) -> tuple[BadgeGroup, ...]:
    """Everything the worker says it can do and needs; groups it says nothing about are left out.

    Needs that the machine `here` cannot meet say so.
    """
    groups = (
        BadgeGroup("Paradigm", _paradigms(capabilities)),
        BadgeGroup("Environments", _named(capabilities.env_families, "Runs {} environments", "info")),
        BadgeGroup("Actions", _named(capabilities.action_spaces, "Handles {} action spaces")),
        BadgeGroup("Observations", _named(capabilities.observation_spaces, "Handles {} observations")),
        BadgeGroup("Agents", _agents(capabilities)),
        BadgeGroup("Can", _abilities(capabilities)),
        BadgeGroup("Needs", _needs(capabilities, here)),
    )
    return tuple(group for group in groups if group.badges)


def search_text(capabilities: WorkerCapabilities) -> str:
    """The words of all badges, for a search."""
    return " ".join(badge.text for group in badge_groups(capabilities) for badge in group.badges)


def _paradigms(capabilities: WorkerCapabilities) -> tuple[Badge, ...]:
    return tuple(
        Badge(_PARADIGMS.get(name, name), f"Steps environments in the {name} paradigm", "paused")
        for name in map(str, capabilities.supported_paradigms)
    )


def _named(names: tuple[str, ...], tip: str, tone: str = "neutral") -> tuple[Badge, ...]:
    return tuple(Badge(name, tip.format(name), tone) for name in names)


def _agents(capabilities: WorkerCapabilities) -> tuple[Badge, ...]:
    count = capabilities.max_agents
    if count <= 1:
        return (Badge("1 agent", "One agent in an environment"),)
    return (Badge(f"up to {count:,} agents", f"At most {count:,} agents in one environment"),)


def _abilities(capabilities: WorkerCapabilities) -> tuple[Badge, ...]:
    offered = (
        (capabilities.supports_checkpointing, "checkpoints", "Writes checkpoints and can resume from them"),
        (capabilities.supports_pause_resume, "pause and resume", "Can be paused and resumed"),
        (capabilities.supports_self_play, "self-play", "Can train an agent against itself"),
        (capabilities.supports_population, "population", "Can train a population"),
    )
    return tuple(Badge(text, tip, "success") for is_offered, text, tip in offered if is_offered)


def _needs(capabilities: WorkerCapabilities, here: MachineHas) -> tuple[Badge, ...]:
    memory = capabilities.estimated_memory_mb * 1e6
    badges = [_gpu(capabilities, here), _cores(capabilities.cpu_cores, here)]
    if memory and here.memory_bytes is not None and memory > here.memory_bytes:
        tip = "A typical run takes more main memory than this machine has"
        badges.append(Badge(f"{size(memory)}: {size(here.memory_bytes)} here", tip, "danger"))
    elif memory:
        badges.append(Badge(size(memory), "Main memory a typical run takes"))
    return tuple(badges)


def _cores(wanted: int, here: MachineHas) -> Badge:
    if here.cores is not None and wanted > here.cores:
        tip = "It makes use of more CPU cores than this machine has, so it will be slower"
        return Badge(f"{plural(wanted, 'core')}: {here.cores} here", tip, "warning")
    return Badge(plural(wanted, "core"), "CPU cores it makes use of")


def _gpu(capabilities: WorkerCapabilities, here: MachineHas) -> Badge:
    memory = capabilities.gpu_memory_mb
    amount = f" {size(memory * 1e6)}" if memory else ""
    if capabilities.requires_gpu and here.has_gpu is False:
        return Badge(f"GPU{amount}: none here", "Cannot run on this machine, which has no GPU", "danger")
    if capabilities.requires_gpu:
        return Badge(f"GPU{amount}", "Cannot run without a GPU", "warning")
    return Badge(f"GPU optional{amount}" if memory else "no GPU", "Runs without a GPU")
