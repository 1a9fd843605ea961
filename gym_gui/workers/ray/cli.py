"""The worker's command line: `ray-worker --config FILE`."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from gym_gui.core.worker import WorkerCLI

if TYPE_CHECKING:
    from pathlib import Path

PROG = "ray-worker"
DESCRIPTION = "Train with RLlib on Ray, or search for good options with Tune."
EXIT_BAD_CONFIG = 2
EXIT_CANNOT_RUN_HERE = 3
_NEEDED = ("ray", "pydantic", "torch", "gymnasium")


def main(argv: Sequence[str] | None = None) -> int:
    """The exit code of a run: 0 done, 1 failed, 2 bad usage or config, 3 cannot run here, 130 cancelled."""
    try:
        for name in _NEEDED:  # not imported: Ray reads its environment then, which the run has to set first
            if importlib.util.find_spec(name) is None:
                raise ModuleNotFoundError(name, name=name)
        from gym_gui.workers.ray.config import RayConfig
        from gym_gui.workers.ray.runtime import RayRuntime
    except ModuleNotFoundError as error:
        if error.name is None or error.name.startswith("gym_gui"):
            raise
        mend = "install torch, then the worker's requirements: pip install 'mosaic-panel[ray]'"
        print(f"{PROG}: error: {error.name} is not installed; {mend}", file=sys.stderr)
        return EXIT_CANNOT_RUN_HERE
    arguments = _arguments(argv)
    if arguments is not None:
        code = _check(arguments)
        if code:
            return code
    return WorkerCLI.run(RayConfig, RayRuntime, prog=PROG, description=DESCRIPTION, argv=argv)


def _arguments(argv: Sequence[str] | None) -> Path | None:
    """The config of a dry run, None when this is none or the usage is wrong; `WorkerCLI.run` says so then."""
    given = sys.argv[1:] if argv is None else list(argv)
    if "--dry-run" not in given or "-h" in given or "--help" in given:
        return None
    try:
        parsed = WorkerCLI.create_base_parser(PROG, DESCRIPTION).parse_args(given)
    except SystemExit as stop:  # argparse has said why
        raise SystemExit(stop.code) from None
    return parsed.config  # type: ignore[no-any-return]


def _check(config_file: Path) -> int:
    """0 when a run could begin, or when the config is for `WorkerCLI.run` to refuse."""
    from gym_gui.workers.ray.cluster import prepare_environment
    from gym_gui.workers.ray.config import RayConfig
    from gym_gui.workers.ray.preflight import CannotRunError, preflight

    try:
        config = WorkerCLI.load_and_validate_config(config_file, RayConfig)
    except (OSError, ValueError, TypeError):
        return 0
    prepare_environment(config)
    try:
        preflight(config, seed=config.seed or 0)
    except CannotRunError as error:
        for line in str(error).splitlines():
            print(f"{PROG}: error: {config_file}: {line}", file=sys.stderr)
        return EXIT_BAD_CONFIG
    return 0
