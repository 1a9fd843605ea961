from __future__ import annotations

import re

import pytest

from gym_gui.config.paths import resources_root
from gym_gui.core.runs.summary import RunState
from gym_gui.ui.tokens import DARK, LIGHT, READABLE_PAIRS, STATE_TONES, Tokens, contrast

SCHEMES = {"light": LIGHT, "dark": DARK}


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#ffffff", "#ffffff") == pytest.approx(1)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.478, abs=0.001)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("pair", READABLE_PAIRS, ids="-on-".join)
def test_text_can_be_read(scheme: str, pair: tuple[str, str]) -> None:
    ink, paper = (getattr(SCHEMES[scheme], token) for token in pair)
    assert contrast(ink, paper) >= 4.5


@pytest.mark.parametrize("tokens", SCHEMES.values(), ids=SCHEMES)
def test_every_token_is_a_colour(tokens: Tokens) -> None:
    for name, colour in tokens.as_dict().items():
        assert re.fullmatch(r"#[0-9a-f]{6}", colour), name


def test_every_state_has_a_tone_and_a_shape_of_its_own() -> None:
    icons = resources_root() / "icons"
    shapes = set()
    for state in RunState:
        assert LIGHT.tone(STATE_TONES[state])
        shapes.add((icons / f"state-{state.value}.svg").read_text())
    assert len(shapes) == len(RunState)
    assert set(STATE_TONES) == set(RunState)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_style_sheets_own_icons_match_the_tokens(scheme: str) -> None:
    icons = resources_root() / "icons"
    tokens = SCHEMES[scheme]
    for name in ("chevron-down", "chevron-right", "sort-up", "sort-down"):
        assert tokens.text_muted in (icons / f"qss-{name}.{scheme}.svg").read_text()
    assert tokens.accent_text in (icons / f"qss-check.{scheme}.svg").read_text()
