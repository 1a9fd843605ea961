"""An environment on a card: its Python, the packages that matter, its workers, and what is wrong with it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from gym_gui.core.environments.model import Environment, EnvironmentFacts
from gym_gui.core.environments.sdk_state import sdk_note
from gym_gui.core.probing.model import ProbeReport
from gym_gui.ui.desktop import Desktop
from gym_gui.ui.theme import Theme
from gym_gui.ui.widgets.command_field import CommandField
from gym_gui.ui.widgets.flow import FlowLayout
from gym_gui.ui.widgets.labels import ElidedLabel, PlainLabel
from gym_gui.ui.widgets.placeholders import Banner
from gym_gui.ui.wording import plain_tip, plural

_WAITING = "Looking into it ..."


class EnvironmentCard(QFrame):
    """Emits what is asked for with its environment; whoever shows it does it."""

    remove_wanted = Signal(object)
    delete_wanted = Signal(object)
    ask_again_wanted = Signal(object)

    def __init__(
        self, theme: Theme, desktop: Desktop, environment: Environment, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.setAccessibleName(f"Environment {shown_name(environment)}")
        self.environment = environment
        self._theme = theme
        self._desktop = desktop
        self._facts: EnvironmentFacts | None = None
        self._report: ProbeReport | None = None
        self.version = PlainLabel("", "muted")
        self.path = ElidedLabel(environment.python, "mono", mode=Qt.TextElideMode.ElideMiddle)
        self._packages = QWidget()
        self._flow = FlowLayout(self._packages, gap=5)
        self.workers = PlainLabel(_WAITING, wrap=True)
        self.problem = Banner(theme, "danger")
        self.mend = CommandField(theme, desktop, "Command")
        self.question = Banner(theme, "warning")
        self._build()

    def show_facts(self, facts: EnvironmentFacts) -> None:
        """Show what the interpreter said of itself."""
        self._facts = facts
        self._refresh()

    def show_report(self, report: ProbeReport | None) -> None:
        """Show its workers, or why it could not be asked; None while the answer is on its way."""
        self._report = report
        self._refresh()

    def ask_before_deleting(self, users: int) -> None:
        """Show the question whether to delete it; `users` is how many runs use it now."""
        folder = self.environment.python.rpartition("/bin/")[0]
        using = f" {plural(users, 'run')} using it now will most likely fail." if users else ""
        self.question.say("warning", f"Delete {folder} and everything in it for good?{using}")
        self.question.show()
        self.keep.setFocus()

    def _build(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 14, 16, 14)
        layout.setSpacing(8)
        layout.addLayout(self._head())
        layout.addWidget(self.path)
        layout.addWidget(self._packages)
        layout.addWidget(self.workers)
        layout.addWidget(self.problem)
        layout.addWidget(self.mend)
        layout.addWidget(self.question)
        delete = self.question.add_button("Delete for good")
        delete.setProperty("role", "danger")
        delete.clicked.connect(lambda: self.delete_wanted.emit(self.environment))
        self.keep = self.question.add_button("Keep")
        self.keep.clicked.connect(self.question.hide)
        for hidden in (self._packages, self.problem, self.mend, self.question):
            hidden.hide()

    def _head(self) -> QHBoxLayout:
        environment = self.environment
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(PlainLabel(shown_name(environment), "heading"))
        head.addWidget(self.version)
        if environment.created:
            head.addWidget(_badge("made here", "It was made by this program, which can delete it"))
        head.addStretch(1)
        again = self._button("Look again", "Ask it for its workers again")
        again.clicked.connect(lambda: self.ask_again_wanted.emit(environment))
        head.addWidget(again)
        if not environment.is_own:
            self.remove = self._button("Remove", "Take it off the list; nothing is deleted")
            self.remove.clicked.connect(lambda: self.remove_wanted.emit(environment))
            head.addWidget(self.remove)
        if environment.created:
            self.delete = self._button("Delete ...", "Delete its folder, after a question")
            self.delete.clicked.connect(lambda: self.delete_wanted.emit(None))
            head.addWidget(self.delete)
        return head

    def _button(self, text: str, tip: str) -> QPushButton:
        button = QPushButton(text)
        button.setProperty("role", "quiet")
        button.setToolTip(tip)
        button.setAccessibleName(f"{text.removesuffix(' ...')} {shown_name(self.environment)}")
        return button

    def _refresh(self) -> None:
        self._show_python()
        report, facts = self._report, self._facts
        if report is None:
            return
        names = ", ".join(worker.worker_id for worker in report.workers)
        self.workers.setText(f"Workers: {names}" if names else "No workers")
        failure, note = report.failure, sdk_note(report)
        if failure is not None:
            self._show_problem("danger", failure.message, failure.hint)
        elif facts is not None and facts.problem:
            self._show_problem("danger", f"{self.environment.python} {facts.problem}", "")
        else:
            self._show_problem("warning", note.message, note.mend)

    def _show_python(self) -> None:
        facts = self._facts
        version = facts.python_version if facts else self._report.python_version if self._report else ""
        self.version.setText(f"Python {version}" if version else "")
        if facts is None:
            return
        while self._flow.count():
            item = self._flow.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.deleteLater()
        for name, package_version in facts.packages.items():
            self._flow.addWidget(
                _badge(f"{name} {package_version}", f"{name} {package_version} is installed")
            )
        self._packages.setVisible(bool(facts.packages))

    def _show_problem(self, tone: str, message: str, mend: str) -> None:
        self.problem.setVisible(bool(message))
        self.problem.say(tone, message[:1].upper() + message[1:])
        is_command = " install " in mend or "ensurepip" in mend
        self.mend.setVisible(bool(mend) and is_command)
        self.mend.set_text(mend)
        if mend and not is_command:
            self.problem.say(tone, f"{self.problem.text.text()}. {mend}.")


def shown_name(environment: Environment) -> str:
    """What the panel calls an environment."""
    return "The panel's own" if environment.is_own else environment.name


def _badge(text: str, tip: str) -> PlainLabel:
    label = PlainLabel(text, "badge")
    label.setProperty("tone", "neutral")
    label.setToolTip(plain_tip(tip))
    return label
