"""Opening files that a worker may have put there: plain files only, and never a wait."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import BinaryIO


def open_regular(path: Path | str) -> BinaryIO:
    """The file at `path`, open for reading, unbuffered, when it is a plain file.

    A link, a pipe or a device in its place is refused: opening a pipe would wait for its writer,
    and a link could lead anywhere.

    Raises:
        FileNotFoundError: When there is nothing.
        OSError: When it is no plain file, or may not be read.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(f"{path} is not a plain file")
        return os.fdopen(descriptor, "rb", buffering=0)
    except BaseException:
        os.close(descriptor)
        raise
