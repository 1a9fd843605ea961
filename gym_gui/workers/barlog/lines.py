"""Per-step and per-episode telemetry: JSON lines on standard output beside the lifecycle events."""

from __future__ import annotations

import sys
import time
from typing import Any

# The emitter's own way of writing: a slow reader is not waited for, and lines never cut into its events.
from gym_gui.core.worker._encoding import LINE_OPTIONS, dumps, stand_in
from gym_gui.core.worker._sinks import sink_for


class TelemetryLines:
    """Prints one line each for steps and episodes; a closed pipe or a full disk harms no run.

    Args:
        run_id: The run that the lines belong to.

    Attributes:
        dropped: How many lines could not be written.
    """

    def __init__(self, run_id: str) -> None:
        self._run_id = run_id
        self._sink: Any = None
        self.dropped = 0

    def write(self, kind: str, **fields: Any) -> None:
        """Prints a line of the kind `step` or `episode`."""
        line = {"type": kind, "run_id": self._run_id, "timestamp": time.time(), **fields}
        try:
            if self._sink is None:
                self._sink = sink_for(sys.stdout)
            self._sink.write(dumps(line, stand_in, LINE_OPTIONS))
        except (OSError, ValueError, AttributeError) as error:
            self.dropped += 1
            if self.dropped == 1 and sys.stderr is not None:
                print(f"barlog: telemetry is being lost ({error}); the run goes on", file=sys.stderr)
