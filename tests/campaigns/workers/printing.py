"""A worker that prints so many megabytes, every line of them as the campaign expects it."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

LINES = 10_000
LINE_BYTES = 105
BLOCK = b"".join(b"line %07d %s\n" % (number, b"y" * 91) for number in range(LINES))


def put(data: bytes) -> None:
    """Writes the whole of it."""
    view = memoryview(data)
    while view:
        view = view[os.write(1, view) :]


if __name__ == "__main__":
    # Beside this script; the campaign, which imports it for its sizes, has it elsewhere.
    import numbered

    config = json.loads(Path(sys.argv[sys.argv.index("--config") + 1]).read_text())
    put(numbered.event(config, "run_started"))
    for number in range(config["blocks"]):
        put(BLOCK)
        put(numbered.event(config, "heartbeat", step=number + 1, total_steps=config["blocks"]))
    put(numbered.event(config, "run_completed"))
