"""A task by name: `family/task`, and what a list of such names stands for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from gym_gui.workers.barlog.choices import Family

_TASK_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")


@dataclass(frozen=True, slots=True, order=True)
class Task:
    """One task of a family, e.g. `babyai/GoToLocal`."""

    family: Family
    name: str

    def __str__(self) -> str:
        return f"{self.family.value}/{self.name}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """The task that `family/task` names.

        Raises:
            ValueError: It names none; the message says what would.
        """
        family, slash, name = text.partition("/")
        if not slash or not _TASK_NAME.fullmatch(name):
            raise ValueError(f"{text!r} is no task; write family/task, e.g. babyai/GoToLocal")
        return cls(_family(family), name)


def expand(names: Iterable[str]) -> tuple[Task, ...]:
    """The tasks that names stand for, each once: `family/task`, or a family for all its standard tasks.

    Raises:
        ValueError: A name stands for nothing.
    """
    tasks: dict[Task, None] = {}
    for name in names:
        if "/" in name:
            tasks[Task.parse(name)] = None
        else:
            family = _family(name)
            tasks |= {Task(family, task): None for task in family.standard_tasks}
    return tuple(tasks)


def _family(name: str) -> Family:
    try:
        return Family(name)
    except ValueError:
        known = ", ".join(family.value for family in Family)
        raise ValueError(f"{name!r} is no family of games; there are {known}") from None
