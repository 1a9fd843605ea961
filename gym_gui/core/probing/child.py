"""Asks the workers of this interpreter about themselves, in a process of its own that `probe` starts.

Whatever a worker does here, print, exit, crash, hang, ends with this process.
"""

from __future__ import annotations

import argparse
import faulthandler
import platform
import sys
from importlib.metadata import EntryPoint

from gym_gui import __version__
from gym_gui.config.entry_points import entry_points_of
from gym_gui.constants import WORKER_ENTRY_POINT_GROUP
from gym_gui.core.probing.answers import AnswerFile, leave, output_size
from gym_gui.core.probing.failures import failure_of
from gym_gui.core.probing.launchers import find_command
from gym_gui.core.probing.limits import bind_this_process
from gym_gui.core.probing.origins import metadata_files, module_files, package_folders
from gym_gui.core.probing.requirements import MissingRequirements, missing_requirements
from gym_gui.core.probing.schema import NoSchemaError, config_schema
from gym_gui.core.probing.wire import PROTOCOL, UNREADABLE_CONFIG, Answer, Begin, Done, Hello, ListedWorker
from gym_gui.core.worker._description import described_worker
from gym_gui.core.worker._registrations import by_worker_id, distribution_of
from gym_gui.core.worker.lookup import WorkerPartError, find_config_class, worker_package

_UNREADABLE = "entry_points.txt"


def main() -> None:
    """Writes a record for each worker to the answer file and ends the process."""
    parser = argparse.ArgumentParser(prog="probe")
    parser.add_argument("--answers", required=True)
    parser.add_argument("--patience", type=float, required=True, help="seconds granted to each worker")
    parser.add_argument("--only", metavar="NAME", help="ask this worker alone")
    parser.add_argument("--entry-point", help="and of several with this name, the one that leads there")
    options = parser.parse_args()
    sys.argv[1:] = []  # modules that parse the command line when imported are not to see ours
    bind_this_process()
    answers = AnswerFile(options.answers)
    found = _registered()
    worker_ids = tuple(dict.fromkeys(worker.name for worker, _ in found))
    if options.only is not None:
        found = [(worker, source) for worker, source in found if worker.name == options.only]
    if options.entry_point is not None:
        found = [(worker, source) for worker, source in found if worker.entry_point == options.entry_point][
            :1
        ]
    answers.write(
        Hello(
            protocol=PROTOCOL,
            python_version=platform.python_version(),
            sdk_version=__version__,
            workers=tuple(worker for worker, _ in found),
            worker_ids=worker_ids,
            paths=package_folders(),
        )
    )
    for index, (_, source) in enumerate(found):
        answers.write(Begin(index=index, output_from=output_size()))
        faulthandler.dump_traceback_later(0.9 * options.patience)  # shows where a worker hangs
        answer = describe(index, source)
        faulthandler.cancel_dump_traceback_later()
        try:
            answers.write(answer)
        except (TypeError, ValueError, RecursionError) as error:  # e.g. half a surrogate pair in a name
            answers.write(Answer(index=index, failure=failure_of(error)))
    answers.write(Done())
    leave(0)


def describe(index: int, entry: EntryPoint | Exception) -> Answer:
    """What the worker says of itself, or why it could not say it."""
    if isinstance(entry, Exception):
        return Answer(index=index, failure=failure_of(entry))
    lacking = _lacking(entry)
    try:
        metadata, capabilities = described_worker(entry.load(), entry.value)
        package = worker_package(entry.module)
        command = find_command(entry.name, package, entry.dist)
    except BaseException as error:  # noqa: BLE001 (the boundary: a worker may raise anything, SystemExit included)
        failure = failure_of(error, mend=lacking.mend, package=entry.module.partition(".")[0])
        files = module_files(entry.module)
        return Answer(index=index, failure=failure, missing=lacking.names, mend=lacking.mend, files=files)
    schema, schema_problem = _schema(entry)
    return Answer(
        index=index,
        metadata=metadata.to_dict(),
        capabilities=capabilities.to_dict(),
        command=command.argv,
        launch_kind=command.kind,
        schema=schema,
        schema_problem=schema_problem,
        missing=lacking.names,
        mend=lacking.mend,
        files=module_files(entry.module),
    )


def _registered() -> list[tuple[ListedWorker, EntryPoint | Exception]]:
    """Every worker with its entry point, and every distribution whose entry points cannot be read.

    Of several workers with one name, the one that discovery takes comes first.
    """
    unreadable: dict[str, Exception] = {}
    named = by_worker_id(entry_points_of(WORKER_ENTRY_POINT_GROUP, unreadable.__setitem__))
    workers: list[tuple[ListedWorker, EntryPoint | Exception]] = []
    workers += [(_listed(entry), entry) for same_name in named.values() for entry in same_name]
    for name, error in unreadable.items():
        workers.append((ListedWorker(name=name, entry_point=_UNREADABLE, distribution=name), error))
    return workers


def _listed(entry: EntryPoint) -> ListedWorker:
    try:
        version = entry.dist.version or "" if entry.dist else ""
    except Exception:  # noqa: BLE001 (a boundary: what a broken METADATA raises depends on Python's version)
        version = ""
    return ListedWorker(
        name=entry.name,
        entry_point=entry.value,
        distribution=distribution_of(entry),
        version=version,
        files=metadata_files(entry),
    )


def _lacking(entry: EntryPoint) -> MissingRequirements:
    try:
        return missing_requirements(entry.name, entry.dist)
    except Exception:  # noqa: BLE001 (the same boundary: requirements are read from METADATA)
        return MissingRequirements()


def _schema(entry: EntryPoint) -> tuple[dict[str, object] | None, str]:
    try:
        return config_schema(find_config_class(entry.name, entry.module)), ""
    except (WorkerPartError, NoSchemaError) as error:
        return None, str(error)
    except BaseException as error:  # noqa: BLE001 (the boundary: importing the config module runs the worker's code)
        return None, f"{UNREADABLE_CONFIG}{failure_of(error).message}"


if __name__ == "__main__":
    main()
