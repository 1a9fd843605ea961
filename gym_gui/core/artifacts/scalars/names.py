"""What series are called: their tag, preceded by as much of their folder as tells them apart."""

from __future__ import annotations

from collections.abc import Sequence

from gym_gui.core.artifacts.scalars.model import SeriesKey


def common_folder(folders: Sequence[str]) -> str:
    """The innermost folder that all of these are in, or are."""
    common = folders[0].split("/") if folders and folders[0] else []
    for folder in folders[1:]:
        parts = folder.split("/") if folder else []
        same = 0
        while same < min(len(common), len(parts)) and common[same] == parts[same]:
            same += 1
        common = common[:same]
    return "/".join(common)


def shown_name(base: str, key: SeriesKey) -> str:
    """The tag, with the part of its folder that is below `base` before it."""
    inner = key.folder[len(base) :].lstrip("/")
    return f"{inner}/{key.tag}" if inner else key.tag
