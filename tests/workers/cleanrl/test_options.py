"""Options read from a script's source, and the command lines that set them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gym_gui.workers.cleanrl.options import OptionKind, ScriptOption
from gym_gui.workers.cleanrl.script import ScriptError, read_script
from tests.workers.cleanrl.conftest import CHECKOUT, WALK


def test_argparse_options_are_found_with_kind_default_and_help() -> None:
    options = read_script(WALK).options
    assert options["total_timesteps"] == ScriptOption(
        "total_timesteps", "--total-timesteps", OptionKind.INTEGER, 4000, "total timesteps"
    )
    assert options["learning_rate"].kind is OptionKind.NUMBER
    assert options["save_model"].kind is OptionKind.BOOLEAN
    assert (options["sizes"].kind, options["sizes"].default) == (OptionKind.LIST, [1, 2])
    assert options["speed"].choices == ("slow", "fast")
    assert options["quiet"].default is False


def test_tyro_options_are_found_with_kind_default_and_help() -> None:
    script = read_script(CHECKOUT / "cleanrl" / "reinforce.py")
    options = script.options
    assert script.uses_tyro
    assert options["seed"] == ScriptOption("seed", "--seed", OptionKind.INTEGER, 1, "seed of the experiment")
    assert (options["hidden"].kind, options["hidden"].default) == (OptionKind.LIST, [32])
    assert options["target"].kind is OptionKind.NUMBER
    assert options["optimizer"].choices == ("adam", "sgd")
    assert options["exp_name"].default is None  # computed


@pytest.mark.parametrize(
    ("source", "name", "value", "words"),
    [
        ("argparse", "learning_rate", -1e-05, ["--learning-rate=-1e-05"]),
        ("argparse", "save_model", True, ["--save-model", "True"]),
        ("argparse", "save_model", False, ["--save-model", "False"]),
        ("argparse", "quiet", True, ["--quiet"]),
        ("argparse", "quiet", False, []),
        ("argparse", "sizes", [3, 4], ["--sizes", "3", "4"]),
        ("tyro", "cuda", False, ["--no-cuda"]),
        ("tyro", "track", True, ["--track"]),
        ("tyro", "hidden", [64, 64], ["--hidden", "64", "64"]),
        ("tyro", "env_id", "--evil", ["--env-id=--evil"]),
    ],
)
def test_a_value_becomes_the_words_its_generation_understands(
    source: str, name: str, value: Any, words: list[str]
) -> None:
    path = WALK if source == "argparse" else CHECKOUT / "cleanrl" / "reinforce.py"
    assert read_script(path).options[name].arguments(value) == words


def test_bases_fields_and_quoted_annotations_of_tyro_are_followed(tmp_path: Path) -> None:
    path = tmp_path / "script.py"
    path.write_text(
        "import tyro\nclass Base:\n    seed: 'int | None' = None\n"
        "class Args(Base):\n    sizes: list[int] = field(default_factory=lambda: [8, 8])\n"
        "    rate: float = 3 * 2\nargs = tyro.cli(Args)\n"
    )
    options = read_script(path).options
    assert list(options) == ["seed", "sizes", "rate"]
    assert options["seed"].kind is OptionKind.INTEGER
    assert options["sizes"].default == [8, 8]
    assert options["rate"].default == 6


def test_reading_a_script_does_not_run_it(tmp_path: Path) -> None:
    path, trace = tmp_path / "script.py", tmp_path / "trace"
    path.write_text(f"open({str(trace)!r}, 'w')\nraise SystemExit(3)\n")
    assert read_script(path).options == {}
    assert not trace.exists()


@pytest.mark.parametrize("content", [b"def (", b"\0", b"\xff\xfe\xff", b"(" * 5000])
def test_what_is_no_python_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "script.py"
    path.write_bytes(content)
    with pytest.raises(ScriptError, match=r"script\.py"):
        read_script(path)


def test_the_evaluation_a_script_calls_is_found() -> None:
    call = read_script(WALK).evaluation
    assert call is not None
    assert (call.module, call.models, call.keywords) == ("", ("Policy",), {"epsilon": 0.0})
    other = read_script(CHECKOUT / "cleanrl" / "reinforce.py").evaluation
    assert other is not None
    assert (other.module, other.models) == ("cleanrl_utils.evals.reinforce_eval", ("Agent",))
