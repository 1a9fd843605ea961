from __future__ import annotations

import json
from pathlib import Path

import pytest

from gym_gui.core.forms.schema import form_fields
from gym_gui.core.forms.taking import offer_of, offer_of_file

FIELDS = form_fields(
    {
        "properties": {
            "run_id": {"type": "string"},
            "steps": {"type": "integer", "minimum": 1, "default": 5},
            "learning_rate": {"type": "number", "default": 0.1},
        }
    }
)


def test_what_fits_what_is_wrong_and_what_is_unknown() -> None:
    offer = offer_of(
        {"run_id": "OLD", "steps": 0, "learning_rate": 0.5, "learnig_rate": 1, "other": 2}, FIELDS
    )
    assert offer.values == {"steps": 0, "learning_rate": 0.5}
    assert list(offer.problems) == ["steps"]
    assert offer.unknown == ("learnig_rate (did you mean learning_rate?)", "other")


@pytest.mark.parametrize("nested", [False, True])
def test_a_file_is_read_flat_and_nested(tmp_path: Path, nested: bool) -> None:
    flat = {"steps": 7}
    file = tmp_path / "config.json"
    file.write_text(json.dumps({"metadata": {"worker": {"config": flat}}} if nested else flat))
    assert offer_of_file(file, FIELDS).values == {"steps": 7}


@pytest.mark.parametrize(
    ("content", "said"),
    [("{\n1}", "line 2, column 1"), ("[1]", "must hold an object"),
     ('{"metadata": {"worker": {"config": 3}}}', "object"),
     ("[" * 100_000, "cannot be read")],
)  # fmt: skip
def test_a_file_that_is_no_config_says_why_and_where(tmp_path: Path, content: str, said: str) -> None:
    file = tmp_path / "config.json"
    file.write_text(content)
    failure = offer_of_file(file, FIELDS).failure
    assert said in failure
    assert str(file) in failure


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert "gone.json cannot be read" in offer_of_file(tmp_path / "gone.json", FIELDS).failure
