"""A row of the New run form: it says that a value is not the default, and gives the default back."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from gym_gui.compat import override
from gym_gui.core.forms.fields import FormField
from gym_gui.core.forms.text import shown
from gym_gui.ui.forms.editor import Editor
from gym_gui.ui.forms.row import FieldRow
from gym_gui.ui.new_run.draft import RunDraft
from gym_gui.ui.widgets.labels import PlainLabel
from gym_gui.ui.wording import plain_tip

_LONGEST_DEFAULT = 24


class RunFieldRow(FieldRow):
    """A field of a worker's config, in an editor of its own kind unless it is given one."""

    def __init__(self, field: FormField, draft: RunDraft, editor: Editor | None = None) -> None:
        self._run_draft = draft
        self.reset = QPushButton()
        self.reset.setProperty("role", "reset")
        self.reset.hide()
        self.varied = PlainLabel("Varies from run to run: see Several runs", "small")
        self.varied.hide()
        default = "unset" if field.omittable or field.default is None else shown(field.default)
        short = default if len(default) <= _LONGEST_DEFAULT else "default"
        self.reset.setText(f"Changed · reset to {short}".replace("&", "&&"))
        self.reset.setToolTip(plain_tip(f"The default is {default}"))
        self.reset.setAccessibleName(f"Reset {field.title} to its default, {default}")
        super().__init__(field, draft, editor)
        self.edited.insertWidget(1, self.reset, 0, Qt.AlignmentFlag.AlignLeft)
        self.edited.insertWidget(1, self.varied)
        self.reset.clicked.connect(self._reset)
        inside = " ".join(f"{member.name} {member.title}" for member in field.members)
        self.words = f"{field.name} {field.title} {field.description} {inside}".casefold()

    @override
    def refresh(self) -> None:
        super().refresh()
        varied = self.field.name in self._run_draft.varied
        self.editor.setEnabled(not varied)
        self.varied.setVisible(varied)
        self.reset.setVisible(not varied and self._run_draft.is_changed(self.field.name))

    def matches(self, words: list[str]) -> bool:
        """Whether name, title, help and names of what is inside hold all these words, in lower case."""
        return all(word in self.words for word in words)

    def _reset(self) -> None:
        self._run_draft.reset(self.field.name)
        self.reread()
        self.editor.setFocus(Qt.FocusReason.OtherFocusReason)
