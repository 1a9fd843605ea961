from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit
from pytestqt.qtbot import QtBot

from gym_gui.config.paths import runs_root
from gym_gui.core.forms.fields import FieldKind, FormField
from gym_gui.core.probing.model import ConfigProblem, ProbedWorker
from gym_gui.ui.forms.editor import Editor
from gym_gui.ui.forms.editors import (
    ChoiceEditor,
    NullableEditor,
    SwitchEditor,
    TextEditor,
    editor_for,
)
from gym_gui.ui.forms.json_editor import JsonEditor
from gym_gui.ui.forms.number_editor import NumberEditor, stepped_text
from gym_gui.ui.forms.path_editor import PathEditor
from gym_gui.ui.new_run.draft import RunDraft
from gym_gui.ui.new_run.form import RunForm
from gym_gui.ui.theme import Theme

SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["run_id", "env_id"],
    "properties": {
        "run_id": {"type": "string"},
        "env_id": {"type": "string", "description": "<b>Which</b> environment", "minLength": 1},
        "steps": {"type": "integer", "minimum": 1, "default": 100},
        "seed": {"anyOf": [{"type": "integer"}, {"type": "null"}], "default": None},
        "lr": {"type": "number", "exclusiveMinimum": 0, "default": 0.01},
        "algo": {"enum": ["ppo", "dqn"], "default": "ppo"},
        "track": {"type": "boolean", "default": False},
        "extra": {"type": "object", "default": {}, "advanced": True},
    },
}
WORKER = ProbedWorker("demo", "/usr/bin/python3", "demo:get", command=("demo",), schema=SCHEMA)
WITHOUT_SCHEMA = ProbedWorker(
    "bare", "/usr/bin/python3", "bare:get", command=("bare",), schema_problem="no class"
)


def field(kind: FieldKind, **more: Any) -> FormField:
    return FormField(name="x", title="X", kind=kind, **more)


@pytest.fixture
def draft(qapp: QApplication) -> RunDraft:
    made = RunDraft()
    made.begin(WORKER)
    return made


@pytest.fixture
def form(draft: RunDraft, theme: Theme, qtbot: QtBot) -> RunForm:
    made = RunForm(theme, draft)
    qtbot.addWidget(made)
    made.resize(700, 300)
    made.show()
    return made


def line_of(form: RunForm, name: str) -> QLineEdit:
    line = form.rows[name].editor.marked_widget()
    assert isinstance(line, QLineEdit)
    return line


# the draft


def test_a_draft_starts_from_defaults_and_misses_what_is_required(draft: RunDraft) -> None:
    assert draft.fields[0].name == "env_id"
    assert "run_id" not in [shown.name for shown in draft.fields]
    assert draft.problems() == {"env_id": "is required"}
    assert draft.config() == {
        "steps": 100,
        "seed": None,
        "lr": 0.01,
        "algo": "ppo",
        "track": False,
        "extra": {},
    }


def test_values_are_checked_as_they_come(draft: RunDraft) -> None:
    draft.set_value("env_id", "CartPole-v1")
    assert draft.problems() == {}
    draft.set_value("steps", 0)
    assert "at least 1" in draft.problem("steps")
    draft.reject("lr", "must be a number")
    assert list(draft.problems()) == ["steps", "lr"]
    draft.set_value("lr", 0.5)
    assert list(draft.problems()) == ["steps"]


def test_the_workers_answer_stands_until_the_field_changes(draft: RunDraft) -> None:
    draft.set_value("env_id", "Nope-v1")
    draft.take_answer((ConfigProblem("env_id", "is not registered"), ConfigProblem("", "too hot")))
    assert draft.problem("env_id") == "is not registered"
    assert draft.general_problem() == "too hot"
    draft.set_value("env_id", "CartPole-v1")
    assert draft.problem("env_id") == ""


def test_a_problem_inside_a_field_belongs_to_the_field(draft: RunDraft) -> None:
    draft.set_value("env_id", "A")
    draft.take_answer((ConfigProblem("extra.depth", "is too deep"),))
    assert draft.problem("extra") == "is too deep"


def test_a_former_config_fills_the_form(qapp: QApplication) -> None:
    draft = RunDraft()
    draft.begin(WORKER, {"run_id": "OLD", "env_id": "Taxi-v3", "steps": 7, "gone": 1})
    assert draft.value("env_id") == "Taxi-v3"
    assert draft.value("steps") == 7
    assert draft.ignored == ("gone",)
    assert "run_id" not in draft.config()


def test_a_worker_without_schema_takes_one_json_object(qapp: QApplication) -> None:
    draft = RunDraft()
    draft.begin(WITHOUT_SCHEMA, {"a": 1})
    assert draft.is_whole
    assert draft.config() == {"a": 1}
    draft.set_value("", [1, 2])
    assert draft.problems() == {"": "must be a JSON object"}


def test_the_spec_names_worker_and_config(draft: RunDraft) -> None:
    draft.set_value("env_id", "A")
    draft.name, draft.tags = "  first ", ("x",)
    spec = draft.spec()
    assert (spec.worker_id, spec.command, spec.name, spec.tags) == ("demo", ("demo",), "first", ("x",))
    assert spec.config["env_id"] == "A"


# the editors


def emitted(editor: Editor) -> tuple[list[Any], list[str]]:
    values: list[Any] = []
    reasons: list[str] = []
    editor.edited.connect(values.append)
    editor.rejected.connect(reasons.append)
    return values, reasons


@pytest.mark.parametrize("value", [0, -5, 2**31, 2**63 + 1, -(2**200)])
def test_whole_numbers_of_any_size_survive(qtbot: QtBot, value: int) -> None:
    editor = NumberEditor(field(FieldKind.INTEGER))
    qtbot.addWidget(editor)
    values, _ = emitted(editor)
    editor.show_value(value)
    assert editor.line.text() == str(value)
    editor.report()
    assert values == [value]


def test_what_is_no_number_is_rejected_with_words(qtbot: QtBot) -> None:
    editor = NumberEditor(field(FieldKind.INTEGER, maximum=10))
    qtbot.addWidget(editor)
    values, reasons = emitted(editor)
    for text in ("abc", "1.5", "11", ""):
        editor.line.setText(text)
        editor.report()
    assert values == []
    assert len(reasons) == 4
    assert "at most 10" in reasons[2]


@pytest.mark.parametrize(
    ("kind", "text", "direction", "stepped"),
    [(FieldKind.INTEGER, "5", 1, "6"), (FieldKind.INTEGER, "0", -1, None),
     (FieldKind.NUMBER, "0.01", 1, "0.02"), (FieldKind.NUMBER, "1.5", -1, "1.4"),
     (FieldKind.INTEGER, "abc", 1, None), (FieldKind.NUMBER, "nan", 1, None),
     (FieldKind.INTEGER, "9" * 40, 1, None)],
)  # fmt: skip
def test_arrows_step(kind: FieldKind, text: str, direction: int, stepped: str | None) -> None:
    assert stepped_text(field(kind, minimum=0), text, direction) == stepped


def test_arrow_keys_step_in_the_line(qtbot: QtBot) -> None:
    editor = NumberEditor(field(FieldKind.INTEGER))
    qtbot.addWidget(editor)
    values, _ = emitted(editor)
    editor.show_value(41)
    qtbot.keyClick(editor.line, Qt.Key.Key_Up)
    assert values == [42]
    assert editor.line.text() == "42"


def test_unset_is_a_value_of_its_own(qtbot: QtBot) -> None:
    editor = editor_for(field(FieldKind.INTEGER, nullable=True))
    assert isinstance(editor, NullableEditor)
    qtbot.addWidget(editor)
    editor.show_value(None)
    values, reasons = emitted(editor)
    assert editor.unset.isChecked()
    assert not editor.inner.isEnabled()
    editor.unset.setChecked(False)
    assert reasons, "an empty number is no value, and above all not 0"
    inner = editor.inner
    assert isinstance(inner, NumberEditor)
    qtbot.keyClicks(inner.line, "0")
    assert values == [0]
    editor.unset.setChecked(True)
    assert values == [0, None]
    editor.show_value(7)
    assert inner.line.text() == "7"
    assert not editor.unset.isChecked()
    assert values == [0, None], "showing is not editing"


@pytest.mark.parametrize(
    ("kind", "made"),
    [(FieldKind.INTEGER, NumberEditor), (FieldKind.NUMBER, NumberEditor), (FieldKind.STRING, TextEditor),
     (FieldKind.BOOLEAN, SwitchEditor), (FieldKind.CHOICE, ChoiceEditor), (FieldKind.PATH, PathEditor),
     (FieldKind.JSON, JsonEditor)],
)  # fmt: skip
def test_every_kind_has_its_editor(qtbot: QtBot, kind: FieldKind, made: type[Editor]) -> None:
    editor = editor_for(field(kind, choices=("a", "b")))
    qtbot.addWidget(editor)
    assert type(editor) is made


def test_choices_keep_their_types(qtbot: QtBot) -> None:
    editor = ChoiceEditor(field(FieldKind.CHOICE, choices=(1, True, "1", None)))
    qtbot.addWidget(editor)
    values, _ = emitted(editor)
    for index in range(4):
        editor.box.setCurrentIndex(index)
        editor.report()
    assert [(type(value), value) for value in values] == [
        (int, 1),
        (bool, True),
        (str, "1"),
        (type(None), None),
    ]
    editor.show_value(True)
    assert editor.box.currentIndex() == 1


def test_json_is_checked(qtbot: QtBot) -> None:
    editor = JsonEditor(field(FieldKind.JSON))
    qtbot.addWidget(editor)
    values, reasons = emitted(editor)
    editor.show_value({"a": [1]})
    assert values == []
    editor.text.setPlainText('{"b": 2}')
    editor.text.setPlainText("{")
    assert values == [{"b": 2}]
    assert reasons


def test_the_wheel_changes_no_value(qtbot: QtBot) -> None:
    choice = ChoiceEditor(field(FieldKind.CHOICE, choices=("a", "b", "c")))
    number = NumberEditor(field(FieldKind.INTEGER))
    qtbot.addWidget(choice)
    qtbot.addWidget(number)
    choice.show_value("b")
    number.show_value(5)
    for widget in (choice.box, number.line):
        widget.setFocus()
        here = QPointF(5, 5)
        event = QWheelEvent(
            here, widget.mapToGlobal(here), QPoint(0, 0), QPoint(0, -120), Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(widget, event)
        assert not event.isAccepted(), "the page scrolls instead"
    assert choice.box.currentText() == "b"
    assert number.line.text() == "5"


# the form


def test_errors_stand_under_the_field_as_it_is_typed(form: RunForm, draft: RunDraft, qtbot: QtBot) -> None:
    row = form.rows["steps"]
    assert row.error.isHidden()
    line = line_of(form, "steps")
    line.selectAll()
    qtbot.keyClicks(line, "0")
    assert not row.error.isHidden()
    assert row.error.text().startswith("Must be at least 1")
    assert line.property("invalid") is True
    line.selectAll()
    qtbot.keyClicks(line, "12")
    assert row.error.isHidden()
    assert draft.value("steps") == 12


def test_a_missing_value_is_no_error_until_it_is_asked_for(form: RunForm) -> None:
    row = form.rows["env_id"]
    assert row.error.isHidden()
    form.touch_all()
    assert row.error.text() == "Is required"
    assert not row.error.isHidden()


def test_the_first_problem_gets_the_focus_even_when_it_is_folded_away(form: RunForm, draft: RunDraft) -> None:
    draft.reject("extra", "must be JSON")
    form.activateWindow()
    form.focus_on("extra")
    assert form.rows["extra"].isVisibleTo(form)
    assert form.rows["extra"].editor.marked_widget().hasFocus()


def test_help_is_plain_text(form: RunForm) -> None:
    from gym_gui.ui.widgets.labels import PlainLabel

    labels = form.rows["env_id"].findChildren(PlainLabel)
    assert any(label.text() == "<b>Which</b> environment" for label in labels)
    assert all(label.textFormat() is Qt.TextFormat.PlainText for label in labels)


def test_another_worker_brings_another_form(form: RunForm, draft: RunDraft) -> None:
    draft.begin(WITHOUT_SCHEMA)
    assert list(form.rows) == [""]
    draft.begin(WORKER)
    assert "env_id" in form.rows


def test_a_checkpoint_is_chosen_among_the_runs_though_its_field_is_text(
    qapp: QApplication, theme: Theme, qtbot: QtBot
) -> None:
    resuming = {"anyOf": [{"type": "string"}, {"type": "null"}], "default": None}
    schema = {"type": "object", "properties": {"resume_from": resuming, "note": resuming}}
    draft = RunDraft()
    draft.begin(ProbedWorker("demo", "/usr/bin/python3", "demo:get", command=("demo",), schema=schema))
    form = RunForm(theme, draft)
    qtbot.addWidget(form)
    form.show()
    (chooser,) = form.findChildren(PathEditor)
    assert chooser.field.name == "resume_from"
    runs_root().mkdir(parents=True)
    chooser.setEnabled(True)
    chooser.browse.click()
    (dialog,) = chooser.findChildren(QFileDialog)
    assert dialog.directory().absolutePath() == str(runs_root())
    dialog.fileSelected.emit(str(runs_root() / "best.npz"))
    dialog.reject()
    assert draft.value("resume_from") == str(runs_root() / "best.npz")
