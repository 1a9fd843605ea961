"""When a search for what is left of a run may be ended for good."""

from __future__ import annotations

from pathlib import Path

from gym_gui.core.runs.directory import RunDirectory
from gym_gui.core.runs.processes import osproc
from gym_gui.core.runs.processes.carriers import Carriers
from gym_gui.core.runs.processes.liveness import LivenessProbe


class Looks(Carriers):
    """Looks at the processes that find what they are told to."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0
        self.found: list[osproc.Process] = []

    def of(self, run_dir: str, since: float = float("-inf")) -> list[osproc.Process]:
        self.asked += 1
        return list(self.found)


def test_a_process_that_one_look_missed_is_found_by_the_next(tmp_path: Path) -> None:
    me = osproc.look_at(osproc.all_pids()[0])
    assert me is not None
    looks = Looks()
    probe = LivenessProbe(RunDirectory(tmp_path), looks)
    looks.taken = 0.0
    assert probe.look(None, was_started=True).others_alive == 0
    looks.taken = float("1e12")  # long after the supervisor was found dead
    assert probe.look(None, was_started=True).others_alive == 0
    looks.found = [me]
    assert probe.look(None, was_started=True).others_alive == 1
    looks.found = []
    for later in (1, 2):
        looks.taken += later
        assert probe.look(None, was_started=True).others_alive == 0
    asked = looks.asked
    looks.found = [me]
    assert probe.look(None, was_started=True).others_alive == 0
    assert looks.asked == asked, "two looks agreed: the search is over"
