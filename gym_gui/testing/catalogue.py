"""All checks in the order they are made, each with the point of the contract's checklist it belongs to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gym_gui.testing.bench import Bench
from gym_gui.testing.checks import artifacts, classes, command_line, description, endings, events, repository
from gym_gui.testing.results import Verdict

Judge = Callable[[Bench], Verdict]


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that is asked of a worker.

    Attributes:
        point: Of the checklist: 1 config, 2 runtime, 3 description, 4 entry point, 5 log constants,
            6 lifecycle events, 7 manifest, 8 constants, 9 paths, 10 tests.
        title: What is asked for, in a few words.
    """

    name: str
    point: int
    title: str
    judge: Judge


CHECKS = (
    Check("entry-point", 4, "one entry point that loads, with its requirements", description.entry_point),
    Check("metadata", 3, "metadata and capabilities others understand", description.metadata),
    Check("config", 1, "the config survives to_dict, JSON and from_dict", classes.config),
    Check("schema", 1, "a form can be made from the config class", classes.schema),
    Check("runtime", 2, "the runtime class is made from a config and runs", classes.runtime),
    Check(
        "log-constants", 5, "log constants of its own, named and numbered by the rules", classes.log_constants
    ),
    Check("dry-run", 2, "--dry-run trains nothing and writes nothing", command_line.dry_run),
    Check("bad-config", 1, "a bad config is refused with a message that helps", command_line.bad_config),
    Check("lifecycle", 6, "events in order, one last word", events.lifecycle),
    Check("logged", 6, "start and end are logged with its constants", events.logged),
    Check("heartbeat", 8, "heard of within the contract's interval", events.heartbeat),
    Check("manifest", 7, "the manifest lists what is there", artifacts.manifest),
    Check("cancel", 6, "SIGTERM ends it as a cancelled run", endings.cancel),
    Check("kill-recovery", 2, "SIGKILL harms neither the record nor the next run", endings.kill_recovery),
    Check("paths", 9, "it writes into its run directory only", artifacts.paths),
    Check("resume", 2, "a run goes on from a checkpoint", endings.resume),
    Check("tests", 10, "the worker has tests", repository.tests),
)
CHECK_NAMES = tuple(check.name for check in CHECKS)
