"""Where the Tab key goes on a page whose widgets come and go: through its parts, one after the other.

Qt goes by the order in which widgets were made, so fields made anew would come after the button that sends
them; `QWidget.setTabOrder` moves widgets of nested editors only in part.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QTabBar, QWidget


def tab_stops(parts: Sequence[QWidget]) -> list[QWidget]:
    """The widgets in these parts that take the keyboard now, part by part and as they were laid out.

    A part of a part may be named before it, to come first.
    """
    widgets = (widget for part in parts for widget in (part, *part.findChildren(QWidget)))
    return list(dict.fromkeys(widget for widget in widgets if _is_stop(widget)))


def step_focus(page: QWidget, parts: Sequence[QWidget], *, forward: bool) -> bool:
    """Give the keyboard to the next stop of a page, or to what comes after the page; False when it cannot.

    Args:
        page: The page that holds the parts.
        parts: What is gone through, in this order.
        forward: Whether to the next one, or to the one before.
    """
    current = QApplication.focusWidget()
    if current is None:
        return False
    stops = tab_stops(parts)
    if current in stops:
        place = stops.index(current) + (1 if forward else -1)
        following = stops[place] if 0 <= place < len(stops) else _outside(page, current, forward)
    else:
        following = stops[0 if forward else -1] if stops else None
    if following is None:
        return False
    reason = Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
    following.setFocus(reason)
    return True


def _outside(page: QWidget, current: QWidget, forward: bool) -> QWidget | None:
    """The first stop of the window that is not on the page."""
    widget = current.nextInFocusChain() if forward else current.previousInFocusChain()
    while widget is not None and widget is not current:
        if _is_stop(widget) and not page.isAncestorOf(widget):
            return widget
        widget = widget.nextInFocusChain() if forward else widget.previousInFocusChain()
    return None


def _is_stop(widget: QWidget) -> bool:
    return (
        bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
        and widget.focusProxy() is None
        and widget.isVisible()
        and widget.isEnabled()
        # A bar of tabs is one stop; the arrow keys go on within it.
        and not isinstance(widget.parentWidget(), QTabBar)
    )
