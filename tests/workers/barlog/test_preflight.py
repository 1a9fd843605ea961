"""`--dry-run`: what is looked at, what is found, and that nothing is played or written."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.workers.barlog.helpers import KEY, KEY_VARIABLE, asking, run_worker
from tests.workers.barlog.server import said, serving

pytest.importorskip("openai", reason="needs the extra barlog")
pytest.importorskip("minigrid", reason="needs the extra barlog")


def test_all_is_well(tmp_path: Path) -> None:
    with serving(said("turn left"), key=KEY) as server:
        ran = run_worker(tmp_path, "--dry-run", environment="babyai/GoToLocal, crafter", **asking(server.url))
        assert not server.requests, "nothing is asked of the model"
    assert ran.code == 0, ran.err
    (plan,) = ran.lines
    assert plan["dry_run"] is True
    for subject in ("babyai/GoToLocal", "crafter/default", "key", "endpoint", "model"):
        assert f"ready    {subject}:" in ran.err
    assert "missing " not in ran.err
    assert not ran.run_dir.exists()
    assert KEY not in ran.out + ran.err


def test_a_model_that_is_not_listed_is_told_with_those_that_are(tmp_path: Path) -> None:
    with serving(said("x")) as server:
        ran = run_worker(tmp_path, "--dry-run", **asking(server.url, model="smal-model"))
    assert ran.code == 3
    assert "does not list 'smal-model'; it lists 'small-model'" in ran.err


def test_an_endpoint_without_a_list_does(tmp_path: Path) -> None:
    with serving(said("x")) as server:
        server.models = None
        ran = run_worker(tmp_path, "--dry-run", **asking(server.url))
    assert ran.code == 0, ran.err
    assert "lists no models" in ran.err


def test_nobody_answers(tmp_path: Path) -> None:
    with serving(said("x")) as server:
        url = server.url
    ran = run_worker(tmp_path, "--dry-run", **asking(url))
    assert ran.code == 3
    assert "missing  endpoint: base_url: no connection" in ran.err


def test_a_wrong_key_is_found_out(tmp_path: Path) -> None:
    with serving(said("x"), key="another") as server:
        ran = run_worker(tmp_path, "--dry-run", **asking(server.url))
    assert ran.code == 3
    assert "the key is not accepted" in ran.err
    assert KEY not in ran.out + ran.err


def test_no_key_and_no_such_task_are_found_at_once(tmp_path: Path) -> None:
    env = {name: value for name, value in os.environ.items() if name != KEY_VARIABLE}
    fields = asking("https://api.example.org/v1", environment="babyai/Chess, babyai/GoToObj")
    ran = run_worker(tmp_path, "--dry-run", env=env, **fields)
    assert ran.code == 3
    assert "missing  babyai/Chess" in ran.err
    assert "ready    babyai/GoToObj" in ran.err
    assert f"{KEY_VARIABLE} is not set" in ran.err


def test_chance_needs_no_endpoint(tmp_path: Path) -> None:
    ran = run_worker(tmp_path, "--dry-run", base_url="http://127.0.0.1:1/v1")
    assert ran.code == 0, ran.err
    assert json.loads(ran.out)["dry_run"] is True
