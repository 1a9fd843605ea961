from __future__ import annotations

import logging
import subprocess
import sys
from pathlib import Path

import pytest

import gym_gui.constants as constants
from gym_gui.config.paths import get_tensorboard_dir
from gym_gui.constants import constants_core, constants_worker
from gym_gui.constants.constants_tensorboard import (
    build_tensorboard_log_dir,
    build_tensorboard_relative_path,
)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WORKER_ENTRY_POINT_GROUP", "mosaic.workers"),
        ("WORKER_CONFIG_ENTRY_POINT_GROUP", "mosaic.worker_configs"),
        ("WORKER_RUNTIME_ENTRY_POINT_GROUP", "mosaic.worker_runtimes"),
        ("LOG_CONSTANTS_ENTRY_POINT_GROUP", "mosaic.log_constants"),
        ("WORKER_DISCOVERY_TIMEOUT_S", 5.0),
        ("WORKER_METADATA_CACHE_TTL_S", 300.0),
        ("WORKER_HEARTBEAT_INTERVAL_S", 30.0),
        ("WORKER_STARTUP_TIMEOUT_S", 60.0),
        ("WORKER_SHUTDOWN_TIMEOUT_S", 30.0),
        ("WORKER_TELEMETRY_BUFFER_SIZE", 512),
        ("WORKER_LOG_LEVEL", logging.INFO),
    ],
)
def test_a_contract_constant_has_its_value_and_type(name: str, value: object) -> None:
    found = getattr(constants, name)
    assert found == value
    assert type(found) is type(value)
    assert getattr(constants_worker, name) is found


def test_the_package_offers_every_constant_of_its_modules_and_nothing_else() -> None:
    defined = {
        name for module in (constants_core, constants_worker) for name in vars(module) if name.isupper()
    }
    assert set(constants.__all__) == defined


def test_importing_the_constants_loads_only_themselves() -> None:
    program = (
        "import sys; before = set(sys.modules); import gym_gui.constants.constants_tensorboard\n"
        "print(*sorted(set(sys.modules) - before))"
    )
    # -S -E keep site packages from importing things first, which would hide what we import.
    done = subprocess.run(
        [sys.executable, "-S", "-E", "-c", program],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    modules = [name for name in done.stdout.split() if not name.startswith("gym_gui")]
    assert modules == ["__future__"]


def test_tensorboard_files_go_below_the_run() -> None:
    assert build_tensorboard_log_dir("run-1") == get_tensorboard_dir("run-1")
    assert build_tensorboard_log_dir("run-1", "w0") == get_tensorboard_dir("run-1") / "w0"
    assert build_tensorboard_log_dir("run-1", is_eval=True) == get_tensorboard_dir("run-1") / "eval"
    assert (
        build_tensorboard_log_dir("run-1", "w0", is_eval=True) == get_tensorboard_dir("run-1") / "w0" / "eval"
    )
    assert not get_tensorboard_dir("run-1").exists()


def test_the_relative_path_names_the_same_place_below_the_data_directory(mosaic_home: Path) -> None:
    assert build_tensorboard_relative_path("run-1") == "var/trainer/runs/run-1/tensorboard"
    for worker_id in (None, "w0"):
        for is_eval in (False, True):
            relative = build_tensorboard_relative_path("run-1", worker_id, is_eval=is_eval)
            absolute = build_tensorboard_log_dir("run-1", worker_id, is_eval=is_eval)
            assert mosaic_home / relative.removeprefix("var/") == absolute


@pytest.mark.parametrize("build", [build_tensorboard_log_dir, build_tensorboard_relative_path])
@pytest.mark.parametrize(
    ("run_id", "worker_id", "named"), [("../x", None, "run id"), ("ok", "../x", "worker id")]
)
def test_an_id_that_leads_elsewhere_is_refused(build, run_id, worker_id, named) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ValueError, match=named):
        build(run_id, worker_id)
