"""What the configuration refuses, and that keys have no way into it."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from gym_gui.workers.barlog.config import BarlogConfig
from gym_gui.workers.barlog.endpoint import EndpointError, Secret, key_from
from gym_gui.workers.barlog.tasks import Task, expand
from tests.workers.barlog.helpers import config


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"algorithm": "naive"}, "model", "name a model"),
        ({"algorithm": "naive", "model": "  "}, "model", "name a model"),
        ({"environment": "chess"}, "environment", "no family"),
        ({"environment": "babyai/../../etc"}, "environment", "no task"),
        ({"environment": " , "}, "environment", "names no task"),
        ({"base_url": "ftp://x"}, "base_url", "http://"),
        ({"base_url": "https://me:secret@host/v1"}, "base_url", "password"),
        ({"base_url": "https://host/v1?api_key=1"}, "base_url", "key"),
        ({"base_url": "https://host:nan/v1"}, "base_url", "address"),
        ({"api_key_env": "sk-1234"}, "api_key_env", "pattern"),
        ({"extra_fields": {"api_key": "x"}}, "extra_fields", "secret"),
        ({"extra_fields": {"messages": []}}, "extra_fields", "settled"),
        ({"budget": 1.0}, "budget", "price"),
        ({"episodes_per_task": 0}, "episodes_per_task", "greater"),
        ({"temperatur": 1}, "temperatur", "not permitted"),
        ({"run_id": "../x"}, "run_id", "directory"),
    ],
)
def test_what_is_refused_is_named(fields: dict[str, Any], field: str, words: str) -> None:
    with pytest.raises(ValidationError) as caught:
        config(**fields)
    (error,) = caught.value.errors()
    assert error["loc"][0] == field
    assert words in error["msg"]


def test_the_config_comes_back_from_its_dict() -> None:
    made = config(
        algorithm="robust", model="m", budget=2, input_price=1, environment="crafter, babyai/GoToObj"
    )
    assert BarlogConfig.from_dict(made.to_dict()) == made


def test_a_family_stands_for_its_tasks_and_nothing_is_played_twice() -> None:
    tasks = expand(["textworld/cooking", "textworld"])
    assert [task.name for task in tasks] == ["cooking", "treasure_hunter", "coin_collector"]
    assert str(Task.parse("babyai/GoToLocal")) == "babyai/GoToLocal"


def test_a_key_shows_itself_to_nobody() -> None:
    key = Secret("sk-very-secret")
    assert "sk-very-secret" not in repr(key) + str(key) + f"{key}"
    assert key.taken_out_of("bad key sk-very-secret!") == "bad key <redacted>!"


def test_a_placeholder_is_no_secret_to_take_out() -> None:
    assert Secret("x").taken_out_of("go to the next box") == "go to the next box"


def test_an_endpoint_elsewhere_needs_its_key_and_one_here_does_not() -> None:
    with pytest.raises(EndpointError, match="MY_KEY is not set"):
        key_from("MY_KEY", "https://api.example.org/v1", {})
    assert key_from("MY_KEY", "http://127.0.0.1:8080/v1", {}).reveal()
    assert key_from("", "https://api.example.org/v1", {"": "x"}).reveal() == "no-key"
    assert key_from("MY_KEY", "https://api.example.org/v1", {"MY_KEY": " sk-1 \n"}).reveal() == "sk-1"


def test_a_key_that_cannot_be_one_is_refused_without_repeating_it() -> None:
    with pytest.raises(EndpointError, match="copy the key anew") as caught:
        key_from("MY_KEY", "https://api.example.org/v1", {"MY_KEY": "sk-\u00e9t\u00e9"})
    assert "\u00e9" not in str(caught.value)
