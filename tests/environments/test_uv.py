"""Environments made with the real uv."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from gym_gui.core.environments.creating import Creation, CreationFailedError, delete_environment
from gym_gui.core.environments.inspecting import inspect_environment
from gym_gui.core.environments.planning import CreationPlan, plan_environment
from gym_gui.core.environments.registry import EnvironmentRegistry
from gym_gui.core.probing.probe import probe_interpreter

UV = shutil.which("uv", path=str(Path(sys.executable).parent)) or shutil.which("uv")

pytestmark = pytest.mark.skipif(UV is None, reason="uv is not installed here (pip install uv)")


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv-cache"))


def plan_of(name: str, *packages: str, wheels: Path) -> CreationPlan:
    wanted = ["mosaic-panel", *packages]
    return plan_environment(name, wanted, find_links=[str(wheels)], use_index=False, uv=UV)


def test_an_environment_made_with_uv_has_its_worker(wheels: Path) -> None:
    registry = EnvironmentRegistry()
    lines: list[str] = []
    environment = Creation(plan_of("fast", "learner", "engine==1.0", wheels=wheels), registry).run(
        lines.append
    )
    assert any("engine==1.0" in line for line in lines), lines
    (worker,) = probe_interpreter(environment.python, timeout_s=30, only="learner").workers
    assert worker.failure is None and worker.metadata is not None
    assert worker.metadata.upstream_version == "1.0"
    facts = inspect_environment(environment.python)
    assert facts.sdk_version and not facts.has_pip
    delete_environment(environment, registry)
    assert not Path(environment.python).exists()


@pytest.mark.parametrize(
    ("packages", "hint"),
    [
        (("nowhere-at-all",), "Check the name and version"),
        (("engine==7.0",), "Check the name and version"),
        (("engine==1.0", "engine==2.0"), "The packages exclude each other"),
    ],
)
def test_what_uv_cannot_resolve_is_told_with_its_cause(
    wheels: Path, packages: tuple[str, ...], hint: str
) -> None:
    plan = plan_of("bad", *packages, wheels=wheels)
    with pytest.raises(CreationFailedError) as failed:
        Creation(plan, EnvironmentRegistry()).run(lambda _line: None)
    assert "No solution found" in str(failed.value) and packages[0].partition("=")[0] in str(failed.value)
    assert failed.value.hint.startswith(hint), failed.value.output
    assert list(plan.folder.parent.iterdir()) == []
