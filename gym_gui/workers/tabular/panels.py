"""What a plot shows, as values: cells with a value and the policy's choice, laid out as the task is."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum
from typing import Any

from gym_gui.workers.tabular.environment import Task
from gym_gui.workers.tabular.table import ValueTable

MOST_STATES = 2_500
_SAME = 1e-6
LEFT, DOWN, RIGHT, UP = (-1, 0), (0, 1), (1, 0), (0, -1)
Direction = tuple[int, int]
# What each action does: a direction to draw as an arrow, or a word.
FROZEN_LAKE_ACTIONS: tuple[Direction | str, ...] = (LEFT, DOWN, RIGHT, UP)
CLIFF_ACTIONS: tuple[Direction | str, ...] = (UP, RIGHT, DOWN, LEFT)
TAXI_ACTIONS: tuple[Direction | str, ...] = (DOWN, UP, RIGHT, LEFT, "pick up", "drop off")
BLACKJACK_ACTIONS: tuple[Direction | str, ...] = ("stick", "hit")


class Ground(Enum):
    """What is where the cell is."""

    PLAIN = "plain"
    HOLE = "hole"
    GOAL = "goal"


@dataclass(frozen=True, slots=True)
class Cell:
    """One state.

    Attributes:
        value: Value of its best action; None where nothing was learned.
        arrows: Directions of the best actions.
        word: The best action where it is no direction.
        mark: A letter for its corner.
    """

    value: float | None = None
    arrows: tuple[Direction, ...] = ()
    word: str = ""
    mark: str = ""
    ground: Ground = Ground.PLAIN


@dataclass(frozen=True, slots=True)
class Panel:
    """A grid of cells with its headings.

    Attributes:
        walls: Row and column of each cell that has a wall on its right.
    """

    title: str
    rows: tuple[tuple[Cell, ...], ...]
    row_labels: tuple[str, ...] = ()
    column_labels: tuple[str, ...] = ()
    x_label: str = ""
    y_label: str = ""
    walls: frozenset[tuple[int, int]] = frozenset()


@dataclass(frozen=True, slots=True)
class PanelSheet:
    """The panels of a plot, in rows.

    Attributes:
        value_range: Range of the colours when the task has one of its own; then the scale has a middle.
    """

    panels: tuple[tuple[Panel, ...], ...]
    value_range: tuple[float, float] | None = None


def sheet_for(task: Task, table: ValueTable) -> PanelSheet | None:
    """The panels that suit the task, or None when it has too many states to draw."""
    name = task.description.name
    world: Any = task.env.unwrapped
    if name.startswith("FrozenLake") and hasattr(world, "desc"):
        return PanelSheet(((_frozen_lake(world, table),),))
    if name.startswith("CliffWalking") and task.description.n_states == 48:
        return PanelSheet(((_cliff_walking(table),),))
    if name == "Taxi" and task.description.n_states == 500:
        return _taxi(world, table)
    if name == "Blackjack" and task.description.n_states == 32 * 11 * 2:
        return PanelSheet(((_blackjack(table, 1), _blackjack(table, 0)),), (-1.0, 1.0))
    if task.description.n_states <= MOST_STATES:
        return PanelSheet(((_plain(table),),))
    return None


def _cell(
    table: ValueTable,
    state: int,
    actions: tuple[Direction | str, ...],
    mark: str = "",
    ground: Ground = Ground.PLAIN,
) -> Cell:
    row, visits = table.values[state], table.visits[state]
    if ground is not Ground.PLAIN or not any(visits):
        return Cell(mark=mark, ground=ground)
    best = max(row)
    near = _SAME * max(1.0, abs(best))
    choices = [actions[action] for action, value in enumerate(row) if best - value <= near]
    arrows = tuple(choice for choice in choices if isinstance(choice, tuple))
    word = next((choice for choice in choices if isinstance(choice, str)), "")
    return Cell(best, () if word else arrows, word, mark, ground)


def _frozen_lake(world: Any, table: ValueTable) -> Panel:
    grounds = {"H": Ground.HOLE, "G": Ground.GOAL}
    tiles = [[bytes(tile).decode() for tile in row] for row in world.desc]
    rows = tuple(
        tuple(
            _cell(
                table,
                y * len(row) + x,
                FROZEN_LAKE_ACTIONS,
                "S" if tile == "S" else "",
                grounds.get(tile, Ground.PLAIN),
            )
            for x, tile in enumerate(row)
        )
        for y, row in enumerate(tiles)
    )
    return Panel("", rows)


def _cliff_walking(table: ValueTable) -> Panel:
    height, width = 4, 12
    grounds = {(3, x): Ground.HOLE for x in range(1, width - 1)} | {(3, width - 1): Ground.GOAL}
    rows = tuple(
        tuple(
            _cell(
                table,
                y * width + x,
                CLIFF_ACTIONS,
                "S" if (y, x) == (3, 0) else "",
                grounds.get((y, x), Ground.PLAIN),
            )
            for x in range(width)
        )
        for y in range(height)
    )
    return Panel("", rows)


def _taxi(world: Any, table: ValueTable) -> PanelSheet:
    """Two rides of the twelve, each on the way to the passenger and with the passenger."""
    names = "RGYB"
    stops = {(0, 0): "R", (0, 4): "G", (4, 0): "Y", (4, 3): "B"}
    drawn = [[bytes(sign) for sign in row] for row in world.desc]
    walls = frozenset((y, x) for y in range(5) for x in range(4) if drawn[1 + y][2 * x + 2] == b"|")

    def panel(passenger: int, destination: int) -> Panel:
        where = "in the taxi" if passenger == 4 else f"waiting at {names[passenger]}"

        def cell(y: int, x: int) -> Cell:
            state = ((y * 5 + x) * 5 + passenger) * 4 + destination
            return _cell(table, state, TAXI_ACTIONS, stops.get((y, x), ""))

        rows = tuple(tuple(cell(y, x) for x in range(5)) for y in range(5))
        return Panel(f"Passenger {where}, going to {names[destination]}", rows, walls=walls)

    rides = ((2, 0), (1, 3))
    return PanelSheet(tuple((panel(start, end), panel(4, end)) for start, end in rides))


def _blackjack(table: ValueTable, usable_ace: int) -> Panel:
    totals = tuple(range(21, 11, -1))
    cards = tuple(range(1, 11))
    rows = tuple(
        tuple(_cell(table, (total * 11 + card) * 2 + usable_ace, BLACKJACK_ACTIONS) for card in cards)
        for total in totals
    )
    return Panel(
        "Usable ace" if usable_ace else "No usable ace",
        rows,
        tuple(str(total) for total in totals),
        ("A", *(str(card) for card in cards[1:])),
        "dealer's card across",
        "player's sum upwards",
    )


def _plain(table: ValueTable) -> Panel:
    """States by number, row after row, with the number of the best action."""
    count = len(table.values)
    width = min(count, max(8, math.ceil(math.sqrt(count))))
    actions = tuple(f"a{number}" for number in range(len(table.values[0])))
    cells = [_cell(table, state, actions, str(state)) for state in range(count)]
    cells += [Cell(ground=Ground.PLAIN)] * (-count % width)
    rows = tuple(tuple(cells[start : start + width]) for start in range(0, len(cells), width))
    return Panel("States by number, each with its best action", rows)
