"""Standard output kept for what it is for."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout


@contextmanager
def standard_output_kept_clean() -> Iterator[None]:
    """Sends what libraries print inside the block to standard error."""
    with redirect_stdout(sys.stderr):
        yield
