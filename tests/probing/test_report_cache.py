"""What is kept of a probe: believed while nothing changed, dropped when torn, hostile or outdated."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from gym_gui.core.probing.cache import ReportCache
from gym_gui.core.probing.model import ProbeFailure, ProbeReport
from gym_gui.core.probing.probe import probe_interpreter
from gym_gui.core.probing.remembered import remembered_or_probed
from gym_gui.core.probing.stamps import stamps_of
from tests.installed_workers import METADATA, InstallWorker


@pytest.fixture
def cache(tmp_path: Path) -> ReportCache:
    return ReportCache(tmp_path / "kept")


def kept_file(tmp_path: Path) -> Path:
    (file,) = (tmp_path / "kept").glob("*.json")
    return file


def test_a_report_comes_back_as_it_was(install: InstallWorker, cache: ReportCache) -> None:
    install("good")
    install("bad", "import nowhere_at_all")
    report = probe_interpreter()
    cache.write(report)
    kept = cache.read(sys.executable)
    assert kept is not None
    assert kept.report == replace(report, seconds=0.0)
    assert kept.is_current()


def test_nothing_is_asked_while_nothing_changed(
    install: InstallWorker, cache: ReportCache, tmp_path: Path
) -> None:
    calls = tmp_path / "calls"
    install("counted", f"open({str(calls)!r}, 'a').write('x')\n" + METADATA.format(name="counted"))
    first = remembered_or_probed(sys.executable, cache)
    assert remembered_or_probed(sys.executable, cache) == first
    assert calls.read_text() == "x"


def upgrade(package: Path) -> None:
    (info,) = package.parent.glob("good_dist-*.dist-info")
    info.rename(info.with_name("good_dist-3.0.dist-info"))


def edit_a_module(package: Path) -> None:
    (package / "__init__.py").write_text(METADATA.format(name="edited"))


def rename_the_entry_point(package: Path) -> None:
    (entry_points,) = package.parent.glob("good_dist-*/entry_points.txt")
    entry_points.write_text("[mosaic.workers]\nbetter = good_package:get_worker_metadata\n")


def add_a_command(package: Path) -> None:
    (package / "cli.py").touch()


def remove(package: Path) -> None:
    (info,) = package.parent.glob("good_dist-*.dist-info")
    for file in info.iterdir():
        file.unlink()
    info.rmdir()


@pytest.mark.parametrize("change", [upgrade, edit_a_module, rename_the_entry_point, add_a_command, remove])
def test_a_change_on_disk_is_noticed(
    install: InstallWorker, cache: ReportCache, change: Callable[[Path], None]
) -> None:
    package = install("good")
    remembered_or_probed(sys.executable, cache)
    kept = cache.read(sys.executable)
    assert kept is not None and kept.is_current()
    change(package)
    assert not kept.is_current()
    assert remembered_or_probed(sys.executable, cache) != kept.report


def test_another_worker_is_noticed(install: InstallWorker, cache: ReportCache) -> None:
    install("good")
    before = remembered_or_probed(sys.executable, cache)
    install("another")
    after = remembered_or_probed(sys.executable, cache)
    assert set(after.worker_ids) - set(before.worker_ids) == {"another"}


def test_a_report_grows_old(
    install: InstallWorker, cache: ReportCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.write(probe_interpreter())
    kept = cache.read(sys.executable)
    assert kept is not None
    assert kept.is_current(time.time() + 299)
    assert not kept.is_current(time.time() + 301)
    assert not kept.is_current(time.time() - 10), "a clock that was set back proves nothing"
    monkeypatch.setenv("MOSAIC_WORKER_METADATA_CACHE_TTL_S", "1000")
    assert kept.is_current(time.time() + 900)


def test_what_may_pass_is_asked_again(install: InstallWorker, cache: ReportCache) -> None:
    install("slow", "import time; time.sleep(60)")
    cache.write(probe_interpreter(timeout_s=0.5))
    kept = cache.read(sys.executable)
    assert kept is not None and not kept.is_current()


def test_an_interpreter_that_cannot_be_asked_is_not_kept(cache: ReportCache, tmp_path: Path) -> None:
    cache.write(ProbeReport("/nowhere/python", failure=ProbeFailure("MissingInterpreter", "not there")))
    assert cache.read("/nowhere/python") is None
    assert not (tmp_path / "kept").exists()


def test_other_search_paths_are_other_environments(
    install: InstallWorker, cache: ReportCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    install("good")
    cache.write(probe_interpreter())
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    assert cache.read(sys.executable) is None


def torn(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:200])


def empty(file: Path) -> None:
    file.write_bytes(b"")


def binary(file: Path) -> None:
    file.write_bytes(os.urandom(5_000))


def deep(file: Path) -> None:
    file.write_bytes(b"[" * 100_000)


def other_format(file: Path) -> None:
    file.write_bytes(file.read_bytes().replace(b'"format":1', b'"format":2'))


def other_types(file: Path) -> None:
    file.write_bytes(file.read_bytes().replace(b'"paths":[', b'"paths":[3,'))


def other_interpreter(file: Path) -> None:
    file.write_bytes(file.read_bytes().replace(sys.executable.encode(), b"/tmp/evil/python"))


def anyone_may_write(file: Path) -> None:
    file.chmod(0o666)


def a_link(file: Path) -> None:
    file.rename(file.with_suffix(".moved"))
    file.symlink_to(file.with_suffix(".moved"))


def a_pipe(file: Path) -> None:
    file.unlink()
    os.mkfifo(file)


def a_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


@pytest.mark.parametrize(
    "spoil",
    [
        torn,
        empty,
        binary,
        deep,
        other_format,
        other_types,
        other_interpreter,
        anyone_may_write,
        a_link,
        a_pipe,
        a_folder,
    ],
)
def test_a_spoilt_file_is_no_file(cache: ReportCache, tmp_path: Path, spoil: Callable[[Path], None]) -> None:
    report = probe_interpreter()
    cache.write(report)
    spoil(kept_file(tmp_path))
    assert cache.read(sys.executable) is None


def test_a_cache_that_cannot_be_written_is_none(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    cache = ReportCache(tmp_path / "file" / "below")
    cache.write(probe_interpreter())
    assert cache.read(sys.executable) is None


def test_stamps_of_an_interpreter_that_lacks_the_sdk_see_it_installed(tmp_path: Path) -> None:
    site = tmp_path / "env" / "lib" / "python3.12" / "site-packages"
    site.mkdir(parents=True)
    report = ProbeReport(str(tmp_path / "env" / "bin" / "python"), failure=ProbeFailure("NoSdk", ""))
    before = stamps_of(report)
    (site / "gym_gui").mkdir()
    assert stamps_of(report) != before
