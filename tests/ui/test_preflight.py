from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gym_gui import preflight

ROOT = Path(__file__).resolve().parent.parent.parent
X11 = {"DISPLAY": ":0"}


def everything(library: str) -> bool:
    return True


def answers(display: str) -> str:
    return ""


def test_no_display_says_what_to_do() -> None:
    assert preflight.obstacle({}, "linux", everything) == preflight.NO_DISPLAY
    for way in ("ssh -X", "xvfb-run", "QT_QPA_PLATFORM", "gym-gui"):
        assert way in preflight.NO_DISPLAY


@pytest.mark.parametrize(
    "environment",
    [X11, {"WAYLAND_DISPLAY": "wayland-0"}, {"QT_QPA_PLATFORM": "offscreen"}, {"QT_QPA_PLATFORM": "vnc"}],
)
def test_a_display_is_no_obstacle(environment: dict[str, str]) -> None:
    assert preflight.obstacle(environment, "linux", everything, answers) is None


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_other_systems_need_no_display_variable(platform: str) -> None:
    assert preflight.obstacle({}, platform, everything) is None


def test_a_missing_library_of_xcb_comes_with_its_package() -> None:
    said = preflight.obstacle(X11, "linux", lambda library: library != "libxcb-cursor.so.0", answers)
    assert said is not None
    assert "libxcb-cursor.so.0" in said
    assert "apt install libxcb-cursor0 " in said
    assert "dnf install xcb-util-cursor " in said


@pytest.mark.parametrize("display", [":4711", "localhost:4711.0", "nonsense"])
def test_a_display_that_does_not_answer_is_named_before_qt_aborts(display: str) -> None:
    result = subprocess.run(
        [sys.executable, str(ROOT / "main.py")],
        env={**{k: v for k, v in os.environ.items() if k != "QT_QPA_PLATFORM"}, "DISPLAY": display},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert result.returncode == 2
    assert repr(display) in result.stderr
    assert "ssh -X" in result.stderr


def test_wayland_does_not_need_xcb() -> None:
    assert preflight.obstacle({**X11, "WAYLAND_DISPLAY": "w"}, "linux", lambda library: False) is None


def test_without_pyside_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preflight.importlib.util, "find_spec", lambda name: None)
    said = preflight.obstacle(X11, "linux", everything)
    assert said is not None
    assert "pip install 'mosaic-panel[panel]'" in said


@pytest.mark.parametrize(
    ("message", "package"),
    [("libEGL.so.1: cannot open shared object file: No such file or directory", "libegl1"),
     ("libGL.so.1: cannot open shared object file", "libgl1"),
     ("libglib-2.0.so.0: cannot open shared object file", "libglib2.0-0"),
     ("libmystery.so.3: cannot open shared object file", "libmystery.so.3")],
)  # fmt: skip
def test_a_library_qt_cannot_load_is_named(message: str, package: str) -> None:
    said = preflight.explain_import_error(ImportError(message, path="/site/PySide6/QtGui.abi3.so"))
    assert said is not None
    assert package in said


def test_pyside_that_is_half_there_is_named() -> None:
    assert (
        preflight.explain_import_error(ModuleNotFoundError("No module", name="PySide6.QtSvg"))
        == preflight.NO_PANEL
    )


def test_other_import_errors_are_not_explained_away() -> None:
    assert preflight.explain_import_error(ImportError("cannot import name 'x'", name="gym_gui.ui")) is None


def test_the_needed_library_has_a_package_for_each_name() -> None:
    assert set(preflight._NEEDED_BY_XCB) <= set(preflight._DEBIAN_AND_FEDORA)


def test_main_without_a_display_exits_with_2_and_no_abort() -> None:
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}
    }
    done = subprocess.run(
        [sys.executable, "main.py"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    if sys.platform.startswith("linux"):
        assert done.returncode == 2
        assert "no display" in done.stderr
        assert "Traceback" not in done.stderr
