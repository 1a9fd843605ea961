"""What one run reports in numbers: metrics of its output and series of its event files, as one list."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from gym_gui.core.artifacts.scalars.model import Changes, Kind, SeriesKey, TagInfo
from gym_gui.core.events.series import XAxis
from gym_gui.services.run_tail import RunTail
from gym_gui.services.scalars import ScalarsReader
from gym_gui.services.tasks import TaskRunner
from gym_gui.ui.metrics.keys import Across, MetricInfo, MetricKey, Source

if TYPE_CHECKING:
    from collections.abc import Callable

    from gym_gui.core.artifacts.scalars.model import Series
    from gym_gui.core.artifacts.scalars.run import ScalarRun
    from gym_gui.core.events.series import Series as ReportedSeries
    from gym_gui.ui.metrics.outline import Points

_LIST_AGAIN_MS = 500
_SHOWN_KINDS = frozenset({Kind.SCALAR, Kind.IMAGE, Kind.TEXT, Kind.HISTOGRAM})
_AXES = {Across.STEP: XAxis.STEP, Across.TIME: XAxis.TIME, Across.EPISODE: XAxis.EPISODE}


class RunMetrics(QObject):
    """What a run's tail and event files hold. `listed` tells of other metrics, `grown` of more points."""

    listed = Signal()
    grown = Signal()

    def __init__(
        self, tail: RunTail, scalars: ScalarsReader, tasks: TaskRunner, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._tail = tail
        self._scalars = scalars
        self._tasks = tasks
        self._directory: Path | None = None
        self._started: float | None = None
        self._first_time: float | None = None
        self._names: list[str] = []
        self._tags: tuple[TagInfo, ...] = ()
        self._versions: Counter[SeriesKey] = Counter()
        self._epoch = 0
        self._lists = False
        self._list_later = QTimer(self, singleShot=True, interval=_LIST_AGAIN_MS)
        self._list_later.timeout.connect(self._list_tags)
        self._listed_at = 0.0
        tail.restarted.connect(self._tail_restarted)
        tail.published.connect(self._tail_grew)
        scalars.changed.connect(self._files_changed)

    def show(self, directory: Path, started: float | None = None) -> None:
        """Turn to the run in this directory; its tail follows it, and the reader is told, by others.

        Args:
            directory: Of the run.
            started: When it started, Unix seconds, if that is known: 0 on an axis of time.
        """
        self._started = started
        if directory == self._directory:
            return
        self._directory = directory
        self._first_time = None
        self._tags, self._epoch = (), self._epoch + 1
        self._versions.clear()
        self._names = self._tail.metrics.names()
        self._list_tags()
        self.listed.emit()

    @property
    def run(self) -> ScalarRun | None:
        """The event files of the run, None as long as nothing of them was read."""
        return self._scalars.run(self._directory) if self._directory is not None else None

    def infos(self) -> tuple[MetricInfo, ...]:
        """Every metric that was seen so far."""
        store = self._tail.metrics
        reported = [MetricInfo(MetricKey(name, Source.OUTPUT), store.seen(name)) for name in store.names()]
        written = [
            MetricInfo(MetricKey(tag.name, Source.EVENT_FILES, tag.kind), tag.count, tag.superseded, tag.key)
            for tag in self._tags
            if tag.kind in _SHOWN_KINDS
        ]
        return (*reported, *written)

    def info(self, key: MetricKey) -> MetricInfo | None:
        """What is known of one metric, None when the run does not have it."""
        return next((info for info in self.infos() if info.key == key), None)

    def version(self, key: MetricKey) -> tuple[int, int]:
        """Another one when the metric's values are others or more: cheap, so ask before drawing."""
        if key.source is Source.OUTPUT:
            return (self._epoch, self._tail.metrics.seen(key.name))
        series = self._series_key(key)
        return (self._epoch, self._versions[series] if series is not None else -1)

    @property
    def origin(self) -> float:
        """What counts as 0 on an axis of time, Unix seconds."""
        return self._started if self._started is not None else self._first_time or 0.0

    def points(self, key: MetricKey, across: Across, *, superseded: bool = False) -> Points | None:
        """The values of a metric over an axis, None when the run has none or not over this axis.

        Over steps, a metric that was reported without them stands over episodes or its count instead.

        Args:
            key: Which metric.
            across: The axis.
            superseded: Give what was replaced as well, beside what counts.
        """
        if key.source is Source.OUTPUT:
            return self._reported(key.name, across)
        return self._written(key, across, superseded)

    def whole(self, key: MetricKey) -> Callable[[], Series] | None:
        """How to have every point of a metric for an export, on any thread; None when there are none."""
        if key.source is Source.EVENT_FILES:
            run, series_key = self.run, self._series_key(key)
            return None if run is None or series_key is None else lambda: run.series(series_key)
        store = self._tail.metrics
        if not store.seen(key.name):
            return None
        axes = store.axes(key.name)
        samples, steps = store.series(key.name, XAxis.SAMPLE), store.series(key.name, axes[0])
        times = store.series(key.name, XAxis.TIME) if XAxis.TIME in axes else None
        return lambda: _as_series(key.name, samples, steps, times)

    def _reported(self, name: str, across: Across) -> Points | None:
        store = self._tail.metrics
        if not store.seen(name):
            return None
        axes = store.axes(name)
        axis = _AXES[across]
        if axis not in axes:
            if across is not Across.STEP:
                return None
            axis = axes[0]
        import numpy as np

        from gym_gui.ui.metrics.outline import Points

        series = store.series(name, axis)
        xs, ys = np.asarray(series.xs, dtype=float), np.asarray(series.ys, dtype=float)
        if across is Across.TIME and len(xs):
            self._note_time(float(xs[0]))
        return Points(xs, ys, axis.value, series.seen)

    def _written(self, key: MetricKey, across: Across, superseded: bool) -> Points | None:
        run, series_key = self.run, self._series_key(key)
        if run is None or series_key is None or across is Across.EPISODE:
            return None
        from gym_gui.ui.metrics.outline import Points

        try:
            series = run.series(series_key)
            every = run.series(series_key, superseded=True) if superseded and series.superseded else None
        except KeyError:
            return None
        timed = across is Across.TIME
        xs = series.wall_times if timed else series.steps
        if timed and len(xs):
            self._note_time(float(xs[0]))
        replaced = None
        if every is not None:
            replaced = (every.wall_times if timed else every.steps, every.values)
        return Points(xs, series.values, across.value, len(xs), series.superseded, replaced)

    def _series_key(self, key: MetricKey) -> SeriesKey | None:
        for tag in self._tags:
            if tag.name == key.name and tag.kind is key.kind:
                return tag.key
        return None

    def _note_time(self, moment: float) -> None:
        if self._first_time is None or moment < self._first_time:
            self._first_time = moment

    def _tail_restarted(self) -> None:
        self._epoch += 1
        self._names = []
        self.listed.emit()

    def _tail_grew(self) -> None:
        names = self._tail.metrics.names()
        if names != self._names:
            self._names = names
            self.listed.emit()
        self.grown.emit()

    def _files_changed(self, directory: Path, changes: Changes) -> None:
        if directory != self._directory:
            return
        if changes.reset:
            self._epoch += 1
        self._versions.update(changes.changed)
        known = {tag.key for tag in self._tags}
        if changes.reset or not changes.changed <= known:
            self._list_tags()
        elif not self._list_later.isActive():
            self._list_later.start()
        self.grown.emit()

    def _list_tags(self) -> None:
        run = self.run
        if run is None:
            return
        recently = time.monotonic() - self._listed_at < _LIST_AGAIN_MS / 1000
        if self._lists or (recently and self._tags):
            self._list_later.start()
            return
        self._lists, self._listed_at = True, time.monotonic()
        directory = self._directory
        self._tasks.start(
            "Listing tags", run.tags, owner=self, done=lambda tags: self._take_tags(directory, tags)
        )

    def _take_tags(self, directory: Path | None, tags: tuple[TagInfo, ...]) -> None:
        self._lists = False
        if directory != self._directory:
            self._list_tags()
            return
        others = [tag.key for tag in tags] != [tag.key for tag in self._tags]
        self._tags = tags
        if others:
            self.listed.emit()
        self.grown.emit()


def _as_series(
    name: str, samples: ReportedSeries, steps: ReportedSeries, times: ReportedSeries | None
) -> Series:
    """A reported metric as exports write it; where a value has no step or time, its count or NaN stands."""
    import numpy as np

    from gym_gui.core.artifacts.scalars.model import Series

    across = np.asarray(samples.xs, dtype=float)
    if len(steps.xs):
        across = across.copy()
        across[len(across) - len(steps.xs) :] = steps.xs
    moments = np.full(len(across), np.nan)
    if times is not None and len(times.xs):
        moments[len(moments) - len(times.xs) :] = times.xs
    return Series(SeriesKey("", name), across.astype(np.int64), moments, np.asarray(samples.ys, dtype=float))
