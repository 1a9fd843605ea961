"""How much of a W&B run is taken in; what is beyond is counted and said."""

from __future__ import annotations

KIB, MIB = 1024, 1024 * 1024

LARGEST_RECORD = 16 * MIB
MOST_SERIES = 5_000
MOST_POINTS = 20_000_000
MOST_KEYS = 10_000
LONGEST_KEY = 512
LARGEST_VALUE = MIB
DEEPEST_VALUE = 6
MOST_VALUES_IN_RECORD = 20_000
MOST_FILES = 10_000
MOST_MEDIA = 100_000
READ_BYTES = MIB
