"""The words that capabilities are described with, so that the panel's filters find a worker."""

from __future__ import annotations

from gym_gui.core.enums import SteppingParadigm

PARADIGMS = frozenset(member.value for member in SteppingParadigm)
ENV_FAMILIES = frozenset(
    {
        "gymnasium", "toy_text", "classic_control", "box2d", "mujoco", "atari", "minigrid", "babyai",
        "minihack", "nethack", "nle", "crafter", "textworld", "babaisai", "procgen", "pettingzoo", "sisl",
        "mpe", "butterfly", "classic", "multigrid", "mosaic_multigrid", "melting_pot", "overcooked", "smac",
        "rware", "vizdoom", "dm_control", "openspiel", "custom",
    }
)  # fmt: skip
_SPACES = frozenset(
    {
        "discrete", "continuous", "box", "multi_discrete", "multi_binary", "dict", "tuple", "text",
        "sequence", "graph",
    }
)  # fmt: skip
ACTION_SPACES = _SPACES | {"hybrid"}
OBSERVATION_SPACES = _SPACES | {"vector", "image", "pixels", "rgb", "grid", "symbolic"}
