"""Config classes of every kind -> JSON Schema, and on to the fields a form shows."""

from __future__ import annotations

import dataclasses
import enum
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, NewType, Optional

import annotated_types
import msgspec
import pydantic
import pytest
from pydantic.dataclasses import dataclass as pydantic_dataclass

from gym_gui.core.forms.fields import FieldKind
from gym_gui.core.forms.schema import form_fields
from gym_gui.core.probing.schema import NoSchemaError, config_schema

if TYPE_CHECKING:
    from decimal import Decimal


class Colour(enum.StrEnum):
    RED = "red"
    BLUE = "blue"


Steps = NewType("Steps", int)


@dataclass
class Inner:
    width: int = 8
    again: Inner | None = None


def broken_factory() -> list[int]:
    raise RuntimeError("no default today")


@dataclass(frozen=True)
class Plain:
    """What a run needs.

    More about it that a form does not show.
    """

    run_id: str
    episodes: int
    seed: int | None = None
    old_style: Optional[float] = None  # noqa: UP045 (the spelling under test)
    algorithm: Literal["a", "b"] = "a"
    colour: Colour = Colour.RED
    rate: Annotated[float, annotated_types.Interval(gt=0, le=1), "Step size"] = 0.5
    batch: Annotated[int, msgspec.Meta(ge=1, description="Batch size")] = 32
    clip: Annotated[int, pydantic.Field(ge=1, le=9, description="Clip")] = 2
    layers: Annotated[list[int], annotated_types.MinLen(1)] = field(default_factory=lambda: [64, 64])
    pair: tuple[int, str] = (1, "x")
    many: tuple[int, ...] = ()
    by_name: Mapping[str, float] = field(default_factory=dict)
    names: Sequence[str] = ()
    where: Path = Path("out")
    steps: Steps = Steps(10)
    inner: Inner = field(default_factory=Inner)
    no_default: list[int] = field(default_factory=broken_factory)
    unknown: Decimal = 0  # type: ignore[assignment]
    anything: Any = None
    noted: int = field(default=3, metadata={"description": "Noted", "minimum": 1, "advanced": True, "own": 1})
    helped: int = field(default=3, metadata={"help": "Helped"})
    endless: float = math.inf
    derived: int = field(init=False, default=0)


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    return config_schema(Plain)


def prop(schema: dict[str, Any], name: str) -> dict[str, Any]:
    return dict(schema["properties"][name])


def test_required_and_order(schema: dict[str, Any]) -> None:
    assert schema["required"] == ["run_id", "episodes"]
    assert list(schema["properties"]) == [f.name for f in dataclasses.fields(Plain) if f.init]
    assert schema["description"] == "What a run needs."


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("run_id", {"type": "string"}),
        ("seed", {"anyOf": [{"type": "integer"}, {"type": "null"}], "default": None}),
        ("old_style", {"anyOf": [{"type": "number"}, {"type": "null"}], "default": None}),
        ("algorithm", {"enum": ["a", "b"], "default": "a"}),
        ("colour", {"enum": ["red", "blue"], "default": "red"}),
        (
            "rate",
            {
                "type": "number",
                "exclusiveMinimum": 0,
                "maximum": 1,
                "description": "Step size",
                "default": 0.5,
            },
        ),
        ("batch", {"type": "integer", "minimum": 1, "description": "Batch size", "default": 32}),
        ("clip", {"type": "integer", "minimum": 1, "maximum": 9, "description": "Clip", "default": 2}),
        ("layers", {"type": "array", "items": {"type": "integer"}, "minItems": 1, "default": [64, 64]}),
        ("many", {"type": "array", "items": {"type": "integer"}, "default": []}),
        ("by_name", {"type": "object", "additionalProperties": {"type": "number"}, "default": {}}),
        ("names", {"type": "array", "items": {"type": "string"}, "default": []}),
        ("where", {"type": "string", "format": "path", "default": "out"}),
        ("steps", {"type": "integer", "default": 10}),
        ("no_default", {"type": "array", "items": {"type": "integer"}}),
        ("unknown", {"default": 0}),
        ("anything", {"default": None}),
        ("noted", {"type": "integer", "default": 3, "description": "Noted", "minimum": 1, "advanced": True}),
        ("helped", {"type": "integer", "default": 3, "description": "Helped"}),
        ("endless", {"type": "number"}),
    ],
)
def test_dataclass_field(schema: dict[str, Any], name: str, expected: dict[str, Any]) -> None:
    assert prop(schema, name) == expected


def test_nested_and_recursive_dataclasses(schema: dict[str, Any]) -> None:
    inner = prop(schema, "inner")
    assert inner["properties"]["width"] == {"type": "integer", "default": 8}
    assert inner["properties"]["again"]["anyOf"][0] == {"type": "object"}
    assert inner["default"] == {"width": 8, "again": None}


def test_the_form_of_a_dataclass(schema: dict[str, Any]) -> None:
    fields = {f.name: f for f in form_fields(schema)}
    assert [f.name for f in fields.values() if f.required] == ["run_id", "episodes"]
    assert fields["colour"].kind is FieldKind.CHOICE
    assert fields["where"].kind is FieldKind.PATH
    assert [f.name for f in fields.values() if f.omittable] == ["no_default", "endless"]


class Model(pydantic.BaseModel):
    episodes: int = pydantic.Field(ge=1)
    layers: list[int] = pydantic.Field(default_factory=lambda: [1])
    endless: float = math.inf
    hook: type[int] | Any = int
    callback: object = pydantic.Field(default_factory=object)
    opaque: enum.Enum | None = None


def test_pydantic_model_and_dataclass() -> None:
    @pydantic_dataclass
    class Data:
        episodes: Annotated[int, pydantic.Field(ge=1)]
        layers: list[int] = dataclasses.field(default_factory=lambda: [1])

    for cls in (Model, Data):
        properties = config_schema(cls)["properties"]
        assert properties["episodes"]["minimum"] == 1
        assert properties["layers"]["default"] == [1]
    assert "default" not in config_schema(Model)["properties"]["endless"]


def test_a_field_pydantic_cannot_describe_does_not_spoil_the_others() -> None:
    class Odd(pydantic.BaseModel):
        model_config = pydantic.ConfigDict(arbitrary_types_allowed=True)
        lock: msgspec.Struct | None = None
        episodes: int = 3

    properties = config_schema(Odd)["properties"]
    assert properties["episodes"]["default"] == 3
    assert "lock" in properties


def test_struct() -> None:
    class Small(msgspec.Struct):
        episodes: Annotated[int, msgspec.Meta(ge=1)] = 5

    fields = form_fields(config_schema(Small))
    assert [(f.name, f.kind, f.minimum, f.default) for f in fields] == [("episodes", FieldKind.INTEGER, 1, 5)]


def test_inherited_string_annotations_resolve_where_they_were_written() -> None:
    from tests.probing import config_base

    @dataclass
    class Child(config_base.Base):
        extra: int = 1

    properties = config_schema(Child)["properties"]
    assert properties["mode"]["enum"] == ["fast", "slow"]
    assert properties["extra"]["type"] == "integer"


def test_an_ordinary_class_has_no_schema() -> None:
    class Ordinary:
        pass

    with pytest.raises(NoSchemaError, match="neither a dataclass nor a pydantic model"):
        config_schema(Ordinary)
