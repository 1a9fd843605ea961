"""A former run as the launch of another like it: the same worker, config, labels, variables and devices."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import PurePath
from typing import Any

from gym_gui.core.runs.configured import configured
from gym_gui.core.runs.directory import RunDirectory
from gym_gui.core.runs.environment import REDACTED
from gym_gui.core.runs.files import RecordError, read_record
from gym_gui.core.runs.launch import LaunchSpec
from gym_gui.core.runs.record import Labels, RunRecord

_RUN_ID = "run_id"
_CONFIG_OPTION = "--config"


class CannotRerunError(ValueError):
    """The run cannot be launched once more; the message says why and what to do."""


def rerun_spec(run: RunDirectory, environment: Mapping[str, str]) -> LaunchSpec:
    """The launch of a run like this one, by the command it was launched with.

    The version of the worker is left open: another may be installed by now.

    Args:
        run: The run to repeat, in whatever state it is.
        environment: Where secrets are taken from that the run was given: they are in none of its files.

    Raises:
        CannotRerunError: Its records do not say how it was launched, or a secret is not at hand.
    """
    record = _record_of(run)
    command, passes_config = _command_of(record, run)
    return LaunchSpec(
        worker_id=record.worker_id,
        command=command,
        config=_config_of(run),
        interpreter=record.interpreter,
        worker_type=record.worker_type,
        worker_name=record.worker_name,
        name=_labels_of(run).name,
        tags=_labels_of(run).tags,
        group=record.group,
        cwd=_cwd_of(record),
        env=_variables_of(record, environment),
        resources=record.resources,
        passes_config=passes_config,
    )


def with_worker(spec: LaunchSpec, command: tuple[str, ...], version: str) -> LaunchSpec:
    """The same launch by the worker as it is installed now; one that never took a config stays as it is."""
    return replace(spec, command=command, worker_version=version) if spec.passes_config else spec


def _record_of(run: RunDirectory) -> RunRecord:
    try:
        return read_record(run.record_file, RunRecord)
    except FileNotFoundError:
        raise CannotRerunError(f"{run.record_file} is missing, which says how it was launched") from None
    except RecordError as error:
        raise CannotRerunError(str(error)) from error


def _config_of(run: RunDirectory) -> dict[str, Any]:
    try:
        read_record(run.config_file, dict[str, Any])
    except FileNotFoundError:
        raise CannotRerunError(f"{run.config_file} is missing, the config it was launched with") from None
    except RecordError as error:
        raise CannotRerunError(str(error)) from error
    return {name: value for name, value in configured(run.config_file).items() if name != _RUN_ID}


def _labels_of(run: RunDirectory) -> Labels:
    try:
        return read_record(run.labels_file, Labels)
    except (FileNotFoundError, RecordError):
        return Labels()


def _command_of(record: RunRecord, run: RunDirectory) -> tuple[tuple[str, ...], bool]:
    """The command without `--config FILE`, and whether it had that; the directory may have moved since."""
    argv = record.argv
    takes_config = argv[-2:-1] == (_CONFIG_OPTION,) and PurePath(argv[-1]).name == run.config_file.name
    return (argv[:-2], True) if takes_config else (argv, False)


def _cwd_of(record: RunRecord) -> str | None:
    """Where it worked; None for its own directory, for which the new run has one of its own.

    Raises:
        CannotRerunError: That place is gone.
    """
    if PurePath(record.cwd).name == record.run_id:
        return None
    if not os.path.isdir(record.cwd):
        raise CannotRerunError(f"{record.cwd}, where it worked, is not there any more")
    return record.cwd


def _variables_of(record: RunRecord, environment: Mapping[str, str]) -> dict[str, str]:
    secrets = [name for name, value in record.env.items() if value == REDACTED]
    missing = [name for name in secrets if name not in environment]
    if missing:
        raise CannotRerunError(
            f"set {', '.join(missing)} in the environment: it was given to the run as a secret, "
            "which no file holds"
        )
    return {**record.env, **{name: environment[name] for name in secrets}}
