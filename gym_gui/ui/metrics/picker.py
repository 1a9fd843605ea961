"""The tree of metrics with its search: what there is, and what of it is drawn."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence

from PySide6.QtCore import QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHeaderView, QLineEdit, QMenu, QTreeView, QVBoxLayout, QWidget

from gym_gui.core.artifacts.scalars.model import Kind
from gym_gui.ui.layout_memory import LayoutMemory
from gym_gui.ui.metrics.keys import MetricInfo, MetricKey, Source, preferred_first
from gym_gui.ui.metrics.tree_model import MetricTreeModel, TreeColumn
from gym_gui.ui.theme import Theme
from gym_gui.ui.widgets.labels import PlainLabel
from gym_gui.ui.widgets.metrics import characters
from gym_gui.ui.wording import plural

_DRAWN_AT_FIRST = 6
_MOST_EXPANDED = 300
_MOST_PINNED = 100


class MetricPicker(QWidget):
    """Offers the metrics of runs of one worker; what is pinned is remembered for all of its runs.

    `changed` tells that others are to be drawn.
    """

    changed = Signal()

    def __init__(
        self,
        theme: Theme,
        memory: LayoutMemory,
        kinds: Collection[Kind] = frozenset(Kind),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._memory = memory
        self._kinds = kinds
        self._worker = ""
        self._pinned: list[MetricKey] = []
        self._infos: tuple[MetricInfo, ...] = ()
        self._was_chosen = False
        self._collapsed: set[str] = set()
        self.model = MetricTreeModel(theme, self)
        self.search = QLineEdit(placeholderText="Search metrics", clearButtonEnabled=True)
        self.search.setAccessibleName("Search metrics")
        self.tree = QTreeView()
        self.count = PlainLabel("", "small")
        self.pin = QAction("Pin for this worker", self)
        self._build()
        self.search.textChanged.connect(self._search)
        self.model.checked_changed.connect(self._note_choice)

    def _build(self) -> None:
        self.tree.setModel(self.model)
        self.tree.setAccessibleName("Metrics")
        self.tree.setUniformRowHeights(True)
        self.tree.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.tree.setIndentation(characters(self, 2))
        header = self.tree.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(TreeColumn.NAME, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(TreeColumn.SOURCE, QHeaderView.ResizeMode.Fixed)
        header.resizeSection(TreeColumn.SOURCE, characters(self, 13) + 18)
        self.tree.setHeaderHidden(True)
        self.tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.tree.customContextMenuRequested.connect(self._open_menu)
        self.tree.collapsed.connect(lambda index: self._collapsed.add(self.model.path(index)))
        self.tree.expanded.connect(lambda index: self._collapsed.discard(self.model.path(index)))
        self.pin.setShortcut("P")
        self.pin.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self.pin.triggered.connect(lambda: self._toggle_pin(self.tree.currentIndex()))
        self.tree.addAction(self.pin)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 4, 8)
        layout.setSpacing(6)
        layout.addWidget(self.search)
        layout.addWidget(self.tree, 1)
        layout.addWidget(self.count)
        self.setMinimumWidth(characters(self, 36))

    # what there is

    def begin(self, worker: str) -> None:
        """Turn to runs of this worker: its pinned metrics are those to draw, or else a first few."""
        self._was_chosen = False
        self._worker = worker
        self._pinned = _read_keys(self._memory.text(self._place))
        self.model.pin(self._pinned)

    @property
    def _place(self) -> str:
        return f"metrics/pinned/{self._worker or 'any'}"

    def offer(self, infos: Iterable[MetricInfo]) -> None:
        """Offer these metrics."""
        self._infos = tuple(info for info in infos if info.key.kind in self._kinds)
        self.model.show_metrics(self._infos)
        self._expand()
        if not self._was_chosen:
            there = [info.key for info in self._infos]
            pinned = [key for key in self._pinned if key in there]
            self._check(pinned or self._first())
        self._say()

    def _first(self) -> list[MetricKey]:
        """What is drawn unasked: curves, and single values only where there are none."""
        scalars = [info for info in self._infos if info.key.kind is Kind.SCALAR]
        curves = [info.key for info in scalars if info.count > 1]
        return preferred_first(curves or [info.key for info in scalars])[:_DRAWN_AT_FIRST]

    def drawn(self) -> list[MetricKey]:
        """The metrics to draw: pinned ones first, then as people look at them."""
        checked = self.model.checked()
        pinned = [key for key in self._pinned if key in checked]
        return pinned + [key for key in preferred_first(checked) if key not in pinned]

    def choose(self, keys: Sequence[MetricKey]) -> None:
        """Have these drawn and no others."""
        self._was_chosen = True
        self._check(keys)

    def is_pinned(self, key: MetricKey) -> bool:
        """Whether a metric is pinned."""
        return key in self._pinned

    def set_pinned(self, key: MetricKey, pinned: bool) -> None:
        """Pin a metric for every run of this worker, or no longer; what is pinned is drawn."""
        kept = [other for other in self._pinned if other != key]
        self._pinned = ([*kept, key] if pinned else kept)[-_MOST_PINNED:]
        self._memory.remember_text(self._place, _write_keys(self._pinned))
        self.model.pin(self._pinned)
        if pinned:
            self.choose([*self.model.checked(), key])
        self.changed.emit()

    # what happens

    def _check(self, keys: Sequence[MetricKey]) -> None:
        was = self._was_chosen
        self.model.check(keys)
        self._was_chosen = was

    def _note_choice(self) -> None:
        self._was_chosen = True
        self._say()
        self.changed.emit()

    def _search(self, text: str) -> None:
        self.model.search(text)
        self._expand()
        self._say()

    def _expand(self) -> None:
        if len(self.model.shown) > _MOST_EXPANDED and not self.search.text():
            return
        kept = set() if self.search.text() else set(self._collapsed)
        self.tree.blockSignals(True)
        self.tree.expandAll()
        for row in range(self.model.rowCount()):
            index = self.model.index(row, 0)
            if self.model.path(index) in kept:
                self.tree.collapse(index)
        self.tree.blockSignals(False)

    def _say(self) -> None:
        shown, there, drawn = len(self.model.shown), len(self._infos), len(self.model.checked())
        found = f"{shown:,} of {plural(there, 'metric')}" if shown != there else plural(there, "metric")
        self.count.setText(f"{found}  ·  {drawn:,} drawn" if there else "")

    def _toggle_pin(self, index: QModelIndex) -> None:
        key = self.model.key(index)
        if key is not None:
            self.set_pinned(key, not self.is_pinned(key))

    def _open_menu(self, place: QPoint) -> None:
        index = self.tree.indexAt(place)
        key = self.model.key(index)
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if key is not None:
            words = "Unpin" if self.is_pinned(key) else "Pin for this worker"
            menu.addAction(words, lambda: self._toggle_pin(index))
            menu.addAction("Draw only this", lambda: self.choose([key]))
        menu.addAction("Draw all that are listed", lambda: self.choose(self.model.shown))
        menu.addAction("Draw none", lambda: self.choose([]))
        menu.popup(self.tree.viewport().mapToGlobal(place))


def _write_keys(keys: Iterable[MetricKey]) -> str:
    return json.dumps([[key.name, key.source.value, key.kind.value] for key in keys])


def _read_keys(text: str) -> list[MetricKey]:
    """What was remembered; whatever is wrong with it is simply not remembered."""
    try:
        return [MetricKey(str(name), Source(source), Kind(kind)) for name, source, kind in json.loads(text)]
    except (ValueError, TypeError):
        return []
