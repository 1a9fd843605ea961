"""A pydantic model or dataclass -> the JSON Schema pydantic writes, with the defaults it leaves out."""

from __future__ import annotations

from typing import Any

from gym_gui.core.probing.json_values import to_json


def is_pydantic(cls: type) -> bool:
    """Whether pydantic made the class: a model of version 2 or 1, or a dataclass of its kind."""
    return hasattr(cls, "__pydantic_core_schema__") or (
        hasattr(cls, "__fields__") and hasattr(cls, "schema_json")
    )


def pydantic_schema(cls: Any) -> dict[str, Any]:
    """Pydantic's schema of the class; a field it cannot describe accepts anything."""
    if not hasattr(cls, "__pydantic_core_schema__"):
        return dict(cls.schema())
    from pydantic import TypeAdapter
    from pydantic.json_schema import GenerateJsonSchema

    class Forgiving(GenerateJsonSchema):
        ignored_warning_kinds = {"skipped-choice", "non-serializable-default"}

        def handle_invalid_for_json_schema(self, schema: Any, error_info: str) -> dict[str, Any]:
            return {}

    described = TypeAdapter(cls).json_schema(schema_generator=Forgiving)
    _add_made_defaults(cls, described)
    return described


def _add_made_defaults(cls: Any, schema: dict[str, Any]) -> None:
    """Adds the values of default factories, which pydantic's schema does not tell."""
    properties = schema.get("properties", {})
    for name, field in getattr(cls, "__pydantic_fields__", {}).items():
        key = name if name in properties else field.alias
        if field.default_factory is not None and key in properties and "default" not in properties[key]:
            properties[key].update(_made_default(field))


def _made_default(field: Any) -> dict[str, Any]:
    try:
        return {"default": to_json(field.get_default(call_default_factory=True))}
    except Exception:  # noqa: BLE001 (a boundary: the factory is the worker's code; no default is known then)
        return {}
