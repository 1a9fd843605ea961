"""Lists and objects that the schema describes, what is suggested, and what is told of bounds."""

from __future__ import annotations

from typing import Any

import pytest

from gym_gui.core.forms.checkpoint_field import checkpoint_field
from gym_gui.core.forms.checks import check_value
from gym_gui.core.forms.fields import FieldKind, FormField
from gym_gui.core.forms.hints import hint
from gym_gui.core.forms.lists import list_text, read_list
from gym_gui.core.forms.schema import form_fields
from gym_gui.core.forms.text import FieldError
from gym_gui.core.forms.values import parse_text


def field_of(spec: dict[str, Any], **root: Any) -> FormField:
    return form_fields({"properties": {"x": spec}, **root})[0]


NETWORK = {
    "type": "object",
    "required": ["width"],
    "additionalProperties": False,
    "properties": {
        "width": {"type": "integer", "minimum": 1},
        "activation": {"enum": ["relu", "tanh"], "default": "relu"},
    },
}


def test_an_object_the_schema_describes_has_members_through_references_and_null() -> None:
    field = field_of(
        {"anyOf": [{"$ref": "#/$defs/Network"}, {"type": "null"}], "default": None},
        **{"$defs": {"Network": NETWORK}},
    )
    assert field.kind is FieldKind.JSON
    assert [member.name for member in field.members] == ["width", "activation"]
    assert field.nullable
    assert field.closed
    assert check_value(field, None) == ""
    assert check_value(field, {"width": 3}) == ""
    assert check_value(field, {}) == "needs a value for width"
    assert check_value(field, {"width": 0}).startswith("width must be at least 1")
    assert "no field 'depth'" in check_value(field, {"width": 1, "depth": 2})


def test_a_schema_that_holds_itself_ends() -> None:
    node = {"type": "object", "properties": {"child": {"$ref": "#/$defs/Node"}}}
    field: FormField | None = field_of({"$ref": "#/$defs/Node"}, **{"$defs": {"Node": node}})
    depth = 0
    while field is not None and field.members:
        field, depth = field.members[0], depth + 1
    assert 0 < depth <= 5


def test_a_list_of_plain_values_has_an_item() -> None:
    field = field_of({"type": "array", "items": {"type": "integer", "minimum": 1}, "maxItems": 2})
    assert field.item is not None
    assert check_value(field, [64, 0]).startswith("item 2 must be at least 1")
    assert check_value(field, [1, 2, 3]) == "must have at most 2 items, got 3"
    assert check_value(field, 64) == "must be a list, got 64"
    assert field_of({"type": "array", "items": {"type": "object"}}).item is None
    assert field_of({"type": "array"}).item is None


@pytest.mark.parametrize(
    ("kind", "values"),
    [(FieldKind.INTEGER, [64, -1]), (FieldKind.NUMBER, [0.1, 1e-5]), (FieldKind.BOOLEAN, [True, False]),
     (FieldKind.STRING, ["a", "b,c", 'say "x"', "", " padded ", "[1]"]), (FieldKind.STRING, [])],
)  # fmt: skip
def test_a_line_gives_the_list_back(kind: FieldKind, values: list[Any]) -> None:
    item = FormField(name="item", title="Item", kind=kind)
    assert read_list(item, list_text(item, values)) == values


def test_a_list_says_which_item_is_wrong() -> None:
    item = FormField(name="item", title="Item", kind=FieldKind.INTEGER)
    assert read_list(item, "[64, 64]") == [64, 64]
    with pytest.raises(FieldError, match="item 2 must be a whole number"):
        read_list(item, "1, x")
    with pytest.raises(FieldError, match="comma too many"):
        read_list(item, "1,,2")


def test_examples_and_named_values_beside_free_text_are_suggested() -> None:
    assert field_of({"type": "string", "examples": ["A-v1", 3]}).suggestions == ("A-v1",)
    mixed = field_of({"anyOf": [{"type": "string", "enum": ["A", "B"]}, {"type": "string"}]})
    assert mixed.kind is FieldKind.STRING
    assert mixed.suggestions == ("A", "B")
    nullable = field_of({"anyOf": [{"type": "string", "examples": ["Q"]}, {"type": "null"}], "default": None})
    assert nullable.suggestions == ("Q",)


@pytest.mark.parametrize(
    ("spec", "words"),
    [({"type": "integer", "minimum": 1, "maximum": 1_000_000}, "1 to 1,000,000"),
     ({"type": "number", "exclusiveMinimum": 0, "maximum": 1}, "Above 0, at most 1"),
     ({"type": "number", "minimum": 0, "exclusiveMaximum": 1}, "0 to below 1"),
     ({"type": "integer", "minimum": 0}, "0 or more"), ({"type": "number", "maximum": 0.5}, "At most 0.5"),
     ({"type": "integer", "multipleOf": 8}, "A multiple of 8"), ({"type": "integer"}, ""),
     ({"type": "array", "items": {"type": "integer", "minimum": 1}}, "Separated by commas, each 1 or more"),
     ({"type": "integer", "maximum": 10**30}, "At most 1e+30")],
)  # fmt: skip
def test_bounds_in_words(spec: dict[str, Any], words: str) -> None:
    assert hint(field_of(spec)) == words


def test_a_mistake_in_json_is_located() -> None:
    field = FormField(name="x", title="X", kind=FieldKind.JSON)
    with pytest.raises(FieldError, match="line 2, column 7") as caught:
        parse_text(field, '{\n "a": }')
    assert caught.value.position == 8


@pytest.mark.parametrize(
    ("names", "found"),
    [(["checkpoint_dir", "resume_from"], "resume_from"),
     (["checkpoint_path", "load_path"], "checkpoint_path"), (["policy_checkpoint"], "policy_checkpoint"),
     (["checkpoint_dir", "save_checkpoint"], None), (["data"], None)],
)  # fmt: skip
def test_which_field_takes_a_checkpoint(names: list[str], found: str | None) -> None:
    fields = [FormField(name=name, title=name, kind=FieldKind.PATH) for name in names]
    switch = FormField(name="resume", title="Resume", kind=FieldKind.BOOLEAN)
    field = checkpoint_field([switch, *fields])
    assert (field.name if field else None) == found
