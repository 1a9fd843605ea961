"""Distributions made on the spot: packages with a dist-info directory, as pip would leave them."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from textwrap import dedent

import pytest


class Site:
    """A directory like site-packages, to be filled with distributions."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir()

    def add(
        self,
        distribution: str,
        entry_points: Mapping[str, Mapping[str, str]] | str,
        files: Mapping[str, str] | None = None,
    ) -> None:
        """Installs a distribution: `{group: {name: "module:attribute"}}` and `{path: source}`."""
        info = self.path / f"{distribution.replace('-', '_')}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(
            entry_points if isinstance(entry_points, str) else self._as_text(entry_points)
        )
        for name, source in (files or {}).items():
            file = self.path / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(dedent(source))

    @staticmethod
    def _as_text(entry_points: Mapping[str, Mapping[str, str]]) -> str:
        return "\n".join(
            line
            for group, named in entry_points.items()
            for line in (f"[{group}]", *(f"{name} = {value}" for name, value in named.items()))
        )


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """An empty site directory, not on any path yet."""
    return Site(tmp_path / "site")


@pytest.fixture
def importable_site(site: Site, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A site directory that this process imports from; what was imported is forgotten afterwards."""
    before = set(sys.modules)
    monkeypatch.syspath_prepend(site.path)
    yield site
    for name in set(sys.modules) - before:
        file = getattr(sys.modules[name], "__file__", None) or ""
        if file.startswith(str(site.path)):
            del sys.modules[name]
