"""Colours for JSON, YAML and logs, line by line and in linear time; nothing is parsed."""

from __future__ import annotations

import re

from PySide6.QtGui import QSyntaxHighlighter, QTextCharFormat, QTextDocument

from gym_gui.compat import override
from gym_gui.core.artifacts.media import MediaKind
from gym_gui.ui.theme import Theme

_LONGEST_LINE = 4_000
_NUMBER = r"(?<![\w.])-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])"
_STRING = r'"[^"\\]*(?:\\.[^"\\]*)*"'
_WORD = r"\b(?:true|false|null|True|False|None|NaN|Infinity)\b"
_RULES: dict[MediaKind, tuple[tuple[str, re.Pattern[str]], ...]] = {
    MediaKind.JSON: (
        ("paused", re.compile(_WORD)),
        ("info", re.compile(_NUMBER)),
        ("success", re.compile(_STRING)),
        ("link", re.compile(_STRING + r"(?=\s*:)")),
    ),
    MediaKind.YAML: (
        ("paused", re.compile(_WORD)),
        ("info", re.compile(_NUMBER)),
        ("success", re.compile(rf"{_STRING}|'[^']*'")),
        ("link", re.compile(r"^[\s-]*[\w./-]+(?=:(?:\s|$))")),
        ("text_muted", re.compile(r"(?:^|(?<=\s))#.*$")),
    ),
    MediaKind.TEXT: (
        ("danger", re.compile(r"\b(?:ERROR|CRITICAL|FATAL|Traceback|\w+Error|\w+Exception)\b")),
        ("warning", re.compile(r"\b(?:WARN|WARNING)\b")),
    ),
}
_RULES[MediaKind.JSON_LINES] = _RULES[MediaKind.JSON]


class Highlighter(QSyntaxHighlighter):
    """Colours a document as one kind of text; very long lines stay plain."""

    def __init__(self, document: QTextDocument, theme: Theme) -> None:
        super().__init__(document)
        self._theme = theme
        self._kind = MediaKind.TEXT
        theme.changed.connect(self.rehighlight)

    def show_kind(self, kind: MediaKind) -> None:
        """Colour what comes as this kind of text."""
        self._kind = kind

    @override
    def highlightBlock(self, text: str) -> None:
        if len(text) > _LONGEST_LINE:
            return
        for token, pattern in _RULES.get(self._kind, ()):
            look = QTextCharFormat()
            look.setForeground(self._theme.colour(token))
            for found in pattern.finditer(text):
                self.setFormat(found.start(), found.end() - found.start(), look)
