"""The checks before a launch, over real workers and stated machines."""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path

import pytest

from gym_gui.core.forms.schema import form_fields
from gym_gui.core.machine import GpuReading, Machine, MachineReading
from gym_gui.core.probing.model import ProbedWorker
from gym_gui.core.probing.probe import probe_interpreter
from gym_gui.core.runs.launch import LaunchSpec
from gym_gui.core.runs.preflight import CheckItem, CheckState, PreflightOrder, preflight
from gym_gui.core.worker import WorkerCapabilities

GB = 10**9
PLENTY = MachineReading(8, None, 2 * GB, 32 * GB, 900 * GB, 1000 * GB, ())


@pytest.fixture(scope="module")
def tabular() -> ProbedWorker:
    report = probe_interpreter(sys.executable)
    return next(worker for worker in report.workers if worker.worker_id == "tabular")


def order_for(worker: ProbedWorker, folder: Path, **changes: object) -> PreflightOrder:
    config = changes.pop("config", {"episodes": 5})
    spec = LaunchSpec(worker_id=worker.worker_id, command=worker.command, config=config)  # type: ignore[arg-type]
    spec = dataclasses.replace(spec, **changes)  # type: ignore[arg-type]
    return PreflightOrder(
        spec=spec, worker=worker, fields=form_fields(worker.schema), runs_folder=folder, dry_run_s=0
    )


def machine(monkeypatch: pytest.MonkeyPatch, **changes: object) -> None:
    reading = dataclasses.replace(PLENTY, **changes)  # type: ignore[arg-type]
    monkeypatch.setattr(Machine, "read", lambda _self: reading)


def by_name(items: tuple[CheckItem, ...]) -> dict[str, CheckItem]:
    return {item.name: item for item in items}


def needing(worker: ProbedWorker, **needs: object) -> ProbedWorker:
    return dataclasses.replace(worker, capabilities=WorkerCapabilities("tabular", **needs))  # type: ignore[arg-type]


def test_a_good_launch_passes_and_is_told_item_by_item(tabular: ProbedWorker, tmp_path: Path) -> None:
    told: list[CheckItem] = []
    order = dataclasses.replace(order_for(tabular, tmp_path), dry_run_s=60)
    items = by_name(preflight(order, report=told.append))
    assert tuple(items.values()) == tuple(told)
    assert items["Config"].state is CheckState.PASSED
    assert items["Dry run"].state is CheckState.PASSED, items["Dry run"]
    assert items["Python"].state is CheckState.PASSED
    assert not any(item.forbids_start for item in told)


def test_a_refused_config_names_its_fields_and_forbids_the_start(
    tabular: ProbedWorker, tmp_path: Path
) -> None:
    item = by_name(
        preflight(order_for(tabular, tmp_path, config={"epsilon_start": 0.1, "epsilon_end": 0.9}))
    )["Config"]
    assert item.state is CheckState.FAILED
    assert item.forbids_start
    assert item.problems


def test_nothing_is_told_once_it_was_called_off(tabular: ProbedWorker, tmp_path: Path) -> None:
    told: list[CheckItem] = []
    assert preflight(order_for(tabular, tmp_path), stop_asked=lambda: True, report=told.append) == ()
    assert told == []


@pytest.mark.parametrize(
    ("free", "state", "forbids"),
    [
        (900 * GB, CheckState.PASSED, False),
        (GB // 2, CheckState.WARNING, False),
        (10**6, CheckState.FAILED, True),
    ],
)
def test_disk(
    tabular: ProbedWorker,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    free: int,
    state: CheckState,
    forbids: bool,
) -> None:
    machine(monkeypatch, disk_free=free)
    monkeypatch.setattr("gym_gui.core.runs.queue.limits.disk_space", lambda _directory: (free, 10**12))
    item = by_name(preflight(order_for(tabular, tmp_path)))["Disk"]
    assert (item.state, item.forbids_start) == (state, forbids)


@pytest.mark.parametrize(
    ("each_mb", "runs", "state"),
    [(512, 1, CheckState.PASSED), (29_500, 1, CheckState.WARNING), (4_000, 20, CheckState.FAILED)],
)
def test_memory_counts_all_runs(
    tabular: ProbedWorker,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    each_mb: int,
    runs: int,
    state: CheckState,
) -> None:
    machine(monkeypatch)
    worker = needing(tabular, estimated_memory_mb=each_mb)
    order = dataclasses.replace(order_for(worker, tmp_path), runs=runs)
    assert by_name(preflight(order))["Memory"].state is state


CARD = GpuReading("Card", 6 * GB, 8 * GB, 90.0)


@pytest.mark.parametrize(
    ("needs", "cards", "devices", "state"),
    [({"requires_gpu": True}, (), None, CheckState.FAILED),
     ({"requires_gpu": True}, (CARD,), None, CheckState.PASSED),
     ({"requires_gpu": True}, (CARD,), [], CheckState.FAILED), ({}, (), None, CheckState.SKIPPED),
     ({}, (CARD,), ["1"], CheckState.FAILED), ({"gpu_memory_mb": 4000}, (CARD,), ["0"], CheckState.WARNING),
     ({}, (CARD,), [], CheckState.PASSED)],
)  # fmt: skip
def test_gpu(
    tabular: ProbedWorker,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    needs: dict[str, object],
    cards: tuple[GpuReading, ...],
    devices: list[str] | None,
    state: CheckState,
) -> None:
    machine(monkeypatch, gpus=cards)
    resources = {} if devices is None else {"devices": devices}
    item = by_name(preflight(order_for(needing(tabular, **needs), tmp_path, resources=resources)))["GPU"]
    assert item.state is state
    assert not item.forbids_start, "the person may know better"


def test_paths_and_folders_that_are_not_there(tabular: ProbedWorker, tmp_path: Path) -> None:
    gone = str(tmp_path / "gone")
    items = by_name(preflight(order_for(tabular, tmp_path, config={"resume_from": gone}, cwd=gone)))
    assert items["Working directory"].forbids_start
    assert items["Paths"].state is CheckState.WARNING
    assert gone in items["Paths"].detail


def test_an_interpreter_that_is_gone(tabular: ProbedWorker, tmp_path: Path) -> None:
    worker = dataclasses.replace(tabular, interpreter=str(tmp_path / "python"))
    items = by_name(preflight(order_for(worker, tmp_path)))
    assert items["Python"].forbids_start
    assert items["Config"].state is CheckState.WARNING, "nobody was there to refuse it"
