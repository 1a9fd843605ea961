from __future__ import annotations

import abc
import json
import pickle
import subprocess
import sys
from dataclasses import FrozenInstanceError, dataclass, fields
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from gym_gui.core.enums import SteppingParadigm
from gym_gui.core.worker import WorkerCapabilities, WorkerConfig, WorkerMetadata, WorkerRuntime
from gym_gui.core.worker.protocol import satisfies_worker_config, satisfies_worker_runtime


class DictMethods:
    def to_dict(self) -> dict[str, Any]:
        return dict(vars(self))

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Any:
        return cls(**data)


@dataclass(frozen=True)
class FrozenConfig(DictMethods):
    run_id: str
    seed: int | None = None


@dataclass(slots=True)
class SlottedConfig:
    run_id: str
    seed: int | None

    def to_dict(self) -> dict[str, Any]:
        return {"run_id": self.run_id, "seed": self.seed}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> SlottedConfig:
        return cls(**data)


@dataclass
class InheritingConfig(WorkerConfig):
    run_id: str
    seed: int | None = None

    def to_dict(self) -> dict[str, Any]:
        return {"run_id": self.run_id, "seed": self.seed}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> InheritingConfig:
        return cls(**data)


class PydanticConfig(BaseModel):
    run_id: str
    seed: int | None = None

    def to_dict(self) -> dict[str, Any]:
        return self.model_dump()

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> PydanticConfig:
        return cls.model_validate(data)


class HandWrittenConfig(DictMethods):
    def __init__(self, run_id: str, seed: int | None = None) -> None:
        self.run_id = run_id
        self.seed = seed


class PropertyConfig(DictMethods):
    @property
    def run_id(self) -> str:
        return "r"

    @property
    def seed(self) -> int:
        return 1


class Runtime:
    def run(self) -> dict[str, Any]:
        return {}


class AbstractRuntime(abc.ABC):
    @abc.abstractmethod
    def run(self) -> dict[str, Any]: ...


CONFIGS = [FrozenConfig, SlottedConfig, InheritingConfig, PydanticConfig, HandWrittenConfig]


@pytest.mark.parametrize("config_class", [*CONFIGS, PropertyConfig])
def test_class_satisfies_config(config_class: type) -> None:
    assert satisfies_worker_config(config_class)


@pytest.mark.parametrize("config_class", CONFIGS)
def test_instance_satisfies_config_as_its_class_promised(config_class: Any) -> None:
    config = config_class(run_id="r1", seed=3)
    assert isinstance(config, WorkerConfig)
    assert (config.run_id, config.seed) == ("r1", 3)


def test_a_dataclass_may_inherit_from_the_protocol_without_taking_its_members_as_defaults() -> None:
    with pytest.raises(TypeError, match="run_id"):
        InheritingConfig()  # type: ignore[call-arg]
    assert InheritingConfig("r1").seed is None


class NoSeed(DictMethods):
    run_id: str


class NoFromDict:
    run_id: str
    seed: int

    def to_dict(self) -> dict[str, Any]:
        return {}


@pytest.mark.parametrize(
    "candidate",
    [NoSeed, NoFromDict, WorkerConfig, WorkerRuntime, dict, int, FrozenConfig("r"), None, "FrozenConfig"],
)
def test_not_a_config_class(candidate: object) -> None:
    assert not satisfies_worker_config(candidate)


def test_runtime_classes() -> None:
    assert satisfies_worker_runtime(Runtime)
    assert isinstance(Runtime(), WorkerRuntime)
    for candidate in (AbstractRuntime, WorkerRuntime, Runtime(), FrozenConfig, None):
        assert not satisfies_worker_runtime(candidate)
    assert not isinstance(object(), WorkerRuntime)


def test_only_the_name_and_the_type_are_required() -> None:
    assert WorkerMetadata("My Worker").upstream_library is None
    capabilities = WorkerCapabilities("myworker")
    assert capabilities.supported_paradigms == ()
    assert (capabilities.max_agents, capabilities.gpu_memory_mb) == (1, None)
    for cls in (WorkerMetadata, WorkerCapabilities):
        with pytest.raises(TypeError):
            cls()  # type: ignore[call-arg]


def test_fields_stand_in_the_documented_order() -> None:
    assert [f.name for f in fields(WorkerMetadata)] == [
        "name", "version", "description", "author", "homepage", "upstream_library", "upstream_version",
        "license",
    ]  # fmt: skip
    assert [f.name for f in fields(WorkerCapabilities)] == [
        "worker_type", "supported_paradigms", "env_families", "action_spaces", "observation_spaces",
        "max_agents",
        "supports_self_play", "supports_population", "supports_checkpointing", "supports_pause_resume",
        "requires_gpu", "gpu_memory_mb", "cpu_cores", "estimated_memory_mb",
    ]  # fmt: skip


def test_frozen_hashable_slotted_and_picklable() -> None:
    metadata = WorkerMetadata("My Worker", "1.0")
    capabilities = WorkerCapabilities("myworker", ["sequential"], ["gymnasium"])  # type: ignore[arg-type]
    assert len({metadata, WorkerMetadata("My Worker", "1.0")}) == 1
    assert len({capabilities, WorkerCapabilities("myworker", ("sequential",), ("gymnasium",))}) == 1
    for value, field in ((metadata, "name"), (capabilities, "worker_type")):
        assert not hasattr(value, "__dict__")
        with pytest.raises(FrozenInstanceError):
            setattr(value, field, "other")
        assert pickle.loads(pickle.dumps(value)) == value


def test_lists_become_tuples_and_enum_members_become_strings() -> None:
    capabilities = WorkerCapabilities("w", [SteppingParadigm.SEQUENTIAL, "simultaneous"])  # type: ignore[arg-type]
    assert capabilities.supported_paradigms == ("sequential", "simultaneous")
    assert {type(paradigm) for paradigm in capabilities.supported_paradigms} == {str}
    assert capabilities.supports_paradigm(SteppingParadigm.SEQUENTIAL)
    assert capabilities.supports_paradigm("simultaneous")
    assert not capabilities.supports_paradigm(SteppingParadigm.SINGLE_AGENT)


def test_questions_about_capabilities() -> None:
    capabilities = WorkerCapabilities("w", env_families=("gymnasium",), max_agents=2)
    assert capabilities.supports_env_family("gymnasium")
    assert not capabilities.supports_env_family("gym")
    assert capabilities.is_multi_agent()
    assert not WorkerCapabilities("w", max_agents=1).is_multi_agent()


class BrokenRepr:
    def __repr__(self) -> str:
        raise RuntimeError("no repr")


@pytest.mark.parametrize(
    ("field", "value", "error", "expected"),
    [
        ("worker_type", 7, TypeError, "WorkerCapabilities.worker_type: expected a string, got 7"),
        ("worker_type", None, TypeError, "expected a string, got None"),
        ("worker_type", " ", ValueError, "WorkerCapabilities.worker_type: must not be empty"),
        ("env_families", "gymnasium", TypeError, "env_families: .* one string; write \\('gymnasium',\\)"),
        ("env_families", {"gymnasium"}, TypeError, "env_families: expected a tuple of strings, got {"),
        ("action_spaces", ("discrete", 3), TypeError, "action_spaces: .* item 1 is 3"),
        ("max_agents", True, TypeError, "max_agents: expected a whole number, got True"),
        ("max_agents", 2.0, TypeError, "max_agents: expected a whole number, got 2.0"),
        ("max_agents", -1, ValueError, "max_agents: must not be negative, got -1"),
        ("gpu_memory_mb", "8000", TypeError, "gpu_memory_mb: expected a whole number, got '8000'"),
        ("estimated_memory_mb", None, TypeError, "estimated_memory_mb: expected a whole number, got None"),
        ("requires_gpu", 1, TypeError, "requires_gpu: expected True or False, got 1"),
        ("requires_gpu", BrokenRepr(), TypeError, "requires_gpu: expected True or False, got a BrokenRepr"),
        ("supports_self_play", "x" * 500, TypeError, r"got 'x{50,}\.\.\."),
    ],
)
def test_a_wrong_value_is_refused_by_class_and_field(
    field: str, value: object, error: type[Exception], expected: str
) -> None:
    arguments: dict[str, Any] = {"worker_type": "w", field: value}
    with pytest.raises(error, match=expected):
        WorkerCapabilities(**arguments)


def test_metadata_is_checked_as_well() -> None:
    with pytest.raises(TypeError, match=r"WorkerMetadata\.upstream_version: expected a string, got 2"):
        WorkerMetadata("n", upstream_version=2)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"WorkerMetadata\.name: must not be empty"):
        WorkerMetadata("")


def test_round_trip_through_json_and_unknown_keys() -> None:
    metadata = WorkerMetadata("n", "1", upstream_library="mylib")
    capabilities = WorkerCapabilities("w", ("sequential",), gpu_memory_mb=8000)
    for value in (metadata, capabilities):
        data = value.to_dict()
        restored = type(value).from_dict({**json.loads(json.dumps(data)), "from_the_future": 1})
        assert restored == value
        assert json.loads(json.dumps(data)) == data


TYPED = """
from dataclasses import dataclass
from gym_gui.core.worker.protocol import WorkerConfig, WorkerRuntime

@dataclass(frozen=True)
class MyWorkerConfig:
    run_id: str
    seed: int | None = None

    def to_dict(self) -> dict:
        return {"run_id": self.run_id, "seed": self.seed}

    @classmethod
    def from_dict(cls, data: dict) -> "MyWorkerConfig":
        return cls(**data)

class MyRuntime:
    def run(self) -> dict:
        return {}

config: WorkerConfig = MyWorkerConfig("r")
runtime: WorkerRuntime = MyRuntime()
wrong: WorkerConfig = MyRuntime()
"""


def test_a_type_checker_accepts_a_frozen_dataclass_and_refuses_what_is_none(tmp_path: Path) -> None:
    pytest.importorskip("mypy")
    source = tmp_path / "typed.py"
    source.write_text(TYPED)
    options = ["--config-file", "", "--cache-dir", str(tmp_path / "cache")]
    checked = subprocess.run(
        [sys.executable, "-m", "mypy", *options, str(source)], capture_output=True, text=True, check=False
    )
    errors = [line for line in checked.stdout.splitlines() if "error:" in line]
    assert len(errors) == 1, checked.stdout
    assert "typed.py:23" in errors[0]
