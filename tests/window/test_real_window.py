"""A person at a real window: mouse and keyboard go in, and the run directory tells what happened."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest

from gym_gui.config.paths import runs_root
from gym_gui.core.runs.cancel import cancel_run
from gym_gui.core.runs.directory import RunDirectory, RunStore
from gym_gui.core.runs.launch import LaunchSpec, create_run, start_supervisor
from gym_gui.core.runs.observe import watch_state
from gym_gui.core.runs.summary import RunState
from tests.panel_helpers import ENDLESS, TABULAR_COMMAND, end_all_runs
from tests.window.screen import PanelProcess, eventually, missing_programs, open_panel, virtual_screen

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.timeout(300),
    pytest.mark.skipif(bool(missing_programs()), reason=f"needs {', '.join(missing_programs())}"),
]
NEW_RUN_BUTTON = (88, 54)


@pytest.fixture
def display() -> Iterator[str]:
    with virtual_screen() as name:
        yield name


@pytest.fixture
def store() -> Iterator[RunStore]:
    root = runs_root()
    root.mkdir(parents=True)
    yield RunStore(root)
    end_all_runs(root)


def _first_run(store: RunStore) -> RunDirectory | None:
    run_ids = store.run_ids()
    return store.open(run_ids[0]) if run_ids else None


def _get_a_form(panel: PanelProcess, ask: Callable[[], None]) -> None:
    """Asks for a new run until its form is there: a panel that is not furnished yet hears nothing."""

    def there() -> bool:
        if panel.title().startswith("New run of "):
            return True
        if not panel.title().startswith("New run"):
            ask()
            time.sleep(0.2)
        return False

    eventually(there, "the form of a new run")


def test_a_run_is_started_and_watched_to_its_end_by_the_keyboard_alone(display: str, store: RunStore) -> None:
    with open_panel(display) as panel:
        _get_a_form(panel, lambda: panel.press("ctrl+n"))

        def start() -> RunDirectory | None:
            # A key that comes while the config is still being checked does nothing.
            panel.press("ctrl+Return")
            time.sleep(0.5)
            return _first_run(store)

        run = eventually(start, "a run was launched")
        eventually(lambda: watch_state(run).state is RunState.COMPLETED, "the run completed")
        panel.press("ctrl+q")
        assert panel.wait_for_end() == 0
    assert len(store.run_ids()) == 1


def test_the_mouse_finds_the_button_and_the_name_that_is_typed_is_the_runs(
    display: str, store: RunStore
) -> None:
    with open_panel(display) as panel:
        _get_a_form(panel, lambda: panel.click(*NEW_RUN_BUTTON))
        # From the worker's picker one step on is the name.
        panel.press("Tab")
        panel.type("by hand")

        def start() -> RunDirectory | None:
            panel.press("ctrl+Return")
            time.sleep(0.5)
            return _first_run(store)

        run = eventually(start, "a run was launched")
        assert watch_state(run).labels.name == "by hand"
        cancel_run(run, grace_s=5.0)


def test_a_panel_that_is_killed_takes_no_run_with_it_and_the_next_one_shows_it(
    display: str, store: RunStore
) -> None:
    run = create_run(store, LaunchSpec(worker_id="tabular", command=TABULAR_COMMAND, config=ENDLESS))
    start_supervisor(run)
    eventually(lambda: watch_state(run).progress is not None, "progress")
    with open_panel(display) as panel:
        panel.kill()
    before = watch_state(run)
    assert before.state is RunState.RUNNING
    with open_panel(display) as panel:
        eventually(
            lambda: (
                (now := watch_state(run).progress) and before.progress and now.done > before.progress.done
            ),
            "it trained on",
        )
        panel.press("ctrl+q")
        assert panel.wait_for_end() == 0
    assert watch_state(run).state is RunState.RUNNING
