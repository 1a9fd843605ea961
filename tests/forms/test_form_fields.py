"""JSON Schema -> fields, with the schemas pydantic and this project write, and with hostile ones."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field

from gym_gui.core.forms.fields import FieldKind, FormField
from gym_gui.core.forms.schema import form_fields
from gym_gui.core.forms.values import check_values, initial_values, without_unset


class Schedule(Enum):
    """How the rate falls."""

    LINEAR = "linear"
    COSINE = "cosine"


class Net(BaseModel):
    layers: list[int] = [64, 64]


class Config(BaseModel):
    seed: int | None = None
    algorithm: Literal["q_learning", "sarsa"] = "q_learning"
    learning_rate: Annotated[float, Field(gt=0, le=1, description="Step\n  size")] = 0.1
    episodes: Annotated[int, Field(ge=1)]
    run_id: str
    schedule: Schedule = Schedule.LINEAR
    maybe_schedule: Schedule | None = None
    checkpoint: Path | None = None
    net: Net = Net()
    anything: Any = None
    tag: Annotated[str, Field(min_length=1, max_length=8, pattern="^[a-z]+$")] = "a"
    slippery: bool = False
    debug: bool = Field(default=False, json_schema_extra={"advanced": True})


def by_name(schema: object) -> dict[str, FormField]:
    return {field.name: field for field in form_fields(schema)}


@pytest.fixture(scope="module")
def fields() -> dict[str, FormField]:
    return by_name(Config.model_json_schema())


def test_required_fields_come_first_and_the_rest_keep_their_order(fields: dict[str, FormField]) -> None:
    assert list(fields)[:3] == ["episodes", "run_id", "seed"]
    assert list(fields)[2:] == [name for name in Config.model_fields if name not in ("episodes", "run_id")]


def test_run_id_is_managed(fields: dict[str, FormField]) -> None:
    assert [field.name for field in fields.values() if field.managed] == ["run_id"]


def test_optional_integer_has_an_unset_state(fields: dict[str, FormField]) -> None:
    seed = fields["seed"]
    assert (seed.kind, seed.nullable, seed.omittable, seed.default) == (FieldKind.INTEGER, True, False, None)


def test_literal_and_enum_are_choices(fields: dict[str, FormField]) -> None:
    assert fields["algorithm"].choices == ("q_learning", "sarsa")
    assert fields["schedule"].choices == ("linear", "cosine")
    assert fields["schedule"].default == "linear"
    assert fields["maybe_schedule"].choices == ("linear", "cosine")
    assert fields["maybe_schedule"].nullable
    assert not fields["schedule"].nullable
    assert fields["schedule"].description == "", "the enum's own docstring is not the field's"


def test_bounds_and_description(fields: dict[str, FormField]) -> None:
    rate = fields["learning_rate"]
    assert (rate.exclusive_minimum, rate.maximum, rate.minimum) == (0, 1, None)
    assert rate.description == "Step size"
    tag = fields["tag"]
    assert (tag.min_length, tag.max_length, tag.pattern) == (1, 8, "^[a-z]+$")


def test_titles_are_words_unless_the_author_gave_one(fields: dict[str, FormField]) -> None:
    assert fields["learning_rate"].title == "Learning rate"
    assert by_name({"properties": {"lr": {"title": "Step size"}}})["lr"].title == "Step size"


def test_paths_json_and_advanced(fields: dict[str, FormField]) -> None:
    assert fields["checkpoint"].kind is FieldKind.PATH
    assert fields["net"].kind is FieldKind.JSON
    assert fields["anything"].kind is FieldKind.JSON
    assert fields["debug"].advanced
    assert not fields["slippery"].advanced


def test_defaults_pass_their_own_checks(fields: dict[str, FormField]) -> None:
    values = {**initial_values(fields.values()), "episodes": 5}
    assert check_values(fields.values(), values) == {}
    assert Config(run_id="r", **values).episodes == 5


def test_a_root_reference_is_followed() -> None:
    schema = {"$ref": "#/$defs/C", "$defs": {"C": {"properties": {"n": {"type": "integer"}}}}}
    assert by_name(schema)["n"].kind is FieldKind.INTEGER


def test_neither_required_nor_given_a_default_is_left_out_while_unset() -> None:
    fields = form_fields({"properties": {"n": {"type": "integer"}, "s": {"type": "string", "default": "x"}}})
    assert fields[0].omittable
    assert initial_values(fields) == {"s": "x"}
    assert without_unset(fields, {"n": None, "s": "y"}) == {"s": "y"}
    assert without_unset(fields, {"n": 0, "s": "y"}) == {"n": 0, "s": "y"}


@pytest.mark.parametrize(
    ("spec", "kind", "nullable"),
    [
        ({"type": ["integer", "null"]}, FieldKind.INTEGER, True),
        ({"enum": ["a", None]}, FieldKind.CHOICE, True),
        ({"const": 3}, FieldKind.CHOICE, False),
        ({"oneOf": [{"const": "a"}, {"const": "b"}, {"type": "null"}]}, FieldKind.CHOICE, True),
        ({"anyOf": [{"type": "integer"}, {"type": "number"}]}, FieldKind.NUMBER, False),
        ({"anyOf": [{"type": "integer"}, {"type": "string"}]}, FieldKind.JSON, False),
        ({"anyOf": [{"type": "string"}, {"type": "string", "format": "path"}]}, FieldKind.PATH, False),
        ({"anyOf": [{"const": "auto", "type": "string"}, {"type": "string"}]}, FieldKind.STRING, False),
        ({"anyOf": [{"const": "auto", "type": "string"}, {"type": "number"}]}, FieldKind.JSON, False),
        ({"anyOf": [{"title": "A"}, {"title": "B"}]}, FieldKind.JSON, False),
        ({"anyOf": [{"type": "integer"}, {}]}, FieldKind.JSON, False),
        ({"allOf": [{"type": "integer", "minimum": 2}]}, FieldKind.INTEGER, False),
        ({"allOf": [{"type": "integer"}, {"minimum": 2}]}, FieldKind.JSON, False),
        ({"type": "array"}, FieldKind.JSON, False),
        ({"type": "null"}, FieldKind.JSON, True),
        ({"enum": [[1], [2]]}, FieldKind.JSON, False),
        ({"enum": []}, FieldKind.JSON, False),
        ({"$ref": "#/nowhere"}, FieldKind.JSON, False),
        ({"$ref": 3}, FieldKind.JSON, False),
        (True, FieldKind.JSON, False),
        (None, FieldKind.JSON, False),
    ],
)
def test_shapes(spec: object, kind: FieldKind, nullable: bool) -> None:
    field = form_fields({"properties": {"x": spec}, "required": ["x"]})[0]
    assert (field.kind, field.nullable) == (kind, nullable)


def test_the_exclusive_bound_of_draft_4() -> None:
    spec = {"type": "number", "minimum": 0, "exclusiveMinimum": True}
    field = by_name({"properties": {"x": spec}})["x"]
    assert (field.minimum, field.exclusive_minimum) == (None, 0)


def test_recursion_and_explosion_end_as_json() -> None:
    loop = {"$ref": "#/$defs/a"}
    bomb = {"anyOf": [loop] * 60}
    for target in (loop, bomb, {"allOf": [loop]}):
        fields = by_name({"properties": {"x": loop, "n": {"type": "integer"}}, "$defs": {"a": target}})
        assert fields["x"].kind is FieldKind.JSON


def test_nonsense_keywords_are_ignored() -> None:
    spec = {
        "type": "integer",
        "minimum": "low",
        "maximum": float("nan"),
        "multipleOf": -1,
        "title": 7,
        "description": ["x"],
        "advanced": "yes",
    }
    field = by_name({"properties": {"x": spec}, "required": "x"})["x"]
    assert (field.minimum, field.maximum, field.multiple_of) == (None, None, None)
    assert (field.title, field.description, field.advanced) == ("X", "", False)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just("#/$defs/a"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "$ref",
                    "$defs",
                    "properties",
                    "type",
                    "anyOf",
                    "allOf",
                    "enum",
                    "const",
                    "a",
                    "minimum",
                    "required",
                    "exclusiveMinimum",
                    "minLength",
                    "pattern",
                    "default",
                    "format",
                    "title",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@given(_JSON, _JSON)
def test_no_schema_raises(schema: object, spec: object) -> None:
    for hostile in (schema, {"properties": {"a": spec}, "$defs": {"a": schema}, "required": schema}):
        fields = form_fields(hostile)
        values = initial_values(fields)
        check_values(fields, values)
