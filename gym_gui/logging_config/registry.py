"""The log constants known to this process: defining one in the catalogue registers it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from threading import Lock

from gym_gui.logging_config.model import LogConstant


class LogCodeCollisionError(ValueError):
    """Two different constants want the same code or the same name; the message names both."""


class LogConstantRegistry:
    """Log constants by code and by name, in the order they were defined."""

    def __init__(self) -> None:
        self._by_code: dict[str, LogConstant] = {}
        self._by_name: dict[str, LogConstant] = {}
        self._owner: dict[str, str] = {}
        # Re-entered never: nothing is called while it is held.
        self._lock = Lock()

    def define(self, constant: LogConstant) -> LogConstant:
        """`constant` itself, now registered by its code; `adopt` gives it its name later.

        Raises:
            LogCodeCollisionError: The code is taken.
        """
        with self._lock:
            known = self._by_code.setdefault(constant.code, constant)
        if known is not constant:
            raise LogCodeCollisionError(
                f"log code {constant.code} is used twice: for {known.message!r} and for "
                f"{constant.message!r}; give the second a code of its own"
            )
        return constant

    def adopt(self, namespace: Mapping[str, object], owner: str) -> None:
        """Registers every log constant of a module's namespace under its name: all, or none at all.

        Args:
            namespace: Names and values; whatever is no log constant is passed over.
            owner: The distribution they come from, for error messages.

        Raises:
            LogCodeCollisionError: A code or a name belongs to another constant.
        """
        named = {name: value for name, value in namespace.items() if isinstance(value, LogConstant)}
        with self._lock:
            claimed: dict[str, LogConstant] = {}
            for name, constant in named.items():
                first = claimed.setdefault(constant.code, constant)
                rival = self._by_code.get(constant.code, first)
                # Identity first: the catalogue itself passes here on every import.
                if rival is not constant:
                    self._refuse_second_code(rival, name, constant, named, owner)
                self._refuse_second_name(name, constant, owner)
            for name, constant in named.items():
                # setdefault, so that a module imported anew does not replace what others hold.
                self._by_code.setdefault(constant.code, constant)
                self._by_name.setdefault(name, constant)
                self._owner.setdefault(name, owner)

    def by_code(self, code: str) -> LogConstant | None:
        """The constant of a code, or None."""
        return self._by_code.get(code)

    def named(self) -> dict[str, LogConstant]:
        """A copy of all names, aliases included, with their constants."""
        return dict(self._by_name)

    def __iter__(self) -> Iterator[LogConstant]:
        return iter(list(self._by_code.values()))

    def _refuse_second_code(
        self,
        rival: LogConstant,
        name: str,
        constant: LogConstant,
        arriving: Mapping[str, LogConstant],
        owner: str,
    ) -> None:
        rival_name = self._name_of(rival, arriving)
        # The same constant under the same name again is a module that was imported anew.
        if rival == constant and rival_name == name:
            return
        rival_owner = self._owner.get(rival_name, owner)
        raise LogCodeCollisionError(
            f"log code {constant.code} is used twice: by {rival_name} of {rival_owner} "
            f"and by {name} of {owner}; give the second a code of its own"
        )

    def _refuse_second_name(self, name: str, constant: LogConstant, owner: str) -> None:
        rival = self._by_name.get(name, constant)
        if rival != constant:
            raise LogCodeCollisionError(
                f"log constant {name} is already {rival.code} of {self._owner[name]}; "
                f"{owner} defines it again as {constant.code}: give it another name"
            )

    def _name_of(self, constant: LogConstant, arriving: Mapping[str, LogConstant]) -> str:
        for names in (self._by_name, arriving):
            for name, known in names.items():
                if known is constant:
                    return name
        return constant.code


CATALOGUE = LogConstantRegistry()


def family(component: str, subcomponent: str, *tags: str) -> Callable[[str, str, str, str], LogConstant]:
    """A function that defines one constant of a family: `define(code, level, message, further_tags)`.

    Args:
        component: Of every constant of the family.
        subcomponent: Of every constant of the family.
        tags: The tags they all start with; further ones are given as words separated by spaces.
    """

    def define(code: str, level: str, message: str, further_tags: str) -> LogConstant:
        all_tags = (*tags, *further_tags.split())
        return CATALOGUE.define(LogConstant(code, level, message, component, subcomponent, all_tags))

    return define
