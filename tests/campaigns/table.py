"""The table of campaign, bar, measured and met, and the page it stands on."""

from __future__ import annotations

import datetime
import os
import platform
from collections.abc import Sequence
from pathlib import Path

from tests.campaigns.outcome import Outcome

REPORT = Path(__file__).parents[2] / "docs" / "reliability.md"
_BEGIN, _END = "<!-- campaigns: begin -->", "<!-- campaigns: end -->"


_HEAD = ["| campaign | rounds | bar | measured | met |", "| --- | --- | --- | --- | --- |"]


def as_markdown(outcomes: Sequence[Outcome], before: str = "") -> str:
    """The table; after it, what went wrong, round by round. Rows of other campaigns in `before` stay."""
    rows = {_name_in(row): row for row in before.splitlines() if row.startswith("| ") and row not in _HEAD}
    for outcome in outcomes:
        met = "not played" if outcome.skipped else "yes" if outcome.met else "**no**"
        row = f"| {outcome.campaign} | {outcome.rounds} | {outcome.bar} | {outcome.measured} | {met} |"
        rows[outcome.campaign] = row
    wrong = [
        f"- {outcome.campaign}, {text}" for outcome in outcomes for text in (*outcome.wrong, *outcome.slow)
    ]
    return "\n".join([*_HEAD, *rows.values(), *(("", "Not as it should be:", "", *wrong) if wrong else ())])


def _name_in(row: str) -> str:
    return row.split("|")[1].strip()


def write_report(outcomes: Sequence[Outcome]) -> None:
    """Puts the table where docs/reliability.md has it."""
    page = REPORT.read_text(encoding="utf-8")
    before, rest = page.split(_BEGIN)
    written, after = rest.split(_END)
    taken = (
        f"Taken on {datetime.date.today():%Y-%m-%d}: {platform.system()} {platform.machine()}, "
        f"{os.cpu_count()} cores, Python {platform.python_version()}."
    )
    REPORT.write_text(
        f"{before}{_BEGIN}\n{taken}\n\n{as_markdown(outcomes, written)}\n{_END}{after}", encoding="utf-8"
    )
