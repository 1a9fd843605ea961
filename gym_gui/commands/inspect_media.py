"""A picture, film or text in words and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from gym_gui.commands.console import Console
from gym_gui.commands.plain import plain
from gym_gui.commands.wording import duration, moment, size
from gym_gui.core.artifacts.media import MediaFacts, MediaKind, media_facts


def tell_media(path: Path, console: Console) -> bool:
    """Tells what the file is, when it is a picture, film or text; whether it is."""
    facts = media_facts(path)
    if facts.kind in (MediaKind.OTHER, MediaKind.EMPTY):
        return False
    console.document({"kind": "media", "facts": msgspec.to_builtins(facts, enc_hook=str)})
    console.pairs(_facts(facts))
    for warning in facts.warnings:
        console.line(plain(f"! {warning}"))
    return True


def _facts(facts: MediaFacts) -> Iterator[tuple[str, str]]:
    yield "path", str(facts.path)
    yield "kind", facts.kind
    yield "size", size(facts.size)
    yield "written", moment(facts.modified)
    yield "pixels", f"{facts.width:,} x {facts.height:,}" if facts.width and facts.height else ""
    yield "frames", f"{facts.frames:,}" if facts.frames else ""
    yield "length", duration(facts.duration_s) if facts.duration_s is not None else ""
    yield "not opened", facts.refusal
