"""A record may name, true in every word, a process that is no supervisor: nothing is done to that one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from gym_gui.core.runs.cancel import cancel_run
from gym_gui.core.runs.directory import RunStore
from gym_gui.core.runs.files import write_json_atomically
from gym_gui.core.runs.launch import LaunchSpec, create_run
from gym_gui.core.runs.observe import watch_state
from gym_gui.core.runs.processes import osproc
from gym_gui.core.runs.processes.members import read_members
from gym_gui.core.runs.record import ProcessIdentity, ProcessRecord
from gym_gui.core.runs.summary import RunState

UNTIL_TOLD = "import sys; print('up', flush=True); sys.stdin.read()"


def test_a_process_that_only_is_named_as_supervisor_is_not_signalled(store: RunStore) -> None:
    run = create_run(store, LaunchSpec(worker_id="w", command=("/bin/true",), config={}))
    for last_argument in ("notes.txt", str(run.path)):
        with subprocess.Popen(
            [sys.executable, "-c", UNTIL_TOLD, last_argument], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as foreign:
            assert foreign.stdout is not None
            foreign.stdout.readline()
            seen = osproc.look_at(foreign.pid)
            assert seen is not None
            named = ProcessIdentity(seen.pid, seen.start_ticks, seen.boot_id)
            write_json_atomically(run.process_file, ProcessRecord(supervisor=named))
            assert watch_state(run).state is RunState.LOST
            assert cancel_run(run, grace_s=0.1).found == 0
            assert foreign.poll() is None
            foreign.communicate()
            assert foreign.returncode == 0, "a signal would have ended it"


@pytest.mark.parametrize("wrong", [lambda ticks: str(ticks), lambda ticks: ticks + 0.5, lambda ticks: None])
def test_a_start_that_is_not_exactly_a_processs_names_none(store: RunStore, wrong: Any) -> None:
    run = create_run(store, LaunchSpec(worker_id="w", command=("/bin/true",), config={}))
    me = osproc.look_at(os.getpid())
    assert me is not None
    for ticks, names in ((me.start_ticks, 1), (wrong(me.start_ticks), 0)):
        record = {"directory": str(run.path), "boot_id": me.boot_id, "processes": [[me.pid, ticks]]}
        (run.path / "tree.json").write_text(json.dumps(record))
        assert len([named for named in read_members(str(run.path)) if osproc.find(named)]) == names


def test_another_runs_worker_that_tree_json_names_is_not_counted(store: RunStore, tmp_path: Path) -> None:
    run = create_run(store, LaunchSpec(worker_id="w", command=("/bin/true",), config={}))
    (run.path / "process.json").write_text(
        json.dumps({"supervisor": {"pid": 2, "start_ticks": 1, "boot_id": osproc.boot_id()}})
    )
    with subprocess.Popen(
        [sys.executable, "-c", UNTIL_TOLD],
        env={**os.environ, "MOSAIC_RUN_DIR": str(tmp_path)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as foreign:
        assert foreign.stdout is not None
        foreign.stdout.readline()
        seen = osproc.look_at(foreign.pid)
        assert seen is not None
        record = {
            "directory": str(run.path),
            "boot_id": seen.boot_id,
            "processes": [[seen.pid, seen.start_ticks]],
        }
        (run.path / "tree.json").write_text(json.dumps(record))
        assert watch_state(run).state is RunState.LOST
        foreign.communicate()
