"""Names of environments -> ids in Gymnasium's registry."""

from __future__ import annotations

import difflib

import gymnasium
from gymnasium.envs.registration import EnvSpec

from gym_gui.workers.tabular.choices import EnvironmentName

_REGISTERED_AS = {EnvironmentName.FROZEN_LAKE_4X4: "FrozenLake"}


def env_id_of(environment: EnvironmentName, env_id: str | None = None) -> str:
    """The id to make: the one asked for, else the newest version of the named environment.

    A name without any registered version is returned as it is; making it says what is wrong.
    """
    if env_id is not None:
        return env_id
    name = _REGISTERED_AS.get(environment, environment.value)
    newest = max(_versions(name), key=lambda spec: spec.version or 0, default=None)
    return name if newest is None else newest.id


def check_registered(env_id: str) -> None:
    """Returns when the id is registered, or may be once the module it names is imported.

    Raises:
        ValueError: It is not; the message names the nearest id that is.
    """
    if ":" in env_id or env_id in gymnasium.registry:
        return
    if _versions(env_id):  # without a version, Gymnasium takes the newest
        return
    nearest = difflib.get_close_matches(env_id, gymnasium.registry, n=1)
    hint = f"did you mean {nearest[0]!r}?" if nearest else "gymnasium.pprint_registry() lists them"
    raise ValueError(f"{env_id!r} is not registered with Gymnasium {gymnasium.__version__}; {hint}")


def _versions(name: str) -> list[EnvSpec]:
    return [s for s in gymnasium.registry.values() if s.namespace is None and s.name == name]
