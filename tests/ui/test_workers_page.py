from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPlainTextEdit, QPushButton, QToolButton
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from gym_gui.core.probing.model import ProbedWorker, ProbeFailure, ProbeReport
from gym_gui.core.worker import WorkerCapabilities, WorkerMetadata
from gym_gui.services.notifier import Notifier
from gym_gui.services.tasks import TaskRunner
from gym_gui.services.workers_probe import WorkersProbe
from gym_gui.ui.desktop import Desktop
from gym_gui.ui.theme import Theme
from gym_gui.ui.widgets.fold import Fold
from gym_gui.ui.widgets.labels import PlainLabel
from gym_gui.ui.workers.badges import badge_groups
from gym_gui.ui.workers.card import WorkerCard
from gym_gui.ui.workers.filters import OWN_ENVIRONMENT, FilterBar, WorkerFilter
from gym_gui.ui.workers.machine import MachineHas
from gym_gui.ui.workers.model import WORKER_ROLE, WorkersModel, title_of, why_not_launchable
from gym_gui.ui.workers.page import WorkersPage
from tests.panel_helpers import wait_for

PYTHON = "/usr/bin/python3"


def worker(worker_id: str = "demo", interpreter: str = PYTHON, **more: Any) -> ProbedWorker:
    values: dict[str, Any] = {
        "metadata": WorkerMetadata(name="Demo <i>RL</i>", version="2.0", description="Learns.", author="Ann"),
        "capabilities": WorkerCapabilities(
            "demo", supported_paradigms=("sequential",), env_families=("atari",)
        ),
        "command": ("demo-worker",),
    }
    return ProbedWorker(worker_id, interpreter, f"{worker_id}:get", **{**values, **more})


BROKEN = worker(
    "broken",
    metadata=None,
    capabilities=None,
    command=(),
    failure=ProbeFailure("ImportError", "no module named torch", "Traceback ...", "pip install torch"),
)
LACKING = worker("lacking", missing=("torch",), mend="python -m pip install torch")


def texts(card: WorkerCard) -> list[str]:
    return [label.text() for label in card.findChildren(PlainLabel)]


def test_the_model_is_sound(qapp: object, qtmodeltester: ModelTester) -> None:
    model = WorkersModel()
    model.take(ProbeReport(PYTHON, workers=(BROKEN, worker(), LACKING)))
    qtmodeltester.check(model, force_py=True)
    assert [found.worker_id for found in model.workers()] == ["demo", "broken", "lacking"]
    assert model.index(0, 0).data(WORKER_ROLE) == worker()
    assert model.row_of("lacking") == 2
    assert model.row_of("unheard of") == -1


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("atari", {"demo", "lacking"}),
        ("torch", {"broken"}),
        ("ann demo", {"demo", "lacking"}),
        ("zzz", set()),
    ],
)
def test_search_knows_capabilities(qapp: object, text: str, found: set[str]) -> None:
    model = WorkersModel()
    model.take(ProbeReport(PYTHON, workers=(BROKEN, worker(), LACKING)))
    model.search(text)
    assert {shown.worker_id for shown in model.workers()} == found


def test_the_picker_offers_what_can_be_launched(qapp: object) -> None:
    model = WorkersModel(launchable_only=True)
    model.take(ProbeReport(PYTHON, workers=(BROKEN, worker(), LACKING)))
    assert [found.worker_id for found in model.workers()] == ["demo"]


def test_names_and_reasons() -> None:
    assert title_of(worker()) == "Demo <i>RL</i> (demo)"
    assert title_of(BROKEN) == "broken"
    assert why_not_launchable(worker()) == ""
    assert "torch" in why_not_launchable(LACKING)
    assert why_not_launchable(worker(command=()))


def test_every_capability_has_a_badge() -> None:
    capabilities = WorkerCapabilities(
        "x",
        supported_paradigms=("single_agent", "simultaneous"),
        env_families=("gymnasium", "pettingzoo"),
        action_spaces=("discrete", "box"),
        observation_spaces=("image",),
        max_agents=64,
        supports_self_play=True,
        supports_population=True,
        supports_checkpointing=True,
        supports_pause_resume=True,
        requires_gpu=True,
        gpu_memory_mb=8_000,
        cpu_cores=16,
        estimated_memory_mb=32_000,
    )
    groups = {group.caption: [badge.text for badge in group.badges] for group in badge_groups(capabilities)}
    assert groups == {
        "Paradigm": ["single agent", "simultaneous"],
        "Environments": ["gymnasium", "pettingzoo"],
        "Actions": ["discrete", "box"],
        "Observations": ["image"],
        "Agents": ["up to 64 agents"],
        "Can": ["checkpoints", "pause and resume", "self-play", "population"],
        "Needs": ["GPU 8.0 GB", "16 cores", "32.0 GB"],
    }


def test_needs_that_this_machine_cannot_meet_say_so() -> None:
    greedy = WorkerCapabilities("x", requires_gpu=True, cpu_cores=16, estimated_memory_mb=64_000)
    small = MachineHas(cores=2, memory_bytes=8_000_000_000, has_gpu=False)
    (needs,) = [group for group in badge_groups(greedy, small) if group.caption == "Needs"]
    assert [(badge.text, badge.tone) for badge in needs.badges] == [
        ("GPU: none here", "danger"),
        ("16 cores: 2 here", "warning"),
        ("64.0 GB: 8.0 GB here", "danger"),
    ]
    large = MachineHas(cores=32, memory_bytes=128_000_000_000, has_gpu=True)
    (needs,) = [group for group in badge_groups(greedy, large) if group.caption == "Needs"]
    assert [badge.text for badge in needs.badges] == ["GPU", "16 cores", "64.0 GB"]


ATARI = worker(
    "atari",
    interpreter="/envs/torch2/bin/python",
    environment="torch2",
    capabilities=WorkerCapabilities("x", env_families=("atari",), max_agents=4, requires_gpu=True),
)
TOY = worker(
    "toy", capabilities=WorkerCapabilities("x", env_families=("toy_text",), supports_checkpointing=True)
)


@pytest.mark.parametrize(
    ("values", "abilities", "shown"),
    [
        ((), (), ["atari", "toy", "broken"]),
        ((("Environment", "atari"),), (), ["atari"]),
        ((("Installed in", "torch2"),), (), ["atari"]),
        ((("Installed in", OWN_ENVIRONMENT),), (), ["toy", "broken"]),
        ((), ("Multi-agent",), ["atari"]),
        ((), ("Checkpoints",), ["toy"]),
        ((), ("No GPU",), ["toy"]),
        ((("Environment", "atari"),), ("No GPU",), []),
    ],
)
def test_filters_narrow_what_is_shown(
    qapp: object, values: tuple[tuple[str, str], ...], abilities: tuple[str, ...], shown: list[str]
) -> None:
    model = WorkersModel()
    model.take(ProbeReport(PYTHON, workers=(ATARI, TOY, BROKEN)))
    model.narrow(WorkerFilter(values, frozenset(abilities)))
    assert [found.worker_id for found in model.workers()] == shown


def test_the_filter_bar_offers_what_tells_workers_apart(qtbot: QtBot) -> None:
    bar = FilterBar()
    qtbot.addWidget(bar)
    bar.offer((ATARI, TOY))
    bar.show()
    assert bar.boxes["Environment"].isVisible()
    assert not bar.boxes["Actions"].isVisible(), "both have the same"
    told: list[WorkerFilter] = []
    bar.changed.connect(told.append)
    bar.boxes["Environment"].setCurrentIndex(bar.boxes["Environment"].findData("atari"))
    assert told[-1].values == (("Environment", "atari"),)
    bar.offer((ATARI, TOY, BROKEN))
    assert bar.chosen().values == (("Environment", "atari"),), "what is chosen stays chosen"
    bar.clear()
    assert bar.chosen() == WorkerFilter()
    bar.offer((TOY,))
    assert not bar.isVisible(), "one worker needs no filter"


def test_a_worker_says_which_environment_it_is_of(theme: Theme, desktop: Desktop, qtbot: QtBot) -> None:
    card = WorkerCard(theme, desktop, ATARI)
    qtbot.addWidget(card)
    assert "in torch2" in texts(card)
    assert title_of(ATARI) == "Demo <i>RL</i> (atari) in torch2"
    with qtbot.waitSignal(card.launch_wanted) as launched:
        card.launch.click()
    assert launched.args == ["atari", "/envs/torch2/bin/python"]


def test_a_worker_that_says_little_has_few_badges() -> None:
    groups = {group.caption for group in badge_groups(WorkerCapabilities("x"))}
    assert groups == {"Agents", "Needs"}


def test_a_card_shows_plain_text_and_launches(theme: Theme, desktop: Desktop, qtbot: QtBot) -> None:
    card = WorkerCard(theme, desktop, worker())
    qtbot.addWidget(card)
    assert "Demo <i>RL</i>" in texts(card)
    assert all(label.textFormat() is Qt.TextFormat.PlainText for label in card.findChildren(PlainLabel))
    with qtbot.waitSignal(card.launch_wanted) as launched:
        card.launch.click()
    assert launched.args == ["demo", PYTHON]


def test_a_long_name_and_version_leave_room_for_launch(theme: Theme, desktop: Desktop, qtbot: QtBot) -> None:
    named = WorkerMetadata(name="<b>n</b>\n" * 200, version="9." * 500, description="d " * 500)
    can = WorkerCapabilities("demo", env_families=("<i>endless</i>" * 50,) * 20)
    card = WorkerCard(theme, desktop, worker(metadata=named, capabilities=can))
    qtbot.addWidget(card)
    assert card.minimumSizeHint().width() < 600
    assert [text.startswith("<i>endless") for text in texts(card)].count(True) == 1, "said once"
    card.resize(700, 400)
    card.show()
    assert card.launch.geometry().right() < card.width()


def test_a_broken_worker_shows_error_hint_and_traceback(theme: Theme, desktop: Desktop, qtbot: QtBot) -> None:
    card = WorkerCard(theme, desktop, BROKEN)
    qtbot.addWidget(card)
    card.show()
    assert not card.launch.isEnabled()
    assert "ImportError: no module named torch" in texts(card)
    assert "pip install torch" in texts(card)
    (traceback,) = card.findChildren(QPlainTextEdit)
    assert not traceback.isVisible()
    card.findChildren(Fold)[0].button.click()
    assert traceback.isVisible()


def test_what_is_missing_comes_with_the_command(theme: Theme, desktop: Desktop, qtbot: QtBot) -> None:
    card = WorkerCard(theme, desktop, LACKING)
    qtbot.addWidget(card)
    assert not card.launch.isEnabled()
    assert "torch" in card.launch.toolTip()
    copy = next(button for button in card.findChildren(QToolButton) if "Copy" in button.accessibleName())
    copy.click()
    assert QGuiApplication.clipboard().text() == "python -m pip install torch"


def test_a_homepage_that_is_no_web_address_is_not_opened(
    theme: Theme, desktop: Desktop, notifier: Notifier, qtbot: QtBot
) -> None:
    bad = WorkerMetadata(name="Bad", homepage="file:///etc/passwd")
    card = WorkerCard(theme, desktop, worker(metadata=bad))
    qtbot.addWidget(card)
    next(button for button in card.findChildren(QPushButton) if button.text() == "Homepage").click()
    assert notifier.history[0].title == "This link was not opened"


class Answers:
    """A probe whose answers the test sets."""

    def __init__(self) -> None:
        self.report = ProbeReport(PYTHON)

    def __call__(self, interpreter: str) -> ProbeReport:
        return self.report


@pytest.fixture
def answers() -> Answers:
    return Answers()


@pytest.fixture
def page(
    theme: Theme, desktop: Desktop, notifier: Notifier, answers: Answers, qtbot: QtBot
) -> Iterator[WorkersPage]:
    tasks = TaskRunner(notifier)
    made = WorkersPage(theme, WorkersProbe(tasks, notifier, probe=answers), desktop)
    qtbot.addWidget(made)
    made.resize(1000, 600)
    yield made
    tasks.close(5_000)


def test_no_workers_says_how_to_get_one(page: WorkersPage) -> None:
    page.show()
    assert page.scanning.isVisible()
    assert not page.rescan.isEnabled()
    wait_for(lambda: page.none.isVisible())
    assert any("pip install" in label.text() for label in page.none.findChildren(PlainLabel))
    assert page.rescan.isEnabled()


def test_cards_follow_the_scan_and_the_search(page: WorkersPage, answers: Answers) -> None:
    answers.report = ProbeReport(PYTHON, workers=(worker(), BROKEN))
    page.show()
    wait_for(lambda: len(page.grid.cards()) == 2)
    assert page.count.text() == "2"
    page.search.setText("import")
    assert [card.accessibleName() for card in page.grid.cards()] == ["broken"]
    assert page.count.text() == "1 of 2"
    page.search.setText("nothing")
    assert page.unmatched.isVisible()
    page.search.clear()
    answers.report = ProbeReport(PYTHON, workers=(worker(), BROKEN, LACKING))
    page.rescan.click()
    wait_for(lambda: len(page.grid.cards()) == 3)


def test_an_interpreter_that_cannot_be_asked_is_told(page: WorkersPage, answers: Answers) -> None:
    answers.report = ProbeReport(
        PYTHON, failure=ProbeFailure("OSError", "no such file", hint="Choose another.")
    )
    page.show()
    wait_for(lambda: page.banner.isVisible())
    assert "no such file" in page.banner.text.text()
    assert "Choose another." in page.banner.text.text()
