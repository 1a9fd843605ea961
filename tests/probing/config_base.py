"""A config base class whose annotations name what only this module imports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal as OneOf


@dataclass
class Base:
    mode: OneOf["fast", "slow"] = "fast"
