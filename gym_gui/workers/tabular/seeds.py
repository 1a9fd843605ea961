"""Seeds of a run's parts, all from the one seed of the run."""

from __future__ import annotations

import hashlib
import secrets

from gym_gui.workers.tabular.config import LARGEST_SEED


def drawn_seed() -> int:
    """A seed by chance, small enough to read and to type again."""
    return secrets.randbelow(LARGEST_SEED + 1)


def seed_for(seed: int, part: str, number: int = 0) -> int:
    """The seed of a part of a run: unlike that of any other part, the same in every run of the seed."""
    digest = hashlib.blake2b(f"{seed}/{part}/{number}".encode(), digest_size=4).digest()
    return int.from_bytes(digest, "big")
