"""`python -m tests.campaigns.panel_process CONFIGS`: the panel, made to launch runs and say what it lists.

It is put together by the composition root as `main.py` has it. Once its list is complete it prints the states
it shows, then launches one run of the counting worker for each of CONFIGS, a JSON list, and prints their ids.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

from gym_gui.app import Panel, build_panel, make_application
from gym_gui.core.runs.launch import LaunchSpec
from tests.campaigns.field import WORKERS


def main(configs: list[dict[str, Any]]) -> int:
    """Opens the panel and returns when it is closed."""
    app = make_application(sys.argv[0])
    panel = build_panel(app)
    panel.launcher.launched.connect(lambda run_id: _say({"launched": run_id}))
    panel.watch.listed.connect(lambda: _begin(panel, configs))
    panel.open()
    return app.exec()


def _begin(panel: Panel, configs: list[dict[str, Any]]) -> None:
    _say({"listed": {summary.run_id: summary.state for summary in panel.watch.summaries()}})
    command = (sys.executable, "-S", str(WORKERS / "counting.py"))
    for config in configs:
        panel.launcher.launch(LaunchSpec(worker_id="campaign", command=command, config=config))


def _say(what: dict[str, Any]) -> None:
    os.write(1, json.dumps(what).encode() + b"\n")


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))
