"""Presets: kept under any name, whatever is in their folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gym_gui.core.preferences.presets import PresetError, PresetStore


@pytest.fixture
def store(tmp_path: Path) -> PresetStore:
    return PresetStore(tmp_path / "presets")


def test_what_is_saved_is_there_and_sorted(store: PresetStore) -> None:
    assert store.names("tabular") == []
    for name in ("slow", "Fast", "émile / 2"):
        store.save("tabular", name, {"seed": 1, "of": name})
    assert store.names("tabular") == ["Fast", "slow", "émile / 2"]
    assert store.load("tabular", "émile / 2") == {"seed": 1, "of": "émile / 2"}
    assert store.names("another") == []


def test_saving_replaces_and_deleting_forgets(store: PresetStore) -> None:
    store.save("w", "a", {"seed": 1})
    store.save("w", "a", {"seed": 2})
    assert store.load("w", "a") == {"seed": 2}
    store.delete("w", "a")
    store.delete("w", "a")
    assert store.names("w") == []
    with pytest.raises(PresetError, match="not there any more"):
        store.load("w", "a")


def test_the_last_config_is_no_preset(store: PresetStore) -> None:
    assert store.last("w") is None
    store.remember_last("w", {"seed": 3})
    assert store.last("w") == {"seed": 3}
    assert store.names("w") == []
    store.save("w", "last", {"seed": 4})
    assert store.last("w") == {"seed": 3}


@pytest.mark.parametrize("content", ["", "{", "[]", '{"name": 1, "config": {}}', "[" * 100_000, "\0"])
def test_a_spoilt_file_is_passed_over_and_named_when_asked_for(store: PresetStore, content: str) -> None:
    store.save("w", "good", {})
    store.save("w", "bad", {})
    (file,) = Path(store._folder).rglob("bad*")
    file.write_text(content)
    assert store.names("w") == ["good"]
    with pytest.raises(PresetError, match="bad"):
        store.load("w", "bad")


def test_a_link_out_of_the_folder_is_not_followed(store: PresetStore, tmp_path: Path) -> None:
    store.save("w", "a", {})
    outside = tmp_path / "outside.json"
    outside.write_text('{"name": "stolen", "config": {}}')
    (file,) = Path(store._folder).rglob("a.preset.json")
    file.unlink()
    file.symlink_to(outside)
    assert store.names("w") == []


def test_a_preset_needs_a_name(store: PresetStore) -> None:
    with pytest.raises(PresetError, match="needs a name"):
        store.save("w", "  ", {})


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(name=st.text(min_size=1, max_size=120).filter(str.strip), worker=st.text(min_size=1, max_size=120))
def test_no_name_leaves_the_folder(store: PresetStore, name: str, worker: str) -> None:
    try:
        store.save(worker, name, {"seed": 1})
    except PresetError:
        # Only what is no text at all cannot be written.
        assert any("\ud800" <= letter <= "\udfff" for letter in name)
        return
    assert store.load(worker, name.strip()) == {"seed": 1}
    root = Path(store._folder)
    assert all(file.resolve().is_relative_to(root.resolve()) for file in root.rglob("*"))
    assert {entry.name for entry in root.parent.iterdir()} <= {"presets", "mosaic-home", "cache", "config"}
