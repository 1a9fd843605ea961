"""Archives that claim to be far larger than the memory, opened in the panel: nothing of them is unpacked."""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
MIB = 1024 * 1024
CLAIMED = 60 * 64 * MIB
# A part is read up to 64 MiB, and what is shown of it takes some more.
MOST_GROWTH = 256 * MIB

# In a process of its own, for the largest memory a process has had cannot be forgotten.
OPEN_EACH = """
import json, re, sys
from pathlib import Path
from PySide6.QtWidgets import QLabel
from gym_gui.app import build_panel, make_application
from tests.panel_helpers import wait_for

def peak():
    return 1024 * int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1])

app = make_application("test")
panel = build_panel(app)
panel.window.resize(1200, 800)
panel.window.show()
for warm, path in enumerate(map(Path, sys.argv[1:])):
    panel.navigation.open_path(path)
    view = panel.navigation.open_page().view
    wait_for(lambda: view.model.sections and panel.tasks.pending == 0, "the contents of " + path.name)
    view.select(path.name)
    wait_for(lambda: view.viewer.entry is not None and panel.tasks.pending == 0, "what is in " + path.name)
    said = [label.text() for label in view.viewer.findChildren(QLabel) if label.isVisible()]
    print(json.dumps({"name": path.name, "peak": peak(), "said": " | ".join(said)}), flush=True)
panel.close()
"""


def deflated_zeros(head: bytes) -> bytes:
    """A raw deflate stream of `head` and gigabytes of zeros, without making them."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    start = packer.compress(head) + packer.flush(zlib.Z_FULL_FLUSH)
    # After a full flush the packer knows nothing of what came before, so its answer can be repeated.
    block = packer.compress(bytes(64 * MIB)) + packer.flush(zlib.Z_FULL_FLUSH)
    return start + block * (CLAIMED // (64 * MIB)) + packer.flush()


def write_zip_bomb(path: Path, name: bytes, head: bytes) -> None:
    """A zip archive of one entry that begins with `head` and expands to some 4 GiB."""
    data = deflated_zeros(head)
    size = CLAIMED + len(head)
    same = (20, 0, zlib.DEFLATED, 0, 0, 0, len(data), size, len(name))
    local = struct.pack("<4s5H3L2H", b"PK\3\4", *same, 0) + name
    entry = struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, *same, 0, 0, 0, 0, 0, 0) + name
    offset = len(local) + len(data)
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 1, 1, len(entry), offset, 0)
    path.write_bytes(local + data + entry + end)
    assert path.stat().st_size < 8 * MIB


def write_huge_tar(path: Path, kind: bytes, name: bytes) -> None:
    """A tar whose first member, of this type, claims 6 GiB; the file is that long and sparse."""
    size = 6 * 1024 * MIB
    header = bytearray(512)
    header[0 : len(name)] = name
    header[100:108] = b"0000644\0"
    header[108:124] = b"0000000\0" * 2
    header[124:136] = b"%011o\0" % size if size < 8**11 else b"\x80" + size.to_bytes(11, "big")
    header[136:148] = b"00000000000\0"
    header[148:156] = b" " * 8
    header[156:157] = kind
    header[257:265] = b"ustar\x0000"
    header[148:156] = b"%06o\0 " % sum(header)
    with path.open("wb") as file:
        file.write(header)
        file.truncate(512 + size + 1024)


def npy_header() -> bytes:
    text = b"{'descr': '<f8', 'fortran_order': False, 'shape': (503316480,), }".ljust(0x45) + b"\n"
    return b"\x93NUMPY\x01\x00\x46\x00" + text


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc")
def test_nothing_is_unpacked_beyond_bounds(tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    harmless = folder / "harmless.npy"
    harmless.write_bytes(
        b"\x93NUMPY\x01\x00\x46\x00"
        + b"{'descr': '<f8', 'fortran_order': False, 'shape': (0,), }".ljust(69)
        + b"\n"
    )
    write_zip_bomb(folder / "arrays.npz", b"values.npy", npy_header())
    write_zip_bomb(folder / "network.pt", b"archive/data.pkl", b"\x80\x02B" + struct.pack("<I", 2**31))
    write_zip_bomb(folder / "agent.zip", b"data", b'{"policy_class": "')
    write_zip_bomb(folder / "model.keras", b"config.json", b'{"name": "')
    write_huge_tar(folder / "legacy.pt", b"0", b"pickle")
    write_huge_tar(folder / "extended.pt", b"x", b"PaxHeaders/pickle")
    write_huge_tar(folder / "named.pt", b"L", b"././@LongLink")
    write_huge_tar(folder / "data.tar", b"0", b"data")
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        "MOSAIC_HOME": str(tmp_path / "home"),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
        "PYTHONPATH": str(ROOT),
    }
    others = sorted(path for path in folder.iterdir() if path != harmless)
    answered = subprocess.run(
        [sys.executable, "-c", OPEN_EACH, str(harmless), *map(str, others)],
        capture_output=True,
        text=True,
        env=environment,
        timeout=120,
        check=False,
    )
    assert answered.returncode == 0, answered.stderr[-3000:]
    shown: list[dict[str, Any]] = [json.loads(line) for line in answered.stdout.splitlines()]
    assert [each["name"] for each in shown] == ["harmless.npy", *(path.name for path in others)]
    before = shown[0]["peak"]
    grown = {each["name"]: (each["peak"] - before) // MIB for each in shown[1:]}
    assert max(grown.values()) < MOST_GROWTH // MIB, grown
    said = {each["name"]: each["said"] for each in shown}
    for name in ("arrays.npz", "network.pt", "agent.zip", "model.keras"):
        assert "do not unpack it" in said[name], (name, said[name])
    for name in ("extended.pt", "named.pt"):
        assert "the tar archive is broken: a header of it wants" in said[name], said[name]
    assert "6.4 GB" in said["data.tar"]
