"""The command that runs a script, and the environment it gets."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from gym_gui.workers.cleanrl.choices import Mode
from gym_gui.workers.cleanrl.config import CleanRLConfig
from gym_gui.workers.cleanrl.preparation import Prepared

_EVALUATE = Path(__file__).parent / "children" / "evaluate.py"


def command_of(config: CleanRLConfig, prepared: Prepared, seed: int) -> list[str]:
    """The argument vector: the script with its options, or the evaluation of a model."""
    python, script = prepared.interpreter.executable, prepared.script
    if config.mode is Mode.EVALUATE:
        return [python, str(_EVALUATE), json.dumps(_evaluation_of(config, prepared, seed))]
    place = ["-m", script.module] if script.module else [str(script.path)]
    return [python, *place, *prepared.arguments(seed)]


def environment_of(config: CleanRLConfig, prepared: Prepared, run_dir: Path) -> dict[str, str]:
    """The script's environment: output unbuffered, one thread, no window, W&B kept in the run directory."""
    settled = {"PYTHONUNBUFFERED": "1", "WANDB_DIR": str(run_dir)}
    usual = {"OMP_NUM_THREADS": "1", "SDL_VIDEODRIVER": "dummy", "PYGAME_HIDE_SUPPORT_PROMPT": "1"}
    if config.track:
        usual["WANDB_MODE"] = "offline"
    if config.mode is Mode.EVALUATE:
        # A model may come from anywhere: only weights are taken from it, no code.
        settled["TORCH_FORCE_WEIGHTS_ONLY_LOAD"] = "1"
    return {**usual, **prepared.interpreter.environment(), **settled}


def _evaluation_of(config: CleanRLConfig, prepared: Prepared, seed: int) -> dict[str, Any]:
    script, call = prepared.script, prepared.script.evaluation
    assert call is not None  # noqa: S101 (`prepare` has refused a script without)
    keywords = {
        name: prepared.value_of(value["option"]) if isinstance(value, dict) else value
        for name, value in call.keywords.items()
    }
    return {
        "script": str(script.path),
        "module": script.module,
        "evaluation_module": call.module,
        "models": list(call.models),
        "keywords": keywords,
        "model_path": str(prepared.model),
        "env_id": prepared.value_of("env_id"),
        "episodes": config.eval_episodes,
        "run_name": "evaluation",
        "capture_video": config.capture_video,
        "seed": seed,
    }
