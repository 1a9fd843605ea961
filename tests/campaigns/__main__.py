"""`python -m tests.campaigns`: plays the campaigns at full length and prints a table of what was measured."""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from pathlib import Path

from tests.campaigns.catalogue import CAMPAIGNS, Campaign
from tests.campaigns.field import a_field
from tests.campaigns.outcome import Outcome
from tests.campaigns.table import as_markdown, write_report

_RECORD = Path(tempfile.gettempdir()) / "mosaic-campaigns.json"


def main(argv: list[str]) -> int:
    """Plays what is asked for; 0 when every bar that could be tried was met."""
    names = [campaign.name for campaign in CAMPAIGNS]
    parser = argparse.ArgumentParser(prog="python -m tests.campaigns", description=__doc__)
    parser.add_argument(
        "names", nargs="*", metavar="CAMPAIGN", help=f"of {', '.join(names)}; all if none is named"
    )
    parser.add_argument("--seed", type=int, help="of an earlier play, to see it again")
    parser.add_argument("--rounds", type=int, help="instead of the full length")
    parser.add_argument("--record", type=Path, default=_RECORD, help="where outcomes are kept (%(default)s)")
    parser.add_argument(
        "--write", action="store_true", help="put all recorded outcomes into docs/reliability.md"
    )
    asked = parser.parse_args(argv)
    unknown = [name for name in asked.names if name not in names]
    if unknown:
        parser.error(f"no such campaign: {', '.join(unknown)}")
    seed = random.SystemRandom().randrange(1_000_000) if asked.seed is None else asked.seed
    record: dict[str, list[dict[str, object]]] = {}
    if asked.names and asked.record.exists():
        record = json.loads(asked.record.read_text())
    for campaign in CAMPAIGNS:
        if campaign.name in (asked.names or names):
            outcomes = _play(campaign, asked.rounds or campaign.full, seed)
            record[campaign.name] = [outcome.to_dict() for outcome in outcomes]
            asked.record.write_text(json.dumps(record))
    known = [Outcome(**row) for name in names for row in record.get(name, ())]  # type: ignore[arg-type]
    print(f"\n{as_markdown(known)}")
    if asked.write:
        write_report(known)
    return 0 if all(outcome.met or outcome.skipped for outcome in known) else 1


def _play(campaign: Campaign, rounds: int, seed: int) -> list[Outcome]:
    print(f"{campaign.name}: {rounds} rounds, --seed {seed}", flush=True)
    began = time.monotonic()
    with a_field(Path(tempfile.mkdtemp(prefix="mosaic-campaign-")), seed) as field:
        outcomes = campaign.play(field, rounds)
    for outcome in outcomes:
        print(f"  {outcome.campaign}: {'met' if outcome.met else 'NOT MET'}: {outcome.measured}")
        for line in (*outcome.wrong, *outcome.slow)[:20]:
            print(f"    {line}")
    print(f"  played in {time.monotonic() - began:.0f} s", flush=True)
    return outcomes


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
