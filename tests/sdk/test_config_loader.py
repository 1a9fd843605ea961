from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict, Field

from gym_gui.core.worker import extract_worker_config, load_worker_config_from_file


@dataclass(frozen=True)
class MyConfig:
    """As the contract's example: from_dict hands everything to the constructor."""

    run_id: str
    env_id: str
    seed: int | None = None
    learning_rate: float = 0.1
    layers: list[int] = field(default_factory=list)
    derived: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        if self.learning_rate <= 0:
            raise ValueError(f"learning_rate must be positive, got {self.learning_rate}")

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> MyConfig:
        return cls(**data)


@dataclass
class Tolerant:
    run_id: str
    seed: int = 0

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Tolerant:
        if data.get("seed", 0) < 0:
            raise ValueError("seed must not be negative")
        return cls(run_id=data["run_id"], seed=data.get("seed", 0))


class Layer(BaseModel):
    width: int


class Model(BaseModel):
    model_config = ConfigDict(extra="forbid")
    run_id: str
    total_steps: int = Field(1000, ge=1)
    layers: list[Layer] = []

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Model:
        return cls.model_validate(data)


@pytest.fixture
def config_file(tmp_path: Path) -> Path:
    return tmp_path / "config.json"


def nested(config: object) -> dict[str, Any]:
    return {"run_name": "x", "metadata": {"worker": {"worker_id": "w", "config": config}}}


def message_for(file: Path, content: object, config_class: type) -> str:
    file.write_text(content if isinstance(content, str) else json.dumps(content))
    with pytest.raises(ValueError, match=r"config\.json") as caught:
        load_worker_config_from_file(file, config_class)
    text = str(caught.value)
    assert text.startswith(f"{file}: ")
    return text.removeprefix(f"{file}: ")


def test_flat_and_nested_give_the_same(config_file: Path) -> None:
    config = {"run_id": "r1", "env_id": "CartPole-v1", "layers": [4]}
    expected = MyConfig("r1", "CartPole-v1", layers=[4])
    for payload in (config, nested(config)):
        config_file.write_text(json.dumps(payload))
        assert load_worker_config_from_file(config_file, MyConfig) == expected
        assert load_worker_config_from_file(str(config_file), MyConfig) == expected
        assert extract_worker_config(payload) == config


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"metadata": "my own field"},
        {"metadata": {"tags": []}},
        {"metadata": {"worker": None}},
        {"metadata": {"worker": {"worker_id": "w"}}},
    ],
)
def test_a_payload_without_a_nested_config_is_the_config(payload: dict[str, Any]) -> None:
    assert extract_worker_config(payload) == payload


def test_extracting_gives_a_copy() -> None:
    payload = nested({"run_id": "r1"})
    extract_worker_config(payload)["seed"] = 1
    assert payload == nested({"run_id": "r1"})


@pytest.mark.parametrize("wrong", [None, [], "x"])
def test_a_nested_config_that_is_no_object(config_file: Path, wrong: object) -> None:
    with pytest.raises(ValueError, match=r"^metadata\.worker\.config: expected an object, got "):
        extract_worker_config(nested(wrong))
    assert message_for(config_file, nested(wrong), MyConfig).startswith("metadata.worker.config: expected")


def test_a_byte_order_mark_is_put_up_with(config_file: Path) -> None:
    config_file.write_text('{"run_id": "r1"}', encoding="utf-8-sig")
    assert load_worker_config_from_file(config_file, Tolerant) == Tolerant("r1")


def test_a_missing_file_a_directory_and_an_unreadable_file(config_file: Path, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"config\.json: there is no such file"):
        load_worker_config_from_file(config_file, MyConfig)
    with pytest.raises(ValueError, match="is a directory, expected a JSON file"):
        load_worker_config_from_file(tmp_path, MyConfig)
    config_file.symlink_to(config_file)  # nobody can read a loop, root included
    with pytest.raises(ValueError, match=r"config\.json: cannot be read: "):
        load_worker_config_from_file(config_file, MyConfig)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission(config_file: Path) -> None:
    config_file.touch(mode=0o000)
    with pytest.raises(ValueError, match="cannot be read: Permission denied"):
        load_worker_config_from_file(config_file, MyConfig)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{\n  "run_id": "r1",\n  "seed" 3\n}', "line 3 column 10: not valid JSON: "),
        ("", "line 1 column 1: not valid JSON: the file is empty"),
        ("[]", "expected a JSON object in braces, got []"),
        ("null", "expected a JSON object in braces, got null"),
        (
            '{"run_id": "a", "run_id": "b"}',
            "run_id: the key 'run_id' is there more than once; keep one of them",
        ),
        (
            '{"metadata": {"worker": {"config": {"a": [{"lr": 1, "lr": 2}]}}}}',
            "metadata.worker.config.a[0].lr: the key 'lr' is there more than once; keep one of them",
        ),
    ],
)
def test_a_malformed_file_says_where(config_file: Path, text: str, expected: str) -> None:
    assert message_for(config_file, text, MyConfig).startswith(expected)


def test_unknown_keys_are_reported_with_the_nearest_known_one(config_file: Path) -> None:
    config = {"run_id": "r1", "env_id": "e", "learnig_rate": 0.5, "zzz": 1}
    expected = "learnig_rate: unknown key; did you mean 'learning_rate'?; zzz: unknown key; remove it"
    assert message_for(config_file, config, MyConfig) == expected
    placed = message_for(config_file, nested({"run_id": "r1", "env_id": "e", "sed": 1}), MyConfig)
    assert placed == "metadata.worker.config.sed: unknown key; did you mean 'seed'?"


def test_a_key_that_the_constructor_does_not_take_is_unknown(config_file: Path) -> None:
    message = message_for(config_file, {"run_id": "r1", "env_id": "e", "derived": 1}, MyConfig)
    assert message.startswith("derived: unknown key")


def test_missing_required_keys_are_named(config_file: Path) -> None:
    assert message_for(config_file, {}, MyConfig) == (
        "run_id: is required, but missing; env_id: is required, but missing"
    )
    assert message_for(config_file, nested({"env_id": "e"}), MyConfig) == (
        "metadata.worker.config.run_id: is required, but missing"
    )
    assert message_for(config_file, {"seed": 1}, Tolerant) == "run_id: is required, but missing"


def test_what_from_dict_puts_up_with_is_no_fault(config_file: Path) -> None:
    config_file.write_text(json.dumps({"run_id": "r1", "anything": 1}))
    assert load_worker_config_from_file(config_file, Tolerant) == Tolerant("r1")
    message = message_for(config_file, {"run_id": "r1", "anything": 1, "seed": -1}, Tolerant)
    assert message == "seed: seed must not be negative"


def test_a_refused_value_is_placed_by_the_field_its_message_names(config_file: Path) -> None:
    config = nested({"run_id": "r1", "env_id": "e", "learning_rate": -1})
    assert message_for(config_file, config, MyConfig) == (
        "metadata.worker.config.learning_rate: learning_rate must be positive, got -1"
    )


def test_the_exception_of_the_worker_is_the_cause(config_file: Path) -> None:
    config_file.write_text("{}")
    with pytest.raises(ValueError, match="run_id") as caught:
        load_worker_config_from_file(config_file, Tolerant)
    assert isinstance(caught.value.__cause__, KeyError)


def test_pydantic_errors_are_listed_field_by_field(config_file: Path) -> None:
    config = {"total_stes": 5, "total_steps": 0, "layers": [{"width": 1}, {"width": "wide"}]}
    parts = message_for(config_file, nested(config), Model).split("; ")
    place = "metadata.worker.config"
    assert f"{place}.run_id: is required, but missing" in parts
    assert f"{place}.total_stes: unknown key" in parts
    assert "did you mean 'total_steps'?" in parts
    assert f"{place}.total_steps: Input should be greater than or equal to 1" in parts
    assert any(part.startswith(f"{place}.layers[1].width: Input should be a valid integer") for part in parts)


class Unhelpful:
    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Unhelpful:
        raise {"assert": AssertionError(), "zero": ZeroDivisionError("division by zero")}[data["how"]]


def test_errors_that_say_little_still_name_the_file_and_their_kind(config_file: Path) -> None:
    assert message_for(config_file, {"how": "assert"}, Unhelpful) == "AssertionError"
    assert message_for(config_file, {"how": "zero"}, Unhelpful) == "ZeroDivisionError: division by zero"
    assert message_for(config_file, {}, Unhelpful) == "how: is required, but missing"
    assert message_for(config_file, {"how": "no"}, Unhelpful) == "KeyError: 'no'"


class Nothing:
    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> None:
        return None


def test_from_dict_must_return_a_config(config_file: Path) -> None:
    assert "Nothing.from_dict returned None" in message_for(config_file, {}, Nothing)


def test_a_class_without_from_dict(config_file: Path) -> None:
    config_file.write_text("{}")
    with pytest.raises(TypeError, match="dict has no from_dict"):
        load_worker_config_from_file(config_file, dict)


@pytest.mark.parametrize("payload", [None, [1], "seed", 3])
def test_a_payload_that_is_no_mapping_is_named(payload: Any) -> None:
    with pytest.raises(ValueError, match=f"expected an object .*, got {re.escape(json.dumps(payload))}"):
        extract_worker_config(payload)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_a_number_that_is_not_finite_is_named_with_file_and_field(config_file: Path, number: str) -> None:
    config_file.write_text(f'{{"run_id": "r", "env_id": "e", "layers": [1, {number}]}}')
    with pytest.raises(ValueError) as caught:
        load_worker_config_from_file(config_file, MyConfig)
    assert str(caught.value).startswith(f"{config_file}: layers[1]: not a finite number")


def test_a_field_that_the_message_starts_with_is_said_once(config_file: Path) -> None:
    class Strict(MyConfig):
        def __post_init__(self) -> None:
            raise ValueError("seed: must not be negative")

    message = message_for(config_file, {"run_id": "r", "env_id": "e", "seed": -1}, Strict)
    assert message == "seed: must not be negative"
