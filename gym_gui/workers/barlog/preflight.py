"""Whether a run can be played here: what is installed, and whether the endpoint answers."""

from __future__ import annotations

import difflib
from contextlib import closing
from dataclasses import dataclass
from importlib.util import find_spec

from gym_gui.workers.barlog.choices import AgentKind
from gym_gui.workers.barlog.config import BarlogConfig
from gym_gui.workers.barlog.endpoint import EndpointError, Secret, key_from
from gym_gui.workers.barlog.games.base import GameError
from gym_gui.workers.barlog.games.catalogue import (
    FAMILIES_WITH_AN_EXPERT,
    how_to_install,
    make_game,
    missing_modules,
)
from gym_gui.workers.barlog.model.errors import ModelError


class NotReadyError(RuntimeError):
    """The run cannot be played here; the message says what is missing and how to mend it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was checked.

    Attributes:
        subject: What it was.
        ready: Whether the run can do with it as it is.
        detail: What was found, and the mend if it is not ready.
    """

    subject: str
    ready: bool
    detail: str


def check_ready(config: BarlogConfig) -> Secret:
    """The endpoint's key, once all that can be told without playing is in order.

    A run must not find out after hours of its first task that the second one cannot be played.

    Raises:
        NotReadyError: Something is missing; the message names the field and the mend.
    """
    for task in config.all_tasks():
        missing = missing_modules(task.family)
        if missing:
            mend = how_to_install(task.family)
            raise NotReadyError(f"environment: {task}: {', '.join(missing)} not installed here; {mend}")
        if _needs_example(config) and task.family not in FAMILIES_WITH_AN_EXPERT:
            raise NotReadyError(f"example_file: no expert plays {task}; name a trajectory of this worker")
    return check_key(config)


def check_key(config: BarlogConfig) -> Secret:
    """The endpoint's key, none for the random agent.

    Raises:
        NotReadyError: There is none, or OpenAI's client is not installed.
    """
    if not config.agent.asks_a_model:
        return Secret("")
    if find_spec("openai") is None:
        raise NotReadyError("algorithm: openai is not installed here; pip install 'mosaic-panel[barlog]'")
    try:
        return key_from(config.api_key_env, config.base_url)
    except EndpointError as error:
        raise NotReadyError(str(error)) from None


def survey(config: BarlogConfig) -> list[Finding]:
    """Everything there is to check before a run: each game is made and begun, the endpoint is asked."""
    findings = [_game(config, str(task)) for task in config.all_tasks()]
    if config.agent.asks_a_model:
        findings += _model(config)
    return findings


def _game(config: BarlogConfig, name: str) -> Finding:
    from gym_gui.workers.barlog.agents.examples import ExampleError, read_example
    from gym_gui.workers.barlog.tasks import Task

    try:
        with closing(make_game(Task.parse(name), config.max_steps)) as game:
            observation = game.reset(config.seed or 0)
            if config.vision:
                game.picture()
            if _needs_example(config):
                game.demonstration(1)
            elif config.agent is AgentKind.FEW_SHOT and config.example_file is not None:
                read_example(config.example_file, config.example_steps)
    except (GameError, ExampleError) as error:
        return Finding(name, False, str(error))
    except Exception as error:  # noqa: BLE001 (boundary: whatever the game's package raises is a finding)
        return Finding(name, False, f"cannot be played here: {type(error).__name__}: {error}")
    return Finding(name, True, f"{len(observation.actions)} actions, {game.max_steps:,} steps at most")


def _needs_example(config: BarlogConfig) -> bool:
    return config.agent is AgentKind.FEW_SHOT and config.example_file is None


def _model(config: BarlogConfig) -> list[Finding]:
    try:
        key = check_key(config)
    except NotReadyError as error:
        return [Finding("key", False, str(error))]
    found = [Finding("key", True, f"taken from {config.api_key_env}" if config.api_key_env else "none sent")]
    from gym_gui.workers.barlog.model.connection import Connection

    with closing(Connection(config, key)) as connection:
        try:
            listed = connection.models()
        except ModelError as error:
            return [*found, Finding("endpoint", False, f"base_url: {error}")]
    found.append(Finding("endpoint", True, f"{config.base_url} answers"))
    return [*found, _listed(config.model, listed)]


def _listed(model: str, listed: list[str] | None) -> Finding:
    if listed is None:
        return Finding("model", True, f"the endpoint lists no models, so {model!r} could not be looked up")
    if model in listed:
        return Finding("model", True, f"{model!r} is listed")
    nearest = difflib.get_close_matches(model, listed, n=3, cutoff=0.3) or listed[:3]
    hint = f"; it lists {', '.join(map(repr, nearest))}" if nearest else ""
    return Finding("model", False, f"model: the endpoint does not list {model!r}{hint}")
