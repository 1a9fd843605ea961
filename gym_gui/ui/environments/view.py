"""The environments of the Workers page: a card for each, and the panels that add and make more."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeySequence, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from gym_gui.compat import override
from gym_gui.core.environments.model import Environment, EnvironmentFacts
from gym_gui.core.environments.planning import CreationPlan
from gym_gui.services.environments import Environments
from gym_gui.services.notifier import NoticeAction, Notifier
from gym_gui.services.workers_probe import WorkersProbe
from gym_gui.ui.desktop import Desktop
from gym_gui.ui.environments.add_panel import AddPanel
from gym_gui.ui.environments.card import EnvironmentCard
from gym_gui.ui.environments.create_panel import CreatePanel
from gym_gui.ui.theme import Theme
from gym_gui.ui.widgets.buttons import space_icon
from gym_gui.ui.widgets.labels import PlainLabel
from gym_gui.ui.widgets.placeholders import Banner

_ABOUT = (
    "Libraries that exclude each other live in environments of their own. The workers of every environment "
    "listed here are offered, and run with its Python."
)


class EnvironmentsView(QWidget):
    """Emits `back_wanted`; `users_of` counts the live runs of an interpreter."""

    back_wanted = Signal()

    def __init__(
        self,
        *,
        theme: Theme,
        environments: Environments,
        probe: WorkersProbe,
        notifier: Notifier,
        desktop: Desktop,
        users_of: Callable[[str], int],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._environments = environments
        self._probe = probe
        self._notifier = notifier
        self._desktop = desktop
        self._users_of = users_of
        self.cards: dict[str, EnvironmentCard] = {}
        self.count = PlainLabel("", "muted")
        self.banner = Banner(theme, "danger")
        self.add_panel = AddPanel(theme)
        self.create_panel = CreatePanel(theme, desktop)
        self.add = QPushButton("Add ...")
        self.make = QPushButton("New environment")
        self._list = QVBoxLayout()
        self._build()
        self._connect()
        self.setFocusProxy(self.add)

    def refresh(self) -> None:
        """Show the list as it is now."""
        try:
            known = self._environments.all()
        except ValueError as error:
            self.banner.say("danger", str(error))
            self.banner.show()
            return
        self.banner.hide()
        gone = set(self.cards) - {environment.python for environment in known}
        for python in gone:
            card = self.cards.pop(python)
            self._list.removeWidget(card)
            card.deleteLater()
        for environment in known:
            if environment.python not in self.cards:
                self._add_card(environment)
        self.count.setText(str(len(known)))
        self._take_reports()
        self._environments.find(owner=self, done=self.add_panel.offer)

    def _build(self) -> None:
        column = QWidget()
        column.setObjectName("scrolled")
        inside = QVBoxLayout(column)
        inside.setContentsMargins(16, 4, 16, 16)
        inside.setSpacing(12)
        inside.addWidget(PlainLabel(_ABOUT, "muted", wrap=True))
        for widget in (self.banner, self.add_panel, self.create_panel):
            inside.addWidget(widget)
            widget.hide()
        self._list.setSpacing(12)
        inside.addLayout(self._list)
        inside.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(column)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(self._head())
        layout.addWidget(scroll, 1)

    def _head(self) -> QHBoxLayout:
        head = QHBoxLayout()
        head.setContentsMargins(16, 12, 12, 10)
        head.setSpacing(10)
        self.back = QPushButton("Workers")
        self.back.setProperty("role", "quiet")
        self.back.setToolTip("Back to the workers (Esc)")
        self._theme.bind_icon(self.back, "chevron-left")
        head.addWidget(self.back)
        head.addWidget(PlainLabel("Environments", "title"))
        head.addWidget(self.count)
        head.addStretch(1)
        head.addWidget(self.add)
        self.make.setProperty("role", "primary")
        self._theme.bind_icon(self.make, "plus", "accent_text")
        space_icon(self.make)
        head.addWidget(self.make)
        return head

    def _connect(self) -> None:
        self.back.clicked.connect(self.back_wanted)
        self.add.clicked.connect(self._open_add)
        self.make.clicked.connect(self._open_create)
        self.add_panel.closed.connect(self.add_panel.hide)
        self.add_panel.add_wanted.connect(self._add)
        self.create_panel.closed.connect(self.create_panel.hide)
        self.create_panel.make_wanted.connect(self._make)
        self.create_panel.cancel_wanted.connect(self._environments.cancel)
        environments = self._environments
        environments.changed.connect(self.refresh)
        environments.line.connect(self.create_panel.add_line)
        environments.made.connect(self._take_made)
        environments.failed.connect(self.create_panel.fail)
        environments.cancelled.connect(self.create_panel.give_up)
        self._probe.answered.connect(self._take_reports)
        escape = QAction("Back to the workers", self)
        escape.setShortcut(QKeySequence("Esc"))
        escape.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        escape.triggered.connect(self.back_wanted)
        self.addAction(escape)

    def _add_card(self, environment: Environment) -> None:
        card = EnvironmentCard(self._theme, self._desktop, environment)
        card.remove_wanted.connect(self._remove)
        card.delete_wanted.connect(lambda confirmed, card=card: self._delete(card, confirmed is not None))
        card.ask_again_wanted.connect(self._ask_again)
        self.cards[environment.python] = card
        self._list.addWidget(card)
        self._look_into(environment)

    def _look_into(self, environment: Environment) -> None:
        self._environments.look_into(environment.python, owner=self, done=self._take_facts)

    def _take_facts(self, facts: EnvironmentFacts) -> None:
        card = self.cards.get(facts.python)
        if card is not None:
            card.show_facts(facts)

    def _take_reports(self) -> None:
        reports = self._probe.reports
        for python, card in self.cards.items():
            card.show_report(reports.get(python))

    def _open_add(self) -> None:
        self.create_panel.setVisible(self._environments.is_making)
        self.add_panel.open()

    def _open_create(self) -> None:
        self.add_panel.hide()
        self.create_panel.open()

    def _add(self, path: str, name: str) -> None:
        try:
            added = self._environments.add(path, name)
        except (ValueError, OSError) as error:
            self.add_panel.refuse(str(error))
            return
        self.add_panel.hide()
        self._notifier.success(f"Added {added.name}", added.python)

    def _make(self, plan: CreationPlan) -> None:
        self.create_panel.begin()
        self._environments.make(plan)

    def _take_made(self, environment: Environment) -> None:
        self.create_panel.end()
        self.create_panel.hide()
        self._notifier.success(f"{environment.name} is ready", environment.python)

    def _ask_again(self, environment: Environment) -> None:
        self._probe.ask_again(environment.python)
        self._look_into(environment)

    def _remove(self, environment: Environment) -> None:
        try:
            self._environments.remove(environment)
        except (ValueError, OSError) as error:
            self._notifier.error(f"{environment.name} could not be removed", str(error))
            return
        undo = NoticeAction("Undo", lambda: self._put_back(environment))
        self._notifier.info(f"{environment.name} is off the list", "Nothing was deleted.", undo)

    def _put_back(self, environment: Environment) -> None:
        try:
            self._environments.put_back(environment)
        except (ValueError, OSError) as error:
            self._notifier.error(f"{environment.name} could not be put back", str(error))

    def _delete(self, card: EnvironmentCard, is_confirmed: bool) -> None:
        if is_confirmed:
            self._environments.delete(card.environment, owner=self)
        else:
            card.ask_before_deleting(self._users_of(card.environment.python))

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._probe.ensure_scanned()
        self.refresh()
