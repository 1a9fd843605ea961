"""What the counting worker prints, known beforehand: a byte that is missing or doubled is seen."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def event(config: Mapping[str, Any], name: str, **payload: object) -> bytes:
    """A lifecycle event, with a time that does not depend on when it is printed."""
    line = {"event": name, "run_id": config["run_id"], "timestamp": config["born"], "payload": payload}
    return json.dumps(line).encode() + b"\n"


def line(config: Mapping[str, Any], number: int) -> bytes:
    """The numbered line; its length varies with the number."""
    return b"line %06d %s %s\n" % (number, config["run_id"].encode(), b"." * (number * 7919 % 61))


def whole_output(config: Mapping[str, Any]) -> bytes:
    """All that comes on standard output of a run that was left alone."""
    lines = [line(config, number) for number in range(config["lines"])]
    ends = event(config, "run_started", worker_type="counting"), event(config, "run_completed")
    return ends[0] + b"".join(lines) + ends[1]


def whole_errors(config: Mapping[str, Any]) -> bytes:
    """All that comes on standard error."""
    return b"".join(line(config, number) for number in range(0, config["lines"], 10))
