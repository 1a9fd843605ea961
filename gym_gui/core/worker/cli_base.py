"""What a worker's own command line is made of."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    import os

Config = TypeVar("Config")

DEFAULT_GRPC_TARGET = "127.0.0.1:50055"


class WorkerCLI:
    """Functions for a worker's command line; there is nothing to instantiate.

    A whole `cli.py`:

        def main() -> int:
            return WorkerCLI.run(MyConfig, MyRuntime, prog="my-worker", description="Trains things.")
    """

    @staticmethod
    def create_base_parser(prog: str, description: str) -> argparse.ArgumentParser:
        """A parser with the options that every worker is started with; add your own to it."""
        parser = argparse.ArgumentParser(prog=prog, description=description)
        parser.add_argument(
            "--config", type=Path, required=True, metavar="FILE", help="JSON file with the config of the run"
        )
        parser.add_argument("-v", "--verbose", action="store_true", help="log debug messages as well")
        parser.add_argument(
            "--dry-run", action="store_true", help="check the config, say what would run, and exit"
        )
        parser.add_argument(
            "--worker-id", metavar="ID", help="id of this worker, for launchers that give one"
        )
        parser.add_argument("--grpc", action="store_true", help="accepted for older launchers; has no effect")
        parser.add_argument(
            "--grpc-target",
            default=DEFAULT_GRPC_TARGET,
            metavar="HOST:PORT",
            help="accepted for older launchers; has no effect",
        )
        return parser

    @staticmethod
    def setup_logging(verbose: bool = False) -> None:
        """Nothing; the root logger now writes to standard error, from DEBUG on if verbose."""
        import logging

        from gym_gui.constants import WORKER_LOG_LEVEL
        from gym_gui.logging_config import configure_logging

        configure_logging(logging.DEBUG if verbose else WORKER_LOG_LEVEL)

    @staticmethod
    def load_and_validate_config(path: str | os.PathLike[str], config_class: type[Config]) -> Config:
        """The config in the file; see `load_worker_config_from_file`.

        Raises:
            FileNotFoundError: There is no such file.
            TypeError: The class has no `from_dict`.
            ValueError: The file or a value in it is wrong; the message names file, place and cause.
        """
        from gym_gui.core.worker.config_loader import load_worker_config_from_file

        return load_worker_config_from_file(path, config_class)

    @staticmethod
    def run(
        config_class: type[Any],
        runtime_class: type[Any],
        *,
        prog: str,
        description: str,
        argv: Sequence[str] | None = None,
    ) -> int:
        """The exit code of a whole command line: parse, load, run.

        0 done, 1 the worker failed, 2 bad usage or config, 3 the classes cannot be used, 130 cancelled.
        It sets up logging, and while it runs SIGTERM ends the run as a cancelled one. Events that the
        runtime does not emit itself are emitted for it.

        Args:
            config_class: Satisfies `WorkerConfig`.
            runtime_class: Satisfies `WorkerRuntime`; made from the config, and a logger if it takes one.
            prog: Name of the command.
            description: What it does, for `--help`.
            argv: The arguments, without the command; those of the process when None.
        """
        from gym_gui.core.worker._command import run_command

        parser = WorkerCLI.create_base_parser(prog, description)
        try:
            arguments = parser.parse_args(argv)
        except SystemExit as stop:  # argparse has said why: bad usage, or --help
            return int(stop.code or 0)
        WorkerCLI.setup_logging(arguments.verbose)
        return run_command(
            prog, lambda: (config_class, runtime_class), arguments.config, dry_run=arguments.dry_run
        )
