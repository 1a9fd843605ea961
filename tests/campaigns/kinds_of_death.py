"""The ways to die that the campaign tries, and by what each is to be explained."""

from __future__ import annotations

import random
import signal
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gym_gui.core.runs.endings import EndClass, EndExplanation
from gym_gui.core.runs.record import ExitRecord

Explains = Callable[[EndExplanation, ExitRecord, dict[str, Any]], bool]


@dataclass(frozen=True, slots=True)
class Death:
    """One way to die.

    Attributes:
        configure: What the dying worker is told.
        explains: Whether what is shown explains this death.
        needs: "disk", "run disk", "memory" where a limit has to be made for it, else "".
    """

    title: str
    configure: Callable[[random.Random], dict[str, Any]]
    explains: Explains
    needs: str = ""


def _plain(dice: random.Random) -> dict[str, Any]:
    # Some say that they have completed before they die.
    return {"claims_completion": dice.random() < 0.25}


def _with_code(dice: random.Random) -> dict[str, Any]:
    return {**_plain(dice), "code": dice.randrange(1, 256)}


def _leaving_at_once(dice: random.Random) -> dict[str, Any]:
    code = dice.choice([0, 1, 77])
    # To say so and then exit with 0 is no death but an end.
    return {"code": code, "claims_completion": code != 0 and dice.random() < 0.25}


def _raising(dice: random.Random) -> dict[str, Any]:
    return {**_plain(dice), "error": dice.choice(["KeyError", "RuntimeError", "OSError"])}


def _signal(number: int) -> Explains:
    return lambda end, record, config: end.cause is EndClass.SIGNAL and record.signal == number


def _exit_code(end: EndExplanation, record: ExitRecord, config: dict[str, Any]) -> bool:
    return end.cause is EndClass.EXIT_CODE and record.exit_code == config["code"]


def _exception(end: EndExplanation, record: ExitRecord, config: dict[str, Any]) -> bool:
    return end.cause is EndClass.EXCEPTION and end.error_type == config["error"]


def _class(*classes: EndClass) -> Explains:
    return lambda end, record, config: end.cause in classes


DEATHS = (
    Death("SIGKILL", _plain, _signal(signal.SIGKILL)),
    Death("SIGSEGV", _plain, _signal(signal.SIGSEGV)),
    Death("exit n", _with_code, _exit_code),
    Death("os._exit", _leaving_at_once, _exit_code),
    Death("exception", _raising, _exception),
    Death("out of memory, RLIMIT_AS", _plain, _class(EndClass.OUT_OF_MEMORY)),
    Death("out of memory, cgroup", _plain, _class(EndClass.KERNEL_OOM), needs="memory"),
    Death("disk full, tmpfs", _plain, _class(EndClass.DISK_FULL), needs="disk"),
    Death("disk full, the run's own", _plain, _class(EndClass.DISK_FULL), needs="run disk"),
    Death("file too large, RLIMIT_FSIZE", _plain, _class(EndClass.DISK_FULL)),
)
