"""Event files read by us and by three peers: TensorBoard's Rust loader, its EventAccumulator, and tbparse.

The peers are installed into an environment that is made for the measurement and removed after it.
"""

from __future__ import annotations

import json
import struct
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from tensorboardX.proto.event_pb2 import Event
from tensorboardX.proto.summary_pb2 import Summary
from tensorboardX.record_writer import masked_crc32c

from benchmarks.measure import Figure, Spread

PEERS = ("tensorboard==2.21.*", "tbparse==0.0.9", "setuptools<81")
PROGRAMS = Path(__file__).parent / "scalar_peers"
RUNS, TAGS, STEPS = 200, 10, 1_000
POINTS = 1_000_000
ROUNDS = 5
RUST = ("verifying", "trusting", "whole")


@dataclass(frozen=True, slots=True)
class _Round:
    ours: dict[str, float]
    peers: dict[str, float]


def measure() -> list[Figure]:
    """200 runs against the Rust loader in three forms, a million points against two Python readers."""
    with tempfile.TemporaryDirectory() as folder:
        many, one = Path(folder) / "many", Path(folder) / "one"
        names = [f"charts/metric_{number}" for number in range(TAGS)]
        for number in range(RUNS):
            _write(many / f"run_{number:03}", names, STEPS)
        _write(one / "run", names[:4], POINTS // 4)
        python = _environment(Path(folder) / "peers")
        rounds = [_round(python, many) for _ in range(ROUNDS + 1)][1:]
        against = {peer: Spread.of([r.ours["seconds"] / r.peers[peer] for r in rounds]) for peer in RUST}
        first = Spread.of([r.ours["first"] for r in rounds])
        peak = max(r.ours["peak_mb"] for r in rounds)
        faster = {name: _times_faster(python, name, one) for name in ("event_accumulator", "tbparse_reader")}
    return [
        _no_slower(
            "TensorBoard 2.21, Rust data server that verifies checksums, as we do", against["verifying"]
        ),
        _no_slower("the same, not verifying any (its default)", against["trusting"]),
        _no_slower("`tensorboard` 2.21 from its start on, which uses that", against["whole"]),
        Figure(
            "scalars: first curve of them, from the first import on",
            "none",
            first.median,
            "s",
            "<= 0.3",
            first.median <= 0.3,
            f"{first:.2f}",
        ),
        Figure("scalars: peak memory with all of them read", "none", peak, "MB", "<= 400", peak <= 400),
        _figure("EventAccumulator, TensorBoard 2.21", faster["event_accumulator"]),
        _figure("tbparse 0.0.9", faster["tbparse_reader"]),
    ]


def _no_slower(peer: str, spread: Spread) -> Figure:
    name = f"scalars: {RUNS} runs x {TAGS} tags x {STEPS:,} steps"
    return Figure(name, peer, spread.median, "of its time", "<= 1", spread.median <= 1, f"{spread:.2f}")


def _figure(peer: str, spread: Spread) -> Figure:
    name = f"scalars: one file of {POINTS:,} points"
    return Figure(name, peer, spread.median, "x as fast", ">= 10", spread.median >= 10, f"{spread:.0f}")


def _environment(path: Path) -> str:
    venv.create(path, with_pip=True)
    python = str(path / "bin" / "python")
    subprocess.run([python, "-m", "pip", "install", "--quiet", *PEERS], check=True)
    return python


def _run(python: str, program: str, *arguments: str) -> dict[str, float]:
    command = [python, str(PROGRAMS / f"{program}.py"), *arguments]
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
    told: dict[str, float] = json.loads(output)
    return told


def _round(python: str, folder: Path) -> _Round:
    ours = _run(sys.executable, "ours", str(folder))
    assert ours["points"] == RUNS * TAGS * STEPS
    series, last = str(RUNS * TAGS), str(STEPS - 1)
    peers = {
        "verifying": _run(python, "rust_loader", str(folder), series, last, "--checksum"),
        "trusting": _run(python, "rust_loader", str(folder), series, last),
        "whole": _run(python, "whole_tensorboard", str(folder), series),
    }
    return _Round(ours, {name: told["seconds"] for name, told in peers.items()})


def _times_faster(python: str, program: str, folder: Path) -> Spread:
    ratios = []
    for _ in range(2):
        ours = _run(sys.executable, "ours", str(folder))
        theirs = _run(python, program, str(folder / "run"))
        assert ours["points"] == theirs["points"] == POINTS
        ratios.append(theirs["seconds"] / ours["seconds"])
    return Spread.of(ratios)


def _write(folder: Path, tags: Iterable[str], steps: int) -> None:
    """An event file as a training loop writes it: every tag at every step."""
    folder.mkdir(parents=True)
    with (folder / "events.out.tfevents.1700000000.bench").open("wb") as file:
        _frame(file, Event(wall_time=1.7e9, file_version="brain.Event:2").SerializeToString())
        for step in range(steps):
            for number, tag in enumerate(tags):
                value = Summary.Value(tag=tag, simple_value=step * 0.5 + number)
                event = Event(wall_time=1.7e9 + step * 0.1, step=step, summary=Summary(value=[value]))
                _frame(file, event.SerializeToString())


def _frame(file: BinaryIO, data: bytes) -> None:
    head = struct.pack("<Q", len(data))
    checks = struct.pack("<I", masked_crc32c(head)), struct.pack("<I", masked_crc32c(data))
    file.write(head + checks[0] + data + checks[1])
