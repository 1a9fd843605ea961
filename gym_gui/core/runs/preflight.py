"""What can be known of a launch before it: is the config taken, is there room, are the cards there."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from gym_gui.core.artifacts.stopping import StopAsked, never
from gym_gui.core.forms.fields import FieldKind, FormField
from gym_gui.core.machine import GpuReading, Machine, MachineReading
from gym_gui.core.probing.check import check_config
from gym_gui.core.probing.model import ConfigProblem, ProbedWorker
from gym_gui.core.runs.dry_run import DryRun, DryRunOutcome, dry_run
from gym_gui.core.runs.launch import LaunchSpec
from gym_gui.core.runs.queue.limits import queue_limits, shortage_of_disk

_MIB = 1024 * 1024
_TOO_LITTLE_DISK = 64 * _MIB
_MOST_OTHERS = 30
_UNANSWERED = "cannot be checked"


class CheckState(StrEnum):
    """What came of a check."""

    PASSED = "passed"
    WARNING = "warning"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class CheckItem:
    """One thing that was looked at.

    Attributes:
        name: What was looked at.
        detail: What was found.
        mend: What to do about it, "" when nothing is to be done.
        forbids_start: Whether starting makes no sense: the run would end at once or could not be written.
        problems: What the worker's class says, by field.
    """

    name: str
    state: CheckState
    detail: str = ""
    mend: str = ""
    forbids_start: bool = False
    problems: tuple[ConfigProblem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PreflightOrder:
    """A launch to look at.

    Attributes:
        fields: Of the worker's config; none without a schema.
        runs_folder: Where the run will be written.
        runs: How many runs like this one are to go at once.
        others: Configs of further runs that differ in more than the seed; their class is asked as well.
        dry_run_s: How long the worker's dry run may take; 0 leaves it out.
    """

    spec: LaunchSpec
    worker: ProbedWorker
    fields: Sequence[FormField]
    runs_folder: Path
    runs: int = 1
    others: Sequence[Mapping[str, Any]] = ()
    dry_run_s: float = 60.0


def preflight(
    order: PreflightOrder,
    *,
    stop_asked: StopAsked = never,
    report: Callable[[CheckItem], None] = lambda _item: None,
) -> tuple[CheckItem, ...]:
    """All checks of a launch; each is told to `report` as it is done. Blocks for up to about a minute.

    The worker is asked twice at the same time: its config class, and its command with `--dry-run`. Both are
    processes of their own with a time limit, and nothing of them is left. Once `stop_asked`, nothing more
    is told, and the dry run is ended.
    """
    items: list[CheckItem] = []

    def tell(item: CheckItem) -> None:
        if not stop_asked():
            items.append(item)
            report(item)

    with ThreadPoolExecutor(2, thread_name_prefix="preflight") as pool:
        config = pool.submit(check_config, order.worker, order.spec.config)
        tried = (
            pool.submit(dry_run, order.spec, timeout_s=order.dry_run_s, stop_asked=stop_asked)
            if order.dry_run_s > 0
            else None
        )
        for item in _of_the_machine(order):
            tell(item)
        verdict = _config_item(config.result())
        tell(verdict)
        if order.others and verdict.state is not CheckState.FAILED:
            tell(_others_item(order, stop_asked))
        if tried is not None:
            tell(_dry_run_item(tried.result(), config_refused=verdict.state is CheckState.FAILED))
    return tuple(items)


def _config_item(problems: tuple[ConfigProblem, ...]) -> CheckItem:
    if not problems:
        return CheckItem("Config", CheckState.PASSED, "The worker's own class takes it")
    first = problems[0]
    if not first.field and first.message.startswith(_UNANSWERED):
        return CheckItem(
            "Config", CheckState.WARNING, first.message, "Start anyway, and see what the worker says itself"
        )
    told = "\n".join(f"{p.field}: {p.message}" if p.field else p.message for p in problems)
    mend = "Mend what is marked in the form"
    return CheckItem("Config", CheckState.FAILED, told, mend, forbids_start=True, problems=problems)


def _others_item(order: PreflightOrder, stop_asked: StopAsked) -> CheckItem:
    name, asked = "Other configs", list(order.others[:_MOST_OTHERS])
    for config in asked:
        if stop_asked():
            return CheckItem(name, CheckState.SKIPPED, "Stopped")
        problems = check_config(order.worker, config)
        if problems and not problems[0].message.startswith(_UNANSWERED):
            told = "; ".join(f"{p.field}: {p.message}" if p.field else p.message for p in problems)
            values = ", ".join(
                f"{key}={config[key]}" for key in config if _differs(order.spec.config, config, key)
            )
            mend = "Leave the values out that do not go together"
            return CheckItem(name, CheckState.FAILED, f"With {values}: {told}", mend, forbids_start=True)
    left = len(order.others) - len(asked)
    rest = f"; {left} more were not asked about" if left else ""
    return CheckItem(name, CheckState.PASSED, f"{len(asked)} further combinations are taken{rest}")


def _differs(first: Mapping[str, Any], other: Mapping[str, Any], key: str) -> bool:
    return key not in first or bool(first[key] != other[key])


def _dry_run_item(done: DryRun, *, config_refused: bool) -> CheckItem:
    name, took = "Dry run", f"{done.seconds:.1f} s"
    match done.outcome:
        case DryRunOutcome.PASSED:
            return CheckItem(name, CheckState.PASSED, f"The worker's command is ready to run ({took})")
        case DryRunOutcome.UNSUPPORTED:
            return CheckItem(name, CheckState.SKIPPED, "This worker has no dry run")
        case DryRunOutcome.STOPPED:
            return CheckItem(name, CheckState.SKIPPED, "Stopped")
        case DryRunOutcome.TIMED_OUT:
            said = f"It was still running after {took} and was ended. {done.detail}".strip()
            mend = "A worker that takes no notice of --dry-run does this; starting may still work"
            return CheckItem(name, CheckState.WARNING, said, mend)
        case DryRunOutcome.FAILED:
            mend = "" if config_refused else "Mend what it says, or start anyway and read its output"
            return CheckItem(name, CheckState.FAILED, done.detail, mend)


def _of_the_machine(order: PreflightOrder) -> Iterator[CheckItem]:
    reading = Machine(order.runs_folder).read()
    yield _interpreter_item(order.worker)
    yield from _path_items(order)
    yield _disk_item(order.runs_folder, reading)
    yield _memory_item(order, reading)
    yield _gpu_item(order, reading.gpus)


def _interpreter_item(worker: ProbedWorker) -> CheckItem:
    name = "Python"
    if not os.access(worker.interpreter, os.X_OK):
        mend = "Rescan on the Workers page, or install the worker again"
        return CheckItem(name, CheckState.FAILED, f"{worker.interpreter} is gone", mend, forbids_start=True)
    if worker.missing:
        told = f"Not installed beside the worker: {', '.join(worker.missing)}"
        return CheckItem(name, CheckState.WARNING, told, worker.mend)
    return CheckItem(name, CheckState.PASSED, worker.interpreter)


def _path_items(order: PreflightOrder) -> Iterator[CheckItem]:
    cwd = order.spec.cwd
    if cwd and not Path(cwd).is_dir():
        mend = "Choose a folder that is there, or leave it unset for the run's own"
        yield CheckItem(
            "Working directory", CheckState.FAILED, f"{cwd} is no folder", mend, forbids_start=True
        )
    gone = [
        f"{field.name}: {value}"
        for field in order.fields
        if field.kind is FieldKind.PATH
        and isinstance(value := order.spec.config.get(field.name), str)
        and Path(value).is_absolute()
        and not Path(value).exists()
    ]
    if gone:
        told = "Nothing is there yet: " + "; ".join(gone)
        yield CheckItem(
            "Paths", CheckState.WARNING, told, "Look whether the worker is to make or to read them"
        )


def _disk_item(folder: Path, reading: MachineReading) -> CheckItem:
    if reading.disk_free is None:
        return CheckItem("Disk", CheckState.SKIPPED, "This system does not tell how much is free")
    free = f"{_size(reading.disk_free)} free where runs are kept"
    if reading.disk_free < _TOO_LITTLE_DISK:
        mend = "Make room, or choose another data directory in the settings"
        return CheckItem("Disk", CheckState.FAILED, free, mend, forbids_start=True)
    shortage = shortage_of_disk(folder, queue_limits().min_free_disk_bytes)
    if shortage:
        return CheckItem("Disk", CheckState.WARNING, free, shortage)
    return CheckItem("Disk", CheckState.PASSED, free)


def _memory_item(order: PreflightOrder, reading: MachineReading) -> CheckItem:
    if reading.memory_total is None or reading.memory_used is None:
        return CheckItem("Memory", CheckState.SKIPPED, "This system does not tell how much is free")
    free = reading.memory_total - reading.memory_used
    capabilities = order.worker.capabilities
    each = capabilities.estimated_memory_mb * _MIB if capabilities else 0
    needed = each * order.runs
    told = f"{_size(free)} free"
    if needed:
        told += f", about {_size(needed)} needed" + (f" for {order.runs} runs" if order.runs > 1 else "")
    if needed > reading.memory_total:
        mend = "Start fewer at once, or add them to the queue" if order.runs > 1 else "Use a larger machine"
        return CheckItem("Memory", CheckState.FAILED, told, mend)
    if needed > free:
        return CheckItem("Memory", CheckState.WARNING, told, "End something first, or add it to the queue")
    return CheckItem("Memory", CheckState.PASSED, told)


def _gpu_item(order: PreflightOrder, cards: Sequence[GpuReading]) -> CheckItem:
    capabilities = order.worker.capabilities
    devices = order.spec.resources.get("devices")
    asked = [str(device) for device in devices] if isinstance(devices, (list, tuple)) else None
    required = capabilities is not None and capabilities.requires_gpu
    absent = [device for device in asked or () if device.isdecimal() and int(device) >= len(cards)]
    if required and (not cards or asked == []):
        why = "No graphics card is seen here" if not cards else "Every card is hidden from the run"
        mend = "Install the driver or use another machine" if not cards else "Choose a device under Resources"
        return CheckItem("GPU", CheckState.FAILED, f"{why}, and this worker needs one", mend)
    if absent:
        told = f"Device {', '.join(absent)} is not there: {len(cards)} seen"
        return CheckItem("GPU", CheckState.FAILED, told, "Choose a device that is there, under Resources")
    if not cards:
        return CheckItem("GPU", CheckState.SKIPPED, "None is seen here, and none is needed")
    return _card_memory_item(order, _chosen(cards, asked))


def _chosen(cards: Sequence[GpuReading], asked: Sequence[str] | None) -> list[GpuReading]:
    if asked is None or any(not device.isdecimal() for device in asked):
        return list(cards)
    return [cards[int(device)] for device in asked]


def _card_memory_item(order: PreflightOrder, cards: Sequence[GpuReading]) -> CheckItem:
    if not cards:
        return CheckItem("GPU", CheckState.PASSED, "Every card is hidden from the run")
    capabilities = order.worker.capabilities
    needed = (capabilities.gpu_memory_mb or 0) * _MIB if capabilities else 0
    free = max(card.total_bytes - card.used_bytes for card in cards)
    told = f"{', '.join(card.name for card in cards)}; {_size(free)} free"
    if needed > free:
        told += f", {_size(needed)} needed"
        return CheckItem(
            "GPU", CheckState.WARNING, told, "End what uses the card, or add the run to the queue"
        )
    return CheckItem("GPU", CheckState.PASSED, told)


def _size(count: float) -> str:
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.0f} MB"
