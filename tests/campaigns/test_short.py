"""The short form of every campaign: the same code, a few rounds; no time is held against its bar here."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.campaigns.catalogue import CAMPAIGNS, Campaign
from tests.campaigns.field import a_field

SEED = 20


@pytest.mark.parametrize("campaign", CAMPAIGNS, ids=lambda campaign: campaign.name)
def test_every_promise_is_kept(campaign: Campaign, mosaic_home: Path) -> None:
    with a_field(mosaic_home, SEED) as field:
        outcomes = campaign.play(field, campaign.short)
    for outcome in outcomes:
        if outcome.skipped:
            pytest.skip(outcome.skipped)
        assert not outcome.wrong, f"{outcome.campaign}: {outcome.wrong[:10]}"
        assert outcome.rounds > 0
    assert not mosaic_home.exists()
