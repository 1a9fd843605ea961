"""TensorBoard for the runs on screen: one button that says how it stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from gym_gui.services.tensorboard_server import TensorBoardPhase, TensorBoardServer, TensorBoardState
from gym_gui.ui.desktop import Desktop
from gym_gui.ui.theme import Theme
from gym_gui.ui.widgets.buttons import space_icon
from gym_gui.ui.widgets.placeholders import Banner

_LONGEST_OUTPUT = 2_000


class TensorBoardBar(QWidget):
    """Starts, shows and stops TensorBoard.

    Args:
        theme: The theme.
        server: The one there is.
        desktop: Opens its page.
        runs: The runs to show, by name, and the interpreter of their environment.
    """

    def __init__(
        self,
        theme: Theme,
        server: TensorBoardServer,
        desktop: Desktop,
        runs: Callable[[], tuple[Mapping[str, Path], str]],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._server = server
        self._desktop = desktop
        self._runs = runs
        self._opens_when_ready = False
        self._is_narrow = False
        self.button = QPushButton("Open in TensorBoard")
        theme.bind_icon(self.button, "external")
        space_icon(self.button)
        self.stop = QPushButton("Stop")
        self.stop.setToolTip("End TensorBoard and everything it started")
        self.stop.setAccessibleName("Stop TensorBoard")
        self.problem = Banner(theme, "danger")
        self.problem.hide()
        self.problem.add_button("Dismiss").clicked.connect(server.stop)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.button)
        layout.addWidget(self.stop)
        self.button.clicked.connect(self._press)
        self.stop.clicked.connect(server.stop)
        server.changed.connect(self.show_state)
        self.show_state(server.state)

    def show_narrow(self, narrow: bool) -> None:
        """Show the icon without the words, where there is little room."""
        if narrow != self._is_narrow:
            self._is_narrow = narrow
            self.refresh()

    def refresh(self) -> None:
        """Look again whether the runs on screen are those it shows."""
        self.show_state(self._server.state)

    def _shows_these(self, state: TensorBoardState) -> bool:
        return state.runs == tuple(self._runs()[0])

    def _press(self) -> None:
        state = self._server.state
        if state.phase is TensorBoardPhase.READY and self._shows_these(state):
            self._desktop.open_link(state.url)
            return
        runs, interpreter = self._runs()
        self._opens_when_ready = True
        self._server.open(runs, interpreter)

    def show_state(self, state: TensorBoardState) -> None:
        """Say how it stands."""
        phase = state.phase
        ours = phase is TensorBoardPhase.READY and self._shows_these(state)
        words = {
            TensorBoardPhase.STARTING: "Starting TensorBoard…",
            TensorBoardPhase.STOPPING: "Stopping TensorBoard…",
        }.get(
            phase,
            f"TensorBoard at {state.url.split('//')[-1].rstrip('/')}" if ours else "Open in TensorBoard",
        )
        self.button.setText("" if self._is_narrow and phase is TensorBoardPhase.OFF else words)
        self.button.setAccessibleName(words)
        busy = phase in (TensorBoardPhase.STARTING, TensorBoardPhase.STOPPING)
        self.button.setEnabled(not busy and bool(self._runs()[0]))
        self.button.setToolTip(
            state.url if ours else "Open in TensorBoard: start a real one on what is shown here"
        )
        self.stop.setVisible(phase in (TensorBoardPhase.STARTING, TensorBoardPhase.READY))
        failed = phase is TensorBoardPhase.FAILED
        self.problem.setVisible(failed)
        if failed:
            output = state.output.strip()[-_LONGEST_OUTPUT:]
            self.problem.say("danger", f"TensorBoard did not start: {state.problem}\n{output}".strip())
        if ours and self._opens_when_ready:
            self._desktop.open_link(state.url)
        if not busy:
            self._opens_when_ready = False
