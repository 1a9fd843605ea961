"""Whether the SDK of an environment is as new as this one."""

from __future__ import annotations

import re
from dataclasses import dataclass

from gym_gui import __version__
from gym_gui.core.probing.model import ProbeReport
from gym_gui.core.probing.sdk_source import install_command, sdk_requirement


@dataclass(frozen=True, slots=True)
class SdkNote:
    """What to say about the SDK of an environment, and what mends it; both "" when all is well."""

    message: str = ""
    mend: str = ""


def sdk_note(report: ProbeReport, ours: str = __version__) -> SdkNote:
    """A note when the environment answered with an older SDK than this program's."""
    theirs = report.sdk_version
    if not theirs or _numbers(theirs) >= _numbers(ours):
        return SdkNote()
    command = install_command(report.interpreter, sdk_requirement())
    mend = command.replace(" install ", " install --upgrade ", 1)
    return SdkNote(f"its SDK is {theirs}, older than the panel's {ours}", mend)


def _numbers(version: str) -> tuple[int, ...]:
    """The release numbers of a version: `1.4.0rc1` is 1, 4, 0."""
    release = re.match(r"\d+(?:\.\d+)*", version)
    return tuple(map(int, release[0].split("."))) if release else ()
