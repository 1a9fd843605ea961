"""Checkpoints made to do harm: nothing runs, nothing hangs, memory stays bounded, and it is said."""

from __future__ import annotations

import io
import os
import pickle
import resource
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gym_gui.core.artifacts.checkpoints.comparing import compare_checkpoints
from gym_gui.core.artifacts.checkpoints.inspecting import inspect_checkpoint
from gym_gui.core.artifacts.checkpoints.model import Inspection
from gym_gui.core.artifacts.checkpoints.pickle_globals import Danger, meaning_of
from gym_gui.core.artifacts.checkpoints.pickle_machine import PickleLimits
from gym_gui.core.artifacts.checkpoints.pickle_opcodes import read_pickle
from gym_gui.core.artifacts.checkpoints.pickle_values import GlobalName
from gym_gui.core.artifacts.checkpoints.resuming import lacks_to_resume
from gym_gui.core.artifacts.checkpoints.sources import ByteCursor, PlainSource
from gym_gui.core.artifacts.stopping import StoppedError
from tests.artifacts.hostile import WRAPPINGS, deep_pickle, evil_pickle, laughs, rllib_directory, torch_zip

DATA = Path(__file__).parent / "data"
REAL_FILES = [
    path for path in sorted(DATA.iterdir()) if path.is_file() and path.suffix not in (".py", ".wandb", ".h5")
]


def inspect_bytes(tmp_path: Path, data: bytes, name: str = "it.pt") -> Inspection:
    path = tmp_path / name
    path.write_bytes(data)
    return inspect_checkpoint(path)


@pytest.mark.parametrize("protocol", [0, 1, 2, 3, 4, 5])
@pytest.mark.parametrize("name", WRAPPINGS)
def test_nothing_is_run_and_the_danger_is_named(tmp_path: Path, name: str, protocol: int) -> None:
    canary = tmp_path / "canary"
    found = inspect_bytes(tmp_path, WRAPPINGS[name](evil_pickle(canary, protocol)), name)
    lacks_to_resume(found)
    compare_checkpoints(found, found)
    assert not canary.exists()
    assert found.worst is Danger.DANGEROUS
    worst = found.globals[0]
    assert worst.name == "posix.system"
    assert worst.is_called
    assert "programs" in worst.meaning


def test_the_canary_is_one(tmp_path: Path) -> None:
    """What the tests above would have set free."""
    pickle.loads(evil_pickle(tmp_path / "canary"))
    assert (tmp_path / "canary").exists()


def test_nothing_is_run_in_a_directory(tmp_path: Path) -> None:
    root = rllib_directory(tmp_path / "checkpoint_000001", evil_pickle(tmp_path / "canary"))
    found = inspect_checkpoint(root)
    assert not (tmp_path / "canary").exists()
    assert found.globals[0].member == "algorithm_state.pkl"
    assert found.worst is Danger.DANGEROUS


@pytest.mark.parametrize(
    ("code", "name"),
    [
        (b"cos\nsystem\n(S'true'\ntR.", "os.system"),
        (b"(S'true'\nios\nsystem\n.", "os.system"),
        (b"(cos\nsystem\nS'true'\no.", "os.system"),
        (b"\x80\x04\x8c\x02os\x94\x8c\x06system\x94\x93\x8c\x04true\x85R.", "os.system"),
        (b"\x80\x04\x8c\x05torch\x8c\x09os.system\x93\x8c\x04true\x85R.", "torch.os.system"),
        (b"\x80\x02cos\nsystem\n\x8c\x04true\x85\x81.", "os.system"),
        (b"cbuiltins\ngetattr\n(cbuiltins\nlist\nS'__class__'\ntR(tR.", "builtins.getattr"),
        (b"\x80\x02\x82\x05.", "copyreg.extension 5"),
        (b"cos\nsystem\n(S'true'\ntR", "os.system"),  # cut before its last instruction: it would have run
        (b"cos\nsystem\n(S'true'\ntR\xff.", "os.system"),
    ],
)
def test_every_way_to_import_is_seen(tmp_path: Path, code: bytes, name: str) -> None:
    found = inspect_bytes(tmp_path, code, "a.pkl")
    assert name in {use.name for use in found.globals}
    assert found.worst in (Danger.DANGEROUS, Danger.UNKNOWN)


def test_a_call_of_what_a_call_returned_is_dangerous(tmp_path: Path) -> None:
    found = inspect_bytes(tmp_path, b"cmy.module\nmake\n)R)R.", "a.pkl")
    assert found.worst is Danger.DANGEROUS
    assert found.globals[0].name == "(the result of a call)"


@pytest.mark.parametrize(
    ("name", "danger"),
    [
        ("collections.OrderedDict", Danger.KNOWN),
        ("torch.nn.modules.linear.Linear", Danger.KNOWN),
        ("torch.float8_e4m3fn", Danger.KNOWN),
        ("torch.load", Danger.DANGEROUS),
        ("torch.storage._load_from_bytes", Danger.DANGEROUS),
        ("torch.nn.modules.linear.os", Danger.UNKNOWN),
        ("numpy._core.multiarray._reconstruct", Danger.KNOWN),
        ("builtins.eval", Danger.DANGEROUS),
        ("__builtin__.eval", Danger.DANGEROUS),
        ("functools.partial", Danger.DANGEROUS),
        ("cloudpickle.cloudpickle._make_function", Danger.CARRIES_CODE),
        ("my_worker.agent.Agent", Danger.UNKNOWN),
        ("osmnx.core.Graph", Danger.UNKNOWN),
    ],
)
def test_verdicts(name: str, danger: Danger) -> None:
    module, _, last = name.rpartition(".")
    assert meaning_of(GlobalName(module, last)).danger is danger


def cursor(tmp_path: Path, data: bytes) -> tuple[io.BufferedReader, ByteCursor]:
    (tmp_path / "cursor").write_bytes(data)
    file = (tmp_path / "cursor").open("rb")
    return file, ByteCursor(PlainSource(file, 0, len(data)))


def test_limits_are_kept_and_said(tmp_path: Path) -> None:
    file, at = cursor(tmp_path, b"\x80\x02" + b"N0" * 100 + b"cos\nsystem\n.")
    with file:
        reading = read_pickle(at, PickleLimits(opcodes=50))
    assert "more than 50 instructions" in reading.problem
    many = b"".join(b"cm\nn%d\n0" % number for number in range(30))
    file, at = cursor(tmp_path, many + b".")
    with file:
        reading = read_pickle(at, PickleLimits(globals=10))
    assert len(reading.uses) == 10
    assert "more than 10 names" in reading.problem
    file, at = cursor(tmp_path, pickle.dumps("x" * 100_000))
    with file:
        assert read_pickle(at).root == "x" * 16_384 + "…"


def test_a_line_without_an_end_is_told_in_a_sentence(tmp_path: Path) -> None:
    found = inspect_bytes(tmp_path, b"I" + b"9" * 3_000_000 + b"\n.", "it.pkl")
    (problem,) = found.problems
    assert "the pickle is cut off: it has a line at byte 1 that does not end" in problem


def test_reading_can_be_stopped(tmp_path: Path) -> None:
    file, at = cursor(tmp_path, b"N0" * 100_000 + b"N.")
    asked = iter([False, False, True])
    with file, pytest.raises(StoppedError):
        read_pickle(at, asked_to_stop=lambda: next(asked))


def test_values_nested_without_end_and_shared_without_end(tmp_path: Path) -> None:
    deep = inspect_bytes(tmp_path, torch_zip(deep_pickle(400_000)))
    assert any("deep" in problem for problem in deep.problems)
    assert inspect_bytes(tmp_path, torch_zip(laughs(40))).is_complete
    tuples = b"\x80\x02)" + b"\x85" * 400_000 + b"."
    assert any("deep" in problem for problem in inspect_bytes(tmp_path, torch_zip(tuples)).problems)
    loop = b"\x80\x02]q\x00h\x00a."
    assert inspect_bytes(tmp_path, torch_zip(loop)).is_complete


def test_lengths_that_lie(tmp_path: Path) -> None:
    for code in (b"\x8e", b"\x8d", b"\x96"):
        found = inspect_bytes(tmp_path, b"\x80\x05" + code + b"\xff" * 8 + b"abc", "a.pkl")
        assert not found.is_complete
    found = inspect_bytes(tmp_path, struct.pack("<Q", 90_000_000) + b'{"a":1}', "a.safetensors")
    assert any("cut or damaged" in problem for problem in found.problems)
    header = b'{"a": {"dtype": "F32", "shape": [1000000, 1000000], "data_offsets": [0, 4000000000000]}}'
    found = inspect_bytes(tmp_path, struct.pack("<Q", len(header)) + header, "a.safetensors")
    assert found.tensors[0].span is None
    assert any("beyond the end" in problem for problem in found.problems)
    for shape in ('"x"', "[-1]", "[1.5]", "[[1]]", "[true]"):
        header = b'{"a": {"dtype": "F32", "shape": %s, "data_offsets": [0, 4]}}' % shape.encode()
        found = inspect_bytes(tmp_path, struct.pack("<Q", len(header)) + header + b"1234", "a.safetensors")
        assert not found.is_complete
    nested = b"[" * 100_000
    found = inspect_bytes(tmp_path, struct.pack("<Q", len(nested) + 1) + b"{" + nested, "a.safetensors")
    assert not found.is_complete


@pytest.mark.parametrize(
    "header", [b"{'descr': '<f8', 'shape': " + b"(" * 5000, b"__import__('os')", b"{}", b"\xff"]
)
def test_headers_of_numpy_are_not_evaluated(tmp_path: Path, header: bytes) -> None:
    data = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header
    assert not inspect_bytes(tmp_path, data, "a.npy").is_complete


def test_a_zip_bomb_is_called_one_and_not_expanded(tmp_path: Path) -> None:
    path = tmp_path / "bomb.npz"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("values.npy", "w", force_zip64=True) as part,
    ):
        header = b"{'descr': '<f8', 'fortran_order': False, 'shape': (170000000,), }".ljust(0x45) + b"\n"
        part.write(b"\x93NUMPY\x01\x00\x46\x00" + header)
        for _ in range(1_300):
            part.write(bytes(2**20))
    assert path.stat().st_size < 2**21
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found = inspect_checkpoint(path)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 * 1024
    assert any("do not unpack it" in problem for problem in found.problems)


def test_a_pickle_that_expands_beyond_the_limit_is_read_in_part(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("archive/data.pkl", "w") as part,
    ):
        part.write(b"\x80\x02B" + struct.pack("<I", 100 * 2**20))
        for _ in range(100):
            part.write(bytes(2**20))
        part.write(b"0cos\nsystem\n.")
    found = inspect_bytes(tmp_path, buffer.getvalue())
    assert not found.is_complete
    assert any("is not known" in problem for problem in found.problems)


def test_names_in_archives_that_lead_out_are_told(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in ("../../escape.npy", "/absolute.npy", "C:/drive.npy", "fine.npy"):
            archive.writestr(name, b"\x93NUMPY")
    found = inspect_bytes(tmp_path, buffer.getvalue(), "a.npz")
    assert any(problem.startswith("the archive 3 of its names lead out") for problem in found.problems)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.npz"]


def test_too_many_entries_in_an_archive(tmp_path: Path) -> None:
    entry = struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, 20, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"x"
    table = entry * 120_000
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 65_535, 65_535, len(table), 0, 0)
    found = inspect_bytes(tmp_path, b"" + table + end, "a.npz")
    assert found.problems


def test_links_pipes_and_devices_are_refused(tmp_path: Path) -> None:
    (tmp_path / "real.npy").write_bytes(b"\x93NUMPY")
    (tmp_path / "link.npy").symlink_to(tmp_path / "real.npy")
    os.mkfifo(tmp_path / "pipe.npy")
    for name in (tmp_path / "link.npy", tmp_path / "pipe.npy", Path("/dev/zero")):
        with pytest.raises(OSError):
            inspect_checkpoint(name)


def test_links_in_a_directory_are_passed_over_and_told(tmp_path: Path) -> None:
    root = rllib_directory(tmp_path / "checkpoint", b"\x80\x02N.")
    (root / "out").symlink_to("/etc")
    (root / "loop").symlink_to(root)
    (root / "evil.pkl").symlink_to("/etc/passwd")
    os.mkfifo(root / "pipe.pkl")
    found = inspect_checkpoint(root)
    assert sorted(member.name for member in found.members) == ["algorithm_state.pkl", "rllib_checkpoint.json"]
    assert any("4 links" in problem for problem in found.problems)


def test_a_sparse_file_of_a_terabyte_takes_no_time(tmp_path: Path) -> None:
    path = tmp_path / "huge.pt"
    with path.open("wb") as file:
        file.write(b"\x80\x02")
        file.truncate(2**40)
    assert not inspect_checkpoint(path).is_complete


@pytest.mark.parametrize("path", REAL_FILES, ids=lambda path: path.name)
def test_every_truncation_of_real_files(tmp_path: Path, path: Path) -> None:
    whole = path.read_bytes()
    for length in range(0, len(whole), max(1, len(whole) // 60)):
        found = inspect_bytes(tmp_path, whole[:length], path.name)
        assert found.problems, f"{length} of {len(whole)} bytes passed for the whole"


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_mutated_real_files(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from([path for path in REAL_FILES if path.suffix != ".keras"]))
    whole = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 12))):
        place = data.draw(st.integers(0, len(whole) - 1))
        whole[place] = data.draw(st.integers(0, 255))
    folder = tmp_path_factory.mktemp("mutated")
    found = inspect_bytes(folder, bytes(whole), path.name)
    lacks_to_resume(found)
    compare_checkpoints(found, found)


@settings(max_examples=300, deadline=None)
@given(data=st.binary(max_size=400))
def test_any_bytes_as_a_pickle(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    inspect_bytes(tmp_path_factory.mktemp("any"), b"\x80\x04" + data, "a.pkl")


@settings(max_examples=200, deadline=None)
@given(
    value=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(st.text(), inner)
            | st.tuples(inner, inner)
            | st.frozensets(st.integers())
        ),
        max_leaves=30,
    ),
    protocol=st.integers(0, 5),
)
def test_honest_pickles_are_read_to_their_end(
    tmp_path_factory: pytest.TempPathFactory, value: object, protocol: int
) -> None:
    found = inspect_bytes(tmp_path_factory.mktemp("honest"), pickle.dumps(value, protocol), "a.pkl")
    assert found.is_complete, found.problems
    assert all(use.danger is Danger.KNOWN for use in found.globals)


def many_dictionaries() -> bytes:
    return b"\x80\x02](" + b"}" * 2_000_000 + b"e."


def many_tensors_with_long_names() -> bytes:
    tensor = (
        b"ctorch._utils\n_rebuild_tensor_v2\n((X\x07\x00\x00\x00storagectorch\nFloatStorage\n"
        b"X\x01\x00\x00\x000X\x03\x00\x00\x00cpuK\x04tQK\x00K\x01\x85K\x01\x85\x89N tR"
    ).replace(b" ", b"")
    name = b"X" + struct.pack("<I", 500) + b"a_" * 250
    return b"\x80\x02}(" + (name + tensor) * 20_000 + b"u."


def many_parts() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for number in range(30_000):
            archive.writestr(f"{number}.npy", b"")
    return buffer.getvalue()


@pytest.mark.parametrize("make", [many_dictionaries, many_tensors_with_long_names, many_parts])
def test_the_worst_files_end_in_bounded_time_and_memory(tmp_path: Path, make: Callable[[], bytes]) -> None:
    """Read in a process that the system ends after 30 s of CPU time; docs/artifacts.md states less."""
    (tmp_path / "it.pkl").write_bytes(make())
    code = (
        "import re, resource, sys; from pathlib import Path\n"
        "resource.setrlimit(resource.RLIMIT_CPU, (30, 30))\n"
        "from gym_gui.core.artifacts.checkpoints.inspecting import inspect_checkpoint\n"
        "found = inspect_checkpoint(Path(sys.argv[1]))\n"
        # Not ru_maxrss, which begins with what the process that started this one had.
        "peak = re.search(r'VmHWM:\\s+(\\d+) kB', Path('/proc/self/status').read_text())\n"
        "print(len(found.problems) <= 201, int(peak[1]) // 1024)"
    )
    argv = [sys.executable, "-c", code, str(tmp_path / "it.pkl")]
    bounded, megabytes = subprocess.run(argv, capture_output=True, text=True, check=True).stdout.split()
    assert bounded == "True"
    assert int(megabytes) < 250
