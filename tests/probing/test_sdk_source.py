from __future__ import annotations

import json
from importlib.metadata import Distribution
from pathlib import Path

import pytest

from gym_gui.core.probing import sdk_source
from gym_gui.core.probing.sdk_source import sdk_requirement


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An SDK whose `direct_url.json` the test writes."""
    info = tmp_path / "site" / "mosaic_panel-3.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: mosaic-panel\nVersion: 3.0\n")
    found = Distribution.at(info)
    monkeypatch.setattr(sdk_source, "distribution", lambda name: found)


def installed_from(tmp_path: Path, **origin: object) -> str:
    (tmp_path / "site" / "mosaic_panel-3.0.dist-info" / "direct_url.json").write_text(json.dumps(origin))
    return sdk_requirement()


@pytest.mark.usefixtures("install")
class TestWhereItCameFrom:
    def test_an_index_gives_the_release(self) -> None:
        assert sdk_requirement() == "mosaic-panel==3.0"

    def test_a_checkout(self, tmp_path: Path) -> None:
        folder = tmp_path / "check out"
        folder.mkdir()
        (folder / "pyproject.toml").touch()
        assert installed_from(tmp_path, url=folder.as_uri(), dir_info={"editable": True}) == str(folder)

    def test_a_wheel_on_this_machine(self, tmp_path: Path) -> None:
        wheel = tmp_path / "mosaic_panel-3.0-py3-none-any.whl"
        wheel.touch()
        assert installed_from(tmp_path, url=wheel.as_uri(), archive_info={}) == str(wheel)
        wheel.unlink()
        assert installed_from(tmp_path, url=wheel.as_uri(), archive_info={}) == "mosaic-panel==3.0"

    def test_a_commit(self, tmp_path: Path) -> None:
        vcs = {"vcs": "git", "commit_id": "abc123"}
        found = installed_from(tmp_path, url="https://example.org/panel.git", vcs_info=vcs)
        assert found == "mosaic-panel @ git+https://example.org/panel.git@abc123"

    def test_an_address(self, tmp_path: Path) -> None:
        address = "https://example.org/mosaic_panel-3.0-py3-none-any.whl"
        assert installed_from(tmp_path, url=address, archive_info={}) == f"mosaic-panel @ {address}"

    @pytest.mark.parametrize("origin", [{}, {"url": None}, {"url": "file:///nowhere/at/all"}])
    def test_what_tells_nothing_gives_the_release(self, tmp_path: Path, origin: dict[str, object]) -> None:
        assert installed_from(tmp_path, **origin) == "mosaic-panel==3.0"
