"""A worker that puts what it likes where its supervisor keeps its records, and then waits or ends."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

place = Path(sys.argv[sys.argv.index("--config") + 1])
config = json.loads(place.read_text())
run = place.parent
while not (run / "process.json").exists():
    time.sleep(0.01)
for name, what in config["puts"].items():
    (run / name).unlink(missing_ok=True)
    if what == "directory":
        (run / name / "within").mkdir(parents=True)
    elif what == "pipe":
        os.mkfifo(run / name)
    else:
        (run / name).write_text(json.dumps(what))
print("hello", flush=True)
(run / "ready").touch()
time.sleep(config["waits"])
sys.exit(7)
