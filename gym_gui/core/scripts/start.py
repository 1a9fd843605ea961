"""Becomes a plain script, with the values of a run's config as its arguments.

Run as a file by the script's own interpreter, in which nothing of this package need be installed: standard
library only, and nothing that Python 3.8 does not know. The process is replaced, so the script is the worker.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import sys
from pathlib import Path
from typing import Any

_CANNOT_START = 2


def main() -> int:
    """Replaces this process; returns an exit status only when there is nothing to start."""
    options = _parser().parse_args()
    try:
        config = json.loads(Path(options.config).read_text(encoding="utf-8"))
        if not isinstance(config, dict):
            raise ValueError("not a JSON object")
        argv = [sys.executable, options.script, *options.argument, *arguments_for(config, options)]
        if not Path(options.script).is_file():
            raise ValueError(f"{options.script}: there is no such file")
        if options.dry_run:
            print(" ".join(map(shlex.quote, argv)))
            return 0
        if options.cwd:
            os.chdir(options.cwd)
        os.execv(argv[0], argv)  # noqa: S606 - no shell is the point
    except (OSError, ValueError) as error:
        print(f"{options.config}: {error}", file=sys.stderr)
    return _CANNOT_START


def arguments_for(config: dict[str, Any], options: argparse.Namespace) -> list[str]:
    """The script's arguments: the values as flags, the config file itself, or the list that is in it."""
    if options.passes == "file":
        return ["--config", str(Path(options.config).absolute())]
    if options.passes == "list":
        return [str(text) for text in config.get("arguments") or ()]
    found: list[str] = []
    for name, value in config.items():
        if name != "run_id" and value is not None:
            found += _flag(name, value, options)
    return found


def _flag(name: str, value: Any, options: argparse.Namespace) -> list[str]:
    spelled = name.replace("_", "-") if options.dashes else name
    flag = "--" + spelled
    if isinstance(value, bool) and name not in options.worded.split(","):
        if value:
            return [flag]
        return ["--no-" + spelled] if name in options.pairs.split(",") else []
    if isinstance(value, list):
        return [flag, *map(_text, value)] if value else []
    text = _text(value)
    return [f"{flag}={text}"] if text.startswith("-") else [flag, text]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else str(value) if isinstance(value, bool) else json.dumps(value)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="start.py", description=__doc__)
    parser.add_argument("--script", required=True, help="the file to run")
    parser.add_argument("--argument", action="append", default=[], help="one that always comes first")
    parser.add_argument("--passes", choices=("flags", "file", "list"), default="flags")
    parser.add_argument("--dashes", action="store_true", help="write env_id as --env-id")
    parser.add_argument("--pairs", default="", help="names whose False is --no-NAME, separated by commas")
    parser.add_argument("--worded", default="", help="names that take True or False as a word")
    parser.add_argument("--cwd", help="where to run it; the run's directory by default")
    parser.add_argument("--dry-run", action="store_true", help="print the command and start nothing")
    parser.add_argument("--config", required=True, help="the run's config.json")
    return parser


if __name__ == "__main__":
    sys.exit(main())
