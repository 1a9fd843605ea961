"""A worker that prints numbered lines and leaves a note of every time it was started."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

import numbered

config = json.loads(Path(sys.argv[sys.argv.index("--config") + 1]).read_text())
starts = os.open(Path(os.environ["MOSAIC_RUN_DIR"], "starts"), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
os.write(starts, b"%d\n" % os.getpid())
os.write(1, numbered.event(config, "run_started", worker_type="counting"))
for number in range(config["lines"]):
    os.write(1, numbered.line(config, number))
    if number % 10 == 0:
        os.write(2, numbered.line(config, number))
    time.sleep(config["pause"])
os.write(1, numbered.event(config, "run_completed"))
