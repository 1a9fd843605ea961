"""The entries whose name holds what is looked for."""

from __future__ import annotations

from gym_gui.ui.artifacts.entries import Section


def matching(sections: tuple[Section, ...], wanted: str) -> tuple[Section, ...]:
    """The sections with the entries that match every word; all when there is none."""
    words = wanted.casefold().split()
    if not words:
        return sections
    kept = (
        Section(
            section.kind,
            tuple(e for e in section.entries if all(word in e.label.casefold() for word in words)),
        )
        for section in sections
    )
    return tuple(section for section in kept if section.entries)
