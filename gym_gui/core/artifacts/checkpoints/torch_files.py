"""Files of torch.save: the zip archive of today, the chain of pickles before 1.6, the tar before 0.1.10."""

from __future__ import annotations

import os
import tarfile
from io import RawIOBase
from typing import Any, BinaryIO

from gym_gui.compat import override
from gym_gui.core.artifacts.checkpoints.limits import LARGEST_PART, MIB
from gym_gui.core.artifacts.checkpoints.model import CheckpointFormat, Findings, Member, Span
from gym_gui.core.artifacts.checkpoints.pickle_arrays import item_size, storage_of
from gym_gui.core.artifacts.checkpoints.pickle_findings import Storage, add_globals, add_structure
from gym_gui.core.artifacts.checkpoints.pickle_machine import PickleReading
from gym_gui.core.artifacts.checkpoints.pickle_opcodes import read_pickle
from gym_gui.core.artifacts.checkpoints.pickle_values import Called, DictValue, Items, PersistentId
from gym_gui.core.artifacts.checkpoints.sources import ByteCursor, PlainSource
from gym_gui.core.artifacts.checkpoints.zip_directory import STORED, ZipDirectory, ZipError
from gym_gui.core.artifacts.stopping import StopAsked

LEGACY_MAGIC = 0x1950A86A20F9469CFC6C
_LARGEST_TAR_HEADER = 1024 * 1024
_MOST_TAR_MEMBERS = 1_000
_SIZE_FIELD = 8


def pickles_of(archive: ZipDirectory) -> list[str]:
    """The names of an archive's pickles that torch would read: `data.pkl` in its one folder."""
    return [name for name in archive.entries if name.endswith("/data.pkl") and name.count("/") == 1]


def read_torch_zip(
    archive: ZipDirectory,
    pickled: str,
    findings: Findings,
    asked: StopAsked,
    *,
    prefix: str = "",
    member: str = "",
) -> None:
    """Adds what the pickle of a torch archive would build and import.

    Args:
        archive: The archive.
        pickled: Name of that pickle.
        findings: Where it is added.
        asked: Whether to stop.
        prefix: What names of tensors begin with.
        member: What to name the pickle by; its own name without.
    """
    folder = pickled.removesuffix("data.pkl")
    if f"{folder}constants.pkl" in archive.entries:
        findings.format = CheckpointFormat.TORCH_SCRIPT
        findings.problems.append("is a TorchScript program: loading it makes its code ready to be run")
    for name in archive.entries:
        if name.endswith(".pkl") and name != pickled:
            read_zip_pickle(archive, name, member or name, findings, asked)
    reading, base = read_zip_pickle(archive, pickled, member or pickled, findings, asked)
    if reading is not None:

        def find_storage(key: str) -> Storage:
            return _stored(archive, folder, key)

        add_structure(
            findings, reading.root, member or pickled, prefix=prefix, find_storage=find_storage, base=base
        )
    # The version is that of the archive's layout, not of PyTorch, which leaves no trace of its own.
    for fact, said in (("version", "archive version"), ("byteorder", "byte order")):
        if f"{folder}{fact}" in archive.entries:
            _add_fact(archive, f"{folder}{fact}", said, findings)


def _add_fact(archive: ZipDirectory, part: str, name: str, findings: Findings) -> None:
    try:
        findings.metadata[name] = archive.read(part, 64).decode("utf-8", "replace").strip()
    except ZipError as problem:
        findings.missed(str(problem))


def read_zip_pickle(
    archive: ZipDirectory, name: str, member: str, findings: Findings, asked: StopAsked
) -> tuple[PickleReading | None, int | None]:
    """What the pickle in this part would build, and where it starts in the file when stored plainly."""
    entry = archive.entries[name]
    try:
        source = archive.source(entry)
        reading = read_pickle(ByteCursor(source), asked_to_stop=asked)
    except ZipError as problem:
        findings.missed(str(problem))
        return None, None
    if entry.size > LARGEST_PART and entry.method != STORED:
        findings.missed(f"{name}: more than {LARGEST_PART // MIB} MiB when expanded; read up to there")
    add_globals(findings, reading, member)
    return reading, archive.span(entry).start if entry.method == STORED else None


def _stored(archive: ZipDirectory, folder: str, key: str) -> Storage:
    entry = archive.entries.get(f"{folder}data/{key}")
    if entry is None or entry.method != STORED:
        return None, None
    try:
        return archive.span(entry), entry.checksum or None
    except ZipError:
        return None, None


def is_legacy(head: bytes) -> bool:
    """Whether a file that starts so is a chain of pickles by torch: its first is a number of its own."""
    return LEGACY_MAGIC.to_bytes(10, "little") in head[:32] and head[:1] == b"\x80"


def read_legacy(file: BinaryIO, findings: Findings, asked: StopAsked) -> None:
    """Adds what a chain of pickles would build: magic number, version, system, object, keys; then bytes."""
    cursor = ByteCursor(PlainSource(file, 0, os.fstat(file.fileno()).st_size))
    roots: list[Any] = []
    for part in ("magic number", "protocol", "system", "data", "storage keys"):
        reading = read_pickle(cursor, asked_to_stop=asked)
        add_globals(findings, reading, part)
        roots.append(reading.root)
        if reading.problem:
            break
    if len(roots) < 4:
        return
    places = _legacy_places(file, cursor.position, roots[3], roots[4]) if len(roots) == 5 else {}
    add_structure(findings, roots[3], "data", find_storage=lambda key: (places.get(key), None))
    if len(roots) == 5 and isinstance(roots[4], Items) and len(places) < len(roots[4].values):
        findings.missed(
            f"the bytes of {len(roots[4].values) - len(places)} storages are not there; the file is cut"
        )


def _legacy_places(file: BinaryIO, position: int, root: Any, keys: Any) -> dict[str, Span]:
    """Where the bytes of each storage are: in the order of the keys, each preceded by its size."""
    sizes = _item_sizes(root)
    places: dict[str, Span] = {}
    end = os.fstat(file.fileno()).st_size
    for key in keys.values if isinstance(keys, Items) else ():
        head = os.pread(file.fileno(), _SIZE_FIELD, position)
        size = sizes.get(key) if isinstance(key, str) else None
        length = int.from_bytes(head, "little") * (size or 0)
        if size is None or len(head) < _SIZE_FIELD or position + _SIZE_FIELD + length > end:
            break
        places[key] = Span(position + _SIZE_FIELD, length)
        position += _SIZE_FIELD + length
    return places


def _item_sizes(root: Any) -> dict[str, int]:
    """Bytes of an element of each storage that the pickle refers to."""
    sizes: dict[str, int] = {}
    seen: set[int] = set()
    waiting = [root]
    while waiting:
        value = waiting.pop()
        if isinstance(value, PersistentId):
            storage = storage_of(value)
            if storage is not None and (size := item_size(storage[1])) is not None:
                sizes[storage[0]] = size
        elif isinstance(value, DictValue | Items | Called | tuple) and id(value) not in seen:
            seen.add(id(value))
            waiting.extend(_parts(value))
    return sizes


def _parts(value: DictValue | Items | Called | tuple[Any, ...]) -> list[Any]:
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, Items):
        return value.values
    children = [child for pair in value.pairs for child in pair]
    if isinstance(value, Called):
        children += [value.function, value.arguments, value.state, *value.items]
    return children


class _SmallReads(RawIOBase):
    """A file that a tar is read from: its headers say how long they are, and are read whole."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__()
        self._file = file

    @override
    def read(self, size: int = -1, /) -> bytes:
        """At most so many bytes.

        Raises:
            ReadError: More are wanted than an honest header has.
        """
        if not 0 <= size <= _LARGEST_TAR_HEADER:
            raise tarfile.ReadError(f"a header of it wants {size:,} bytes")
        return self._file.read(size)

    @override
    def seek(self, place: int, whence: int = 0, /) -> int:
        return self._file.seek(place, whence)

    @override
    def tell(self) -> int:
        return self._file.tell()


def read_torch_tar(file: BinaryIO, findings: Findings, asked: StopAsked) -> None:
    """Adds what the pickles in a tar would import; its tensors are listed as parts only."""
    try:
        with tarfile.open(fileobj=_SmallReads(file), mode="r:") as archive:
            for _ in range(_MOST_TAR_MEMBERS):
                member = archive.next()
                if member is None:
                    return
                findings.members.append(Member(member.name[:500], member.size, member.size))
                if member.isreg() and not member.sparse:
                    source = PlainSource(file, member.offset_data, member.size)
                    add_globals(
                        findings, read_pickle(ByteCursor(source), asked_to_stop=asked), member.name[:100]
                    )
            findings.missed(f"only the first {_MOST_TAR_MEMBERS:,} parts are listed")
    except (tarfile.TarError, EOFError, ValueError, OverflowError) as problem:
        findings.missed(f"the tar archive is broken: {problem}")
