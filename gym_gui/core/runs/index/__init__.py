"""A cache of runs that have ended, so that thousands are listed at once; the directories are the truth.

Only what can no longer change by itself is kept, and it is believed only while every file it rests on is
the very file it was. The cache may be deleted at any time, and is never needed.
"""

from gym_gui.core.runs.index.catalogue import RunCatalogue
from gym_gui.core.runs.index.run_index import RunIndex
from gym_gui.core.runs.index.settled import IndexedRun, is_settled, look_for_good
from gym_gui.core.runs.index.stamps import Stamps, stamps_of

__all__ = ["IndexedRun", "RunCatalogue", "RunIndex", "Stamps", "is_settled", "look_for_good", "stamps_of"]
