"""The box that runs are searched in: completion, what is not understood, searches that are kept."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QFocusEvent, QInputMethodEvent, QKeyEvent, QTextCharFormat
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from gym_gui.compat import override
from gym_gui.core.runs.query.completion import Occurring, complete
from gym_gui.core.runs.query.query import Query, QueryProblem, parse_query
from gym_gui.core.runs.summary import RunSummary
from gym_gui.ui.runs.search.popup import SearchPopup, Suggestion
from gym_gui.ui.runs.search.saved import SavedSearches
from gym_gui.ui.theme import Theme
from gym_gui.ui.widgets.labels import restyle
from gym_gui.ui.wording import plain_tip

# Long enough for the keys of a word to come in one go, short enough to seem at once.
_PAUSE_MS = 90
_MOST_SAVED_LISTED = 6
_COUNTED_EVERY_S = 2.0
_STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
_TAKES = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab})


class SearchField(QLineEdit):
    """A line in the language of `docs/searching.md`.

    Down or Ctrl+Space opens the ways to go on, Tab or Enter takes one, Escape closes them and then clears
    the line. `searched` carries the query a moment after the last key, `left` that the search is done with.
    """

    searched = Signal(object)
    left = Signal()

    def __init__(
        self,
        theme: Theme,
        saved: SavedSearches,
        runs: Callable[[], Iterable[RunSummary]],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._saved = saved
        self._runs = runs
        self._popup: SearchPopup | None = None
        self._typed = False
        self._counted: Occurring | None = None
        self._counted_at = 0.0
        self._query = parse_query("")
        self.setPlaceholderText("Search: any word, or state:failed  env:lake  tag:x  >2d")
        self.setAccessibleName("Search runs")
        self.setClearButtonEnabled(True)
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._pause.timeout.connect(self._search_now)
        self.star = QAction("Keep this search", self, checkable=True)
        self.addAction(self.star, QLineEdit.ActionPosition.TrailingPosition)
        self.star.triggered.connect(self._keep)
        self.textEdited.connect(self._note_typing)
        self.textChanged.connect(self._on_text)
        self._show_star()

    @property
    def popup(self) -> SearchPopup:
        """What opens below; made when it is first needed."""
        if self._popup is None:
            self._popup = SearchPopup(self._theme, self)
            self._popup.picked.connect(self._take)
        return self._popup

    @property
    def query(self) -> Query:
        """What was searched for last."""
        return self._query

    def _note_typing(self) -> None:
        self._typed = True

    def _on_text(self) -> None:
        self._show_star()
        if self._typed:
            self._typed = False
            self._pause.start()
        else:
            self._search_now()

    def _search_now(self) -> None:
        self._pause.stop()
        if self.text() != self._query.text:
            self._query = parse_query(self.text())
            self.searched.emit(self._query)
        self._show_problems()
        if self.hasFocus() and self.text():
            self._suggest()
        elif self._popup is not None:
            self._popup.hide()

    # the ways to go on

    def _suggest(self) -> None:
        text, cursor = self.text(), self.cursorPosition()
        rows = self._kept() if not text.strip() else []
        for found in complete(text, cursor, self._occurring()):
            whole, after = found.applied_to(text)
            if whole != text:
                rows.append(Suggestion(found.text, found.hint, whole, after))
        problem = self._problem()
        is_wrong = problem is not None and not self._is_being_typed(problem)
        # Whoever is in the middle of a term is helped by what it may become.
        told = problem.message if problem is not None and (is_wrong or not rows) else ""
        self.popup.show_all(rows, told, is_wrong=is_wrong)

    def _occurring(self) -> Occurring:
        """What occurs among the runs, counted anew every few seconds and not with every key."""
        now = time.monotonic()
        if self._counted is None or now - self._counted_at > _COUNTED_EVERY_S:
            self._counted, self._counted_at = Occurring(self._runs()), now
        return self._counted

    def _kept(self) -> list[Suggestion]:
        texts = self._saved.all()[:_MOST_SAVED_LISTED]
        return [Suggestion(text, "kept search", text, len(text)) for text in texts]

    def _take(self, suggestion: Suggestion) -> None:
        self.setText(suggestion.search)
        self.setCursorPosition(suggestion.cursor)
        self._suggest()
        if not suggestion.search.endswith(":"):
            self.popup.hide()

    # what is not understood

    def _problem(self) -> QueryProblem | None:
        return self._query.problems[0] if self._query.problems else None

    def _is_being_typed(self, problem: QueryProblem) -> bool:
        return self.hasFocus() and problem.start <= self.cursorPosition() <= problem.end

    def _show_problems(self) -> None:
        wrong = [problem for problem in self._query.problems if not self._is_being_typed(problem)]
        self._underline(wrong)
        restyle(self, "invalid", bool(wrong))
        message = "\n".join(problem.message for problem in wrong)
        self.setToolTip(plain_tip(message))
        self.setAccessibleDescription(message)

    def _underline(self, problems: Iterable[QueryProblem]) -> None:
        """A line edit draws what an input method has marked, which is the one way to underline a part."""
        mark = QTextCharFormat()
        mark.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
        mark.setUnderlineColor(self._theme.colour("danger"))
        mark.setForeground(self._theme.colour("danger"))
        cursor = self.cursorPosition()
        marks = [
            QInputMethodEvent.Attribute(
                QInputMethodEvent.AttributeType.TextFormat,
                problem.start - cursor,
                max(problem.end - problem.start, 1),
                mark,
            )
            for problem in problems
        ]
        QApplication.sendEvent(self, QInputMethodEvent("", marks))

    # searches that are kept

    def _keep(self) -> None:
        self._saved.keep(self.text(), not self._saved.has(self.text()))
        self._show_star()

    def _show_star(self) -> None:
        kept = self._saved.has(self.text())
        self.star.setVisible(bool(self.text().strip()))
        self.star.setChecked(kept)
        self.star.setText("Forget this search" if kept else "Keep this search")
        self.star.setToolTip(f"{self.star.text()}: kept ones are listed when the line is empty")
        self._theme.bind_icon(self.star, "star", "accent" if kept else "text_disabled")

    # the keyboard

    @override
    def event(self, event: QEvent) -> bool:
        # Tab would leave the line before it is a key press.
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress and self._use(event):
            return True
        return super().event(event)

    def _use(self, event: QKeyEvent) -> bool:
        is_open = self._popup is not None and self._popup.isVisible()
        key, plain = event.key(), not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if plain and key in _STEPS:
            if is_open and self.popup.suggestions:
                self.popup.move_by(_STEPS[Qt.Key(key)])
            elif key == Qt.Key.Key_Down:
                self._suggest()
            return True
        if key == Qt.Key.Key_Space and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._suggest()
            return True
        if plain and key in _TAKES:
            return self._take_by_key(Qt.Key(key), is_open)
        if plain and key == Qt.Key.Key_Escape:
            self._step_back(is_open)
            return True
        return False

    def _take_by_key(self, key: Qt.Key, is_open: bool) -> bool:
        """Take what is highlighted; Tab takes the first when none is, Enter is then done with searching."""
        chosen = self.popup.highlighted if is_open else None
        if chosen is None and key is Qt.Key.Key_Tab and is_open and self.popup.suggestions:
            chosen = self.popup.suggestions[0]
        if chosen is not None:
            self._take(chosen)
            return True
        if key is Qt.Key.Key_Tab:
            return False
        self._search_now()
        self.popup.hide()
        self.left.emit()
        return True

    def _step_back(self, is_open: bool) -> None:
        if is_open:
            self.popup.hide()
        elif self.text():
            self.clear()
        else:
            self.left.emit()

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._counted = None
        if self._popup is not None:
            self._popup.hide()
        self._show_problems()
