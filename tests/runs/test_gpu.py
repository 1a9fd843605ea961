"""What a run uses of graphics cards; a program in the place of `nvidia-smi` answers in its words."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from gym_gui.core.machine import Machine
from gym_gui.core.nvidia_smi import card_of, find_program, processes_of
from gym_gui.core.runs.cancel import cancel_run
from gym_gui.core.runs.processes import osproc
from gym_gui.core.runs.processes.gpu import GpuSampler
from gym_gui.core.runs.processes.resources import read_resources
from tests.runs.conftest import Launcher, exit_record, noted_pid, processes, wait_until

MIB = 1024 * 1024
# As drivers 470 and 550 print it.
OLD_MONITOR = """\
# gpu        pid  type    fb    sm   mem   enc   dec   command
# Idx          #   C/G    MB     %     %     %     %   name
    0      {pid}     C   512    45    12     -     -   python -m train
    1      {pid}     C   256    30     2     -     -   python -m train
    1       4711     G    90     -     -     -     -   Xorg
"""
NEW_MONITOR = """\
# gpu         pid   type     sm    mem    enc    dec    jpg    ofa     fb   ccpm    command
# Idx           #    C/G      %      %      %      %      %      %     MB     MB    name
    0       {pid}     C     45     12      -      -      -      -    512      0    python
    1       {pid}   C+G     30      2      -      -      -      -    256      0    python
    2          -     -      -      -      -      -      -      -      -      -    -
"""
LISTED = "{pid}, 512\n4711, [N/A]\n{pid}, 256\n"

StandIn = Callable[[str], Path]


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StandIn:
    """Puts a shell script of this body where `nvidia-smi` is looked for; it counts its calls."""
    folder = tmp_path / "driver"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")

    def made(body: str) -> Path:
        program = folder / "nvidia-smi"
        program.write_text(f'#!/bin/sh\necho "$1" >> {folder}/calls\n{body}\n')
        program.chmod(0o755)
        return folder

    return made


def calls(folder: Path) -> list[str]:
    file = folder / "calls"
    return file.read_text().split() if file.exists() else []


def answer(sampler: GpuSampler, pids: list[int]) -> tuple[int, float | None] | None:
    """Asks, gives the answer to the sampler as a supervisor does, and returns what is known by then."""
    sampler.look(pids)
    if sampler.asking is not None:
        pid, status, usage = os.wait4(sampler.asking, 0)
        assert sampler.take_ended(pid, status, usage.ru_utime + usage.ru_stime)
    return sampler._used_by(pids)


@pytest.mark.parametrize("text", [OLD_MONITOR, NEW_MONITOR])
def test_the_monitor_of_old_and_new_drivers_is_read(text: str) -> None:
    found = processes_of(text.format(pid=4242))
    assert found is not None and found[4242] == (768 * MIB, 75.0)


def test_the_list_of_processes_is_read_where_there_is_no_monitor() -> None:
    assert processes_of(LISTED.format(pid=4242)) == {4242: (768 * MIB, None)}
    assert processes_of("") == {}


@pytest.mark.parametrize(
    "text",
    [
        "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.\n",
        "4242, [N/A]\n",
        "4242, [Insufficient Permissions]\n",
        "Field 'pid' is not supported\n",
        "# nothing like it\n",
        "#\n",
        "\0\0\0",
        "4242, 99999999999\n",
        "-1, 5\n",
        "4242, -5\n",
        "٤٢, 5\n",
    ],
)
def test_what_is_no_answer_is_not_known(text: str) -> None:
    assert processes_of(text) is None


def test_a_card_says_what_it_can() -> None:
    assert card_of("NVIDIA A100, 80GB, 4, 1024, 81920, 37") == (
        "NVIDIA A100, 80GB, 4",
        1024 * MIB,
        81920 * MIB,
        37.0,
    )
    assert card_of("Tesla K80, 0, 11441, [N/A]") == ("Tesla K80", 0, 11441 * MIB, None)
    assert card_of("Odd, 1, 2, 900") == ("Odd", MIB, 2 * MIB, None)
    assert card_of("Odd, x, 2, 9") is None
    assert card_of("") is None


def test_the_status_bar_reads_the_same_words(stand_in: StandIn, tmp_path: Path) -> None:
    stand_in("echo 'GeForce RTX 4090, 2048, 24564, 88'; echo junk")
    (card,) = Machine(tmp_path).read().gpus
    assert (card.name, card.used_bytes, card.busy_percent) == ("GeForce RTX 4090", 2048 * MIB, 88.0)


def test_a_program_in_the_present_directory_is_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    planted = tmp_path / "nvidia-smi"
    planted.write_text("#!/bin/sh\n")
    planted.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    assert find_program({"PATH": f".{os.pathsep}{os.pathsep}"}) is None
    assert find_program({"PATH": str(tmp_path)}) == str(planted)


def test_what_the_processes_use_is_summed(stand_in: StandIn) -> None:
    stand_in("echo '# gpu pid type fb sm'; echo '0 10 C 100 20'; echo '0 11 C 50 5'; echo '0 12 C 7 1'")
    sampler = GpuSampler(os.environ, 0.0)
    assert answer(sampler, [1, 2]) is None, "a run that uses no card has nothing to show"
    assert answer(sampler, [10, 11]) == (150 * MIB, 25.0)
    assert answer(sampler, [1]) == (0, 0.0), "it has used one, and does no longer"
    sampler.close()


def test_without_the_monitor_the_memory_is_asked_alone(stand_in: StandIn) -> None:
    folder = stand_in('[ "$1" = pmon ] && exit 1; echo "10, 100"')
    sampler = GpuSampler(os.environ, 0.0)
    assert answer(sampler, [10]) is None
    assert answer(sampler, [10]) == (100 * MIB, None)
    assert answer(sampler, [99]) == (0, None)
    assert calls(folder)[0] == "pmon" and "pmon" not in calls(folder)[1:]
    sampler.close()


def test_where_there_is_no_driver_nothing_is_started(tmp_path: Path) -> None:
    sampler = GpuSampler({"PATH": str(tmp_path)}, 0.0)
    assert sampler.look([1]) is None
    assert sampler.asking is None


def test_one_that_fails_is_asked_ever_less_often(stand_in: StandIn) -> None:
    folder = stand_in("exit 9")
    sampler = GpuSampler(os.environ, 1000.0)
    for _ in range(5):
        assert answer(sampler, [1]) is None
    assert len(calls(folder)) == 1
    assert sampler._next - time.monotonic() > 500


def test_one_that_costs_much_is_asked_less_often(stand_in: StandIn) -> None:
    stand_in("echo '# gpu pid type fb sm'")
    sampler = GpuSampler(os.environ, 5.0)
    sampler.look([])
    assert sampler.asking is not None
    pid, status, _ = os.wait4(sampler.asking, 0)
    sampler.take_ended(pid, status, 0.2)
    assert sampler._next - time.monotonic() == pytest.approx(50.0, abs=5.0)
    sampler.close()


def test_one_that_hangs_is_ended_with_all_it_started_and_never_waited_for(stand_in: StandIn) -> None:
    folder = stand_in("sleep 1000 & echo $! > $(dirname $0)/child; wait")
    sampler = GpuSampler(os.environ, 0.0)
    assert sampler.look([1]) is None
    wait_until((folder / "child").exists)
    child = int(wait_until((folder / "child").read_text))
    asked = sampler.asking
    assert sampler.look([1]) is None
    assert asked is not None
    _, status, _ = os.wait4(asked, 0)
    assert os.WIFSIGNALED(status)
    assert sampler.take_ended(asked, status, 0.0)
    wait_until(lambda: (found := osproc.look_at(child)) is None or not found.alive)
    sampler.look([1])
    wait_until(lambda: len(calls(folder)) == 2)
    assert calls(folder)[0] == "pmon" and calls(folder)[1] != "pmon", "the other question may be answered"
    sampler.close()
    assert sampler.asking is None


def test_one_that_prints_without_end_fills_no_memory(stand_in: StandIn) -> None:
    stand_in("exec yes '# gpu pid type fb sm'")
    sampler = GpuSampler(os.environ, 0.0)
    sampler.look([1])
    asked = sampler.asking
    assert asked is not None
    sampler.look([1])
    _, status, _ = os.wait4(asked, 0)
    assert sampler.take_ended(asked, status, 0.0) and sampler._used_by([1]) is None
    sampler.close()


def test_a_run_has_its_cards_in_its_samples(stand_in: StandIn, launcher: Launcher) -> None:
    folder = stand_in("cat $(dirname $0)/answer")
    (folder / "answer").write_text("")
    run = launcher.launch("family.py", shape="plain child")
    worker = processes(run).worker
    assert worker is not None
    (folder / "answer").write_text(NEW_MONITOR.format(pid=worker.pid))
    wait_until(lambda: read_resources(run).gpu_memory_bytes, 30.0)
    curve = read_resources(run)
    assert curve.gpu_memory_bytes[-1] == 768 * MIB
    assert curve.gpu_percent[-1] == 75.0
    assert set(curve.processes) == {2.0}, "who is asked is not counted among the run's processes"


def test_a_run_ends_as_ever_while_the_driver_hangs(stand_in: StandIn, launcher: Launcher) -> None:
    folder = stand_in("echo $$ > $(dirname $0)/asked; exec sleep 1000")
    run = launcher.launch("family.py", shape="plain child")
    noted_pid(run, "child")
    wait_until((folder / "asked").exists)
    asked = int(wait_until((folder / "asked").read_text))
    cancel_run(run)
    ended = exit_record(run)
    assert (ended.cause, ended.found, ended.survivors) == ("cancelled", 2, 0)
    wait_until(lambda: (found := osproc.look_at(asked)) is None or not found.alive)
