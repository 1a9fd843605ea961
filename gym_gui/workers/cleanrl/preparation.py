"""From a configuration to what will be started: script, interpreter, arguments. Nothing is run for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gym_gui.config.paths import runs_root
from gym_gui.workers.cleanrl.choices import Mode
from gym_gui.workers.cleanrl.interpreter import Interpreter, InterpreterError, ask
from gym_gui.workers.cleanrl.options import option_called, unknown_option
from gym_gui.workers.cleanrl.requirements import Fault, requirement_faults
from gym_gui.workers.cleanrl.script import PACKAGE, Script, ScriptError, read_script

if TYPE_CHECKING:
    from gym_gui.workers.cleanrl.config import CleanRLConfig

_SWITCHES = ("save_model", "capture_video", "track")


class PreparationError(ValueError):
    """A configuration cannot be run as it is; `faults` says what is wrong, by field."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__("; ".join(f"{place}: {message}" for place, message in faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a configuration comes to.

    Attributes:
        values: Options to give to the script, by name; the seed is added when it is known.
        model: The model to evaluate, None when training.
    """

    script: Script
    interpreter: Interpreter
    values: dict[str, Any]
    model: Path | None

    def arguments(self, seed: int) -> list[str]:
        """The script's command line."""
        values = {**self.values, **({"seed": seed} if "seed" in self.script.options else {})}
        words: list[str] = []
        for name, value in values.items():
            option = option_called(name, self.script.options)
            if option is not None:
                words += option.arguments(value)
            else:
                words += [f"--{name.removeprefix('--').replace('_', '-')}={value}"]
        return words

    def value_of(self, name: str) -> Any:
        """What an option will be: as given, else its default, else None."""
        return self.values.get(name, self.script.default_of(name))


def prepare(config: CleanRLConfig) -> Prepared:
    """What will be started.

    Raises:
        PreparationError: Something is in the way; every fault that can be told is.
    """
    place = "script" if config.script else "algorithm"
    try:
        interpreter = _interpreter(config)
        script, interpreter = _script(config, interpreter)
    except ScriptError as error:
        raise PreparationError((place, str(error))) from None
    except InterpreterError as error:
        raise PreparationError(("python", str(error))) from None
    values, faults = _values(config, script)
    evaluating = config.mode is Mode.EVALUATE
    records = "capture_video" if config.capture_video else ""
    if not evaluating and config.save_model and script.video_by_itself:
        records = records or "save_model"
    try:
        faults += requirement_faults(
            script,
            interpreter,
            place=place,
            video=records,
            evaluates=evaluating or config.save_model,
            track=config.track,
        )
    except InterpreterError as error:
        faults.append(("python", str(error)))
    model = None
    if evaluating:
        model, more = _model(config, script, place)
        faults += more
    if faults:
        raise PreparationError(*faults)
    return Prepared(script, interpreter, values, model)


def _interpreter(config: CleanRLConfig) -> Interpreter:
    folders = tuple(str(Path(text).expanduser().absolute()) for text in config.python_path)
    missing = next((folder for folder in folders if not Path(folder).is_dir()), None)
    if missing:
        raise PreparationError(("python_path", f"{missing}: there is no such folder"))
    if config.python is None:
        return Interpreter(folders=folders)
    return Interpreter(str(config.python.expanduser().absolute()), folders)


def _script(config: CleanRLConfig, interpreter: Interpreter) -> tuple[Script, Interpreter]:
    if config.script is None:
        return _packaged(config.algorithm, interpreter), interpreter
    path = config.script.expanduser().absolute()
    if path.is_dir():
        path = _in_checkout(path, config.algorithm)
    elif not path.is_file():
        raise ScriptError(f"{path}: there is no such file or folder")
    root = path.parent.parent
    if path.parent.name == PACKAGE and (root / "cleanrl_utils").is_dir():
        interpreter = Interpreter(interpreter.executable, (*interpreter.folders, str(root)))
    return read_script(path), interpreter


def _in_checkout(folder: Path, algorithm: str) -> Path:
    for place in (folder / PACKAGE, folder):
        if (place / f"{algorithm}.py").is_file():
            return place / f"{algorithm}.py"
    raise ScriptError(f"{folder}: has no {PACKAGE}/{algorithm}.py; is it a checkout of CleanRL?")


def _packaged(algorithm: str, interpreter: Interpreter) -> Script:
    folders = [Path(place) for place in ask(interpreter, packages=(PACKAGE,)).folders[PACKAGE]]
    for folder in folders:
        if (folder / f"{algorithm}.py").is_file():
            return read_script(folder / f"{algorithm}.py", f"{PACKAGE}.{algorithm}")
    if folders:
        names = sorted(path.stem for folder in folders for path in folder.glob("*.py") if path.stem[0] != "_")
        listed = f"it has: {', '.join(names)}" if names else "version 0.4.8 and earlier have no scripts"
        raise ScriptError(f"the CleanRL of {interpreter.executable} has no script {algorithm!r}; {listed}")
    raise ScriptError(
        f"CleanRL is not installed in {interpreter.executable}; {interpreter.executable} -m pip install "
        "--no-deps --ignore-requires-python cleanrl==1.2.0, or name a script or checkout"
    )


def _values(config: CleanRLConfig, script: Script) -> tuple[dict[str, Any], list[Fault]]:
    """What to give to the script, and what is wrong with it."""
    given: dict[str, Any] = {name: getattr(config, name) for name in ("env_id", "total_timesteps")}
    given |= {name: True if getattr(config, name) else None for name in _SWITCHES}
    given = {name: value for name, value in given.items() if value is not None}
    training = config.mode is Mode.TRAIN
    if not training:  # evaluation has other means for these
        given = {name: value for name, value in given.items() if name not in _SWITCHES}
    faults = [
        (name, unknown_option(name, script.name, script.options))
        for name in given
        if script.options and name not in script.options and training
    ]
    own = {
        name.removeprefix("--").replace("-", "_"): value
        for name, value in config.script_args.items()
        if value is not None
    }
    faults += _faults_of(own, given, config, script)
    return {**given, **own}, faults


def _faults_of(
    own: dict[str, Any], given: dict[str, Any], config: CleanRLConfig, script: Script
) -> Iterator[Fault]:
    for name, value in own.items():
        option = script.options.get(name)
        if name in given or name == "seed":
            yield "script_args", f"{name}: is given by the field {name} already; take it out of one of them"
        elif option is not None:
            problem = option.problem_with(value)
            if problem:
                yield "script_args", f"{name}: {problem}"
        elif script.options:
            yield "script_args", unknown_option(name, script.name, script.options)


def _model(config: CleanRLConfig, script: Script, place: str) -> tuple[Path | None, list[Fault]]:
    faults: list[Fault] = []
    if script.evaluation is None:
        message = f"{script.name} has no evaluation of saved models; choose a script with save_model, as dqn"
        faults.append((place, message))
    if config.checkpoint is None:
        return None, [*faults, ("checkpoint", "name the model to evaluate")]
    path = config.checkpoint.expanduser()
    if not path.is_absolute() and not path.exists():
        path = runs_root() / path
    if not path.is_file():
        faults.append(("checkpoint", f"{path}: there is no such file"))
    return path.absolute(), faults
