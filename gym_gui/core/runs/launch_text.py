"""What is typed for a launch beside its config: "0,1" for devices, NAME=value lines for the environment."""

from __future__ import annotations

import re

_DEVICE = re.compile(r"\d{1,3}|(?:GPU|MIG)-[A-Za-z0-9/-]{1,80}")
_NO_DEVICE = "none"
_DEVICES_ARE = 'write numbers such as 0,1, ids that begin with GPU- or MIG-, or "none"'
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def parse_devices(text: str) -> tuple[str, ...]:
    """The CUDA devices that "0,1", "GPU-8a…" or "none" means; none are hidden from the run by "none" alone.

    Raises:
        ValueError: The text means no devices; the message says what would.
    """
    if text.strip().lower() == _NO_DEVICE:
        return ()
    devices = tuple(part.strip() for part in text.split(","))
    for device in devices:
        if not _DEVICE.fullmatch(device):
            raise ValueError(f"{device!r} is no device; {_DEVICES_ARE}")
    twice = next((device for device in devices if devices.count(device) > 1), None)
    if twice is not None:
        raise ValueError(f"device {twice} is there twice")
    return devices


def parse_environment(text: str) -> dict[str, str]:
    """The variables of lines of NAME=value; blank lines and those that begin with # are passed over.

    A value is taken as it stands, quotes, blanks and all; nothing is expanded.

    Raises:
        ValueError: A line sets no variable, or one is set twice; the message names the line.
    """
    variables: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        name, equals, value = line.partition("=")
        name = name.strip()
        if not equals:
            raise ValueError(f"line {number} has no =; write NAME=value")
        if not _NAME.fullmatch(name):
            raise ValueError(f"line {number}: {name!r} cannot be a variable; use letters, digits and _")
        if name in variables:
            raise ValueError(f"line {number} sets {name} again")
        if "\0" in value:
            raise ValueError(f"line {number}: {name} holds a null character")
        variables[name] = value
    return variables
