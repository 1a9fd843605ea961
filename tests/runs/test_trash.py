"""The trash: a run is here or there and never nowhere, whatever happens while it is moved."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from gym_gui.core.runs import moving
from gym_gui.core.runs.cancel import cancel_run
from gym_gui.core.runs.directory import RunDirectory, RunNotFoundError, RunStore
from gym_gui.core.runs.files import write_json_atomically
from gym_gui.core.runs.launch import LaunchSpec, create_run
from gym_gui.core.runs.observe import watch_state
from gym_gui.core.runs.record import ExitCause, ExitRecord
from gym_gui.core.runs.summary import RunState
from gym_gui.core.runs.trash.trash import Trash, TrashRefusedError
from tests.runs.conftest import Launcher, wait_for_state


@pytest.fixture
def trash(store: RunStore) -> Trash:
    return Trash(store)


def finished(store: RunStore, name: str = "") -> RunDirectory:
    run = create_run(store, LaunchSpec(worker_id="w", command=("x",), config={"a": 1}, name=name, group="g"))
    write_json_atomically(
        run.exit_file, ExitRecord(cause=ExitCause.FINISHED, started=1.0, ended=2.0, exit_code=0)
    )
    (run.path / "checkpoints").mkdir()
    (run.path / "checkpoints" / "best.npz").write_bytes(b"x" * 100_000)
    return run


def content(folder: Path) -> dict[str, bytes | str]:
    files = {}
    for path in sorted(folder.rglob("*")):
        if path.name == "supervisor.lock":
            continue
        name = str(path.relative_to(folder))
        files[name] = (
            str(path.readlink()) if path.is_symlink() else path.read_bytes() if path.is_file() else ""
        )
    return files


@pytest.fixture(params=["one disk", "two disks"])
def disks(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """With two disks, renaming between the runs and the trash fails as the system says it there."""
    rename = os.rename

    def across(source: Path, target: Path) -> None:
        if ("trash" in Path(source).parts) != ("trash" in Path(target).parts):
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        rename(source, target)

    if request.param == "two disks":
        monkeypatch.setattr(moving.os, "rename", across)
    yield request.param
    monkeypatch.undo()


def test_there_and_back(store: RunStore, trash: Trash, disks: str) -> None:
    run, other = finished(store, "mine"), finished(store)
    (run.path / "link").symlink_to("/etc")
    before = content(run.path)
    trashed = trash.put(run)
    assert store.run_ids() == [other.run_id] and not run.path.exists()
    assert (trashed.run_id, trashed.name, trashed.worker_id, trashed.group) == (run.run_id, "mine", "w", "g")
    assert trashed.by and trashed.size_bytes >= 100_000
    assert trash.contents() == [trashed]
    assert content(trashed.directory.path) == before
    assert trash.restore(trashed) == run
    assert content(run.path) == before and trash.contents() == []
    assert watch_state(run).state is RunState.COMPLETED
    assert list(trash.folder.iterdir()) == []


def test_emptying_is_for_good_and_follows_no_link(
    store: RunStore, trash: Trash, tmp_path: Path, disks: str
) -> None:
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "file").write_text("keep")
    runs = [finished(store) for _ in range(2)]
    (runs[0].path / "link").symlink_to(precious)
    for run in runs:
        trash.put(run)
    outcome = trash.empty()
    assert outcome.runs == 2 and outcome.freed_bytes >= 200_000
    assert list(trash.folder.iterdir()) == [] == store.run_ids()
    assert (precious / "file").read_text() == "keep"
    assert trash.empty().runs == 0


def test_only_the_chosen_are_emptied(store: RunStore, trash: Trash) -> None:
    first, second = (trash.put(finished(store)) for _ in range(2))
    assert trash.contents() == [second, first], "the latest first"
    assert trash.empty([first]).runs == 1
    assert trash.contents() == [second]


@pytest.mark.parametrize("state", [RunState.RUNNING, RunState.QUEUED, RunState.STARTING])
def test_a_run_that_is_not_over_is_refused(
    launcher: Launcher, store: RunStore, trash: Trash, state: RunState
) -> None:
    if state is RunState.RUNNING:
        run = launcher.launch(beats=100_000, pause=0.01)
    else:
        run = create_run(store, LaunchSpec(worker_id="w", command=("x",), config={}))
    if state is RunState.QUEUED:
        place = store.root.parent / "queue" / "waiting" / f"{run.run_id}.json"
        place.parent.mkdir(parents=True)
        place.write_text("{}")
    wait_for_state(run, state)
    with pytest.raises(TrashRefusedError, match=f"is {state}; end it first: gym-gui cancel"):
        trash.put(run)
    assert run.path.exists() and trash.contents() == []
    cancel_run(run, grace_s=0.5)
    trash.put(run)
    assert [trashed.run_id for trashed in trash.contents()] == [run.run_id]


def test_a_run_whose_lock_somebody_keeps_is_refused(
    store: RunStore, trash: Trash, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gym_gui.core.runs.trash.trash._ON_ITS_WAY_OUT_S", 0.1)
    run = finished(store)
    program = "import fcntl, sys; f = open(sys.argv[1], 'w'); fcntl.flock(f, 2); print(flush=True); input()"
    holder = subprocess.Popen(
        [sys.executable, "-c", program, str(run.lock_file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        assert holder.stdout is not None and holder.stdout.readline()
        with pytest.raises(TrashRefusedError):
            trash.put(run)
    finally:
        holder.communicate(b"\n")
    assert trash.put(run).run_id == run.run_id


def test_a_run_of_another_program_can_be_deleted(store: RunStore, trash: Trash) -> None:
    path = store.root / "their-run_1"
    path.mkdir(parents=True)
    (path / "analytics.json").write_text("{}")
    os.utime(path / "analytics.json", (1.0, 1.0))
    os.utime(path, (1.0, 1.0))
    run = store.open("their-run_1")
    assert watch_state(run).state is RunState.LOST
    trashed = trash.put(run)
    assert (trashed.run_id, trashed.worker_id) == ("their-run_1", "")
    trash.restore(trashed)
    assert content(path) == {"analytics.json": b"{}"}


def test_an_id_that_is_taken_again(store: RunStore, trash: Trash) -> None:
    old = finished(store, "old")
    trashed = trash.put(old)
    old.path.mkdir()
    old.record_file.write_text("{}")
    assert trash.contents() == [trashed], "the one in its place is another run"
    with pytest.raises(TrashRefusedError, match="is there again"):
        trash.restore(trashed)
    old.record_file.unlink()
    old.path.rmdir()
    again = trash.put(trash.restore(trashed))
    assert trash.find(again.run_id) == again


def test_finding_by_the_start_of_the_id(store: RunStore, trash: Trash) -> None:
    one, two = (trash.put(finished(store)) for _ in range(2))
    assert trash.find(one.run_id.lower()[:-1] if one.run_id[:-1] != two.run_id[:-1] else one.run_id) == one
    for wrong, said in (
        ("nothing", "no run in the trash"),
        (one.run_id[:2], "2 runs in the trash"),
        ("", ""),
    ):
        with pytest.raises(LookupError, match=said):
            trash.find(wrong)
    with pytest.raises(RunNotFoundError):
        store.open(one.run_id)


@pytest.mark.parametrize("what", ["the trash", "the run", "the entry"])
def test_links_are_not_followed(store: RunStore, trash: Trash, tmp_path: Path, what: str) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "analytics.json").write_text("{}")
    run = finished(store)
    if what == "the trash":
        trash.folder.symlink_to(elsewhere)
        with pytest.raises(TrashRefusedError, match="symbolic link"):
            trash.put(run)
        with pytest.raises(TrashRefusedError, match="symbolic link"):
            trash.empty()
    elif what == "the run":
        link = store.root / "link"
        link.symlink_to(elsewhere)
        with pytest.raises(TrashRefusedError, match="symbolic link"):
            trash.put(RunDirectory(link))
    else:
        trashed = trash.put(run)
        trashed.directory.path.rename(tmp_path / "away")
        trashed.directory.path.symlink_to(elsewhere)
        assert trash.contents() == []
        with pytest.raises(TrashRefusedError, match="symbolic link"):
            trash.restore(trashed)
    assert (elsewhere / "analytics.json").exists()


def fail_at(step: int) -> str:
    """A program that moves a run as between two disks and is killed at its `step`-th call of the system."""
    return f"""
import errno, os, signal, sys
from pathlib import Path
from gym_gui.core.runs.directory import RunStore
from gym_gui.core.runs.trash.trash import Trash

store = RunStore(Path(sys.argv[1]))
calls = 0

def counted(real, is_move=False):
    def call(*arguments, **named):
        global calls
        calls += 1
        if calls == {step}:
            os.kill(os.getpid(), signal.SIGKILL)
        here = [p for p in map(str, arguments[:2]) if '/trash/' in p or '/runs/' in p]
        if is_move and len(here) == 2 and ('/trash/' in here[0]) != ('/trash/' in here[1]):
            raise OSError(errno.EXDEV, 'Invalid cross-device link')
        return real(*arguments, **named)
    return call

run = store.open(sys.argv[2])
os.rename = counted(os.rename, is_move=True)
for name in ('mkdir', 'unlink', 'rmdir', 'replace', 'fsync', 'sendfile', 'symlink', 'utime'):
    setattr(os, name, counted(getattr(os, name)))
Trash(store).put(run)
"""


def test_interrupted_at_any_step_it_is_here_or_there(store: RunStore, trash: Trash) -> None:
    step, kills = 0, 0
    while True:
        step += 1
        run = finished(store, f"step {step}")
        (run.path / "link").symlink_to("/etc")
        before = content(run.path)
        program = [sys.executable, "-c", fail_at(step), str(store.root), run.run_id]
        code = subprocess.run(program, check=False).returncode
        assert code in (0, -signal.SIGKILL)
        kills += code != 0
        in_place = run.run_id in store.run_ids()
        in_trash = [trashed for trashed in trash.contents() if trashed.run_id == run.run_id]
        assert in_place != bool(in_trash), f"step {step}: in place {in_place}, in trash {in_trash}"
        found = run.path if in_place else in_trash[0].directory.path
        assert content(found) == before, f"step {step}"
        if in_place:
            in_trash = [trash.put(run)]
        assert content(trash.restore(in_trash[0]).path) == before
        if code == 0:
            break
    assert kills > 20
    trash.empty()
    assert list(trash.folder.iterdir()) == []


def test_a_disk_without_room_leaves_the_run_in_its_place(
    store: RunStore, trash: Trash, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = finished(store)
    before = content(run.path)

    def no_room(*_arguments: object, **_named: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    def across(*_arguments: object) -> None:
        raise OSError(errno.EXDEV, "Invalid cross-device link")

    with monkeypatch.context() as patched:
        patched.setattr(moving.shutil, "copy2", no_room)
        patched.setattr(moving.os, "rename", across)
        with pytest.raises(OSError, match="No space left"):
            trash.put(run)
    assert content(run.path) == before
    assert trash.contents() == [] and list(trash.folder.iterdir()) == []


def test_a_pipe_for_a_record_in_both_places_is_not_waited_for(store: RunStore, trash: Trash) -> None:
    run = finished(store)
    trash.put(run)
    (kept,) = trash.folder.glob(f"*/{run.run_id}")
    (kept / "run.json").unlink()
    run.path.mkdir()
    for place in (kept, run.path):
        os.mkfifo(place / "run.json")
    assert [entry.run_id for entry in trash.contents()] == [run.run_id]


def test_pipes_do_not_stop_a_move_to_another_disk(
    store: RunStore, trash: Trash, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = finished(store)
    os.mkfifo(run.path / "pipe")
    rename = os.rename

    def across(source: Path, target: Path) -> None:
        if ("trash" in Path(source).parts) != ("trash" in Path(target).parts):
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        rename(source, target)

    with monkeypatch.context() as patched:
        patched.setattr(moving.os, "rename", across)
        trashed = trash.put(run)
    assert not (trashed.directory.path / "pipe").exists()
    assert (trashed.directory.path / "checkpoints" / "best.npz").stat().st_size == 100_000


def test_a_record_that_cannot_be_read_does_not_hide_the_run(store: RunStore, trash: Trash) -> None:
    trashed = trash.put(finished(store, "mine"))
    (trash.folder / trashed.entry / "trash.json").write_text("{")
    (found,) = trash.contents()
    assert (found.run_id, found.name) == (trashed.run_id, "mine")
    assert trash.restore(found).run_id in store.run_ids()


def test_a_record_that_names_a_way_out_is_not_believed(store: RunStore, trash: Trash) -> None:
    trashed = trash.put(finished(store))
    record = trash.folder / trashed.entry / "trash.json"
    for name in ("..", "../../runs", "a/b", ""):
        record.write_text(f'{{"run_id": "{name}", "trashed": 1.0}}')
        assert trash.contents() == []
