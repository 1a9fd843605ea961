"""What a script tells about itself in its source: options, imports, how it evaluates. Never run here."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gym_gui.workers.cleanrl.argparse_options import argparse_options
from gym_gui.workers.cleanrl.options import ScriptOption, literal
from gym_gui.workers.cleanrl.tyro_options import tyro_options

LARGEST_SCRIPT = 4 * 2**20
PACKAGE = "cleanrl"


class ScriptError(ValueError):
    """A script cannot be read; the message says why."""


@dataclass(frozen=True, slots=True)
class EvaluationCall:
    """The call of `evaluate` that a script makes once its model is saved.

    Attributes:
        module: Where the function comes from, `cleanrl_utils.evals.dqn_eval`; "" for the script itself.
        models: The names of the script that it hands over as `Model`.
        keywords: Other arguments: a plain value, or the name of an option in `{"option": name}`.
        records_video: Whether it records, which CleanRL's evaluations do unless told not to.
    """

    module: str
    models: tuple[str, ...]
    keywords: dict[str, Any]
    records_video: bool = False


@dataclass(frozen=True, slots=True)
class Script:
    """A script as its source describes it.

    Attributes:
        path: The file.
        module: Its name when it belongs to the installed package, `cleanrl.ppo`; "" for a file.
        options: By name; empty when the source does not show them.
        uses_tyro: Whether tyro reads its arguments, else argparse (or nobody knows).
        reads_final_info: Whether it looks for returns where gymnasium 1.0 no longer puts them.
    """

    path: Path
    module: str
    options: dict[str, ScriptOption]
    uses_tyro: bool
    imports: frozenset[str]
    reads_final_info: bool
    evaluation: EvaluationCall | None = None
    texts: frozenset[str] = field(default=frozenset(), repr=False)

    @property
    def name(self) -> str:
        """What to call it: `cleanrl.ppo`, or the file's name."""
        return self.module or self.path.name

    @property
    def stem(self) -> str:
        """Its name without package and suffix."""
        return self.path.stem

    @property
    def video_by_itself(self) -> bool:
        """Whether saving its model ends in an evaluation with video."""
        return self.evaluation is not None and self.evaluation.records_video and "save_model" in self.options

    def default_of(self, name: str) -> Any:
        """The default of an option, None when it has none or does not exist."""
        option = self.options.get(name)
        return option.default if option else None


def read_script(path: Path, module: str = "") -> Script:
    """What the script says of itself.

    Raises:
        ScriptError: It cannot be read, or is no Python.
    """
    tree = _parsed(path)
    uses_tyro = any("tyro" in name for name in _imports(tree))
    found = [*tyro_options(tree), *argparse_options(tree)]
    texts = frozenset(
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
    words = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    adapted = "AutoresetMode" in words or "autoreset_mode" in texts
    return Script(
        path=path,
        module=module,
        options={option.name: option for option in found},
        uses_tyro=uses_tyro,
        imports=frozenset(_imports(tree)),
        reads_final_info="final_info" in texts and not adapted,
        evaluation=_evaluation(tree),
        texts=texts,
    )


def _parsed(path: Path) -> ast.Module:
    try:
        if path.stat().st_size > LARGEST_SCRIPT:
            raise ScriptError(f"{path}: is larger than {LARGEST_SCRIPT // 2**20} MiB; that is no script")
        return ast.parse(path.read_bytes(), str(path))
    except OSError as error:
        raise ScriptError(f"{path}: cannot be read: {error.strerror or error}") from error
    except SyntaxError as error:
        raise ScriptError(f"{path}: line {error.lineno}: is no Python: {error.msg}") from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise ScriptError(f"{path}: is no Python: {error}") from error


def _imports(tree: ast.Module) -> set[str]:
    """Top-level names of what is imported as the module loads; imports inside functions may never happen."""
    found: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found.add(node.module.partition(".")[0])
    return found


def _evaluation(tree: ast.Module) -> EvaluationCall | None:
    modules = {
        alias.asname or alias.name: node.module or ""
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    own = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    for node in ast.walk(tree):
        if (
            not isinstance(node, ast.Call)
            or not isinstance(node.func, ast.Name)
            or node.func.id != "evaluate"
        ):
            continue
        given = {keyword.arg: keyword.value for keyword in node.keywords if keyword.arg}
        if "Model" in given and ("evaluate" in modules or "evaluate" in own):
            module = modules.get("evaluate", "")
            records = module.startswith("cleanrl_utils.") and literal(given.get("capture_video")) is not False
            return EvaluationCall(module, _names(given["Model"]), _rest(given), records)
    return None


def _names(model: ast.expr) -> tuple[str, ...]:
    parts = model.elts if isinstance(model, ast.Tuple) else [model]
    return tuple(part.id for part in parts if isinstance(part, ast.Name))


def _rest(given: dict[str, ast.expr]) -> dict[str, Any]:
    settled = {"Model", "eval_episodes", "run_name", "device", "capture_video"}
    found: dict[str, Any] = {}
    for name, node in given.items():
        if name in settled:
            continue
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "args":
            found[name] = {"option": node.attr}
        elif literal(node) is not None:
            found[name] = literal(node)
    return found
