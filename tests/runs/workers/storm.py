"""A worker whose descendants keep forking, each in a session of its own, and ignore SIGTERM."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

signal.signal(signal.SIGTERM, signal.SIG_IGN)
unfinished = Path(os.environ["MOSAIC_RUN_DIR"], ".worker")
unfinished.write_text(str(os.getpid()))
unfinished.rename(unfinished.with_name("pid.worker"))
for _ in range(4):
    if os.fork() == 0:
        # Each generation forks the next and ends, so no pid lives for long.
        for _ in range(100_000):
            if os.fork() != 0:
                os._exit(0)
            os.setsid()
            time.sleep(0.002)
        sys.exit()
time.sleep(600)
