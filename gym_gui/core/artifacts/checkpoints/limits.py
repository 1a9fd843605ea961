"""How much of a checkpoint is read, whatever it claims to hold; what is beyond is said, not read."""

from __future__ import annotations

KIB, MIB = 1024, 1024 * 1024

MOST_TENSORS = 100_000
MOST_DIMENSIONS = 64
MOST_GLOBALS_SHOWN = 2_000
MOST_TOP_LEVEL = 1_000
LONGEST_NAME = 512
DEEPEST_STRUCTURE = 100
# Values looked at below the root of a pickle; what is shared is looked at once.
MOST_VALUES = 500_000

MOST_ZIP_ENTRIES = 100_000
LARGEST_ZIP_DIRECTORY = 16 * MIB
# What one part of an archive may expand to, and how much an archive may claim before it is called a bomb.
LARGEST_PART = 64 * MIB
LARGEST_EXPANSION = 1024 * MIB
SUSPICIOUS_RATIO = 100

LARGEST_SAFETENSORS_HEADER = 100 * 1000 * 1000
LARGEST_SAFETENSORS_HEADER_READ = 16 * MIB
LARGEST_JSON = 8 * MIB
LONGEST_NPY_HEADER = 64 * KIB

MOST_DIRECTORY_FILES = 20_000
DEEPEST_DIRECTORY = 12
SECONDS_FOR_HDF5 = 20.0
