"""What the form offers: the scripts of the installed CleanRL, and the options they have."""

from __future__ import annotations

import importlib.util
from collections import defaultdict
from pathlib import Path
from typing import Any

from gym_gui.workers.cleanrl.options import OptionKind, ScriptOption
from gym_gui.workers.cleanrl.script import PACKAGE, Script, ScriptError, read_script

FIRST = ("ppo", "dqn", "c51", "ppo_continuous_action")
# Options with a field of their own.
SETTLED = frozenset({"env_id", "total_timesteps", "seed", "save_model", "capture_video", "track"})
_MOST_SCRIPTS = 60
_TYPES: dict[OptionKind, Any] = {
    OptionKind.INTEGER: {"type": "integer"},
    OptionKind.NUMBER: {"type": "number"},
    OptionKind.BOOLEAN: {"type": "boolean"},
    OptionKind.STRING: {"type": "string"},
    OptionKind.LIST: {"type": "array"},
    OptionKind.OTHER: {"type": ["string", "number", "boolean", "array"]},
}


def installed_scripts() -> list[Path]:
    """The scripts of the CleanRL that this interpreter has, the best known first; nothing is imported."""
    try:
        spec = importlib.util.find_spec(PACKAGE)
    except (ImportError, ValueError):
        return []
    places = spec.submodule_search_locations if spec is not None else None
    found = [
        path for place in places or () for path in sorted(Path(place).glob("*.py")) if path.stem[0] != "_"
    ]
    order = {name: place for place, name in enumerate(FIRST)}
    return sorted(found, key=lambda path: (order.get(path.stem, len(order)), path.stem))[:_MOST_SCRIPTS]


def add_suggested_algorithms(schema: dict[str, Any]) -> None:
    """Adds the installed scripts to a field's schema, else those that CleanRL is best known for."""
    schema["examples"] = [path.stem for path in installed_scripts()] or list(FIRST)


def add_option_members(schema: dict[str, Any]) -> None:
    """Describes, as members of an object, every option that an installed script has.

    A schema cannot say which of them belong to the script chosen in another field, so each member says it;
    the config refuses one that the chosen script does not have. Others are let through, for scripts of
    one's own.
    """
    members: dict[str, list[tuple[Script, ScriptOption]]] = defaultdict(list)
    for path in installed_scripts():
        try:
            script = read_script(path, f"{PACKAGE}.{path.stem}")
        except ScriptError:
            continue  # one that cannot be read is refused, with the reason, once it is chosen
        for name, option in script.options.items():
            if name not in SETTLED:
                members[name].append((script, option))
    schema["type"] = "object"
    schema["additionalProperties"] = True
    schema["properties"] = {name: _member(uses) for name, uses in members.items()}


def _member(uses: list[tuple[Script, ScriptOption]]) -> dict[str, Any]:
    option = uses[0][1]
    alike = {(use.kind, use.choices) for _, use in uses}
    described: dict[str, Any] = dict(_TYPES[option.kind if len(alike) == 1 else OptionKind.OTHER])
    if option.choices and len(alike) == 1:
        described = {"enum": list(option.choices)}
    return {**described, "description": f"{option.help or option.flag}. {_defaults(uses)}".replace("..", ".")}


def _defaults(uses: list[tuple[Script, ScriptOption]]) -> str:
    """Which scripts have the option, by default: `0.0003: sac; 0.00025: ppo, dqn`."""
    by_default: dict[str, list[str]] = defaultdict(list)
    for script, option in uses:
        by_default["computed" if option.default is None else str(option.default)].append(script.stem)
    listed = (f"{value} in {_listed(names)}" for value, names in by_default.items())
    return f"Unset: {'; '.join(listed)}"


def _listed(names: list[str]) -> str:
    shown = ", ".join(names[:4])
    return shown if len(names) <= 4 else f"{shown} and {len(names) - 4} more"
