"""`gym-gui logs`: what a run printed, as it is, as events, or as JSON; with -f as it comes."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from gym_gui.commands.console import Console, json_line
from gym_gui.commands.exit_codes import ExitCode
from gym_gui.commands.following import chunks, lines
from gym_gui.commands.plain import plain, plain_but_coloured
from gym_gui.commands.selecting import open_run, run_store
from gym_gui.commands.show import RUN_HELP
from gym_gui.commands.wording import clock
from gym_gui.core.events.lines import LineKind, LogLine, parse_line
from gym_gui.core.runs.directory import RunDirectory
from gym_gui.core.runs.observe import RunObserver

HELP = "print what a run wrote"
_STATE_EVERY_S = 0.5


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument("run", metavar="RUN", help=RUN_HELP)
    parser.add_argument("-f", "--follow", action="store_true", help="go on until the run is over")
    parser.add_argument("-n", "--lines", type=int, metavar="N", help="begin with the last N lines")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--stderr", action="store_true", help="standard error instead of standard output")
    which.add_argument("--events", action="store_true", help="only the events, a readable line each")


def execute(options: argparse.Namespace, console: Console) -> ExitCode:
    """Prints the output; bytes as they are unless a terminal or a machine is to read them."""
    run = open_run(run_store(), options.run)
    path = run.stderr_file if options.stderr else run.stdout_file
    is_over = _watch(run) if options.follow else None
    pieces = chunks(path, last_lines=options.lines, is_over=is_over)
    if console.as_json:
        _print_json(_decoded(pieces, options), console, as_lines=options.follow)
    elif options.events:
        for line in _decoded(pieces, options):
            console.line(_event_text(line))
    elif console.is_terminal:
        for raw in lines(pieces):
            for text in raw.decode(errors="replace").replace("\r\n", "\n").split("\r"):
                console.line(plain_but_coloured(text))
    else:
        for piece in pieces:
            console.copy(piece)
    return ExitCode.OK


def _watch(run: RunDirectory) -> Callable[[], bool]:
    """A question whether the run is over, which looks at it no more than needed."""
    observer = RunObserver(run)
    asked, over = float("-inf"), False

    def is_over() -> bool:
        nonlocal asked, over
        if not over and time.monotonic() - asked >= _STATE_EVERY_S:
            asked, over = time.monotonic(), observer.refresh().state.is_over
        return over

    return is_over


def _decoded(pieces: Iterable[bytes], options: argparse.Namespace) -> Iterator[LogLine]:
    for number, raw in enumerate(lines(pieces)):
        line = parse_line(raw, number)
        if not (options.events and line.kind is LineKind.OUTPUT):
            yield line


def _print_json(found: Iterable[LogLine], console: Console, *, as_lines: bool) -> None:
    """One array, or with `as_lines` an object a line, since an array that is followed never ends."""
    if as_lines:
        for line in found:
            console.write(f"{json_line(_as_data(line))}\n")
        return
    separator = "[\n  "
    for line in found:
        console.write(f"{separator}{json_line(_as_data(line))}")
        separator = ",\n  "
    console.write("[]\n" if separator.startswith("[") else "\n]\n")


def _as_data(line: LogLine) -> dict[str, Any]:
    data: dict[str, Any] = {"kind": line.kind, "text": line.text}
    if line.kind is not LineKind.OUTPUT:
        data |= {"event": line.event, "timestamp": line.timestamp, "payload": line.payload}
    return data


def _event_text(line: LogLine) -> str:
    payload = "  ".join(f"{key}={_short(value)}" for key, value in (line.payload or {}).items())
    return plain(f"{clock(line.timestamp)}  {line.event:<16}  {payload}".rstrip())


def _short(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.6g}"
    return value if isinstance(value, str) else json_line(value)
