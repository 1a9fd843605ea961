"""A probe that is spared where an earlier answer still holds."""

from __future__ import annotations

from gym_gui.core.probing.cache import ReportCache
from gym_gui.core.probing.model import ProbeReport
from gym_gui.core.probing.probe import absolute_interpreter, probe_interpreter


def probe_and_remember(
    interpreter: str, cache: ReportCache, *, timeout_s: float | None = None
) -> ProbeReport:
    """What the interpreter answers now; kept for the next time."""
    report = probe_interpreter(interpreter, timeout_s=timeout_s)
    if report.failure is not None:
        cache.forget(report.interpreter)
    else:
        cache.write(report)
    return report


def remembered_or_probed(
    interpreter: str, cache: ReportCache, *, timeout_s: float | None = None
) -> ProbeReport:
    """The kept report when asking again would give the same, else what the interpreter answers now."""
    kept = cache.read(absolute_interpreter(interpreter))
    if kept is not None and kept.is_current():
        return kept.report
    return probe_and_remember(interpreter, cache, timeout_s=timeout_s)
