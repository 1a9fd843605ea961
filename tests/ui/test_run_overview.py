from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.modeltest import ModelTester

from gym_gui.core.runs.endings import EndClass, EndExplanation
from gym_gui.core.runs.processes.listing import RunProcess
from gym_gui.core.runs.record import ExitCause, ExitRecord
from gym_gui.core.runs.summary import RunState, RunSummary
from gym_gui.services.process_watch import ProcessLook, SeenProcess
from gym_gui.ui.runs.action_reasons import why_not_cancel, why_not_freeze, why_not_rerun, why_not_stacks
from gym_gui.ui.runs.overview.facts import facts_of, receipt_text
from gym_gui.ui.runs.overview.why_words import HEADINGS, heading, known
from gym_gui.ui.runs.resources.process_table import ProcessColumn, ProcessModel
from gym_gui.ui.runs.resources.series import ResourceFigures
from tests.panel_helpers import summary

ALIVE = {RunState.STARTING, RunState.RUNNING, RunState.STALLED, RunState.PAUSED}


def process(pid: int, depth: int = 0, role: str = "", *, frozen: bool = False) -> SeenProcess:
    found = RunProcess(pid, 100 + pid, "boot", 1, depth, role, f"python {pid}", 5_000_000, frozen)
    return SeenProcess(found, 75.0)


def test_the_process_model_is_sound(qtmodeltester: ModelTester) -> None:
    model = ProcessModel()
    model.show_look(ProcessLook((process(1, role="supervisor"), process(2, 1, "worker", frozen=True))))
    qtmodeltester.check(model, force_py=True)
    assert model.index(1, ProcessColumn.WHAT).data() == "    worker: python 2 (frozen)"
    assert model.index(1, ProcessColumn.AGE).data() == "1 min 15 s"
    assert model.index(1, ProcessColumn.MEMORY).data() == "5.0 MB"
    resets: list[int] = []
    model.modelReset.connect(lambda: resets.append(1))
    model.show_look(ProcessLook((process(1), process(2, 1))))
    assert resets == [], "the same processes keep their rows"
    model.show_look(ProcessLook((process(1),)))
    assert resets == [1]


def test_the_supervisor_is_not_counted_among_those_to_be_ended() -> None:
    look = ProcessLook((process(1, role="supervisor"), process(2, 1, "worker"), process(3, 2)))
    assert look.to_end == 2
    assert look.rss_bytes == 15_000_000


def test_every_class_of_end_has_its_words() -> None:
    assert set(HEADINGS) == set(EndClass)
    assert len(set(HEADINGS.values())) == len(EndClass)


@pytest.mark.parametrize(
    ("explanation", "more"),
    [
        (EndExplanation(EndClass.EXCEPTION, "it failed: ValueError: x", "ValueError: x"), ""),
        (EndExplanation(EndClass.NAN, "NaN: ValueError: loss is nan", "ValueError: loss is nan"), ""),
        (EndExplanation(EndClass.NOT_STARTED, "no such file", "no such file"), ""),
        (EndExplanation(EndClass.EXIT_CODE, "exit code 3", "the last line"), "Exit code 3."),
        (EndExplanation(EndClass.UNKNOWN, "nobody recorded the end"), "Nobody recorded the end."),
        (
            EndExplanation(EndClass.EXCEPTION, "it failed: B: y; the first cause was A: x", "A: x"),
            "It failed: B: y; the first cause was A: x.",
        ),
    ],
)
def test_what_the_heading_and_the_first_line_say_is_not_said_twice(
    explanation: EndExplanation, more: str
) -> None:
    assert known(explanation) == more


def test_an_exit_with_0_without_a_word_is_no_error_code() -> None:
    silent = EndExplanation(EndClass.EXIT_CODE, "exit code 0, but no run_completed: ended without saying so")
    assert heading(silent) == "It ended without saying so"


@pytest.mark.parametrize("state", list(RunState))
def test_actions_say_why_they_do_not_apply(state: RunState) -> None:
    run = summary("01ARZ3NDEKTSV4RRFFQ69G5FAV", state)
    assert bool(why_not_cancel(run, is_cancelling=False)) is state.is_over
    assert bool(why_not_freeze(run, is_busy=False)) is (state not in ALIVE)
    assert bool(why_not_stacks(run)) is (state not in ALIVE)
    assert why_not_rerun(run) == ""


def test_actions_need_a_run_and_do_not_run_twice() -> None:
    going = summary("01ARZ3NDEKTSV4RRFFQ69G5FAV", RunState.RUNNING)
    assert why_not_cancel(None, is_cancelling=False) == "no run is selected"
    assert why_not_cancel(going, is_cancelling=True) == "it is being ended"
    assert why_not_freeze(going, is_busy=True) == "that is under way"
    assert "run.json" in why_not_rerun(RunSummary("x", Path("x"), RunState.LOST))


def facts(run: RunSummary, **more: object) -> dict[str, str]:
    return {fact.name: fact.value for fact in facts_of(run, 2_000.0, **more)}  # type: ignore[arg-type]


def test_the_seed_is_the_given_one_or_the_one_that_was_drawn() -> None:
    assert facts(summary("x", seed=3), drawn_seed=9)["Seed"] == "3"
    assert facts(summary("x", seed=0))["Seed"] == "0"
    assert facts(summary("x"), drawn_seed=9)["Seed"] == "9, drawn by the worker"
    assert "Seed" not in facts(summary("x"))


def test_the_receipt_stays_with_the_run() -> None:
    end = ExitRecord(
        cause=ExitCause.CANCELLED, ended=1_500.0, exit_code=0, found=5, ended_by_term=4, ended_by_kill=1
    )
    words = "5 processes found: 4 ended by SIGTERM, 1 by SIGKILL, 0 left"
    assert receipt_text(end) == words
    assert facts(summary("x", RunState.CANCELLED, exit=end))["Cancel receipt"] == words
    left_over = ExitRecord(cause=ExitCause.FINISHED, ended=1_500.0, exit_code=0, found=1, ended_by_term=1)
    assert facts(summary("x", exit=left_over))["Left running"].startswith("1 process found")


def test_what_is_used_now_is_told_only_of_a_run_that_goes_on() -> None:
    figures = ResourceFigures(1_995.0, 98.0, 50.0, 85e6, 90e6, 3)
    going = facts(summary("x", RunState.RUNNING), figures=figures)
    assert going["Uses now"] == "98 % of a core, 85.0 MB, 3 processes  (5 s ago)"
    assert "Uses now" not in facts(summary("x"), figures=figures)
