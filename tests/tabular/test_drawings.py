"""The plot and the clip: the right cells, the right arrows, and real pictures on disk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import gymnasium
import pytest
from gymnasium.envs.toy_text.frozen_lake import FrozenLakeEnv
from PIL import Image

from gym_gui.workers.tabular.config import TabularConfig
from gym_gui.workers.tabular.environment import Task
from gym_gui.workers.tabular.palette import DIVERGING, SEQUENTIAL, colour_at
from gym_gui.workers.tabular.panels import DOWN, LEFT, RIGHT, UP, Ground, PanelSheet, sheet_for
from gym_gui.workers.tabular.plots import draw_sheet
from gym_gui.workers.tabular.table import ValueTable
from tests.tabular.conftest import TINY_LAKE, Outcome, config

Run = Callable[[TabularConfig], Outcome]


def sheet_of(values: dict[int, list[float]], **fields: Any) -> PanelSheet:
    """The sheet of a table where only these states were visited, and have these values."""
    task = Task(config(**fields))
    description = task.description
    table = ValueTable.filled(description.n_states, description.n_actions, 0.0)
    for state, row in values.items():
        table.values[state][:] = row
        table.visits[state][0] = 1
    sheet = sheet_for(task, table)
    task.close()
    assert sheet is not None
    return sheet


def test_the_lake_has_its_tiles_and_the_greedy_arrows() -> None:
    ((panel,),) = sheet_of({0: [0.1, 0.2, 0.9, 0.9], 1: [0.0, 1.0, 0.5, 0.5]}, env_options=TINY_LAKE).panels
    (start, beside), (hole, goal) = panel.rows
    assert (start.mark, start.value, start.arrows) == ("S", 0.9, (RIGHT, UP))
    assert (beside.value, beside.arrows) == (1.0, (DOWN,))
    assert (hole.ground, goal.ground) == (Ground.HOLE, Ground.GOAL)
    assert hole.value is None


def test_what_was_never_visited_has_no_value() -> None:
    ((panel,),) = sheet_of({}).panels
    assert all(cell.value is None and not cell.arrows for row in panel.rows for cell in row)


def test_the_cliff_has_its_own_order_of_actions() -> None:
    ((panel,),) = sheet_of(
        {36: [0.0, -5.0, -5.0, -5.0], 0: [-5.0, -5.0, -5.0, 0.0]}, environment="CliffWalking"
    ).panels
    assert panel.rows[3][0].arrows == (UP,)
    assert panel.rows[0][0].arrows == (LEFT,)
    assert [cell.ground for cell in panel.rows[3]] == [Ground.PLAIN, *[Ground.HOLE] * 10, Ground.GOAL]


def test_taxi_shows_two_rides_with_walls_and_words() -> None:
    waiting_at_y_for_r = ((4 * 5 + 0) * 5 + 2) * 4 + 0
    sheet = sheet_of({waiting_at_y_for_r: [0, 0, 0, 0, 9, 0]}, environment="Taxi")
    before, riding = sheet.panels[0]
    assert before.title == "Passenger waiting at Y, going to R"
    assert riding.title == "Passenger in the taxi, going to R"
    assert (before.rows[4][0].word, before.rows[4][0].mark) == ("pick up", "Y")
    assert before.walls == {(0, 1), (1, 1), (3, 0), (4, 0), (3, 2), (4, 2)}


def test_blackjack_has_a_panel_for_each_kind_of_hand() -> None:
    nineteen_against_ten_with_an_ace = (19 * 11 + 10) * 2 + 1
    sheet = sheet_of({nineteen_against_ten_with_an_ace: [0.25, -0.5]}, environment="Blackjack")
    ((usable, without),) = sheet.panels
    assert (usable.title, without.title) == ("Usable ace", "No usable ace")
    cell = usable.rows[usable.row_labels.index("19")][usable.column_labels.index("10")]
    assert (cell.value, cell.word) == (0.25, "stick")
    assert all(cell.value is None for row in without.rows for cell in row)
    assert sheet.value_range == (-1.0, 1.0)


@pytest.mark.parametrize(
    "fields",
    [{}, {"environment": "CliffWalking"}, {"environment": "Taxi"}, {"environment": "Blackjack"},
     {"env_options": TINY_LAKE}],
)  # fmt: skip
def test_each_plot_is_a_png_with_the_colours_of_its_values(tmp_path: Path, fields: dict[str, Any]) -> None:
    task = Task(config(**fields))
    n_states, n_actions = task.description.n_states, task.description.n_actions
    table = ValueTable.filled(n_states, n_actions, 0.0)
    for state in range(n_states):
        table.values[state] = [state / n_states] * n_actions
        table.visits[state][0] = 1
    sheet = sheet_for(task, table)
    assert sheet is not None
    draw_sheet(tmp_path / "plot.png", sheet, title="A title", subtitle="what it was")
    with Image.open(tmp_path / "plot.png") as image:
        assert image.format == "PNG"
        assert image.width <= 1200
        colours = {colour for _, colour in image.convert("RGB").getcolors(image.width * image.height)}
    lowest, *_, highest = DIVERGING if sheet.value_range else SEQUENTIAL
    for end in (lowest, highest):  # of the scale; shrinking blends neighbouring colours a little
        assert min(max(abs(a - b) for a, b in zip(end, colour, strict=True)) for colour in colours) <= 4
    assert [entry.name for entry in tmp_path.iterdir()] == ["plot.png"]


def test_colours_go_through_their_anchors() -> None:
    anchors = ((0, 0, 0), (100, 0, 0), (100, 200, 0))
    shares = (-1, 0, 0.25, 0.5, 0.75, 1, 2)
    assert [colour_at(share, anchors) for share in shares] == [
        (0, 0, 0), (0, 0, 0), (50, 0, 0), (100, 0, 0), (100, 100, 0), (100, 200, 0), (100, 200, 0),
    ]  # fmt: skip


def test_the_clip_shows_the_episode_frame_by_frame(run: Run) -> None:
    outcome = run(config(episodes=4000, record_clip=True))
    assert outcome.manifest["metadata"]["videos"] == ["videos/episode.gif"]
    with Image.open(outcome.run_dir / "videos/episode.gif") as clip:
        assert (clip.format, clip.n_frames) == ("GIF", 15)
        pictures = []
        for number in range(clip.n_frames):
            clip.seek(number)
            pictures.append(clip.convert("RGB").tobytes())
    assert len(set(pictures)) == 15


@pytest.mark.parametrize("environment", ["CliffWalking", "Taxi", "Blackjack"])
def test_the_other_environments_render_too(run: Run, environment: str) -> None:
    outcome = run(config(environment=environment, episodes=1500, record_clip=True, epsilon_start=0.2))
    with Image.open(outcome.run_dir / "videos/episode.gif") as clip:
        assert clip.n_frames > 1
    assert "clip_skipped" not in outcome.results


class CannotRender(FrozenLakeEnv):
    """A lake that offers pictures and has none."""

    def render(self) -> Any:
        raise RuntimeError("no lens cap removed")


class OffersNoPictures(FrozenLakeEnv):
    """A lake that knows no render modes at all."""

    metadata = {"render_modes": []}

    def __init__(self) -> None:
        super().__init__()


@pytest.fixture
def dark_lakes() -> Iterator[None]:
    gymnasium.register("tests/CannotRender-v0", CannotRender)
    gymnasium.register("tests/OffersNoPictures-v0", OffersNoPictures)
    yield
    del gymnasium.registry["tests/CannotRender-v0"], gymnasium.registry["tests/OffersNoPictures-v0"]


@pytest.mark.filterwarnings("ignore:.*render_mode")
@pytest.mark.parametrize(
    ("env_id", "reason"),
    [
        ("tests/CannotRender-v0", "no lens cap removed"),
        ("tests/OffersNoPictures-v0", "no rgb_array rendering"),
    ],
)
def test_an_environment_that_cannot_render_costs_the_clip_and_not_the_run(
    run: Run, dark_lakes: None, caplog: pytest.LogCaptureFixture, env_id: str, reason: str
) -> None:
    outcome = run(config(env_id=env_id, episodes=5, record_clip=True, save_plot=True))
    assert reason in outcome.results["clip_skipped"]
    assert reason in outcome.manifest["metadata"]["clip_skipped"]
    assert "videos_dir" not in outcome.manifest["artifacts"]
    assert outcome.manifest["metadata"]["plots"] == ["plots/values.png"]
    assert any(getattr(record, "log_code", "") == "LOG2012" for record in caplog.records)


def test_a_plot_that_cannot_be_written_costs_the_plot_and_not_the_run(run: Run) -> None:
    first = run(config("one", episodes=5))
    (first.run_dir / "plots").write_text("in the way")
    outcome = run(config("one", episodes=5, save_plot=True))
    assert "plots" in outcome.results["plot_skipped"]
    assert outcome.manifest["metadata"]["status"] == "completed"
    assert outcome.manifest["metadata"]["plots"] == []
