"""Plain scripts as workers: asked for their arguments, launched with them, listed, taken off."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from gym_gui.cli import main
from gym_gui.config.paths import runs_root
from gym_gui.core.runs.directory import RunStore
from gym_gui.core.scripts.asking import ask_flags
from gym_gui.core.scripts.describing import describe_scripts, with_flags, worker_of, worker_of_run
from gym_gui.core.scripts.model import Passing, Script, ScriptProblem
from gym_gui.core.scripts.registry import ScriptRegistry

TRAINING = """
import argparse, json, sys
parser = argparse.ArgumentParser(description="Adds up.")
parser.add_argument("--total-steps", type=int, default=30)
parser.add_argument("--learning-rate", type=float, default=0.5)
parser.add_argument("--track", action="store_true")
parser.add_argument("--cuda", action=argparse.BooleanOptionalAction, default=True)
parser.add_argument("--mode", choices=["a", "b"], default="a")
parser.add_argument("--sizes", type=int, nargs="+", default=[1, 2])
parser.add_argument("--env-id", required=True)
parser.parse_args()
print(json.dumps({"event": "run_started"}))
print(json.dumps({"event": "run_completed", "payload": {"argv": sys.argv[1:]}}), flush=True)
"""


@pytest.fixture
def script(tmp_path: Path) -> Path:
    file = tmp_path / "train.py"
    file.write_text(TRAINING)
    return file


def registered(file: Path, **given: object) -> Script:
    return with_flags(Script(name="train", file=str(file), python=sys.executable, **given))  # type: ignore[arg-type]


def test_the_flags_of_an_argparse_script(script: Path) -> None:
    schema = ask_flags(sys.executable, str(script)).schema
    assert schema is not None
    properties = schema["properties"]
    assert properties["total_steps"] == {"x-flag": "--total-steps", "type": "integer", "default": 30}
    assert properties["mode"]["enum"] == ["a", "b"]
    assert properties["cuda"]["x-switch"] == "pair"
    assert properties["track"]["x-switch"] == "switch"
    assert schema["required"] == ["env_id"]
    assert schema["description"] == "Adds up."


def test_a_script_that_reads_no_arguments_is_not_run_to_find_out(tmp_path: Path) -> None:
    trace = tmp_path / "ran"
    file = tmp_path / "plain.py"
    file.write_text(f"open({str(trace)!r}, 'w')")
    found = ask_flags(sys.executable, str(file))
    assert found.schema is None
    assert "argparse" in found.problem
    assert not trace.exists()


def test_a_script_that_fails_says_why_its_flags_are_not_known(tmp_path: Path) -> None:
    file = tmp_path / "broken.py"
    file.write_text("import argparse\nimport not_a_module_anywhere")
    found = ask_flags(sys.executable, str(file))
    assert found.schema is None
    assert "not_a_module_anywhere" in found.problem


def test_values_reach_the_script_as_its_flags(script: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["script", "add", str(script)]) == 0
    values = ["env_id=Lake-v1", "cuda=false", "learning_rate=-1.5", "track=true"]
    assert main(["run", "train", *values, "--wait"]) == 0
    store = RunStore(runs_root())
    run = store.open(store.run_ids()[0])
    said = [json.loads(line) for line in run.stdout_file.read_text().splitlines()]
    wanted = ["--total-steps", "30", "--learning-rate=-1.5", "--track", "--no-cuda", "--mode", "a"]
    assert said[-1]["payload"]["argv"] == [*wanted, "--sizes", "1", "2", "--env-id", "Lake-v1"]
    assert "completed" in capfd.readouterr().out


def test_a_run_is_repeated_from_its_config(script: Path) -> None:
    assert main(["script", "add", str(script), "--name", "adder"]) == 0
    assert main(["run", "adder", "env_id=Lake-v1", "--wait"]) == 0
    store = RunStore(runs_root())
    config = store.open(store.run_ids()[0]).config_file
    assert main(["run", "adder", "--config", str(config), "--wait"]) == 0
    assert len(store.run_ids()) == 2


def test_what_is_required_is_asked_for_before_anything_starts(script: Path) -> None:
    assert main(["script", "add", str(script)]) == 0
    assert main(["run", "train"]) == 2
    assert not RunStore(runs_root()).run_ids()


def test_a_config_file_where_the_script_wants_one(tmp_path: Path) -> None:
    file = tmp_path / "reads.py"
    file.write_text(
        "import json, sys\nassert sys.argv[1] == '--config'\n"
        "print(json.dumps({'event': 'run_completed', 'payload': json.load(open(sys.argv[2]))}))"
    )
    schema = tmp_path / "schema.json"
    schema.write_text('{"properties": {"steps": {"type": "integer", "default": 7}}}')
    assert main(["script", "add", str(file), "--passes", "file", "--schema", str(schema)]) == 0
    assert main(["run", "reads", "--wait"]) == 0
    store = RunStore(runs_root())
    said = json.loads(store.open(store.run_ids()[0]).stdout_file.read_text())
    assert said["payload"]["steps"] == 7


def test_a_changed_script_is_asked_again(script: Path) -> None:
    registry = ScriptRegistry()
    registry.add(registered(script))
    script.write_text(TRAINING.replace("--total-steps", "--most-steps"))
    worker = describe_scripts(registry).workers[0]
    assert worker.schema is not None
    assert "most_steps" in worker.schema["properties"]
    kept = registry.get("train").flags
    assert kept is not None
    assert "most_steps" in kept["properties"]


def test_a_script_that_is_gone_is_a_broken_worker(script: Path) -> None:
    registry = ScriptRegistry()
    registry.add(registered(script))
    script.unlink()
    worker = describe_scripts(registry).workers[0]
    assert worker.failure is not None
    assert str(script) in worker.failure.message


def test_a_run_of_a_script_nobody_registered_can_be_repeated(script: Path, tmp_path: Path) -> None:
    arguments = ["--env-id", "Lake-v1"]
    assert main(["run", "--script", str(script), "--wait", "--", *arguments]) == 0
    store = RunStore(runs_root())
    run = store.open(store.run_ids()[0])
    config = json.loads(run.config_file.read_text())
    worker = worker_of_run("train", sys.executable, config, str(tmp_path))
    assert worker is not None
    assert worker.command[-2:] == ("--passes", "list")
    assert worker_of_run("train", sys.executable, {"steps": 1}, "") is None


@pytest.mark.parametrize(
    "content", ["{", "[]", '{"format": 1, "scripts": [{"name": 3}]}', '{"format": 99}', "\0"]
)
def test_a_list_that_cannot_be_read_is_named_and_left_alone(content: str) -> None:
    registry = ScriptRegistry()
    registry.file.parent.mkdir(parents=True, exist_ok=True)
    registry.file.write_text(content)
    with pytest.raises(ScriptProblem, match=r"scripts\.json"):
        registry.scripts()
    assert describe_scripts(registry).failure is not None
    assert registry.file.read_text() == content


@pytest.mark.parametrize("name", ["", "../up", "a b", "-x", "x" * 65])
def test_names_that_cannot_be_given(script: Path, name: str) -> None:
    with pytest.raises(ScriptProblem, match="name"):
        ScriptRegistry().add(Script(name=name, file=str(script), python=sys.executable))


def test_a_name_is_given_once_and_removing_deletes_nothing(script: Path) -> None:
    registry = ScriptRegistry()
    registry.add(registered(script))
    with pytest.raises(ScriptProblem, match="taken"):
        registry.add(registered(script))
    registry.remove("train")
    assert registry.scripts() == ()
    assert script.exists()


def test_a_command_says_all_that_the_start_needs(script: Path, tmp_path: Path) -> None:
    script_ = registered(script, passing=Passing.FILE, arguments=("-O",), cwd=str(tmp_path))
    command = worker_of(script_).command
    assert command[-5:] == ("--cwd", str(tmp_path), "--argument=-O", "--passes", "file")
