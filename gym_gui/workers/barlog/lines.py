"""Per-step and per-episode telemetry: JSON lines on standard output beside the lifecycle events."""

from __future__ import annotations

import json
import sys
import time
from typing import Any


class TelemetryLines:
    """Prints one line each for steps and episodes; a closed pipe or a full disk harms no run.

    Args:
        run_id: The run that the lines belong to.
    """

    def __init__(self, run_id: str) -> None:
        self._run_id = run_id
        self.dropped = 0

    def write(self, kind: str, **fields: Any) -> None:
        """Prints a line of the kind `step` or `episode`."""
        line = json.dumps({"type": kind, "run_id": self._run_id, "timestamp": time.time(), **fields})
        try:
            sys.stdout.write(line + "\n")
            sys.stdout.flush()
        except (OSError, ValueError, AttributeError) as error:
            self.dropped += 1
            if self.dropped == 1 and sys.stderr is not None:
                print(f"barlog: telemetry is being lost ({error}); the run goes on", file=sys.stderr)
