"""`gym-gui show`: one run in full."""

from __future__ import annotations

import argparse

import msgspec

from gym_gui.commands.console import Console
from gym_gui.commands.details import config_data, description, summary_data
from gym_gui.commands.exit_codes import ExitCode
from gym_gui.commands.plain import plain, plain_block
from gym_gui.commands.selecting import LATEST, open_run, run_store
from gym_gui.core.runs.endings import EndClass, EndExplanation
from gym_gui.core.runs.observe import RunObserver

HELP = "show one run in full"
RUN_HELP = f"the run's id, the beginning of it, or `{LATEST}`"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument("run", metavar="RUN", help=RUN_HELP)


def execute(options: argparse.Namespace, console: Console) -> ExitCode:
    """Shows what the run was asked to do, where it stands and why."""
    run = open_run(run_store(), options.run)
    observer = RunObserver(run)
    summary = observer.refresh()
    end = observer.explain()
    console.document({**summary_data(summary), "config": config_data(run), "end": msgspec.to_builtins(end)})
    console.pairs(description(summary, run))
    if summary.state.is_over and end.cause is not EndClass.FINISHED:
        _explain(end, console)
    return ExitCode.OK


def _explain(end: EndExplanation, console: Console) -> None:
    console.line(f"\nWhy it ended: {plain(end.sentence)}")
    name, lines = ("stderr.log", end.stderr) if end.stderr else ("stdout.log", end.stdout)
    if lines:
        console.line(f"Last lines of {name}:")
        for line in lines:
            console.line(f"  {plain_block(line)}")
