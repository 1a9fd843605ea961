"""Games behind the one interface: described truthfully, settled by their seeds, scored by progression."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from gym_gui.workers.barlog.games.base import Game, GameError
from gym_gui.workers.barlog.games.catalogue import make_game, missing_modules
from gym_gui.workers.barlog.tasks import Task

TASKS = (
    "babyai/GoToLocal",
    "babyai/OpenDoor",
    "babyai/PutNextLocal",
    "crafter/default",
    "textworld/treasure_hunter",
    "textworld/cooking",
    "textworld/coin_collector",
    "minihack/Corridor-R3",
    "nethack/NetHackScore",
)


# Adventures are compiled anew for each test, which takes seconds: one is enough where they do not differ.
ONE_ADVENTURE = tuple(t for t in TASKS if t not in ("textworld/treasure_hunter", "textworld/cooking"))


@contextmanager
def game_of(name: str, max_steps: int | None = None) -> Iterator[Game]:
    task = Task.parse(name)
    missing = missing_modules(task.family)
    if missing:
        pytest.skip(f"{', '.join(missing)} not installed in this environment")
    with closing(make_game(task, max_steps)) as game:
        yield game


def played(game: Game, seed: int, steps: int) -> list[tuple[str, float]]:
    chance, observation = random.Random(1), game.reset(seed)
    seen = [(observation.text, 0.0)]
    for _ in range(steps):
        outcome = game.step(chance.choice(observation.actions))
        observation = outcome.observation
        seen.append((observation.text, outcome.reward))
        if outcome.terminated or outcome.truncated:
            break
    return seen


@pytest.mark.parametrize("name", TASKS)
def test_a_seed_settles_the_episode(name: str) -> None:
    with game_of(name) as game:
        once, again, other = played(game, 5, 12), played(game, 5, 12), played(game, 6, 12)
        assert once == again
        assert once != other
        assert game.reproducible


@pytest.mark.parametrize("name", ONE_ADVENTURE)
def test_an_observation_offers_its_fallback_and_actions_that_work(name: str) -> None:
    with game_of(name) as game:
        observation = game.reset(3)
        assert observation.fallback in observation.actions
        assert len(set(observation.actions)) == len(observation.actions)
        assert observation.text.strip()
        assert game.progression() == 0.0
        for action in observation.actions[:10]:
            game.reset(3)
            game.step(action)


@pytest.mark.parametrize("name", ONE_ADVENTURE)
def test_a_picture_is_a_png_of_some_size(name: str) -> None:
    from io import BytesIO

    from PIL import Image

    with game_of(name) as game:
        game.reset(3)
        picture = Image.open(BytesIO(game.picture()))
        assert picture.format == "PNG"
        assert min(picture.size) >= 100
        assert len(picture.convert("RGB").getcolors(1 << 24) or []) > 1


@pytest.mark.parametrize("name", [t for t in TASKS if t.startswith(("babyai", "textworld"))])
def test_an_expert_wins(name: str) -> None:
    with game_of(name) as game:
        steps = game.demonstration(11)
        assert steps
        assert game.progression() == 1.0


@pytest.mark.parametrize("name", ["crafter/default", "minihack/Corridor-R3"])
def test_where_there_is_no_expert_the_mend_is_named(name: str) -> None:
    with game_of(name) as game, pytest.raises(GameError, match="example_file"):
        game.demonstration(1)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("babyai/GoToLocul", "GoToLocal"),
        ("crafter/hard", "default"),
        ("textworld/zork", "cooking"),
        ("minihack/Corridor-R4", "Corridor-R"),
        ("nethack/Rogue", "NetHackChallenge"),
    ],
)
def test_a_task_that_is_not_there_is_named_with_what_is(name: str, hint: str) -> None:
    with pytest.raises(GameError, match=hint) as caught, game_of(name):
        pass
    assert name in str(caught.value)


def test_what_is_missing_is_said_with_the_mend(monkeypatch: pytest.MonkeyPatch) -> None:
    from gym_gui.workers.barlog.games import catalogue

    monkeypatch.setattr(catalogue, "find_spec", lambda _name: None)
    with pytest.raises(GameError, match=r"crafter not installed here; pip install 'mosaic-panel\[barlog\]'"):
        make_game(Task.parse("crafter/default"))
    with pytest.raises(GameError, match=r"\[barlog-nethack\]'.*environment of its own"):
        make_game(Task.parse("nethack/NetHackScore"))


def test_babyai_says_where_things_are() -> None:
    """A level laid out by hand: the words have to agree with it, whichever way the player looks."""
    pytest.importorskip("minigrid")
    from minigrid.core.world_object import Ball, Door, Key

    with game_of("babyai/GoToLocal") as game:
        game.reset(1)
        env = game._env  # type: ignore[attr-defined]
        for x in range(1, 7):
            for y in range(1, 7):
                env.grid.set(x, y, None)
        env.agent_pos, env.agent_dir = (3, 5), 3  # looking up the map
        env.grid.set(3, 2, Ball("red"))
        env.grid.set(5, 4, Key("grey"))
        env.grid.set(2, 3, Door("blue", is_locked=True))
        env.carrying = Key("yellow")
        text = game._observed(env.gen_obs()).text  # type: ignore[attr-defined]
        assert "You see a red ball 3 steps ahead." in text
        assert "You see a grey key 1 step ahead and 2 steps to the right." in text
        assert "You see a locked blue door 2 steps ahead and 1 step to the left." in text
        assert "You carry a yellow key." in text
        assert "free for 2 steps; then comes a ball" in text
        env.agent_dir = 0  # looking right
        text = game._observed(env.gen_obs()).text  # type: ignore[attr-defined]
        assert "You see a grey key 2 steps ahead and 1 step to the left." in text
        assert "You see a red ball 3 steps to the left." in text
        env.agent_dir = 1  # looking down: all of it is behind
        assert "You see nothing but floor and walls." in game._observed(env.gen_obs()).text  # type: ignore[attr-defined]


def test_babyai_is_cut_off_at_the_limit_asked_for_and_not_before() -> None:
    with game_of("babyai/GoToLocal", max_steps=100) as game:
        game.reset(1)
        assert game.max_steps == 100
        outcomes = [game.step("turn left") for _ in range(99)]
        assert not any(outcome.truncated for outcome in outcomes)
    with game_of("babyai/GoToLocal") as game:
        game.reset(1)
        assert game.max_steps == 64  # the environment's own


def test_crafter_counts_achievements() -> None:
    with game_of("crafter/default") as game:
        game.reset(4)
        env = game._env  # type: ignore[attr-defined]
        env._player.inventory["wood"] = 9
        outcome = game.step("place table")
        assert game.progression() == pytest.approx(1 / 22)
        assert "table" in outcome.observation.text
        game.step("make wood pickaxe")
        assert game.progression() == pytest.approx(2 / 22)
        game.reset(4)
        assert game.progression() == 0.0


def test_crafter_ends_with_death_and_is_cut_off_by_its_limit() -> None:
    with game_of("crafter/default", max_steps=3) as game:
        game.reset(4)
        outcomes = [game.step("noop") for _ in range(3)]
        assert [o.truncated for o in outcomes] == [False, False, True]
        assert not outcomes[-1].terminated
        game.reset(4)
        game._env._player.health = 0  # type: ignore[attr-defined]
        assert game.step("noop").terminated


def test_textworld_gives_the_share_of_the_points() -> None:
    with game_of("textworld/cooking") as game:
        steps = game.demonstration(3)
        game.reset(game_seed := 3)
        assert game_seed == 3
        shares = []
        for step in steps:
            game.step(step.action)
            shares.append(game.progression())
        assert shares == sorted(shares)
        assert 0 < shares[len(shares) // 2] < 1
        assert shares[-1] == 1.0


def test_nethack_remembers_the_deepest_level() -> None:
    with game_of("nethack/NetHackScore") as game:
        game.reset(1)
        stats = [0] * 27
        stats[12], stats[18] = 6, 3
        game.look(stats)  # type: ignore[attr-defined]
        stats[12], stats[18] = 1, 1
        game.look(stats)  # type: ignore[attr-defined]
        assert game.progression() == pytest.approx(0.0354)


def test_the_challenge_draws_its_own_dungeons_and_says_so() -> None:
    with game_of("nethack/NetHackChallenge") as game:
        observation = game.reset(1)
        assert not game.reproducible
        assert observation.fallback == "esc"
        assert not {"quit", "save", "shell"} & set(observation.actions)
        assert {"apply", "far west", "a", "Z"} <= set(observation.actions)
