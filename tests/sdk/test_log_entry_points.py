"""Workers' own log constants, found through the metadata of distributions put on the path."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from gym_gui.config.entry_points import entry_points_of

Installer = Callable[..., None]


@pytest.fixture
def site(tmp_path: Path) -> Path:
    directory = tmp_path / "site"
    directory.mkdir()
    return directory


@pytest.fixture
def install(site: Path) -> Installer:
    """Puts a distribution on the path: one module of constants, named by one entry point."""

    def put(worker_type: str, body: str, *, module: str = "", value: str = "", text: str = "") -> None:
        module = module or f"{worker_type.replace('-', '_')}_constants"
        (site / f"{module}.py").write_text(
            f"print('loaded {module}')\n"
            "from gym_gui.logging_config.log_constants import LogConstant\n"
            "def made(code, message='Began'):\n"
            "    return LogConstant(code, 'INFO', message, 'Worker', 'MyRuntime', ('my', 'worker'))\n"
            f"{body}\n"
        )
        info = site / f"{module}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n")
        entry_point = text or f"{worker_type} = {value or module}"
        (info / "entry_points.txt").write_text(f"[mosaic.log_constants]\n{entry_point}\n")

    return put


@pytest.fixture
def run_python(site: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], str]:
    """What a program prints in a process of its own that sees the fake distributions."""
    monkeypatch.setenv("PYTHONPATH", str(site))

    def run(program: str) -> str:
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


def importing(name: str) -> str:
    """A program that imports one constant and prints the error and its cause, or the code."""
    return (
        "try:\n"
        f"    from gym_gui.logging_config.log_constants import {name} as found\n"
        "    print(found.code)\n"
        "except ImportError as error:\n"
        "    print(type(error).__name__, type(error.__cause__).__name__, error)\n"
    )


def test_a_workers_own_constant_resolves(install: Installer, run_python: Callable[[str], str]) -> None:
    install(
        "myworker", "LOG_WORKER_MYWORKER_RUNTIME_STARTED = made('MYW1')\nLOG_WORKER_MYWORKER_X = made('MYW2')"
    )
    out = run_python(
        "from gym_gui.logging_config import log_constants as lc\n"
        "print(lc.get_constant_by_code('MYW1'))\n"
        "from gym_gui.logging_config.log_constants import LOG_WORKER_MYWORKER_RUNTIME_STARTED as c\n"
        "assert lc.LOG_WORKER_MYWORKER_RUNTIME_STARTED is c is lc.get_constant_by_code('MYW1')\n"
        "assert lc.get_constant_by_code('MYW2') is lc.LOG_WORKER_MYWORKER_X\n"
        "assert 'MyRuntime' in lc.get_component_snapshot()['Worker']\n"
        "assert lc.find_by_tag('my') == [c, lc.LOG_WORKER_MYWORKER_X]\n"
        "print(lc.validate_log_constants())"
    )
    # Looking up loads nothing, and the module is loaded once.
    assert out.splitlines() == ["None", "loaded myworker_constants", "[]"]


def test_the_worker_that_ships_uses_the_same_way(run_python: Callable[[str], str]) -> None:
    out = run_python(
        "from gym_gui.logging_config import log_constants as lc\n"
        "from gym_gui.logging_config.log_constants import LOG_WORKER_TABULAR_RUNTIME_STARTED as c\n"
        "assert c in lc.find_by_tag('tabular')\n"
        "print(lc.validate_log_constants(), lc.get_constant_by_code(c.code) is c)"
    )
    assert out == "[] True\n"


@pytest.mark.parametrize(
    ("worker_type", "name"),
    [
        ("my_worker", "LOG_WORKER_MY_WORKER_STARTED"),
        ("my-worker", "LOG_WORKER_MY_WORKER_STARTED"),
        ("My.Worker", "LOG_WORKER_MY_WORKER_STARTED"),
        ("my", "LOG_MOSAIC_WORKER_MY_STARTED"),
    ],
)
def test_every_spelling_of_a_worker_type_resolves(
    worker_type: str, name: str, install: Installer, run_python: Callable[[str], str]
) -> None:
    install(worker_type, f"{name} = made('MYW1')", module="spelled")
    assert run_python(importing(name)).split()[-1] == "MYW1"


def test_only_the_worker_in_the_name_is_loaded(install: Installer, run_python: Callable[[str], str]) -> None:
    install("mine", "LOG_WORKER_MINE_STARTED = made('MINE1')")
    install("other", "LOG_WORKER_OTHER_STARTED = made('OTHER1')")
    install("broken", "raise RuntimeError('never to be loaded')")
    assert run_python(importing("LOG_WORKER_MINE_STARTED")).splitlines() == ["loaded mine_constants", "MINE1"]


def test_of_two_types_that_fit_the_longer_is_asked_first(
    install: Installer, run_python: Callable[[str], str]
) -> None:
    install("my", "LOG_WORKER_MY_BIG_STARTED = made('SHORT1')\nLOG_WORKER_MY_BIG_ENDED = made('SHORT2')")
    install("my_big", "LOG_WORKER_MY_BIG_ENDED = made('LONG2')")
    assert run_python(importing("LOG_WORKER_MY_BIG_ENDED")).splitlines() == [
        "loaded my_big_constants",
        "LONG2",
    ]


def test_the_shorter_type_is_asked_when_the_longer_has_it_not(
    install: Installer, run_python: Callable[[str], str]
) -> None:
    install("my", "LOG_WORKER_MY_BIG_STARTED = made('SHORT1')")
    install("my_big", "LOG_WORKER_MY_BIG_ENDED = made('LONG2')")
    assert run_python(importing("LOG_WORKER_MY_BIG_STARTED")).split()[-1] == "SHORT1"


def test_a_worker_adds_to_a_family_of_the_catalogue(
    install: Installer, run_python: Callable[[str], str]
) -> None:
    install("cleanrl", "LOG_WORKER_CLEANRL_SOMETHING_NEW = made('CLX1')")
    assert run_python(importing("LOG_WORKER_CLEANRL_SOMETHING_NEW")).split()[-1] == "CLX1"
    assert run_python(importing("LOG_WORKER_CLEANRL_RUNTIME_STARTED")).split() == ["LOG431"]


def test_a_module_may_import_constants_of_the_catalogue(
    install: Installer, run_python: Callable[[str], str]
) -> None:
    install(
        "mine",
        "from gym_gui.logging_config.log_constants import LOG_WORKER_RAY_HEARTBEAT\n"
        "LOG_WORKER_MINE_STARTED = made('MINE1')",
    )
    assert run_python(importing("LOG_WORKER_MINE_STARTED")).split()[-1] == "MINE1"


def test_the_attribute_of_a_module_may_hold_them(
    install: Installer, run_python: Callable[[str], str]
) -> None:
    install(
        "mine",
        "class Constants:\n    LOG_WORKER_MINE_STARTED = made('MINE1')",
        value="mine_constants:Constants",
    )
    assert run_python(importing("LOG_WORKER_MINE_STARTED")).split()[-1] == "MINE1"


def test_an_unknown_name_says_how_to_make_it_resolve(run_python: Callable[[str], str]) -> None:
    out = run_python(importing("LOG_WORKER_MYWORKER_RUNTIME_STARTED"))
    assert out.startswith("ImportError NoneType")
    for part in (
        "LOG_WORKER_MYWORKER_RUNTIME_STARTED",
        "mosaic.log_constants",
        'myworker = "package.log_constants"',
    ):
        assert part in out


def test_a_mistyped_name_is_told_the_nearest(run_python: Callable[[str], str]) -> None:
    out = run_python(importing("LOG_WORKER_CLEANRL_HEARTBEATS"))
    assert "did you mean LOG_WORKER_CLEANRL_HEARTBEAT?" in out


def test_a_name_its_own_module_lacks_says_which_module(
    install: Installer, run_python: Callable[[str], str]
) -> None:
    install("mine", "LOG_WORKER_MINE_STARTED = made('MINE1')")
    out = run_python(importing("LOG_WORKER_MINE_START"))
    assert "mine_constants 1.0 (mine_constants) defines no log constant LOG_WORKER_MINE_START" in out
    assert "did you mean LOG_WORKER_MINE_STARTED?" in out


@pytest.mark.parametrize(
    ("body", "cause"),
    [
        ("import no_such_module_here", "ModuleNotFoundError"),
        ("1 / 0", "ZeroDivisionError"),
        ("raise SystemExit(3)", "SystemExit"),
        ("LOG_WORKER_MINE_BAD = LogConstant('X', 'LOUD', 'm', 'Worker')", "ValueError"),
        ("def broken(:", "SyntaxError"),
        ("from gym_gui.logging_config.log_constants import LOG_WORKER_MINE_STARTED", "ImportError"),
    ],
)
def test_a_broken_module_is_an_import_error_with_its_cause_and_breaks_no_other_name(
    body: str, cause: str, install: Installer, run_python: Callable[[str], str]
) -> None:
    install("mine", f"{body}\nLOG_WORKER_MINE_STARTED = made('MINE1')")
    install("other", "LOG_WORKER_OTHER_STARTED = made('OTHER1')")
    out = run_python(
        importing("LOG_WORKER_MINE_STARTED")
        + importing("LOG_WORKER_OTHER_STARTED")
        + importing("LOG_WORKER_RAY_HEARTBEAT")
    )
    errors = [line for line in out.splitlines() if line.startswith("ImportError")]
    assert len(errors) == 1
    assert errors[0].startswith(
        f"ImportError {cause} the log constants of mine_constants 1.0 (mine_constants)"
    )
    assert "OTHER1" in out.split()
    assert "LOG459" in out.split()


@pytest.mark.parametrize(
    "value", ["no_such_module", "mine_constants:nothing", "mine_constants:made.x", "not a name"]
)
def test_an_entry_point_that_leads_nowhere_is_an_import_error(
    value: str, install: Installer, run_python: Callable[[str], str]
) -> None:
    install("mine", "LOG_WORKER_MINE_STARTED = made('MINE1')", value=value)
    out = run_python(importing("LOG_WORKER_MINE_STARTED"))
    assert "mine_constants 1.0" in out.splitlines()[-1]
    assert out.splitlines()[-1].startswith("ImportError")


def test_a_code_of_the_catalogue_is_refused_and_both_are_named(
    install: Installer, run_python: Callable[[str], str]
) -> None:
    install("mine", "LOG_WORKER_MINE_STARTED = made('LOG431')\nLOG_WORKER_MINE_ENDED = made('MINE2')")
    out = run_python(
        importing("LOG_WORKER_MINE_STARTED")
        + "from gym_gui.logging_config.log_constants import get_constant_by_code\n"
        + "print(get_constant_by_code('LOG431').subcomponent, get_constant_by_code('MINE2'))"
    )
    error = next(line for line in out.splitlines() if line.startswith("ImportError LogCodeCollisionError"))
    for part in (
        "LOG431",
        "LOG_WORKER_CLEANRL_RUNTIME_STARTED of mosaic-panel",
        "LOG_WORKER_MINE_STARTED of mine_constants 1.0",
    ):
        assert part in error
    assert out.splitlines()[-1] == "CleanRLRuntime None"


def test_a_code_of_another_worker_is_refused_and_both_are_named(
    install: Installer, run_python: Callable[[str], str]
) -> None:
    install("mine", "LOG_WORKER_MINE_STARTED = made('SAME1')")
    install("other", "LOG_WORKER_OTHER_STARTED = made('SAME1', 'Else')")
    out = run_python(importing("LOG_WORKER_MINE_STARTED") + importing("LOG_WORKER_OTHER_STARTED"))
    for part in (
        "LOG_WORKER_MINE_STARTED of mine_constants 1.0",
        "LOG_WORKER_OTHER_STARTED of other_constants 1.0",
    ):
        assert part in out.splitlines()[-1]


def test_unreadable_metadata_of_one_distribution_hides_no_other(
    install: Installer, run_python: Callable[[str], str]
) -> None:
    install("broken", "", text="this is no entry point")
    install("mine", "LOG_WORKER_MINE_STARTED = made('MINE1')")
    assert run_python(importing("LOG_WORKER_MINE_STARTED")).split()[-1] == "MINE1"
    unreadable = run_python(
        "from gym_gui.config.entry_points import entry_points_of\n"
        "found = entry_points_of('mosaic.log_constants', lambda name, error: print(name))\n"
        "print(sorted(entry_point.name for entry_point in found))"
    ).splitlines()
    assert unreadable[0] == "broken_constants"
    assert "'mine'" in unreadable[1]


def test_the_first_of_two_installations_counts_even_beside_a_broken_one(
    install: Installer,
    site: Path,
    tmp_path: Path,
    run_python: Callable[[str], str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    install("broken", "", text="this is no entry point")
    install("mine", "LOG_WORKER_MINE_STARTED = made('MINE1')")
    shadowed = tmp_path / "shadowed" / "Mine.Constants-0.5.dist-info"
    shadowed.mkdir(parents=True)
    (shadowed / "METADATA").write_text("Metadata-Version: 2.1\nName: Mine.Constants\nVersion: 0.5\n")
    (shadowed / "entry_points.txt").write_text("[mosaic.log_constants]\nmine = older\n")
    monkeypatch.setenv("PYTHONPATH", f"{site}:{shadowed.parent}")
    out = run_python(
        "import json\nfrom gym_gui.config.entry_points import entry_points_of\n"
        "print(json.dumps([e.value for e in entry_points_of('mosaic.log_constants') if e.name == 'mine']))"
    )
    assert json.loads(out) == ["mine_constants"]


def test_entry_points_are_those_of_the_group_asked_for() -> None:
    assert {entry_point.name for entry_point in entry_points_of("mosaic.workers")} >= {"tabular"}
    assert entry_points_of("mosaic.no_such_group") == []
