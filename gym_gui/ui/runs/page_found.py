"""What a search finds: the table, or that nothing matches and what to do then; and how many, in words."""

from __future__ import annotations

from PySide6.QtWidgets import QStackedWidget, QWidget

from gym_gui.ui import wording
from gym_gui.ui.runs.table.row_order import RowOrder
from gym_gui.ui.theme import Theme
from gym_gui.ui.widgets.placeholders import EmptyState

_LONGEST_QUOTED = 80


class FoundRuns(QStackedWidget):
    """Shows the table for as long as something matches.

    Attributes:
        search_archived, clear_search: The buttons of `nothing_found`, to be connected.
    """

    def __init__(self, theme: Theme, table: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._table = table
        self.nothing_found = EmptyState(theme, "search", "No run matches")
        self.search_archived = self.nothing_found.add_button("Show archived runs")
        self.clear_search = self.nothing_found.add_button("Clear search")
        self.addWidget(table)
        self.addWidget(self.nothing_found)

    def show_found(self, order: RowOrder) -> None:
        """Show the table, or why there is nothing to show."""
        finds = bool(order.matching) or not order.total
        if not finds:
            self._say_nothing_found(order)
        self.setCurrentWidget(self._table if finds else self.nothing_found)

    def _say_nothing_found(self, order: RowOrder) -> None:
        text, hidden = order.query.text, hidden_in_archive(order)
        shown = text if len(text) <= _LONGEST_QUOTED else f"{text[:_LONGEST_QUOTED]}…"
        runs = wording.plural(order.total, "run")
        said = [f"None of {runs} is found by “{shown}”." if text.strip() else ""]
        if hidden:
            said.append(f"{wording.plural(hidden, 'run')} put into the archive, where it was not looked.")
        title = "No run matches" if text.strip() else "All runs are archived"
        self.nothing_found.say(title, " ".join(filter(None, said)))
        self.search_archived.setVisible(bool(hidden))
        self.clear_search.setVisible(bool(text))


def hidden_in_archive(order: RowOrder) -> int:
    """How many runs are archived and not looked for."""
    return 0 if order.query.asks_for_archived else order.archived


def count_text(order: RowOrder) -> str:
    """How many runs there are, and how many of them are shown: "3 of 1,204"; "" for none."""
    matching, total = order.matching, order.total
    return f"{matching:,} of {total:,}" if matching != total else f"{total:,}" if total else ""


def count_tip(order: RowOrder) -> str:
    """What to search for where runs are hidden in the archive."""
    hidden = hidden_in_archive(order)
    return f"{wording.plural(hidden, 'archived run')} hidden: search is:archived" if hidden else ""
