"""What a pickle would build, as inert values: nothing here was imported, called or unpickled."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class GlobalName:
    """Something that unpickling would import."""

    module: str
    name: str

    def __str__(self) -> str:
        return f"{self.module}.{self.name}"


@dataclass(slots=True, eq=False)
class Called:
    """What a call would return, and what would be done to it afterwards.

    Attributes:
        function: What would be called: a `GlobalName` nearly always.
        arguments: What with; a tuple in an honest file.
        state: What `__setstate__` or `__dict__` would be given, None without.
        pairs: Items that would be set.
        items: Items that would be appended or added.
    """

    function: Any
    arguments: Any
    state: Any = None
    pairs: list[tuple[Any, Any]] = field(default_factory=list)
    items: list[Any] = field(default_factory=list)

    def is_call_of(self, *names: str) -> bool:
        """Whether a function of one of these full names would be called."""
        return isinstance(self.function, GlobalName) and str(self.function) in names


@dataclass(slots=True, eq=False)
class DictValue:
    """A dictionary, its pairs in order: keys in a pickle may be chosen to collide, or not be hashable."""

    pairs: list[tuple[Any, Any]] = field(default_factory=list)

    def get(self, key: str) -> Any:
        """The last value under this key, None when there is none."""
        return next(
            (value for name, value in reversed(self.pairs) if name == key and type(name) is str), None
        )


@dataclass(slots=True, eq=False)
class Items:
    """A list, set or frozenset, which `kind` says."""

    kind: str
    values: list[Any] = field(default_factory=list)


@dataclass(frozen=True, slots=True, eq=False)
class BytesValue:
    """Bytes that were passed over: how many, and the place in the pickle where they start."""

    length: int
    start: int


@dataclass(frozen=True, slots=True, eq=False)
class PersistentId:
    """A reference to what is stored beside the pickle: the storage of a tensor."""

    key: Any


class OutOfBand:
    """A buffer that would come from outside of the pickle."""
