"""What printed lines, event files and ends of processes tell."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from gym_gui.workers.cleanrl.event_file import ScalarTail
from gym_gui.workers.cleanrl.failure import failure_of
from gym_gui.workers.cleanrl.progress import Progress


@pytest.mark.parametrize(
    ("line", "step", "returned"),
    [
        ("global_step=60, episodic_return=15.0", 60, 15.0),
        ("global_step=60, episodic_return=[15.]", 60, 15.0),
        ("global_step=60, episodic_return=[-1074.6755]", 60, -1074.6755),
        ("global_step=60, episodic_return=[ 1.5e+02]", 60, 150.0),
        ("global_step=60, episodic_return=.5", 60, 0.5),
        ("global_step=60, episodic_return=nan", 60, None),
        ("global_step=60", 60, None),
        ("something else entirely", 0, None),
    ],
)
def test_lines_tell_steps_and_returns(line: str, step: int, returned: float | None) -> None:
    progress = Progress()
    progress.read_line(line + "\n")
    assert progress.step == step
    assert list(progress.returns) == ([] if returned is None else [returned])


def test_returns_of_an_evaluation_are_kept_apart() -> None:
    progress = Progress()
    for line in ("eval_episode=0, episodic_return=[-893.4]", "SPS: 2445", "model saved to runs/a/b.pt"):
        progress.read_line(line)
    assert (progress.evaluated, progress.episode) == ([-893.4], 0)
    assert progress.speed == 2445
    assert list(progress.saved) == ["runs/a/b.pt"]
    assert progress.results()["eval_return_mean"] == -893.4


def test_steps_never_go_back() -> None:
    progress = Progress(total_steps=100)
    progress.read_line("global_step=50, episodic_return=1")
    progress.read_scalar("losses/value", 40, 0.5)
    progress.read_scalar("eval/episodic_return", 4000, 1.0)
    assert progress.heartbeat(1.0)["step"] == 50
    assert progress.heartbeat(1.0)["losses/value"] == 0.5


def written(folder: Path) -> Path:
    tensorboard = pytest.importorskip("tensorboardX" if not _has_torch() else "torch.utils.tensorboard")
    writer = tensorboard.SummaryWriter(str(folder / "run"))
    writer.add_text("hyperparameters", "|param|value|")
    for step in range(5):
        writer.add_scalar("losses/value", step / 2, step * 10)
        writer.add_scalar("charts/SPS", 1000 + step, step * 10)
    writer.close()
    return next(folder.rglob("*tfevents*"))


def _has_torch() -> bool:
    from importlib.util import find_spec

    return find_spec("torch") is not None


def test_scalars_of_a_real_event_file_are_read_once_and_as_it_grows(tmp_path: Path) -> None:
    path = written(tmp_path / "from")
    data = path.read_bytes()
    growing = tmp_path / "to" / "events.out.tfevents.1"
    growing.parent.mkdir()
    tail = ScalarTail(tmp_path / "to")
    points = []
    for end in (0, 7, len(data) // 2, len(data) - 1, len(data)):
        growing.write_bytes(data[:end])
        points += list(tail.new_points())
    assert points == list(ScalarTail(tmp_path / "from").new_points())
    assert [(s, v) for t, s, v in points if t == "losses/value"] == [(n * 10, n / 2) for n in range(5)]
    assert list(tail.new_points()) == []


@pytest.mark.parametrize(
    "junk", [b"\xff" * 200, struct.pack("<Q", 4) + b"\0" * 4 + b"\x2a\xff\xff\xff" + b"\0" * 4, b"\0" * 64]
)
def test_junk_for_an_event_file_tells_nothing_and_raises_nothing(tmp_path: Path, junk: bytes) -> None:
    (tmp_path / "events.out.tfevents.1").write_bytes(junk)
    assert list(ScalarTail(tmp_path).new_points()) == []


def test_a_traceback_gives_type_and_message() -> None:
    lines = ["warming up", "Traceback (most recent call last):", '  File "a.py", line 1, in <module>',
             "    import foo", "ModuleNotFoundError: No module named 'foo'"]  # fmt: skip
    failure = failure_of("a.py", 1, lines)
    assert (failure.error_type, failure.error) == ("ModuleNotFoundError", "No module named 'foo'")
    assert failure.traceback == "\n".join(lines[1:])


def test_a_chain_of_exceptions_ends_in_the_last() -> None:
    start = "Traceback (most recent call last):"
    lines = [start, "KeyError: 'a'", "", "During handling another occurred:", "", start, "  File"]
    assert (
        failure_of("a.py", 1, [*lines, "torch.cuda.OutOfMemoryError: CUDA"]).error_type == "OutOfMemoryError"
    )


def test_a_signal_and_a_bare_exit_code_are_told() -> None:
    assert "killed by signal: Killed (SIGKILL)" in failure_of("a.py", -9, []).error
    assert failure_of("a.py", 7, ["usage: a.py", "a.py: error: no"]).error.endswith("code 7: a.py: error: no")
