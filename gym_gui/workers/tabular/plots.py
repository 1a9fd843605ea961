"""The plot of what was learned: values as colours, the greedy policy as arrows or words, as one PNG."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

from gym_gui.workers.tabular.drawing import Canvas
from gym_gui.workers.tabular.palette import (
    DIVERGING,
    GOAL,
    HOLE,
    INK,
    PAPER,
    QUIET_INK,
    SEQUENTIAL,
    UNVISITED,
    Colour,
    colour_at,
    ink_on,
)
from gym_gui.workers.tabular.panels import Cell, Ground, Panel, PanelSheet

MARGIN, GAP, HEADER, FOOTER = 28, 32, 74, 40
PANEL_TITLE, SCALE_WIDTH, LABEL = 30, 84, 34
WIDEST, LARGEST_CELL, SMALLEST_CELL = 900, 76, 8
SMALLEST_CELL_WITH_A_WORD = 28
SMALLEST_CELL_WITH_TEXT = 44


@dataclass(frozen=True, slots=True)
class ColourScale:
    """Numbers to colours."""

    low: float
    high: float
    anchors: tuple[Colour, ...]

    def __call__(self, value: float) -> Colour:
        """The colour of a value."""
        span = self.high - self.low
        return colour_at((value - self.low) / span if span else 1.0, self.anchors)


def draw_sheet(path: Path, sheet: PanelSheet, *, title: str, subtitle: str) -> None:
    """Writes the panels with a heading and a colour scale to a PNG."""
    cell = _cell_size(sheet)
    sizes = [[_panel_size(panel, cell) for panel in row] for row in sheet.panels]
    body_width = max(sum(width for width, _ in row) + GAP * (len(row) - 1) for row in sizes)
    body_height = sum(max(height for _, height in row) for row in sizes) + GAP * (len(sizes) - 1)
    measure = Canvas(1, 1)
    heading = max(measure.text_width(title, 22), measure.text_width(subtitle, 13))
    width = max(body_width + SCALE_WIDTH, math.ceil(heading)) + 2 * MARGIN
    has_titles = any(panel.title for row in sheet.panels for panel in row)
    top = HEADER + (20 if has_titles else 8)
    canvas = Canvas(width, top + body_height + FOOTER + MARGIN)
    canvas.text((MARGIN, MARGIN), title, 22, INK, "lt")
    canvas.text((MARGIN, MARGIN + 30), subtitle, 13, QUIET_INK, "lt")
    scale = _scale(sheet)
    _draw_scale(canvas, scale, (MARGIN + body_width + 24, top), min(body_height, 320))
    for panels, row in zip(sheet.panels, sizes, strict=True):
        left = MARGIN
        for panel, (panel_width, _) in zip(panels, row, strict=True):
            _draw_panel(canvas, panel, (left, top), cell, scale)
            left += panel_width + GAP
        top += max(height for _, height in row) + GAP
    note = "Colour: value of the best action. Light grey: never visited."
    canvas.text((MARGIN, canvas.height - MARGIN), note, 12, QUIET_INK, "lb")
    canvas.save(path)


def _cell_size(sheet: PanelSheet) -> int:
    columns = max(sum(len(panel.rows[0]) for panel in row) for row in sheet.panels)
    panels = max(len(row) for row in sheet.panels)
    room = WIDEST - (panels - 1) * GAP - panels * LABEL
    return max(SMALLEST_CELL, min(LARGEST_CELL, room // columns))


def _panel_size(panel: Panel, cell: int) -> tuple[int, int]:
    width = len(panel.rows[0]) * cell + (LABEL if panel.row_labels else 0)
    height = len(panel.rows) * cell + (PANEL_TITLE if panel.title else 0)
    return width, height + (LABEL + 12 if panel.column_labels else 0)


def _scale(sheet: PanelSheet) -> ColourScale:
    if sheet.value_range is not None:
        return ColourScale(*sheet.value_range, DIVERGING)
    every = [
        cell.value
        for panels in sheet.panels
        for panel in panels
        for row in panel.rows
        for cell in row
        if cell.value is not None
    ]
    return ColourScale(min(every, default=0.0), max(every, default=1.0), SEQUENTIAL)


def _draw_panel(canvas: Canvas, panel: Panel, corner: tuple[int, int], cell: int, scale: ColourScale) -> None:
    left, top = corner
    if panel.row_labels:
        left += LABEL
    if panel.title:
        canvas.text((left, top), panel.title, 15, INK, "lt")
        top += PANEL_TITLE
    for y, row in enumerate(panel.rows):
        for x, content in enumerate(row):
            _draw_cell(canvas, content, (left + x * cell, top + y * cell), cell, scale)
    for y, x in panel.walls:
        edge = left + (x + 1) * cell
        canvas.line((edge, top + y * cell), (edge, top + (y + 1) * cell), INK, max(cell / 16, 2))
    _draw_labels(canvas, panel, (left, top), cell)


def _draw_labels(canvas: Canvas, panel: Panel, corner: tuple[int, int], cell: int) -> None:
    left, top = corner
    for y, label in enumerate(panel.row_labels):
        canvas.text((left - 8, top + (y + 0.5) * cell), label, 13, QUIET_INK, "rm")
    bottom = top + len(panel.rows) * cell
    for x, label in enumerate(panel.column_labels):
        canvas.text((left + (x + 0.5) * cell, bottom + 12), label, 13, QUIET_INK)
    if panel.x_label:
        across = f"{panel.x_label}, {panel.y_label}" if panel.y_label else panel.x_label
        canvas.text((left + len(panel.rows[0]) * cell / 2, bottom + 32), across, 12, QUIET_INK)


def _draw_cell(canvas: Canvas, cell: Cell, corner: tuple[int, int], size: int, scale: ColourScale) -> None:
    x, y = corner
    inset = 1.5 if size >= SMALLEST_CELL_WITH_TEXT else 0.5
    fill = _ground_colour(cell, scale)
    canvas.rectangle((x + inset, y + inset, x + size - inset, y + size - inset), fill, size / 12)
    ink = ink_on(fill)
    centre = (x + size / 2, y + size / 2)
    if cell.ground is Ground.GOAL:
        canvas.flag(centre, size * 0.56, PAPER)
    readable = size >= SMALLEST_CELL_WITH_TEXT
    above = (centre[0], centre[1] - (size * 0.11 if readable else 0))
    _draw_arrows(canvas, cell, above, size, ink)
    if cell.word and size >= SMALLEST_CELL_WITH_A_WORD:
        canvas.text(above, cell.word, _fitting(canvas, cell.word, size), ink)
    if cell.mark and readable:
        canvas.text((x + size * 0.1, y + size * 0.1), cell.mark, size * 0.17, ink, "lt")
    if cell.value is not None and readable:
        canvas.text((centre[0], y + size * 0.82), _short(cell.value), size * 0.18, ink)


def _draw_arrows(canvas: Canvas, cell: Cell, at: tuple[float, float], size: int, ink: Colour) -> None:
    """A lone arrow stands in the middle; several share it, each pushed its own way, and stay centred."""
    if len(cell.arrows) == 1:
        canvas.arrow(at, cell.arrows[0], size * 0.46, ink)
        return
    across, down = (sum(direction[axis] for direction in cell.arrows) for axis in (0, 1))
    for right, below in cell.arrows:
        pushed = (at[0] + (right * 0.15 - across * 0.09) * size, at[1] + (below * 0.15 - down * 0.09) * size)
        canvas.arrow(pushed, (right, below), size * 0.28, ink)


def _ground_colour(cell: Cell, scale: ColourScale) -> Colour:
    if cell.ground is Ground.HOLE:
        return HOLE
    if cell.ground is Ground.GOAL:
        return GOAL
    return UNVISITED if cell.value is None else scale(cell.value)


def _draw_scale(canvas: Canvas, scale: ColourScale, corner: tuple[int, int], height: int) -> None:
    left, top = corner
    for offset in range(height):
        share = 1 - offset / max(height - 1, 1)
        canvas.rectangle((left, top + offset, left + 14, top + offset + 1), colour_at(share, scale.anchors))
    for share in (1.0, 0.5, 0.0):
        value = scale.low + (scale.high - scale.low) * share
        y = min(max(top + (1 - share) * height, top + 6), top + height - 6)
        canvas.text((left + 21, y), _short(value), 12, QUIET_INK, "lm")


def _fitting(canvas: Canvas, word: str, size: int) -> float:
    wanted = size * 0.24
    width = canvas.text_width(word, wanted)
    return wanted if width <= size * 0.86 else wanted * size * 0.86 / width


def _short(value: float) -> str:
    if abs(value) >= 1000:
        return f"{value:.3g}"
    return f"{value:.2f}" if abs(value) < 10 else f"{value:.1f}"
