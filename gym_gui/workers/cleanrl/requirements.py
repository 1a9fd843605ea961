"""What a script needs and its interpreter lacks, found before anything is started."""

from __future__ import annotations

from collections.abc import Iterator

from gym_gui.workers.cleanrl.interpreter import Facts, Interpreter, ask
from gym_gui.workers.cleanrl.script import Script

Fault = tuple[str, str]

_DISTRIBUTIONS = ("gymnasium", "gym", "moviepy", "pygame", "stable-baselines3", "wandb")
_INSTALL = {
    "distutils": "setuptools",
    "cleanrl_utils": "--no-deps --ignore-requires-python cleanrl==1.2.0",
    "stable_baselines3": "--no-deps stable-baselines3==2.3.2",
    "gymnasium": "'gymnasium[classic-control]==0.29.1'",
    "gym": "gym==0.23.1",
    "cv2": "opencv-python-headless",
    "PIL": "pillow",
}


def requirement_faults(
    script: Script, interpreter: Interpreter, *, place: str, video: str, evaluates: bool, track: bool
) -> list[Fault]:
    """What is in the way, as (field, message with its mend).

    Args:
        script: What is to run.
        interpreter: What is to run it.
        place: The field that named the script.
        video: The field that asks for video, "" when none does.
        evaluates: Whether a model is going to be evaluated.
        track: Whether the run reports to Weights & Biases.

    Raises:
        InterpreterError: The interpreter cannot be asked.
    """
    folder = str(script.path.parent)
    seen_by = Interpreter(interpreter.executable, (*interpreter.folders, folder))
    evaluation = script.evaluation.module.partition(".")[0] if script.evaluation else ""
    needed = {*script.imports, *({evaluation} if evaluation and evaluates else ())}
    facts = ask(
        interpreter if script.module else seen_by,
        modules=needed,
        distributions=_DISTRIBUTIONS,
        commands=("ffmpeg",),
    )
    pip = f"{interpreter.executable} -m pip install"
    found = [(place, message) for message in _missing(script, facts, pip)]
    found += [(place, message) for message in _versions(script, facts, pip)]
    if video:
        found += [(video, message) for message in _video(script, facts, pip)]
    if track and facts.versions["wandb"] is None:
        found.append(("track", f"Weights & Biases is not installed in this Python; {pip} wandb"))
    return found


def _missing(script: Script, facts: Facts, pip: str) -> Iterator[str]:
    for name in facts.missing:
        mend = f"{pip} {_INSTALL.get(name, name)}"
        yield f"{script.name} imports {name}, which this Python does not have; {mend}"


def _versions(script: Script, facts: Facts, pip: str) -> Iterator[str]:
    gymnasium, baselines = facts.versions["gymnasium"], facts.versions["stable-baselines3"]
    if script.reads_final_info and "gymnasium" in script.imports and _major(gymnasium) >= 1:
        yield (
            f"{script.name} takes returns from infos['final_info'], which gymnasium {gymnasium} no longer "
            "gives: it would train to the end and log no episodic_return, or crash; "
            f"{pip} 'gymnasium[classic-control]==0.29.1'"
        )
    if {"gym", "stable_baselines3"} <= script.imports and _major(baselines) >= 2:
        yield (
            f"{script.name} makes its spaces with gym, and stable-baselines3 {baselines} takes only those of "
            f"gymnasium; {pip} --no-deps --target FOLDER stable-baselines3==1.2.0 and name FOLDER under "
            "python_path"
        )


def _video(script: Script, facts: Facts, pip: str) -> Iterator[str]:
    if {"gym", "gymnasium"} & script.imports and facts.versions["pygame"] is None:
        yield f"video needs pygame to draw the environment; {pip} pygame"
    moviepy = facts.versions["moviepy"]
    old = "gymnasium" in script.imports and 0 <= _major(facts.versions["gymnasium"]) < 1
    if "gymnasium" in script.imports and (moviepy is None or (old and _major(moviepy) >= 2)):
        have = f"moviepy {moviepy} is too new for" if moviepy else "moviepy is missing, which records for"
        yield f"{have} gymnasium {facts.versions['gymnasium']}; {pip} 'moviepy<2'"
    if "gym" in script.imports and moviepy is None and "ffmpeg" not in facts.commands:
        yield f"gym records video with ffmpeg, which is not there; apt install ffmpeg, or {pip} 'moviepy<2'"


def _major(version: str | None) -> int:
    """The first number of a version, -1 when there is none."""
    head = (version or "").partition(".")[0]
    return int(head) if head.isdecimal() else -1
