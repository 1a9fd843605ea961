"""Turning the Output tab to the line that explains a run's end, as soon as that line was found."""

from __future__ import annotations

from PySide6.QtCore import QObject

from gym_gui.ui.runs.output.source import OutputSource
from gym_gui.ui.runs.output.view import OutputView

_LONGEST_SOUGHT = 160


class OutputPlace(QObject):
    """Seeks a line in the background of what else happens; a search of somebody's own ends that."""

    def __init__(self, output: OutputView) -> None:
        super().__init__(output)
        self._output = output
        self._sought = ""
        output.model.looked.connect(self._look)

    def seek(self, source: OutputSource, line: str) -> None:
        """Show this output at the last place of `line`, or at its first error when it is not in there."""
        self._output.show_source(source)
        self._sought = line.removesuffix("...")[:_LONGEST_SOUGHT].strip()
        if self._sought:
            self._output.bar.field.setText(self._sought)
            self._output.model.search(self._sought)
            self._look()

    def _look(self) -> None:
        model = self._output.model
        if not self._sought or model.is_searching:
            return
        if model.text != self._sought:
            self._sought = ""
            return
        if not model.rowCount():
            return
        self._sought = ""
        # The one before the first row is, around the end, the last of all.
        row = model.match_row(-1, forward=False)
        if row is None:
            self._output.bar.field.clear()
            model.search("")
            row = model.first_error_row()
        if row is not None:
            self._output.table.show_row(row)
