"""How much is taken in from directories that anybody may have written; what is beyond is said, not read."""

from __future__ import annotations

KIB, MIB = 1024, 1024 * 1024

# Series of one run. A run of 20,000 tags is a mistake already; each costs about 1 KiB here.
MOST_SERIES = 20_000
LONGEST_TAG_BYTES = 2 * KIB
MOST_VALUES_IN_EVENT = 10_000
MOST_FIELDS_IN_EVENT = 100_000
MOST_RESTARTS_IN_FILE = 1_000
MOST_PROBLEM_KINDS = 100

MOST_EVENT_FILES = 5_000
MOST_DIRECTORIES = 20_000
DEEPEST_DIRECTORY = 12

# One read. Small enough that a slice of a few ten milliseconds can end in time.
BLOCK_BYTES = MIB
# Larger records are walked from field to field on disk, and their checksum is left until they are decoded.
LARGEST_CHECKED_RECORD = 64 * KIB
# How far a next good record is looked for behind a broken one.
LONGEST_RESYNC = 64 * MIB
LARGEST_IMAGE_BYTES = 64 * MIB
LARGEST_TEXT_BYTES = 4 * MIB
MOST_HISTOGRAM_BINS = 100_000
