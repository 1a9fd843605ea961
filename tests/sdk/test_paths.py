from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from gym_gui.config import paths
from gym_gui.config.paths import check_run_id, confine

GETTERS: dict[str, Callable[..., Path]] = {
    "": paths.get_run_dir,
    "tensorboard": paths.get_tensorboard_dir,
    "checkpoints": paths.get_checkpoints_dir,
    "videos": paths.get_videos_dir,
    "logs": paths.get_logs_dir,
    "plots": paths.get_plots_dir,
}


def test_the_data_directory_is_what_the_environment_names(mosaic_home: Path) -> None:
    assert paths.data_root() == mosaic_home
    assert paths.runs_root() == mosaic_home / "trainer" / "runs"


def test_a_relative_data_directory_is_made_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MOSAIC_HOME", "var")
    assert paths.data_root() == tmp_path / "var"


def test_a_tilde_is_the_home_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("MOSAIC_HOME", "~/runs")
    assert paths.data_root() == tmp_path / "runs"


def test_an_unknown_user_is_an_error_that_names_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOSAIC_HOME", "~no-such-user-here/runs")
    with pytest.raises(ValueError, match="MOSAIC_HOME"):
        paths.data_root()


@pytest.mark.parametrize("unset", [None, "", "  "])
def test_without_the_variable_it_is_the_users_data_directory(
    unset: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if unset is None:
        monkeypatch.delenv("MOSAIC_HOME")
    else:
        monkeypatch.setenv("MOSAIC_HOME", unset)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert paths.data_root().name == "mosaic-panel"
    if sys.platform == "linux":
        assert paths.data_root() == tmp_path / "data" / "mosaic-panel"
        assert paths.config_root() == tmp_path / "config" / "mosaic-panel"
        assert paths.cache_root() == tmp_path / "cache" / "mosaic-panel"


@pytest.mark.parametrize("sub_directory", GETTERS)
def test_a_directory_of_a_run_is_created_only_when_asked(sub_directory: str, mosaic_home: Path) -> None:
    get = GETTERS[sub_directory]
    expected = mosaic_home / "trainer" / "runs" / "run-1" / sub_directory
    assert get("run-1") == expected
    assert not mosaic_home.exists()
    assert get("run-1", create=True) == expected
    assert expected.is_dir()
    assert get("run-1", create=True) == expected


@pytest.mark.parametrize("run_id", ["a", "01JAB2", "2024-06-01_run.1", "A" * 128, "x..y"])
def test_a_run_id_in_the_pattern_is_accepted(run_id: str) -> None:
    assert check_run_id(run_id) == run_id


@pytest.mark.parametrize(
    "run_id",
    [
        "",
        ".",
        "..",
        "-a",
        "_a",
        ".a",
        "a/b",
        "a\\b",
        "/a",
        "a\n",
        "\na",
        "a\0",
        "a b",
        "é",
        "٣",
        "A" * 129,
        None,
        7,
    ],
)
@pytest.mark.parametrize("sub_directory", GETTERS)
def test_any_other_run_id_is_refused_everywhere(run_id: object, sub_directory: str) -> None:
    with pytest.raises(ValueError, match="run id"):
        GETTERS[sub_directory](run_id)


@given(run_id=st.text() | st.from_regex(r"[A-Za-z0-9._/\\-]{1,20}"))
def test_whatever_the_run_id_its_directory_is_a_child_of_the_runs_folder(run_id: str) -> None:
    try:
        run_dir = paths.get_run_dir(run_id)
    except ValueError:
        return
    assert Path(os.path.normpath(run_dir)).parent == paths.runs_root()


def test_the_var_names_follow_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for home in (tmp_path / "one", tmp_path / "two"):
        monkeypatch.setenv("MOSAIC_HOME", str(home))
        assert home == paths.VAR_ROOT
        assert home / "trainer" == paths.VAR_TRAINER_DIR
        assert paths.VAR_TENSORBOARD_DIR == paths.VAR_WANDB_DIR == paths.runs_root()
        assert home / "operators" / "telemetry" == paths.VAR_OPERATORS_TELEMETRY_DIR
        assert paths.get_run_dir("run-1") == paths.VAR_TRAINER_DIR / "runs" / "run-1"


def test_an_unknown_name_is_an_attribute_error() -> None:
    for name in ("VAR_NONSENSE", "nonsense"):
        with pytest.raises(AttributeError, match=name):
            getattr(paths, name)
    with pytest.raises(ImportError):
        exec("from gym_gui.config.paths import VAR_NONSENSE")


def test_every_public_name_is_there_and_listed() -> None:
    for name in paths.__all__:
        assert getattr(paths, name) is not None
    assert set(paths.__all__) <= set(dir(paths))


def test_the_var_directories_are_made_on_request(mosaic_home: Path) -> None:
    assert not mosaic_home.exists()
    paths.ensure_var_directories()
    paths.ensure_var_directories()
    assert (mosaic_home / "trainer" / "runs").is_dir()
    assert (mosaic_home / "operators" / "telemetry").is_dir()


def test_the_resources_are_found_in_the_repository() -> None:
    repository = Path(__file__).parents[2]
    assert paths.resources_root() == repository / "resources"


def test_missing_resources_are_an_error_that_says_where_they_should_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paths, "__file__", str(tmp_path / "gym_gui" / "config" / "paths.py"))
    with pytest.raises(FileNotFoundError, match="gym_gui"):
        paths.resources_root()
    (tmp_path / "resources").mkdir()
    assert paths.resources_root() == tmp_path / "resources"
    (tmp_path / "gym_gui" / "resources").mkdir(parents=True)
    assert paths.resources_root() == tmp_path / "gym_gui" / "resources"


def test_importing_and_asking_touches_no_disk_and_needs_no_platformdirs(mosaic_home: Path) -> None:
    program = (
        "import sys, gym_gui.config.paths as p\n"
        "assert str(p.get_videos_dir('run-1')) and str(p.VAR_ROOT)\n"
        "print(*[name for name in ('platformdirs', 'logging', 'dataclasses') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
    assert not mosaic_home.exists()


# What a worker may say about its files.


@pytest.fixture
def run_dir(tmp_path: Path) -> Path:
    root = tmp_path / "run"
    (root / "checkpoints").mkdir(parents=True)
    (root / "checkpoints" / "best.pt").touch()
    (tmp_path / "secret").touch()
    return root


@pytest.mark.parametrize(
    ("relative", "inside"),
    [
        ("checkpoints/best.pt", "checkpoints/best.pt"),
        (Path("checkpoints/best.pt"), "checkpoints/best.pt"),
        ("./checkpoints//best.pt", "checkpoints/best.pt"),
        ("checkpoints\\best.pt", "checkpoints/best.pt"),
        ("checkpoints/", "checkpoints"),
        ("not/there/yet", "not/there/yet"),
        ("with space/ünïcode", "with space/ünïcode"),
        ("..hidden/...", "..hidden/..."),
        ("~", "~"),
        (".", "."),
    ],
)
def test_a_path_inside_is_that_path(run_dir: Path, relative: str | Path, inside: str) -> None:
    assert confine(run_dir, relative) == run_dir / inside


@pytest.mark.parametrize(
    ("relative", "reason"),
    [
        ("..", "contains '..'"),
        ("../secret", "contains '..'"),
        ("checkpoints/../../secret", "contains '..'"),
        ("checkpoints/..", "contains '..'"),
        ("..\\secret", "contains '..'"),
        ("checkpoints\\..\\..\\secret", "contains '..'"),
        (Path("../secret"), "contains '..'"),
        ("/etc/passwd", "is absolute"),
        ("//host/share", "is absolute"),
        ("\\\\host\\share", "is absolute"),
        ("C:\\Windows", "is absolute"),
        ("c:secret", "is absolute"),
        ("best\0.pt", "NUL"),
        ("", "must be text"),
        (b"best.pt", "must be text"),
        (None, "must be text"),
        (3, "must be text"),
        ("a" * 256, "too long"),
        ("é" * 200, "too long"),
        ("a/" * 2000, "too long"),
        ("\ud800", "cannot be followed"),
    ],
)
def test_a_path_that_leaves_or_is_none_is_refused(run_dir: Path, relative: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason) as caught:
        confine(run_dir, relative)
    assert len(str(caught.value)) < 500


def test_even_an_absolute_path_into_the_directory_is_refused(run_dir: Path) -> None:
    with pytest.raises(ValueError, match="relative"):
        confine(run_dir, str(run_dir / "checkpoints"))


@pytest.mark.parametrize("relative", ["link", "link/deeper/file", "checkpoints/link", "checkpoints/link/x"])
def test_a_link_that_leads_out_is_refused_wherever_it_stands(run_dir: Path, relative: str) -> None:
    outside = run_dir.parent / "outside"
    outside.mkdir()
    (run_dir / "link").symlink_to(outside)
    (run_dir / "checkpoints" / "link").symlink_to("../../outside")
    with pytest.raises(ValueError, match="symbolic link"):
        confine(run_dir, relative)


def test_a_link_to_a_neighbour_whose_name_starts_alike_is_refused(run_dir: Path) -> None:
    neighbour = run_dir.parent / "run-2"
    neighbour.mkdir()
    (run_dir / "link").symlink_to(neighbour)
    with pytest.raises(ValueError, match="symbolic link"):
        confine(run_dir, "link")


def test_a_dangling_link_that_leads_out_is_refused(run_dir: Path) -> None:
    (run_dir / "link").symlink_to(run_dir.parent / "nothing-there")
    with pytest.raises(ValueError, match="symbolic link"):
        confine(run_dir, "link")


def test_a_link_that_stays_inside_becomes_what_it_points_at(run_dir: Path) -> None:
    (run_dir / "latest").symlink_to("checkpoints")
    assert confine(run_dir, "latest/best.pt") == run_dir / "checkpoints" / "best.pt"


def test_a_loop_of_links_is_never_followed_out(run_dir: Path) -> None:
    (run_dir / "a").symlink_to("b")
    (run_dir / "b").symlink_to("a")
    try:
        found = confine(run_dir, "a/file")
    except ValueError as error:
        assert "a/file" in str(error)
    else:
        assert found.is_relative_to(run_dir)


def test_a_root_that_is_itself_a_link_keeps_its_name(run_dir: Path) -> None:
    alias = run_dir.parent / "alias"
    alias.symlink_to(run_dir)
    assert confine(alias, "checkpoints/best.pt") == alias / "checkpoints" / "best.pt"


PIECES = st.sampled_from(
    [
        "..",
        ".",
        "/",
        "\\",
        "a",
        "link",
        "out",
        "checkpoints",
        "C:",
        "\0",
        " ",
        "~",
        "\n",
        "é",
        "\udcff",
        "%2e%2e",
    ]
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300, deadline=None)
@given(
    relative=st.text()
    | st.lists(PIECES, max_size=8).map("".join)
    | st.lists(PIECES, max_size=8).map("/".join)
)
@example("link/../../secret")
@example("out")
def test_whatever_the_input_the_result_is_inside_or_refused(run_dir: Path, relative: str) -> None:
    if not (run_dir / "out").is_symlink():
        (run_dir / "out").symlink_to("..")
        (run_dir / "link").symlink_to("checkpoints")
    try:
        found = confine(run_dir, relative)
    except ValueError:
        return
    assert Path(os.path.realpath(found)).is_relative_to(os.path.realpath(run_dir))
    found.exists()  # whatever was returned can be asked about
