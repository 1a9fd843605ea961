"""Starting a program that needs nobody: no child of the panel, with no terminal and no output."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QProcess, QProcessEnvironment


def start_detached(argv: Sequence[str], environment: Mapping[str, str], directory: Path) -> str:
    """Why the program could not be started, "" when it was.

    Args:
        argv: The program and its arguments.
        environment: Its whole environment.
        directory: Where it works.
    """
    program, *arguments = argv
    process = QProcess()
    process.setProgram(program)
    process.setArguments(arguments)
    process.setWorkingDirectory(str(directory))
    process.setProcessEnvironment(_as_qt(environment))
    for redirect in (process.setStandardOutputFile, process.setStandardErrorFile):
        redirect(QProcess.nullDevice())
    process.setStandardInputFile(QProcess.nullDevice())
    outcome: object = process.startDetached()
    # The stubs say a tuple; what comes depends on the version of PySide6.
    started = outcome[0] if isinstance(outcome, tuple) else outcome
    problem = "" if started else f"{Path(program).name} could not be started: {process.errorString()}"
    process.deleteLater()
    return problem


def _as_qt(environment: Mapping[str, str]) -> QProcessEnvironment:
    converted = QProcessEnvironment()
    for name, value in environment.items():
        converted.insert(name, value)
    return converted
