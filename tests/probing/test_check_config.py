"""A config against the worker's own class, asked in the worker's interpreter."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from gym_gui.core.probing.check import check_config
from gym_gui.core.probing.model import ConfigProblem, ProbedWorker
from tests.installed_workers import InstallWorker

PYDANTIC = """
from pydantic import BaseModel, Field, model_validator

class Config(BaseModel, extra="forbid"):
    run_id: str
    seed: int | None = None
    episodes: int = Field(default=5, ge=1)
    layers: list[int] = []
    low: float = 0
    high: float = 1

    @model_validator(mode="after")
    def ordered(self):
        if self.low > self.high:
            raise ValueError("low must not be above high")
        return self

    def to_dict(self): return self.model_dump()
    @classmethod
    def from_dict(cls, data): return cls.model_validate(data)
"""
DATACLASS = """
import os, time
from dataclasses import dataclass

@dataclass
class Config:
    run_id: str
    algo: str
    seed: int | None = None

    def __post_init__(self):
        if self.algo == "wrong": raise ValueError("algo must be ppo, got wrong")
        if self.algo == "vague": raise RuntimeError("no")
        if self.algo == "nested": raise ValueError("invalid") from ValueError("seed")
        if self.algo == "key": {}["seed"]
        if self.algo == "crash": os._exit(9)
        if self.algo == "hang": time.sleep(60)
        if self.algo == "quit": raise SystemExit(2)

    def to_dict(self): return vars(self)
    @classmethod
    def from_dict(cls, data): return cls(**data)
"""


@pytest.fixture
def ask(install: InstallWorker) -> Any:
    def ask_with(source: str, config: dict[str, Any], timeout_s: float = 5.0) -> set[tuple[str, str]]:
        install("checked", modules={"config": source})
        worker = ProbedWorker("checked", sys.executable, "checked_package:get_worker_metadata")
        return {(p.field, p.message) for p in check_config(worker, config, timeout_s=timeout_s)}

    return ask_with


def test_pydantic_names_every_field(ask: Any) -> None:
    problems = dict(ask(PYDANTIC, {"episodes": 0, "layers": [1, "x"], "lr": 2}))
    assert problems["episodes"] == "Input should be greater than or equal to 1"
    assert problems["layers"].startswith("[1]: Input should be a valid integer")
    assert problems["lr"] == "unknown key; remove it"
    assert set(problems) == {"episodes", "layers", "lr"}


def test_a_rule_over_several_fields(ask: Any) -> None:
    assert ask(PYDANTIC, {"low": 3}) == {("", "low must not be above high")}


def test_a_good_config_has_no_problems_and_needs_no_run_id(ask: Any) -> None:
    assert ask(PYDANTIC, {"episodes": 3}) == set()


@pytest.mark.parametrize(
    ("config", "field", "message"),
    [
        ({"algo": "ppo", "lr": 1}, "lr", "unknown key; remove it"),
        ({}, "algo", "is required, but missing"),
        ({"algo": "wrong"}, "algo", "algo must be ppo, got wrong"),
        ({"algo": "vague"}, "", "RuntimeError: no"),
        ({"algo": "nested"}, "", "invalid"),
        ({"algo": "key"}, "seed", "is required, but missing"),
        ({"algo": "crash"}, "", "cannot be checked: the worker's config class exited with status 9"),
        ({"algo": "hang"}, "", "cannot be checked: the worker's config class gave no answer within 1 s"),
        ({"algo": "quit"}, "", "cannot be checked: the worker's config class exited with status 2"),
    ],
)
def test_plain_classes(ask: Any, config: dict[str, Any], field: str, message: str) -> None:
    assert ask(DATACLASS, config, timeout_s=1.0) == {(field, message)}


def test_a_worker_without_a_class_has_nothing_to_say(install: InstallWorker) -> None:
    install("bare")
    worker = ProbedWorker("bare", sys.executable, "bare_package:get_worker_metadata")
    assert check_config(worker, {"anything": 1}) == ()


def test_an_interpreter_that_is_gone_is_a_problem(tmp_path: Any) -> None:
    worker = ProbedWorker("bare", str(tmp_path / "python"), "bare:get")
    problem = check_config(worker, {})[0]
    assert isinstance(problem, ConfigProblem)
    assert "does not start" in problem.message
