"""The checks before a start, one under the other: what was looked at, what was found, what to do."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from gym_gui.core.runs.preflight import CheckItem, CheckState
from gym_gui.ui.theme import Theme
from gym_gui.ui.widgets.labels import PlainLabel
from gym_gui.ui.widgets.themed_icon import ThemedIcon

_NOTHING_YET = (
    "Nothing has been checked yet. Check asks the worker about this config, tries its dry run, and looks at "
    "disk, memory and graphics cards. Start does the same first."
)
_LOOKS = {
    CheckState.PASSED: ("success", "success"),
    CheckState.WARNING: ("warning", "warning"),
    CheckState.FAILED: ("error", "danger"),
    CheckState.SKIPPED: ("info", "neutral"),
}
_ICON_SIZE = 18


class ChecksPane(QScrollArea):
    """Shows items as they come."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.items: list[CheckItem] = []
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Checks before the start")
        self.note = PlainLabel(_NOTHING_YET, "muted", wrap=True)
        content = QWidget()
        content.setObjectName("scrolled")
        self._layout = QVBoxLayout(content)
        self._layout.setContentsMargins(16, 12, 16, 12)
        self._layout.setSpacing(12)
        self._layout.addWidget(self.note)
        self._layout.addStretch(1)
        self._rows: list[QWidget] = []
        self.setWidget(content)

    def begin(self, note: str) -> None:
        """Start over, with a word on what is being checked."""
        self.items = []
        for row in self._rows:
            self._layout.removeWidget(row)
            row.deleteLater()
        self._rows = []
        self.say(note)

    def say(self, note: str) -> None:
        """Say this above the items."""
        self.note.setText(note)
        self.note.setVisible(bool(note))

    def add(self, item: CheckItem) -> None:
        """Show a further item."""
        self.items.append(item)
        row = _row(self._theme, item)
        self._rows.append(row)
        self._layout.insertWidget(self._layout.count() - 1, row)


def verdict(items: Sequence[CheckItem]) -> str:
    """What all items come to, in a sentence."""
    failed = [item.name for item in items if item.state is CheckState.FAILED]
    warned = [item.name for item in items if item.state is CheckState.WARNING]
    if failed:
        return f"Not ready: {', '.join(failed)}."
    if warned:
        return f"Can be started; look at {', '.join(warned)}."
    return "Ready to start."


def _row(theme: Theme, item: CheckItem) -> QWidget:
    icon, tone = _LOOKS[item.state]
    told = QVBoxLayout()
    told.setSpacing(1)
    head = QHBoxLayout()
    head.setSpacing(8)
    head.addWidget(PlainLabel(item.name, "strong"))
    head.addWidget(PlainLabel(item.state.value, "small"))
    head.addStretch(1)
    told.addLayout(head)
    if item.detail:
        told.addWidget(PlainLabel(item.detail, wrap=True, selectable=True))
    if item.mend:
        told.addWidget(PlainLabel(item.mend, "muted", wrap=True, selectable=True))
    row = QWidget()
    row.setAccessibleName(f"{item.name}: {item.state.value}. {item.detail}")
    line = QHBoxLayout(row)
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(10)
    line.addWidget(ThemedIcon(theme, icon, tone, _ICON_SIZE), 0, Qt.AlignmentFlag.AlignTop)
    line.addLayout(told, 1)
    return row
