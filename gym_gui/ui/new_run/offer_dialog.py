"""Before values are taken over: what would change, what is wrong, what is not known here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QPlainTextEdit,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from gym_gui.core.forms.taking import Offer
from gym_gui.ui.new_run.draft import RunDraft
from gym_gui.ui.new_run.offer_model import OfferModel, changes_of
from gym_gui.ui.theme import Theme
from gym_gui.ui.widgets.labels import PlainLabel
from gym_gui.ui.widgets.metrics import characters, lines
from gym_gui.ui.widgets.placeholders import Banner
from gym_gui.ui.wording import plural

_WIDTH = 110
_MOST_NAMED = 12


class OfferDialog(QDialog):
    """Emits `accepted_offer` with the offer, and closes.

    `base` is what the values are laid over: the defaults, or the form as it is. With a `read`, there is a
    box to paste text into, and the offer is what that makes of it.
    """

    accepted_offer = Signal(object)

    def __init__(
        self,
        *,
        theme: Theme,
        title: str,
        draft: RunDraft,
        base: Mapping[str, Any],
        offer: Offer | None = None,
        read: Callable[[str], Offer] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._draft = draft
        self._base = base
        self._offer = offer or Offer()
        self._read = read
        self.model = OfferModel(self)
        self.heading = PlainLabel(title, "heading", wrap=True)
        self.told = PlainLabel("", "muted", wrap=True)
        self.text = QPlainTextEdit(placeholderText="python train.py --env-id CartPole-v1 --seed 3")
        self.banner = Banner(theme, "warning")
        self.table = QTableView()
        self.take = QPushButton("Take")
        self.cancel = QPushButton("Cancel")
        self._build()
        self.text.textChanged.connect(self._read_text)
        self.take.clicked.connect(self._accept)
        self.cancel.clicked.connect(self.reject)
        self._show()
        (self.text if read is not None else self.take).setFocus()

    def _build(self) -> None:
        self.text.setProperty("role", "mono")
        self.text.setAccessibleName("Command line")
        self.text.setTabChangesFocus(True)
        self.text.setFixedHeight(lines(self, 4) + 16)
        self.text.setVisible(self._read is not None)
        self.table.setModel(self.model)
        self.table.setProperty("role", "framed")
        self.table.setAccessibleName("What changes")
        self.table.setSelectionMode(QTableView.SelectionMode.NoSelection)
        self.table.setTabKeyNavigation(False)
        self.table.setWordWrap(False)
        self.table.setShowGrid(False)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(lines(self, 1) + 10)
        header = self.table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setHighlightSections(False)
        for column, width in enumerate((26, 20, 24)):
            self.table.setColumnWidth(column, characters(self, width))
        header.setSectionResizeMode(3, QHeaderView.ResizeMode.Stretch)
        self.take.setProperty("role", "primary")
        self.take.setDefault(True)
        self.cancel.setAutoDefault(False)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.take)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 16)
        layout.setSpacing(10)
        for part in (self.heading, self.text, self.told, self.banner):
            layout.addWidget(part)
        layout.addWidget(self.table, 1)
        layout.addLayout(buttons)
        self.resize(characters(self, _WIDTH), lines(self, 26))

    def _read_text(self) -> None:
        text = self.text.toPlainText()
        self._offer = self._read(text) if self._read is not None and text.strip() else Offer()
        self._show()

    def _show(self) -> None:
        offer = self._offer
        rows = [] if offer.failure else changes_of(offer, self._draft, self._base)
        self.model.show_changes(rows)
        taken = len(offer.values)
        waits = self._read is not None and not self.text.toPlainText().strip()
        changes = sum(1 for row in rows if row.name not in offer.unread)
        if waits:
            self.told.setText("Paste a command; nothing is run. What it sets is shown before it is taken.")
        elif offer.failure:
            self.told.setText("Nothing can be taken.")
        else:
            same = "" if changes else ": the form has them already"
            self.told.setText(
                f"{plural(taken, 'value')} found, {plural(changes, 'field')} would change{same}."
            )
        warning = self._warning()
        self.banner.say("danger" if offer.failure else "warning", warning)
        self.banner.setVisible(bool(warning) and not waits)
        self.table.setVisible(bool(rows) or self._read is not None)
        self.take.setEnabled(not offer.failure and changes > 0)
        self.take.setText(f"Change {plural(changes, 'field')}" if changes else "Take")

    def _warning(self) -> str:
        offer = self._offer
        if offer.failure:
            return f"{offer.failure[:1].upper()}{offer.failure[1:]}."
        said = []
        if offer.problems:
            said.append(f"{plural(len(offer.problems), 'value')} would be wrong and marked in the form.")
        if offer.unread:
            rest = "means nothing and is" if len(offer.unread) == 1 else "mean nothing and are"
            said.append(f"{plural(len(offer.unread), 'value')} {rest} left out.")
        if offer.unknown:
            named = ", ".join(offer.unknown[:_MOST_NAMED])
            more = f" and {len(offer.unknown) - _MOST_NAMED} more" if len(offer.unknown) > _MOST_NAMED else ""
            said.append(f"Not fields of this worker, so left out: {named}{more}.")
        return " ".join(said)

    def _accept(self) -> None:
        self.accepted_offer.emit(self._offer)
        self.accept()
