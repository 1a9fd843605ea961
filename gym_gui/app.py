"""The panel's composition root: builds the services and the window, and hands each what it needs.

Qt is imported inside functions, after it is known that a window can open here.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING

from gym_gui import preflight

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QApplication

    from gym_gui.services.notifier import Notifier
    from gym_gui.services.run_actions import RunActions
    from gym_gui.services.run_launcher import RunLauncher
    from gym_gui.services.run_tail import RunTail
    from gym_gui.services.runs_watch import RunsWatch
    from gym_gui.services.tasks import TaskRunner
    from gym_gui.services.workers_probe import WorkersProbe
    from gym_gui.ui.desktop import Desktop
    from gym_gui.ui.layout_memory import LayoutMemory
    from gym_gui.ui.main_window import MainWindow
    from gym_gui.ui.navigation import Navigation
    from gym_gui.ui.theme import Theme

_CANNOT_OPEN = 2
_CLOSING_MS = 2_000


@dataclass(slots=True, kw_only=True)
class Panel:
    """Everything the panel consists of, put together; whoever holds it keeps it alive."""

    notifier: Notifier
    tasks: TaskRunner
    watch: RunsWatch
    tail: RunTail
    probe: WorkersProbe
    launcher: RunLauncher
    actions: RunActions
    theme: Theme
    memory: LayoutMemory
    desktop: Desktop
    window: MainWindow
    navigation: Navigation

    def open(self) -> None:
        """Show the window; everything that reads the disk starts once it is on screen."""
        from PySide6.QtCore import QTimer

        self.window.show()
        QTimer.singleShot(0, self.window, self.watch.start)

    def close(self) -> bool:
        """Stop everything this process does, and nothing of the runs; False when work is left hanging."""
        self.watch.stop()
        self.tail.stop()
        return self.tasks.close(_CLOSING_MS)


def main(argv: list[str] | None = None) -> int:
    """Opens the panel and returns the exit status when it is closed: 0, or 2 when no window can open."""
    parser = argparse.ArgumentParser(prog="main.py", description="The MOSAIC panel.")
    parser.parse_args(argv)
    problem = preflight.obstacle(os.environ)
    if problem is None:
        try:
            import PySide6.QtSvg
            import PySide6.QtWidgets  # noqa: F401 - the modules whose system libraries may be missing
        except ImportError as error:
            problem = preflight.explain_import_error(error)
            if problem is None:
                raise
    if problem is not None:
        print(problem, file=sys.stderr)
        return _CANNOT_OPEN
    return _run()


def _run() -> int:
    from PySide6.QtWidgets import QApplication

    # Ctrl+C ends the panel at once: nothing it does needs undoing, and runs live elsewhere.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    app = QApplication(sys.argv[:1])
    panel = build_panel(app)
    _report_unhandled(panel.notifier)
    panel.open()
    status = app.exec()
    if not panel.close():
        # A probe or a cancel is still waiting for a process. Those go on without us.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)
    return status


def build_panel(
    app: QApplication, *, runs_folder: Path | None = None, interpreter: str = sys.executable
) -> Panel:
    """The panel over a folder of runs (by default the user's), not yet shown.

    Args:
        app: The application, one per process.
        runs_folder: Where the runs are.
        interpreter: The Python whose workers are offered.
    """
    from gym_gui.config.paths import config_root, resources_root, runs_root
    from gym_gui.core.runs.directory import RunStore
    from gym_gui.services.notifier import Notifier
    from gym_gui.services.run_actions import RunActions
    from gym_gui.services.run_launcher import RunLauncher
    from gym_gui.services.run_tail import RunTail
    from gym_gui.services.runs_watch import RunsWatch
    from gym_gui.services.tasks import TaskRunner
    from gym_gui.services.workers_probe import WorkersProbe
    from gym_gui.ui.desktop import Desktop
    from gym_gui.ui.layout_memory import LayoutMemory
    from gym_gui.ui.main_window import MainWindow
    from gym_gui.ui.navigation import Navigation
    from gym_gui.ui.theme import Theme, theme_choice

    app.setApplicationName("MOSAIC")
    app.setDesktopFileName("mosaic-panel")
    store = RunStore(runs_folder or runs_root())
    memory = LayoutMemory(config_root())
    theme = Theme(app, resources_root(), theme_choice(memory.text("window/theme")))
    app.setWindowIcon(theme.icon("mosaic", "text"))
    notifier = Notifier()
    tasks = TaskRunner(notifier)
    watch = RunsWatch(store, tasks)
    tail = RunTail()
    probe = WorkersProbe(tasks, notifier, interpreter=interpreter)
    launcher = RunLauncher(store, tasks, notifier)
    actions = RunActions(store, tasks, notifier)
    desktop = Desktop(notifier)
    window = MainWindow(
        theme=theme, watch=watch, notifier=notifier, desktop=desktop, memory=memory, data_directory=store.root
    )
    navigation = Navigation(
        window=window, theme=theme, store=store, watch=watch, tail=tail, tasks=tasks, notifier=notifier,
        probe=probe, launcher=launcher, actions=actions, desktop=desktop, memory=memory,
    )  # fmt: skip
    return Panel(
        notifier=notifier, tasks=tasks, watch=watch, tail=tail, probe=probe, launcher=launcher,
        actions=actions, theme=theme, memory=memory, desktop=desktop, window=window, navigation=navigation,
    )  # fmt: skip


def _report_unhandled(notifier: Notifier) -> None:
    """Have exceptions that no slot handles shown to the user, and printed as before."""
    printed = sys.excepthook

    def report(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        printed(kind, error, trace)
        if isinstance(error, Exception):
            notifier.error("Something went wrong in the panel", f"{kind.__name__}: {error}")

    sys.excepthook = report


if __name__ == "__main__":
    raise SystemExit(main())
