"""The options that `tyro.cli(Args)` makes of a dataclass, read from the source without running it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gym_gui.workers.cleanrl.options import FlagStyle, OptionKind, ScriptOption, literal

_KINDS = {
    "int": OptionKind.INTEGER,
    "float": OptionKind.NUMBER,
    "bool": OptionKind.BOOLEAN,
    "str": OptionKind.STRING,
    "Path": OptionKind.STRING,
}
_LISTS = ("list", "tuple", "List", "Tuple", "Sequence")


def tyro_options(tree: ast.Module) -> Iterator[ScriptOption]:
    """The fields of the class that `tyro.cli` is called with, those of its bases in the file first."""
    name = _class_given_to_tyro(tree)
    classes = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}
    for owner in _with_bases(name, classes, set()):
        yield from _fields(owner)


def _class_given_to_tyro(tree: ast.Module) -> str:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("tyro.cli", "cli") and node.args:
            return ast.unparse(node.args[0])
    return ""


def _with_bases(name: str, classes: dict[str, ast.ClassDef], seen: set[str]) -> Iterator[ast.ClassDef]:
    if name not in classes or name in seen:
        return
    seen.add(name)
    for base in classes[name].bases:
        yield from _with_bases(ast.unparse(base), classes, seen)
    yield classes[name]


def _fields(owner: ast.ClassDef) -> Iterator[ScriptOption]:
    for place, node in enumerate(owner.body):
        if not isinstance(node, ast.AnnAssign) or not isinstance(node.target, ast.Name):
            continue
        kind, choices = _kind(node.annotation)
        following = owner.body[place + 1] if place + 1 < len(owner.body) else None
        yield ScriptOption(
            name=node.target.id,
            flag=f"--{node.target.id.replace('_', '-')}",
            kind=kind,
            default=literal(node.value),
            help=_docstring(following),
            choices=choices,
            style=FlagStyle.NEGATED if kind is OptionKind.BOOLEAN else FlagStyle.VALUE,
        )


def _docstring(node: ast.stmt | None) -> str:
    """The text below a field, which is how CleanRL's scripts say what it is for."""
    if not isinstance(node, ast.Expr):
        return ""
    text = literal(node.value)
    return " ".join(text.split()) if isinstance(text, str) else ""


def _kind(annotation: ast.expr) -> tuple[OptionKind, tuple[object, ...]]:
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        annotation = ast.parse(annotation.value, mode="eval").body
    if isinstance(annotation, ast.BinOp):  # int | None
        sides = [side for side in (annotation.left, annotation.right) if ast.unparse(side) != "None"]
        return _kind(sides[0]) if len(sides) == 1 else (OptionKind.OTHER, ())
    if isinstance(annotation, ast.Subscript):
        outer = ast.unparse(annotation.value).rpartition(".")[2]
        if outer == "Optional":
            return _kind(annotation.slice)
        if outer == "Literal":
            values = literal(annotation.slice)
            return OptionKind.OTHER, tuple(values if isinstance(values, list) else [values])
        return (OptionKind.LIST if outer in _LISTS else OptionKind.OTHER), ()
    name = ast.unparse(annotation).rpartition(".")[2]
    return (OptionKind.LIST if name in _LISTS else _KINDS.get(name, OptionKind.OTHER)), ()
