"""Environments as tasks: ids from the registry, states as integers, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gymnasium
import pytest
from gymnasium import spaces

from gym_gui.workers.tabular.choices import EnvironmentName
from gym_gui.workers.tabular.environment import Task, UnsuitableEnvironmentError
from gym_gui.workers.tabular.environment_ids import env_id_of
from tests.tabular.conftest import config


class OddlyNumbered(gymnasium.Env[int, int]):
    """Observations 10 to 12, actions 5 and 6; an action moves on, and rewards with its own number."""

    def __init__(self, observations: Any = None, render_mode: str | None = None) -> None:
        self.observation_space = observations or spaces.Discrete(3, start=10)
        self.action_space = spaces.Discrete(2, start=5)

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[int, dict[str, Any]]:
        super().reset(seed=seed)
        self.place = 10
        return self.place, {}

    def step(self, action: int) -> tuple[int, float, bool, bool, dict[str, Any]]:
        self.place += 1
        return self.place, float(action), self.place == 12, False, {}


@pytest.fixture
def registered() -> Iterator[None]:
    gymnasium.register("tests/Odd-v0", OddlyNumbered, max_episode_steps=9)
    gymnasium.register("tests/OddHuge-v0", OddlyNumbered, kwargs={"observations": spaces.Discrete(3_000_000)})
    yield
    del gymnasium.registry["tests/Odd-v0"], gymnasium.registry["tests/OddHuge-v0"]


@pytest.mark.parametrize(
    ("name", "base", "states", "actions"),
    [
        ("FrozenLake8x8", "FrozenLake8x8-v", 64, 4),
        ("FrozenLake4x4", "FrozenLake-v", 16, 4),
        ("CliffWalking", "CliffWalking-v", 48, 4),
        ("Taxi", "Taxi-v", 500, 6),
        ("Blackjack", "Blackjack-v", 32 * 11 * 2, 2),
    ],
)
def test_a_name_stands_for_the_newest_registered_version(
    name: str, base: str, states: int, actions: int
) -> None:
    settings = config(environment=name)
    env_id = env_id_of(settings.environment, settings.env_id)
    versions = [spec.id for spec in gymnasium.registry.values() if spec.id.startswith(base)]
    assert env_id == max(versions, key=lambda found: int(found.removeprefix(base)))
    task = Task(settings)
    assert (task.description.n_states, task.description.n_actions) == (states, actions)
    assert task.description.env_id == env_id
    task.close()


def test_a_newer_version_is_taken_as_soon_as_there_is_one() -> None:
    newest = env_id_of(EnvironmentName.TAXI)
    newer = f"Taxi-v{int(newest.removeprefix('Taxi-v')) + 1}"
    gymnasium.register(newer, OddlyNumbered)
    try:
        assert env_id_of(EnvironmentName.TAXI) == newer
    finally:
        del gymnasium.registry[newer]


def test_the_lake_is_as_slippery_as_asked() -> None:
    def is_slippery(task: Task) -> bool:
        return len(task.env.unwrapped.P[0][2]) > 1

    assert not is_slippery(Task(config()))
    assert is_slippery(Task(config(slippery=True)))
    assert is_slippery(Task(config(environment="CliffWalking", slippery=True)))


def test_blackjack_s_observations_get_different_numbers() -> None:
    task = Task(config(environment="Blackjack"))
    states = {
        task._encode((total, card, ace)) for total in range(32) for card in range(11) for ace in range(2)
    }
    assert states == set(range(32 * 11 * 2))
    assert task._encode((20, 10, 1)) == (20 * 11 + 10) * 2 + 1


def test_spaces_that_do_not_start_at_zero(registered: None) -> None:
    task = Task(config(env_id="tests/Odd-v0"))
    assert (task.description.n_states, task.description.n_actions, task.description.max_steps) == (3, 2, 9)
    assert task.reset() == 0
    assert task.step(1) == (1, 6.0, False, False)
    assert task.step(0) == (2, 5.0, True, False)


def test_the_step_limit_is_the_environment_s_unless_another_is_asked_for() -> None:
    assert Task(config()).description.max_steps == 200
    assert Task(config(max_episode_steps=31)).description.max_steps == 31
    assert Task(config(environment="CliffWalking")).description.max_steps == 200


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"env_id": "CartPole-v1"}, r"^env_id: CartPole-v1 has observations of Box.*needs Discrete"),
        ({"env_id": "no_such_module_anywhere:Env-v0"}, r"^env_id: .*cannot be made.*no_such_module_anywhere"),
        ({"env_options": {"map_name": "9x9"}}, r"^environment, env_options: .*9x9"),
        ({"env_options": {"map_name": None}}, r"^env_options: a map drawn at random.*give its rows"),
        ({"environment": "Taxi", "env_options": {"colour": "red"}}, r"^environment, env_options: .*colour"),
    ],
)
def test_an_environment_that_does_not_do_is_refused_by_field(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(UnsuitableEnvironmentError, match=message):
        Task(config(**fields))


def test_a_table_beyond_reason_is_refused(registered: None) -> None:
    with pytest.raises(UnsuitableEnvironmentError, match=r"^env_id: .*3,000,000 states.*limit of 4,000,000"):
        Task(config(env_id="tests/OddHuge-v0"))


def test_random_numbers_go_on_where_they_were() -> None:
    task = Task(config(environment="Blackjack"))
    task.reset(seed=5)
    state = task.random_state()
    ahead = [task.reset() for _ in range(20)]
    again = Task(config(environment="Blackjack"))
    again.restore_random_state(state)
    assert [again.reset() for _ in range(20)] == ahead


@pytest.mark.parametrize("damage", [{}, {"bit_generator": "MT19937"}, {"bit_generator": "PCG64", "state": 3}])
def test_a_damaged_random_state_is_refused(damage: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"random numbers|PCG64|state"):
        Task(config()).restore_random_state(damage)
