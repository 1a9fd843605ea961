"""Evaluates a saved model with the script's own pieces: `evaluate.py '{"script": ..., "model_path": ...}'`.

It runs in the interpreter of the script, which need not have this project. The script is loaded as a
module, so that what it does as a program stays undone; its `make_env` and model classes are handed to the
`evaluate` function that the script itself would call.
"""

import importlib
import importlib.util
import inspect
import json
import os
import random
import sys
import types


def _module_of(path: str, name: str) -> "types.ModuleType":
    if name:
        return importlib.import_module(name)
    spec = importlib.util.spec_from_file_location("evaluated_script", path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} cannot be loaded as a module")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def _seed(seed: int) -> None:
    random.seed(seed)
    for name in ("numpy", "torch"):
        if name in sys.modules:
            library = sys.modules[name]
            (library.random.seed if name == "numpy" else library.manual_seed)(seed)


def main() -> None:
    """Evaluates, printing `eval_episode=..., episodic_return=...` as CleanRL does."""
    task = json.loads(sys.argv[1])
    # As Python itself would have it for the script: its own folder first.
    sys.path[0] = "" if task["module"] else os.path.dirname(task["script"])  # noqa: PTH120
    sys.argv[1:] = []
    script = _module_of(task["script"], task["module"])
    source = importlib.import_module(task["evaluation_module"]) if task["evaluation_module"] else script
    evaluate = source.evaluate
    parameters = inspect.signature(evaluate).parameters
    models = [getattr(script, name) for name in task["models"]]
    wanted = {
        "eval_episodes": task["episodes"],
        "run_name": task["run_name"],
        "Model": models[0] if len(models) == 1 else tuple(models),
        "capture_video": task["capture_video"],
        **task["keywords"],
    }
    if "device" in parameters:
        wanted["device"] = importlib.import_module("torch").device("cpu")
    _seed(task["seed"])
    known = {name: value for name, value in wanted.items() if name in parameters}
    evaluate(task["model_path"], script.make_env, task["env_id"], **known)


if __name__ == "__main__":
    main()
