"""The command line as a program: signals, closed readers, a missing panel, help."""

from __future__ import annotations

import json
import math
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from gym_gui.commands.console import json_line, json_text
from gym_gui.commands.exit_codes import ExitCode
from gym_gui.commands.plain import plain, plain_block, plain_but_coloured
from gym_gui.commands.table import columns_of, table
from gym_gui.commands.wording import number
from tests.cli.conftest import Gym

PROGRAM = [sys.executable, "-m", "gym_gui.cli"]


def test_help_names_every_exit_code(gym: Gym) -> None:
    said = gym("--help")
    assert said.code == 0
    for code in ExitCode:
        assert f"{code.value:>3}  {code.meaning}" in said.out


def test_wrong_usage_is_2(gym: Gym) -> None:
    for arguments in (
        (),
        ("nonsense",),
        ("runs", "--limit", "0"),
        ("runs", "extra:1"),
        ("show", "a", "b"),
        ("logs",),
    ):
        assert gym(*arguments).code == 2


def test_ctrl_c_while_waiting_leaves_the_run_going(gym: Gym, demo: str) -> None:
    waiting = subprocess.Popen(
        [*PROGRAM, "run", demo, "mode=hang", "--wait"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert waiting.stdout is not None
        first = waiting.stdout.readline()
        run_id = first.split()[1]
        while "running" not in waiting.stdout.readline():
            assert waiting.poll() is None
        waiting.send_signal(signal.SIGINT)
        _, err = waiting.communicate(timeout=20)
    finally:
        waiting.kill()
        waiting.wait()
    assert waiting.returncode == 130
    assert f"gym-gui cancel {run_id}" in err
    assert "Traceback" not in err
    assert gym("show", run_id, "--json").document["state"] == "running"
    assert gym("cancel", run_id).code == 0


def test_a_reader_that_leaves_is_no_error(mosaic_home: Path) -> None:
    folder = mosaic_home / "trainer" / "runs" / "big"
    folder.mkdir(parents=True)
    (folder / "stdout.log").write_bytes(b"x" * 79 + b"\n" * 1 + (b"y" * 79 + b"\n") * 50_000)
    for arguments in (["logs", "big"], ["logs", "big", "--json"]):
        program = subprocess.Popen([*PROGRAM, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert program.stdout is not None and program.stderr is not None
        program.stdout.read(10)
        program.stdout.close()
        assert program.stderr.read() == b""
        program.stderr.close()
        assert program.wait(20) == 141


def test_everything_but_the_panel_works_without_qt(tmp_path: Path, mosaic_home: Path) -> None:
    """An import hook stands for an environment into which PySide6 was never installed."""
    (tmp_path / "sitecustomize.py").write_text(
        "import sys\n"
        "class Refuse:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.partition('.')[0] in {'PySide6', 'shiboken6', 'pyqtgraph', 'pydantic', 'numpy'}:\n"
        "            raise ModuleNotFoundError(f'No module named {name!r}', name=name)\n"
        "sys.meta_path.insert(0, Refuse())\n"
        "import importlib.util\n"
        "found = importlib.util.find_spec\n"
        "def find_spec(name, package=None):\n"
        "    try:\n"
        "        return found(name, package)\n"
        "    except ModuleNotFoundError:\n"
        "        return None\n"
        "importlib.util.find_spec = find_spec\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    for arguments in (["workers"], ["runs"], ["--version"]):
        subprocess.run([*PROGRAM, *arguments], env=environment, check=True, capture_output=True)
    panel = subprocess.run([*PROGRAM, "panel"], env=environment, capture_output=True, text=True, check=False)
    assert panel.returncode == 6
    assert "pip install 'mosaic-panel[panel]'" in panel.stderr


def test_no_display_is_explained() -> None:
    pytest.importorskip("PySide6")
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    said = subprocess.run([*PROGRAM, "panel", "--json"], env=environment, capture_output=True, check=False)
    assert said.returncode == 6
    assert "display" in json.loads(said.stdout)["error"]["message"]


def test_a_broken_setting_is_named(gym: Gym, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOSAIC_WORKER_DISCOVERY_TIMEOUT_S", "soon")
    said = gym("workers")
    assert said.code == 2
    assert "MOSAIC_WORKER_DISCOVERY_TIMEOUT_S" in said.err


def test_text_is_made_safe() -> None:
    assert plain("naïve 漢字 👩\u200d🔬") == "naïve 漢字 👩\u200d🔬"
    assert plain("a\x1b[2J\n\t\x9b\u202e\u2028\udcff") == r"a\x1b[2J\n\t\x9b\u202e\u2028\udcff"
    assert plain_block("a\tb\r\nc\x07") == "a    b\nc\\x07"
    assert plain_but_coloured("\x1b[1;31mred\x1b[0m\x1b[H") == "\x1b[1;31mred\x1b[0m\\x1b[H\x1b[0m"


def test_json_for_machines_does_not_steer_terminals_either() -> None:
    value = {"name": "a\x9b2J\x7f\u202eb\x1b[2J漢"}
    for text in (json_text(value), json_line(value)):
        assert json.loads(text) == value
        assert not set(text) & {"\x9b", "\x7f", "\u202e", "\x1b"}
        assert "漢" in text


def test_a_table_fits_the_terminal() -> None:
    rows = [
        ("01ARZ3NDEKTSV4RRFFQ69G5FAV", "running", "", "a long name of a run " * 5),
        ("b", "x", "", "漢字" * 30),
    ]
    fitted = list(table(("RUN", "STATE", "EMPTY", "NAME"), rows, 60))
    assert all(columns_of(line) <= 60 for line in fitted)
    assert fitted[1].startswith("01ARZ3NDEKTSV4RRFFQ69G5FAV  running  a long")
    assert "EMPTY" not in fitted[0]
    assert list(table(("RUN",), [("x" * 300,)], None))[1] == "x" * 300
    assert list(table(("RUN", "A"), [], 10)) == ["RUN"]


@pytest.mark.parametrize(
    ("value", "text"), [(math.inf, "inf"), (math.nan, "nan"), (0.5, "0.500"), (1_204_000, "1,204,000")]
)
def test_numbers_are_ascii(value: float, text: str) -> None:
    assert number(value) == text
