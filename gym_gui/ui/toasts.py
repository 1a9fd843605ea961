"""Notices as they come: a few toasts in the corner of the window, and all of them in a list on request."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gym_gui.compat import override
from gym_gui.services.notifier import Notice, NoticeLevel, Notifier
from gym_gui.ui import wording
from gym_gui.ui.theme import Theme
from gym_gui.ui.widgets.labels import PlainLabel
from gym_gui.ui.widgets.metrics import characters
from gym_gui.ui.widgets.themed_icon import ThemedIcon

_MOST_AT_ONCE = 3
_SECONDS = {NoticeLevel.INFO: 4, NoticeLevel.SUCCESS: 6, NoticeLevel.WARNING: 10, NoticeLevel.ERROR: 20}
_ICONS = {
    NoticeLevel.INFO: "info",
    NoticeLevel.SUCCESS: "success",
    NoticeLevel.WARNING: "warning",
    NoticeLevel.ERROR: "error",
}
_WIDTH_IN_CHARACTERS = 56
_MARGIN = 14
_LONGEST_TEXT = 600


class NoticeCard(QFrame):
    """One notice: its icon, title, text, and the button that acts on it."""

    def __init__(
        self, theme: Theme, notice: Notice, *, closable: bool, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(notice.title)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 10, 10, 10)
        layout.setSpacing(10)
        layout.addWidget(
            ThemedIcon(theme, _ICONS[notice.level], notice.level.value), 0, Qt.AlignmentFlag.AlignTop
        )
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(PlainLabel(notice.title, "strong", wrap=True))
        if notice.text:
            text = notice.text if len(notice.text) <= _LONGEST_TEXT else notice.text[:_LONGEST_TEXT] + " …"
            words.addWidget(PlainLabel(text, "muted", wrap=True, selectable=True))
        if not closable:
            words.addWidget(PlainLabel(wording.clock(notice.time), "small"))
        if notice.action is not None:
            button = QPushButton(notice.action.label)
            button.setProperty("role", "quiet")
            button.clicked.connect(notice.action.run)
            words.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addLayout(words, 1)
        self.close_button = QToolButton()
        self.close_button.setProperty("role", "bare")
        self.close_button.setAccessibleName("Dismiss")
        theme.bind_icon(self.close_button, "close")
        layout.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)
        self.close_button.setVisible(closable)


class Toasts(QObject):
    """Keeps the newest notices in the lower right corner of a window for some seconds."""

    def __init__(self, theme: Theme, window: QWidget) -> None:
        super().__init__(window)
        self._theme = theme
        self._window = window
        self._shown: list[NoticeCard] = []
        window.installEventFilter(self)

    @property
    def titles(self) -> list[str]:
        """Titles of the toasts on screen, oldest first."""
        return [card.accessibleName() for card in self._shown]

    def show(self, notice: Notice) -> None:
        """Put a notice on screen for a while."""
        card = NoticeCard(self._theme, notice, closable=True, parent=self._window)
        card.setObjectName("toast")
        card.setFixedWidth(characters(card, _WIDTH_IN_CHARACTERS))
        card.close_button.clicked.connect(lambda: self._dismiss(card))
        timer = QTimer(card, singleShot=True, interval=_SECONDS[notice.level] * 1000)
        timer.timeout.connect(lambda: self._dismiss(card))
        timer.start()
        self._shown.append(card)
        while len(self._shown) > _MOST_AT_ONCE:
            self._dismiss(self._shown[0])
        card.show()
        self._arrange()

    def _dismiss(self, card: NoticeCard) -> None:
        if card in self._shown:
            self._shown.remove(card)
            card.hide()
            card.deleteLater()
            self._arrange()

    def _arrange(self) -> None:
        bottom = self._window.height() - _MARGIN - self._window.fontMetrics().height() * 2
        for card in reversed(self._shown):
            card.resize(card.width(), card.heightForWidth(card.width()))
            bottom -= card.height()
            card.move(self._window.width() - card.width() - _MARGIN, bottom)
            card.raise_()
            bottom -= 8

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Resize:
            self._arrange()
        return super().eventFilter(watched, event)


class NoticeList(QFrame):
    """All notices, newest first, as a popup that closes on its own when the user turns elsewhere."""

    def __init__(self, theme: Theme, notifier: Notifier, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("notices")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        content = QWidget()
        content.setObjectName("scrolled")
        rows = QVBoxLayout(content)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        for notice in notifier.history:
            rows.addWidget(NoticeCard(theme, notice, closable=False))
        if not notifier.history:
            nothing = PlainLabel("No notifications yet", "muted")
            nothing.setContentsMargins(16, 16, 16, 16)
            rows.addWidget(nothing)
        rows.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(content)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 1, 1, 1)
        layout.addWidget(area)
        width = characters(self, _WIDTH_IN_CHARACTERS)
        self.resize(width, min(parent.height() // 2, rows.sizeHint().height() + 40))

    def show_above(self, anchor: QWidget) -> None:
        """Open with the lower right corner at the upper right one of `anchor`."""
        corner = anchor.mapToGlobal(QPoint(anchor.width(), 0))
        self.move(corner.x() - self.width(), corner.y() - self.height() - 4)
        self.show()
