"""What the configuration refuses before anything is started, field by field and with the mend."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from gym_gui.core.forms.schema import form_fields
from gym_gui.core.worker.config_faults import explain_config_error
from gym_gui.workers.cleanrl import get_worker_metadata, offered
from gym_gui.workers.cleanrl.config import CleanRLConfig
from gym_gui.workers.cleanrl.preparation import prepare
from tests.workers.cleanrl.conftest import CHECKOUT, WALK, config


def faults(**fields: Any) -> dict[str, str]:
    """The faults of a configuration, by field."""
    data = {"run_id": "run", "script": str(WALK), **fields}
    with pytest.raises(ValidationError) as caught:
        CleanRLConfig.from_dict(data)
    return {fault.field: fault.message for fault in explain_config_error(CleanRLConfig, data, caught.value)}


def test_a_configuration_comes_back_unchanged_through_json() -> None:
    made = config(script_args={"learning_rate": 0.25, "quiet": True}, total_timesteps=10, save_model=True)
    assert CleanRLConfig.from_dict(json.loads(json.dumps(made.to_dict()))) == made


@pytest.mark.parametrize(
    ("fields", "place", "says"),
    [
        ({"script_args": {"learning_rat": 1}}, "script_args", "did you mean 'learning_rate'"),
        ({"script_args": {"sizes": 3}}, "script_args", "sizes: expected a list"),
        ({"script_args": {"speed": "medium"}}, "script_args", "speed: must be one of slow, fast"),
        ({"script_args": {"learning_rate": "much"}}, "script_args", "expected a number"),
        ({"script_args": {"seed": 3}}, "script_args", "by the field seed"),
        ({"capture_video": True}, "capture_video", "has no option 'capture_video'"),
        ({"script": "nowhere.py"}, "script", "there is no such file"),
        ({"script": str(CHECKOUT), "algorithm": "nothing"}, "script", "nothing.py"),
        ({"python": "/nowhere/python"}, "python", "cannot be started"),
        ({"python": "/bin/false"}, "python", "is no Python"),
        ({"python_path": ["/nowhere"]}, "python_path", "no such folder"),
        ({"mode": "evaluate"}, "checkpoint", "name the model"),
        ({"mode": "evaluate", "checkpoint": "gone.cleanrl_model"}, "checkpoint", "there is no such file"),
        ({"total_timesteps": 0}, "total_timesteps", "greater than or equal to 1"),
        ({"seeed": 1}, "seeed", "did you mean 'seed'"),
    ],
)
def test_what_cannot_run_is_refused_at_its_field(fields: dict[str, Any], place: str, says: str) -> None:
    assert says in faults(**fields)[place]


def fake_install(folder: Path, **versions: str) -> str:
    """A folder in which distributions of these versions seem to be installed."""
    for name, version in versions.items():
        info = folder / f"{name}-{version}.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        (folder / f"{name}.py").write_text("")
    return str(folder)


OLD_STYLE = "import gymnasium\nif 'final_info' in {}: pass\n"


@pytest.mark.parametrize(
    ("source", "version", "refused"),
    [
        (OLD_STYLE, "1.0.0", True),
        (OLD_STYLE, "1.4.0", True),
        (OLD_STYLE, "0.29.1", False),
        ("import gymnasium\n", "1.4.0", False),
        (OLD_STYLE + "mode = gymnasium.vector.AutoresetMode.SAME_STEP\n", "1.4.0", False),
    ],
)
def test_the_gymnasium_trap_is_told_before_the_start(
    tmp_path: Path, source: str, version: str, refused: bool
) -> None:
    script = tmp_path / "script.py"
    script.write_text(source)
    folder = fake_install(tmp_path / "modules", gymnasium=version)
    if refused:
        message = faults(script=str(script), python_path=[folder])["script"]
        assert f"gymnasium {version}" in message
        assert "episodic_return" in message
        assert "gymnasium[classic-control]==0.29.1" in message
    else:
        config(script=str(script), python_path=[folder])


def test_modules_that_the_interpreter_lacks_are_named_with_the_mend(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text("import no_such_module_anywhere.part\nimport json\n")
    message = faults(script=str(script))["script"]
    assert "imports no_such_module_anywhere" in message
    assert f"{sys.executable} -m pip install no_such_module_anywhere" in message


def test_modules_beside_a_script_count(tmp_path: Path) -> None:
    (tmp_path / "helpers_of_mine.py").write_text("")
    script = tmp_path / "script.py"
    script.write_text("import helpers_of_mine\n")
    config(script=str(script))


def test_video_is_refused_where_it_cannot_be_recorded(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text("import gymnasium\nparser.add_argument('--capture-video', type=bool)\n")
    folder = fake_install(tmp_path / "modules", gymnasium="0.29.1", moviepy="2.1.0", pygame="2.6.1")
    message = faults(script=str(script), capture_video=True, python_path=[folder])["capture_video"]
    assert "moviepy 2.1.0 is too new" in message
    assert "'moviepy<2'" in message


def test_new_baselines_under_an_old_script_are_refused(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text("import gym\nimport stable_baselines3\n")
    folder = tmp_path / "modules"
    fake_install(folder, gym="0.23.1", stable_baselines3="2.3.2")
    assert "stable-baselines3==1.2.0" in faults(script=str(script), python_path=[str(folder)])["script"]


def test_a_checkout_is_found_by_its_folder_and_has_its_own_modules(tmp_path: Path) -> None:
    for place in ("cleanrl/mini.py", "cleanrl_utils/own.py"):
        (tmp_path / place).parent.mkdir()
        (tmp_path / place).write_text("")
    (tmp_path / "cleanrl/mini.py").write_text("import cleanrl_utils\n")
    prepared = prepare(config(script=str(tmp_path), algorithm="mini"))
    assert prepared.script.path == tmp_path / "cleanrl/mini.py"
    assert str(tmp_path) in prepared.interpreter.environment()["PYTHONPATH"].split(os.pathsep)


def test_without_cleanrl_the_mend_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    empty = tmp_path / "cleanrl"
    empty.mkdir()  # a package without scripts, as the versions before 1.0 are
    message = faults(script=None, python_path=[str(tmp_path)], algorithm="pppo")["algorithm"]
    assert "pppo" in message


def test_the_form_offers_the_options_of_the_installed_scripts(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "walk.py").write_text(WALK.read_text())
    monkeypatch.setattr(offered, "installed_scripts", lambda: [tmp_path / "walk.py"])
    schema = CleanRLConfig.model_json_schema()
    fields = {field.name: field for field in form_fields(schema)}
    assert fields["algorithm"].suggestions == ("walk",)
    members = {member.name: member for member in fields["script_args"].members}
    assert "4000" not in members["sizes"].description
    assert members["learning_rate"].description == "--learning-rate. Unset: 0.5 in walk"
    assert members["speed"].choices == ("slow", "fast")
    assert "seed" not in members
    assert not fields["script_args"].closed


def test_every_field_says_what_it_is_for() -> None:
    assert [f.name for f in form_fields(CleanRLConfig.model_json_schema()) if not f.description] == []


def test_the_description_is_true() -> None:
    metadata, capabilities = get_worker_metadata()
    assert capabilities.worker_type == "cleanrl"
    assert not capabilities.supports_checkpointing  # no script can go on from one
    assert "cannot continue" in metadata.description
