"""Loads one run with tbparse: `python ... DIRECTORY`."""

import json
import sys
import time

from tbparse import SummaryReader

start = time.perf_counter()
points = len(SummaryReader(sys.argv[1]).scalars)
print(json.dumps({"seconds": time.perf_counter() - start, "points": points}))
