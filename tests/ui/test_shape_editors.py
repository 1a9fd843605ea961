"""The editors of lists, objects, paths and JSON, and the line that suggests values."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from gym_gui.core.forms.fields import FormField
from gym_gui.core.forms.schema import form_fields
from gym_gui.ui.forms.editor import Editor
from gym_gui.ui.forms.editors import NullableEditor, TextEditor, editor_for
from gym_gui.ui.forms.json_editor import JsonEditor
from gym_gui.ui.forms.list_editor import ListEditor
from gym_gui.ui.forms.object_editor import ObjectEditor
from gym_gui.ui.forms.path_editor import PathEditor, missing_note


def field_of(spec: dict[str, Any]) -> FormField:
    return form_fields({"properties": {"x": spec}, "required": ["x"]})[0]


def made(qtbot: QtBot, spec: dict[str, Any]) -> tuple[Editor, list[Any], list[str]]:
    editor = editor_for(field_of(spec))
    qtbot.addWidget(editor)
    values: list[Any] = []
    reasons: list[str] = []
    editor.edited.connect(values.append)
    editor.rejected.connect(reasons.append)
    return editor, values, reasons


NETWORK = {
    "type": "object",
    "required": ["width"],
    "properties": {"width": {"type": "integer", "minimum": 1}, "bias": {"type": "boolean", "default": True}},
}


def test_a_list_is_a_line(qtbot: QtBot) -> None:
    editor, values, reasons = made(qtbot, {"type": "array", "items": {"type": "integer", "minimum": 1}})
    assert isinstance(editor, ListEditor)
    editor.show_value([64, 32])
    assert editor.line.text() == "64, 32"
    for text in ("8, 16", "", "8, 0", "8, x"):
        editor.line.setText(text)
        editor.report()
    assert values == [[8, 16], []]
    assert reasons[0].startswith("item 2 must be at least 1")
    assert reasons[1].startswith("item 2 must be a whole number")


def test_an_object_is_a_form_of_its_own(qtbot: QtBot) -> None:
    editor, values, reasons = made(qtbot, NETWORK)
    assert isinstance(editor, ObjectEditor)
    assert editor.rows == {}, "fields are made when they are wanted"
    editor.show_value({"width": 4, "kept": "as it is"})
    assert values == []
    editor.open(True)
    assert list(editor.rows) == ["width", "bias"]
    editor.draft.set_value("width", 8)
    assert values[-1] == {"width": 8, "bias": True, "kept": "as it is"}
    editor.draft.reject("width", "must be a whole number")
    assert reasons == ["width must be a whole number"]


def test_an_object_that_lacks_a_required_value_says_which(qtbot: QtBot) -> None:
    editor, values, reasons = made(qtbot, NETWORK)
    editor.report()
    assert values == []
    assert reasons == ["width is required"]


def test_an_object_may_be_unset(qtbot: QtBot) -> None:
    editor = editor_for(form_fields({"properties": {"x": NETWORK}})[0])
    qtbot.addWidget(editor)
    assert isinstance(editor, NullableEditor)
    assert isinstance(editor.inner, ObjectEditor)
    editor.show_value(None)
    assert editor.unset.isChecked()


def test_a_mistake_in_json_is_underlined_until_it_is_mended(qtbot: QtBot) -> None:
    editor, values, reasons = made(qtbot, {})
    assert isinstance(editor, JsonEditor)
    editor.text.setPlainText('{\n "a": ,\n}')
    assert "line 2, column 7" in reasons[-1]
    (mark,) = editor.text.extraSelections()
    assert mark.cursor.selectedText() == ","
    editor.text.setPlainText('{"a": 1}')
    assert editor.text.extraSelections() == []
    assert values[-1] == {"a": 1}


def test_examples_are_offered_and_anything_else_may_be_typed(qtbot: QtBot) -> None:
    editor, values, _ = made(qtbot, {"type": "string", "examples": ["CartPole-v1", "Acrobot-v1"]})
    assert isinstance(editor, TextEditor)
    completer = editor.line.completer()
    assert completer is not None
    completer.setCompletionPrefix("bot")
    assert completer.currentCompletion() == "Acrobot-v1"
    completer.activated.emit("Acrobot-v1")
    qtbot.keyClicks(editor.line, "x")
    assert values == ["Acrobot-v1", "Acrobot-v1x"]


@pytest.mark.parametrize(
    ("name", "directory", "said"),
    [
        ("", False, ""),
        ("relative", False, ""),
        ("gone", False, "nothing at this path"),
        ("file", True, "is a file"),
    ],
)
def test_a_path_that_leads_nowhere_is_told(tmp_path: Path, name: str, directory: bool, said: str) -> None:
    (tmp_path / "file").touch()
    text = name if name in ("", "relative") else str(tmp_path / name)
    note = missing_note(text, directory=directory)
    assert (said in note) if said else note == ""


def test_a_path_says_so_when_typing_pauses(qtbot: QtBot, tmp_path: Path) -> None:
    editor, values, _ = made(qtbot, {"type": "string", "format": "directory-path"})
    assert isinstance(editor, PathEditor)
    editor.show_value(str(tmp_path))
    assert editor.note.isHidden()
    qtbot.keyClicks(editor.line, "/gone")
    qtbot.waitUntil(lambda: not editor.note.isHidden())
    assert values[-1] == f"{tmp_path}/gone"
    assert editor.browse.accessibleName() == "Browse for X"
