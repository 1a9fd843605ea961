"""What importing the SDK may load: import cost is a feature, so the list is closed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

EMITTER_MAY_LOAD = {
    "__future__",
    "gym_gui",
    "gym_gui.constants",
    "gym_gui.constants.constants_core",
    "gym_gui.constants.constants_worker",
    "gym_gui.core",
    "gym_gui.core.worker",
    "gym_gui.core.worker.telemetry",
    "importlib",
    "importlib._bootstrap",
    "importlib._bootstrap_external",
    "_imp",
    "_warnings",
    "warnings",
}
NEVER_BY_THE_SDK = (
    "PySide6",
    "numpy",
    "pydantic",
    "msgspec",
    "platformdirs",
    "psutil",
    "pyqtgraph",
    "gymnasium",
)


def loaded_by(code: str, **environment: str) -> set[str]:
    """The modules that `code` loads beyond those of a bare interpreter."""
    script = f"import sys; before = set(sys.modules)\n{code}\nprint(*sorted(set(sys.modules) - before))"
    result = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, **environment},
    )
    return set(result.stdout.split())


def test_the_emitter_loads_a_closed_list() -> None:
    assert loaded_by("from gym_gui.core.worker import TelemetryEmitter") <= EMITTER_MAY_LOAD


def test_the_package_alone_loads_none_of_its_modules() -> None:
    loaded = {name for name in loaded_by("import gym_gui.core.worker") if name.startswith("gym_gui")}
    assert loaded == {"gym_gui", "gym_gui.core", "gym_gui.core.worker"}


@pytest.mark.parametrize(
    "code",
    [
        "import gym_gui.core.worker as w; [getattr(w, name) for name in w.__all__]",
        "import gym_gui.constants",
        "import gym_gui.constants.constants_tensorboard",
        "import gym_gui.config.paths, gym_gui.config.settings",
        "import gym_gui.logging_config.log_constants, gym_gui.logging_config.helpers, gym_gui.logging_config",
        "from gym_gui.core.enums import SteppingParadigm",
    ],
)
def test_what_workers_import_needs_the_standard_library_only(code: str) -> None:
    loaded = loaded_by(code)
    assert not {name for name in loaded if name.partition(".")[0] in NEVER_BY_THE_SDK}
    foreign = {
        name.partition(".")[0]
        for name in loaded
        if name.partition(".")[0] not in sys.stdlib_module_names and not name.startswith(("gym_gui", "_"))
    }
    assert foreign <= {"orjson"}


def test_the_first_event_brings_the_encoder_alone() -> None:
    loaded = loaded_by(
        "import io\nfrom gym_gui.core.worker import TelemetryEmitter\n"
        "TelemetryEmitter('r', sink=io.StringIO()).heartbeat({'step': 1})"
    )
    assert "orjson" in loaded
    assert not {name for name in loaded if name.partition(".")[0] in NEVER_BY_THE_SDK}
    assert "logging" not in loaded


def test_importing_leaves_nothing_on_disk(tmp_path: Path) -> None:
    everything = "import gym_gui.core.worker as w; [getattr(w, name) for name in w.__all__]"
    code = f"{everything}\nimport gym_gui.config.paths, gym_gui.config.settings, gym_gui.logging_config"
    home = tmp_path / "home"
    home.mkdir()
    loaded_by(
        f"import os; os.chdir({str(home)!r})\n{code}",
        HOME=str(home),
        MOSAIC_HOME=str(home / "data"),
        PYTHONDONTWRITEBYTECODE="1",
    )
    assert list(home.rglob("*")) == []


def test_the_supervisor_loads_no_package_at_all() -> None:
    loaded = loaded_by("import gym_gui.core.runs.supervisor")
    foreign = {
        name
        for name in loaded
        if name.partition(".")[0] not in {*sys.stdlib_module_names, "gym_gui"} and not name.startswith("_")
    }
    assert not foreign
    assert not {"gym_gui.core.runs.record", "dataclasses", "typing", "subprocess", "pathlib"} & loaded
