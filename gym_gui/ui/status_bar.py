"""The status bar: how many runs are going, where the data is, and the notifications."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QStatusBar, QToolButton, QWidget

from gym_gui.services.notifier import Notifier
from gym_gui.ui import wording
from gym_gui.ui.theme import Theme
from gym_gui.ui.widgets.buttons import space_icon
from gym_gui.ui.widgets.labels import PlainLabel

if TYPE_CHECKING:
    from gym_gui.core.machine import MachineReading
    from gym_gui.core.runs.summary import RunSummary


class StatusBar(QStatusBar):
    """Tells the window what was clicked."""

    folder_wanted = Signal()
    notices_wanted = Signal()

    def __init__(
        self,
        theme: Theme,
        notifier: Notifier,
        data_directory: Path,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._notifier = notifier
        self.setSizeGripEnabled(False)
        self.running = PlainLabel("")
        self.running.setContentsMargins(12, 0, 8, 0)
        self.addWidget(self.running)
        self.disk = PlainLabel("", "badge")
        self.disk.setProperty("tone", "warning")
        self.disk.setAccessibleName("Disk warning")
        self.disk.hide()
        self.addPermanentWidget(self.disk)
        self.machine = PlainLabel("")
        self.machine.setContentsMargins(8, 0, 8, 0)
        self.machine.setAccessibleName("Machine")
        self.addPermanentWidget(self.machine)
        self.folder = QToolButton()
        self.folder.setText(_home_relative(data_directory))
        self.folder.setToolTip("Open the data directory")
        self.folder.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        theme.bind_icon(self.folder, "folder")
        space_icon(self.folder)
        self.folder.clicked.connect(self.folder_wanted)
        self.bell = QToolButton()
        self.bell.setToolTip("Notifications")
        self.bell.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.bell.setAccessibleName("Notifications")
        theme.bind_icon(self.bell, "bell")
        space_icon(self.bell)
        self.bell.clicked.connect(self.notices_wanted)
        self.addPermanentWidget(self.folder)
        self.addPermanentWidget(self.bell)
        notifier.published.connect(self._count_notices)

    def show_going(self, summaries: Iterable[RunSummary]) -> None:
        """Show how many of these runs are going, and how many wait to."""
        # By its value: the states are part of what is loaded only when there are runs.
        states = [summary.state for summary in summaries if not summary.state.is_over]
        queued = sum(1 for state in states if state.value == "queued")
        going = len(states) - queued
        said = f"{wording.plural(going, 'run')} going" if going else "Nothing running"
        self.running.setText(f"{said}, {queued:,} queued" if queued else said)

    def show_machine(self, reading: MachineReading) -> None:
        """Show what the machine has left."""
        short, full = machine_words(reading)
        self.machine.setText(short)
        self.machine.setToolTip(wording.plain_tip(full))

    def show_disk(self, short: str, full: str) -> None:
        """Show a warning about the disk, or none."""
        self.disk.setText(f"⚠ {short}")
        self.disk.setToolTip(wording.plain_tip(full))
        self.disk.setVisible(bool(short))

    def show_total(self, count: int) -> None:
        """Show what all runs together take on the disk."""
        self.folder.setToolTip(f"Open the data directory; its runs take {wording.size(count)}")

    def _count_notices(self) -> None:
        self.bell.setText(str(len(self._notifier.history)))


def machine_words(reading: MachineReading) -> tuple[str, str]:
    """A reading in a line, and in full."""
    short, full = [], []
    if reading.cpu_percent is not None:
        short.append(f"CPU {reading.cpu_percent:.0f} %")
        full.append(f"Processors: {reading.cpu_percent:.0f} % of {reading.cores} busy")
    if reading.memory_used is not None and reading.memory_total:
        share = f"{reading.memory_used / reading.memory_total * 100:.0f} %"
        short.append(f"Memory {share}")
        used, total = wording.size(reading.memory_used), wording.size(reading.memory_total)
        full.append(f"Memory: {used} of {total} in use")
    for card in reading.gpus:
        share = f"{card.used_bytes / max(card.total_bytes, 1) * 100:.0f} %"
        short.append(f"GPU {share}")
        busy = "" if card.busy_percent is None else f", {card.busy_percent:.0f} % busy"
        used, total = wording.size(card.used_bytes), wording.size(card.total_bytes)
        full.append(f"{card.name}: {used} of {total} in use{busy}")
    if not reading.gpus:
        full.append("Graphics cards: none found")
    if reading.disk_free is not None:
        short.append(f"{wording.size(reading.disk_free)} free")
        size = f" of {wording.size(reading.disk_total)}" if reading.disk_total else ""
        full.append(f"Disk of the data directory: {wording.size(reading.disk_free)}{size} free")
    return "   ".join(short), "\n".join(full)


def _home_relative(path: Path) -> str:
    home = Path.home()
    return f"~/{path.relative_to(home).as_posix()}" if path.is_relative_to(home) else str(path)
