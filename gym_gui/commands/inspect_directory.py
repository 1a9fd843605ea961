"""A directory, a manifest or a W&B run in words and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from gym_gui.commands.console import Console
from gym_gui.commands.errors import CommandError
from gym_gui.commands.exit_codes import ExitCode
from gym_gui.commands.plain import plain
from gym_gui.commands.wording import duration, moment, size
from gym_gui.core.artifacts.disk import DiskMeter
from gym_gui.core.artifacts.finding import Found, FoundKind
from gym_gui.core.artifacts.manifest import load_manifest, read_manifest
from gym_gui.core.artifacts.wandb.model import WandbSeries
from gym_gui.core.artifacts.wandb.run import WandbRun


def tell_directory(found: Found, console: Console, limit: int | None) -> None:
    """Tells what there is in a directory, by kind, and what it takes on the disk."""
    usage = DiskMeter(found.root).measure()
    artifacts = [msgspec.to_builtins(artifact) for artifact in found.artifacts]
    passed_over = {"links": found.links, "special": found.special}
    console.document(
        {
            "kind": "directory",
            "root": str(found.root),
            "disk": msgspec.to_builtins(usage),
            "artifacts": artifacts,
            "manifests": found.manifests,
            "passed_over": passed_over,
            "problems": found.problems,
        }
    )
    console.pairs(
        [
            ("path", str(found.root)),
            ("on disk", f"{size(usage.disk_bytes)} in {usage.files:,} files"),
            ("passed over", ", ".join(f"{count} {name}" for name, count in passed_over.items() if count)),
        ]
    )
    for kind in FoundKind:
        of_kind = found.of(kind)
        if of_kind and kind not in (FoundKind.OTHER, FoundKind.RECORD):
            console.line(f"\n{kind} ({len(of_kind):,})")
            rows = [
                (item.relative, size(item.size) if not item.is_directory else "") for item in of_kind[:limit]
            ]
            console.table(("", ""), rows)
            if limit is not None and len(of_kind) > limit:
                console.line(f"... and {len(of_kind) - limit:,} more; --all lists them")
    if found.is_empty:
        console.line("Nothing in it is an event file, a checkpoint, media, a W&B run or a log.")
    for problem in (*found.problems, *usage.problems):
        console.line(plain(f"! {problem}"))


def tell_manifest(path: Path, console: Console) -> None:
    """Tells what a manifest names, and what of it is there.

    Raises:
        CommandError: It is no manifest that can be read.
    """
    try:
        manifest = load_manifest(path)
    except ValueError as problem:
        raise CommandError(str(problem), ExitCode.IMPOSSIBLE) from None
    view = read_manifest(path.parent)
    named = [_entry(group.title, artifact) for group in view.groups for artifact in group.artifacts]
    head = {"run_id": manifest.run_id, "worker_type": manifest.worker_type}
    console.document({"kind": "manifest", **head, "artifacts": named, "metadata": manifest.metadata})
    console.pairs([("run", manifest.run_id), ("worker", manifest.worker_type)])
    console.line()
    rows = [(entry["kind"], entry["label"], entry["state"], entry["link"]) for entry in named]
    console.table(("kind", "artifact", "", ""), rows)


def _entry(title: str, artifact: Any) -> dict[str, Any]:
    state = f"refused: {artifact.refusal}" if artifact.refusal else ""
    if not artifact.refusal and not artifact.exists:
        state = "missing"
    elif artifact.size is not None:
        state = ", ".join([size(artifact.size), *artifact.marks])
    return {
        "kind": title,
        "label": artifact.label,
        "state": state,
        "link": artifact.link,
        "size": artifact.size,
    }


def tell_wandb(directory: Path, console: Console) -> None:
    """Tells what the record log of a W&B run says of it."""
    run = WandbRun(directory)
    run.advance()
    history = [_wandb_series(name, run.series(name)) for name in run.names()]
    console.document(
        {
            "kind": "wandb",
            "facts": msgspec.to_builtins(run.facts),
            "config": run.config,
            "summary": run.summary,
            "history": history,
            "media": msgspec.to_builtins(run.media),
            "problems": run.problems,
        }
    )
    console.pairs(_wandb_facts(run))
    for title, values in (("config", run.config), ("summary", run.summary)):
        if values:
            console.line(f"\n{title}")
            console.pairs((plain(name), plain(str(value))[:200]) for name, value in values.items())
    if history:
        console.line()
        rows = [(one["name"], f"{one['points']:,}", f"{one['last']:.6g}") for one in history]
        console.table(("history", "points", "last"), rows)
    if run.media:
        console.line()
        console.table(
            ("media", "step", "kind", "file"),
            [(one.name, str(one.step), one.kind, one.path) for one in run.media],
        )
    for problem in run.problems:
        console.line(plain(f"! {problem}"))


def _wandb_series(name: str, found: WandbSeries) -> dict[str, Any]:
    return {"name": name, "points": len(found), "last_step": found.steps[-1], "last": found.values[-1]}


def _wandb_facts(run: WandbRun) -> Iterator[tuple[str, str]]:
    facts = run.facts
    yield "run", "/".join(part for part in (facts.entity, facts.project, facts.name or facts.run_id) if part)
    yield "id", facts.run_id
    yield "started", moment(facts.started)
    yield "took", duration(facts.runtime) if facts.runtime else ""
    yield "exit code", "" if facts.exit_code is None else str(facts.exit_code)
    yield "tags", ", ".join(facts.tags)
    yield "notes", facts.notes
    yield "written by", f"wandb {facts.writer}" if facts.writer else ""
