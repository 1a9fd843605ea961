from __future__ import annotations

import json

import pytest

from gym_gui.core.enums import SteppingParadigm


def test_members_are_their_text_everywhere_text_goes() -> None:
    assert [str(member) for member in SteppingParadigm] == ["single_agent", "sequential", "simultaneous"]
    assert json.loads(json.dumps({"p": SteppingParadigm.SEQUENTIAL})) == {"p": "sequential"}
    assert f"{SteppingParadigm.SIMULTANEOUS}" == "simultaneous"
    assert SteppingParadigm("single_agent") is SteppingParadigm.SINGLE_AGENT


def test_an_unknown_paradigm_is_refused() -> None:
    with pytest.raises(ValueError, match="hybrid"):
        SteppingParadigm("hybrid")
