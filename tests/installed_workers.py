"""Fixtures that install small worker distributions where every interpreter started from here finds them."""

from __future__ import annotations

import os
import textwrap
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

METADATA = """
from gym_gui.core.worker import WorkerCapabilities, WorkerMetadata

def get_worker_metadata():
    return WorkerMetadata(name="{name}", version="1.0"), WorkerCapabilities(worker_type="{name}")
"""

InstallWorker = Callable[..., Path]


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory whose packages and `.dist-info` folders every interpreter started from here finds."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.setenv(
        "PYTHONPATH", os.pathsep.join([str(folder), *filter(None, [os.environ.get("PYTHONPATH")])])
    )
    return folder


@pytest.fixture
def install(site: Path) -> InstallWorker:
    """Writes a distribution with one worker the way pip would leave it, and returns its package folder."""

    def install_worker(
        worker_id: str,
        source: str | None = None,
        *,
        modules: Mapping[str, str] | None = None,
        entry_points: Mapping[str, str] | None = None,
        metadata: Sequence[str] = (),
        distribution: str | None = None,
    ) -> Path:
        package = site / f"{worker_id}_package"
        package.mkdir(exist_ok=True)
        init = METADATA.format(name=worker_id) if source is None else textwrap.dedent(source)
        (package / "__init__.py").write_text(init)
        for name, text in (modules or {}).items():
            (package / f"{name}.py").write_text(textwrap.dedent(text))
        name = distribution or f"{worker_id}-dist"
        info = site / f"{name.replace('-', '_')}-2.5.dist-info"
        info.mkdir()
        lines = ["Metadata-Version: 2.1", f"Name: {name}", "Version: 2.5", *metadata]
        (info / "METADATA").write_text("\n".join(lines) + "\n")
        groups = {
            "mosaic.workers": f"{worker_id} = {package.name}:get_worker_metadata",
            **(entry_points or {}),
        }
        (info / "entry_points.txt").write_text("".join(f"[{g}]\n{line}\n" for g, line in groups.items()))
        return package

    return install_worker
