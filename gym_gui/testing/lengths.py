"""Which field of a config says how long a run is, so that advice can name it."""

from __future__ import annotations

from collections.abc import Iterable

from gym_gui.core.forms.fields import FieldKind, FormField

_USUAL = (
    "total_steps",
    "total_timesteps",
    "num_steps",
    "max_steps",
    "steps",
    "total_episodes",
    "num_episodes",
    "max_episodes",
    "episodes",
    "num_iterations",
    "iterations",
    "epochs",
)


def length_field(fields: Iterable[FormField]) -> str:
    """The field's name; the most usual one when the config has none of them."""
    numbers = {field.name for field in fields if field.kind in {FieldKind.INTEGER, FieldKind.NUMBER}}
    return next((name for name in _USUAL if name in numbers), _USUAL[0])


def how_to_shorten(fields: Iterable[FormField]) -> str:
    """What makes the runs of a check short."""
    return f"make its runs short with --set, e.g. --set {length_field(fields)}=500, or with --config FILE"


def how_to_lengthen(fields: Iterable[FormField]) -> str:
    """What makes the runs that are to be interrupted longer."""
    example = f"--long {length_field(fields)}=10000000"
    return f"make the runs that are interrupted longer with --long, e.g. {example}"
