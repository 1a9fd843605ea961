"""How many elements of an SVG are drawn once everything it repeats by reference is in its place."""

from __future__ import annotations

import re
from collections import defaultdict
from xml.parsers import expat

_LOCAL_URL = re.compile(r"url\(\s*['\"]?#([^'\")]*)")
_ROOT = None
_Id = str | None


def drawn_elements(data: bytes, most: int) -> int | None:
    """Elements drawn, `most + 1` for more than `most`; None when it is no XML or goes round in circles.

    Args:
        data: The drawing, without entities of its own.
        most: Where counting ends.
    """
    outline = _Outline()
    try:
        outline.parser.Parse(data, True)
    except (expat.ExpatError, ValueError):
        return None
    return outline.total(most)


class _Outline:
    """Which named parts a drawing has, what stands in each, and to which of them each refers."""

    def __init__(self) -> None:
        self._own: dict[_Id, int] = defaultdict(int)
        self._needs: dict[_Id, list[_Id]] = defaultdict(list)
        self._open: list[_Id] = [_ROOT]
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end

    def _start(self, _tag: str, attributes: dict[str, str]) -> None:
        name = attributes.get("id") or attributes.get("xml:id")
        around = self._open[-1]
        part = name.strip() if name else around
        if part != around:
            self._needs[around].append(part)
        self._open.append(part)
        self._own[part] += 1
        for key, value in attributes.items():
            if key.rpartition(":")[2] == "href" and value.strip().startswith("#"):
                self._needs[part].append(value.strip()[1:])
            elif "url(" in value:
                self._needs[part].extend(target.strip() for target in _LOCAL_URL.findall(value))

    def _end(self, _tag: str) -> None:
        self._open.pop()

    def total(self, most: int) -> int | None:
        """Adds up from the innermost part outwards, without recursion: parts nest as deep as anyone likes."""
        totals: dict[_Id, int] = {}
        begun: set[_Id] = set()
        waiting: list[_Id] = [_ROOT]
        while waiting:
            part = waiting[-1]
            if part in totals:
                waiting.pop()
            elif part in begun:
                needed = [totals.get(need) for need in self._needs.get(part, ())]
                if None in needed:
                    return None  # it is begun and not done: it holds itself
                totals[part] = min(self._own.get(part, 0) + sum(n for n in needed if n), most + 1)
                waiting.pop()
            else:
                begun.add(part)
                unknown = [need for need in self._needs.get(part, ()) if need not in totals]
                if any(need in begun for need in unknown):
                    return None
                waiting.extend(unknown)
        return totals[_ROOT]
