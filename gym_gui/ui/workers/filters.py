"""Which workers are wanted, by what they can do: the choices, and the row that offers them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QWidget

from gym_gui.core.probing.model import ProbedWorker
from gym_gui.core.worker import WorkerCapabilities
from gym_gui.ui.widgets.flow import FlowLayout

_Values = Callable[[ProbedWorker], Iterable[str]]
_Test = Callable[[WorkerCapabilities], bool]


@dataclass(frozen=True, slots=True)
class WorkerFilter:
    """What a worker must be to be shown; everything is by default.

    Attributes:
        values: A value by caption, of which the worker must have that one: `{"Paradigm": "sequential"}`.
        abilities: Captions of what it must be able to do.
    """

    values: tuple[tuple[str, str], ...] = ()
    abilities: frozenset[str] = frozenset()

    def passes(self, worker: ProbedWorker) -> bool:
        """Whether the worker is shown; one that says nothing of itself has no value and no ability."""
        able = worker.capabilities
        return all(value in set(VALUES[caption](worker)) for caption, value in self.values) and all(
            able is not None and ABILITIES[caption](able) for caption in self.abilities
        )


def _of_capabilities(name: str) -> _Values:
    return lambda worker: map(str, getattr(worker.capabilities, name, ()))


OWN_ENVIRONMENT = "the panel's own"
VALUES: dict[str, _Values] = {
    "Installed in": lambda worker: (worker.environment or OWN_ENVIRONMENT,),
    "Paradigm": _of_capabilities("supported_paradigms"),
    "Environment": _of_capabilities("env_families"),
    "Actions": _of_capabilities("action_spaces"),
    "Observations": _of_capabilities("observation_spaces"),
}
ABILITIES: dict[str, _Test] = {
    "Multi-agent": lambda able: able.is_multi_agent(),
    "Checkpoints": lambda able: able.supports_checkpointing,
    "No GPU": lambda able: not able.requires_gpu,
}


class FilterBar(QWidget):
    """Emits `changed` with the filter; offers only what tells the workers at hand apart."""

    changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = FlowLayout(self, gap=8)
        self.boxes = {caption: self._box(caption) for caption in VALUES}
        self.checks = {caption: QCheckBox(caption) for caption in ABILITIES}
        for box in self.boxes.values():
            layout.addWidget(box)
            box.currentIndexChanged.connect(self._tell)
        height = next(iter(self.boxes.values())).sizeHint().height()
        for check in self.checks.values():
            check.setMinimumHeight(height)  # on one line with the boxes
            layout.addWidget(check)
            check.toggled.connect(self._tell)

    def chosen(self) -> WorkerFilter:
        """The filter as it is set."""
        values = tuple(
            (caption, str(box.currentData())) for caption, box in self.boxes.items() if box.currentIndex() > 0
        )
        abilities = frozenset(caption for caption, check in self.checks.items() if check.isChecked())
        return WorkerFilter(values, abilities)

    def offer(self, workers: tuple[ProbedWorker, ...]) -> None:
        """Offer the values that some of these workers have and others lack; what is chosen stays chosen."""
        for caption, box in self.boxes.items():
            choices = sorted({value for worker in workers for value in VALUES[caption](worker)})
            kept = box.currentData()
            with QSignalBlocker(box):
                box.clear()
                box.addItem(f"{caption}: any", None)
                for choice in choices:
                    box.addItem(f"{caption}: {choice.replace('_', ' ')}", choice)
                box.setCurrentIndex(max(box.findData(kept), 0))
            box.setVisible(len(choices) > 1)
        self.setVisible(len(workers) > 1)
        self._tell()

    def clear(self) -> None:
        """Let everything pass."""
        for box in self.boxes.values():
            box.setCurrentIndex(0)
        for check in self.checks.values():
            check.setChecked(False)

    def _box(self, caption: str) -> QComboBox:
        box = QComboBox()
        box.setAccessibleName(caption)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        return box

    def _tell(self) -> None:
        self.changed.emit(self.chosen())
