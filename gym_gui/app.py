"""The panel's composition root: builds the services and the window, and hands each what it needs.

Qt is imported inside functions, after it is known that a window can open here.
"""

from __future__ import annotations

import gc
import os
import sys
from typing import TYPE_CHECKING, TypeVar

_Value = TypeVar("_Value")

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import TracebackType

    from PySide6.QtWidgets import QApplication

    from gym_gui.services.disk_watch import DiskWatch, RunSizes
    from gym_gui.services.environments import Environments
    from gym_gui.services.machine_watch import MachineWatch
    from gym_gui.services.notifier import Notifier
    from gym_gui.services.queue_watch import QueueWatch
    from gym_gui.services.run_actions import RunActions
    from gym_gui.services.run_launcher import RunLauncher
    from gym_gui.services.run_news import RunNews
    from gym_gui.services.run_sizing import RunSizing
    from gym_gui.services.run_tail import RunTail
    from gym_gui.services.runs_watch import RunsWatch
    from gym_gui.services.scalars import ScalarsReader
    from gym_gui.services.tasks import TaskRunner
    from gym_gui.services.tensorboard_server import TensorBoardServer
    from gym_gui.services.workers_probe import WorkersProbe
    from gym_gui.ui.navigation import Navigation

_CANNOT_OPEN = 2
_CLOSING_MS = 2_000


class Panel:
    """Everything the panel consists of, put together in two steps; whoever holds it keeps it alive.

    First the window alone, which is all that the first paint needs; `furnish` adds the rest once
    that is on screen. What `furnish` builds is not there before.

    Attributes:
        furnished: Whether everything is there.
    """

    tasks: TaskRunner
    watch: RunsWatch
    queue: QueueWatch
    tail: RunTail
    scalars: ScalarsReader
    tensorboard: TensorBoardServer
    probe: WorkersProbe
    environments: Environments
    launcher: RunLauncher
    actions: RunActions
    machine: MachineWatch
    disk: DiskWatch
    sizes: RunSizes
    sizing: RunSizing
    news: RunNews
    navigation: Navigation

    def __init__(
        self, app: QApplication, *, runs_folder: Path | None = None, interpreter: str = sys.executable
    ) -> None:
        """Builds the window, not yet shown.

        Args:
            app: The application, one per process.
            runs_folder: Where the runs are; by default the user's.
            interpreter: The Python whose workers are offered.
        """
        from gym_gui.config.paths import config_root, resources_root, runs_root
        from gym_gui.services.notifier import Notifier
        from gym_gui.services.preferences import Preferences
        from gym_gui.ui.desktop import Desktop
        from gym_gui.ui.layout_memory import LayoutMemory
        from gym_gui.ui.main_window import MainWindow
        from gym_gui.ui.theme import Theme, scale_font, theme_choice

        app.setApplicationName("MOSAIC")
        app.setDesktopFileName("mosaic-panel")
        self.furnished = False
        self._runs_folder = runs_folder or runs_root()
        self._interpreter = interpreter
        self.memory = LayoutMemory(config_root())
        self.notifier = Notifier()
        self.preferences = Preferences()
        scale_font(app, self._early_setting("font_scale_percent", 100))
        self.theme = Theme(app, resources_root(), theme_choice(self._early_setting("theme", "system")))
        self.preferences.changed.connect(self._follow_setting)
        self.desktop = Desktop(self.notifier)
        self.window = MainWindow(
            theme=self.theme,
            notifier=self.notifier,
            desktop=self.desktop,
            memory=self.memory,
            data_directory=self._runs_folder,
        )

    def _early_setting(self, name: str, default: _Value) -> _Value:
        """A setting that the first paint needs; told of where it cannot be used, and the default stands."""
        from gym_gui.config.settings import SettingsError, get_setting

        try:
            return get_setting(name, default)
        except SettingsError as error:
            self.notifier.warning("A setting cannot be used", str(error))
            return default

    def _follow_setting(self, name: str) -> None:
        if name == "theme":
            from gym_gui.ui.theme import theme_choice

            self.theme.choose(theme_choice(self.preferences.value(name)))

    def open(self) -> None:
        """Show the window; what is not there yet is built, and the runs looked at, once it is on screen."""
        self.window.first_painted.connect(self._begin)
        self.window.show()

    def _begin(self) -> None:
        self.furnish()
        self.watch.start()
        self.probe.watch()
        self.queue.start()
        self.machine.start()
        self.tasks.start("Loading numpy", _load_numpy, owner=self.window, done=lambda _: None)
        self.tasks.start("Tidying up", _sweep_leftovers, owner=self.window, done=lambda _: None)

    def furnish(self) -> None:
        """Build the services and the pages, unless they are there."""
        if self.furnished:
            return
        from gym_gui.core.runs.directory import RunStore
        from gym_gui.core.runs.index import RunIndex
        from gym_gui.core.runs.queue.queue import RunQueue
        from gym_gui.services.disk_watch import DiskWatch, RunSizes
        from gym_gui.services.machine_watch import MachineWatch
        from gym_gui.services.many_runs import many_runs
        from gym_gui.services.queue_watch import QueueWatch
        from gym_gui.services.run_actions import RunActions
        from gym_gui.services.run_launcher import RunLauncher
        from gym_gui.services.run_news import RunNews
        from gym_gui.services.run_sizing import RunSizing
        from gym_gui.services.run_tail import RunTail
        from gym_gui.services.runs_watch import RunsWatch
        from gym_gui.services.scalars import ScalarsReader
        from gym_gui.services.tasks import TaskRunner
        from gym_gui.services.tensorboard_server import TensorBoardServer
        from gym_gui.ui.navigation import Navigation

        store = RunStore(self._runs_folder)
        self.tasks = TaskRunner(self.notifier)
        self.watch = RunsWatch(store, self.tasks, index=RunIndex(store.index_file))
        self.queue = QueueWatch(RunQueue(store), self.tasks, self.notifier)
        self.tail = RunTail()
        self.scalars = ScalarsReader(self.tasks)
        self.tensorboard = TensorBoardServer(self.tasks)
        self._build_workers()
        self.launcher = RunLauncher(store, self.tasks, self.notifier)
        self.actions = RunActions(store, self.tasks, self.notifier)
        self.navigation = Navigation(
            window=self.window,
            theme=self.theme,
            store=store,
            watch=self.watch,
            tail=self.tail,
            tasks=self.tasks,
            notifier=self.notifier,
            probe=self.probe,
            environments=self.environments,
            scripts=self.scripts,
            launcher=self.launcher,
            queue=self.queue,
            actions=self.actions,
            many=many_runs(store, self.tasks, self.notifier, self.queue),
            desktop=self.desktop,
            memory=self.memory,
            preferences=self.preferences,
            scalars=self.scalars,
            tensorboard=self.tensorboard,
        )
        self.machine = MachineWatch(self._runs_folder, self.tasks)
        self.machine.read.connect(self.window.status.show_machine)
        self.disk = DiskWatch(self._runs_folder, self.notifier)
        self.machine.read.connect(self.disk.take)
        self.disk.changed.connect(self.window.status.show_disk)
        self.sizes = RunSizes(self.tasks)
        self.sizing = RunSizing(self.watch, self.sizes)
        self.navigation.runs.show_sizes(self.sizing)
        self.sizes.changed.connect(self._show_total)
        self.news = RunNews(self.watch, self.notifier, self.navigation.show_run)
        self.news.happened.connect(self._tell_desktop)
        self.window.setWindowIcon(self.theme.icon("mosaic", "text"))
        self.furnished = True

    def _build_workers(self) -> None:
        """Where workers are: environments, plain scripts, and the probe that asks them all."""
        from gym_gui.core.environments.registry import EnvironmentRegistry
        from gym_gui.core.scripts.registry import ScriptRegistry
        from gym_gui.services.environments import Environments
        from gym_gui.services.scripts import Scripts
        from gym_gui.services.workers_probe import WorkersProbe

        registry = EnvironmentRegistry(own_python=self._interpreter)
        self.environments = Environments(registry, self.tasks)
        script_registry = ScriptRegistry()
        self.scripts = Scripts(script_registry, self.tasks)
        self.probe = WorkersProbe(
            self.tasks,
            self.notifier,
            interpreter=self._interpreter,
            others=registry.environments,
            scripts=script_registry,
        )
        self.environments.changed.connect(self.probe.environments_changed)
        self.scripts.changed.connect(self.probe.scripts_changed)

    def _show_total(self, _run_id: str) -> None:
        if self.sizes.is_complete:
            self.window.status.show_total(self.sizes.total_bytes)

    def _tell_desktop(self, title: str, text: str, bad: bool) -> None:
        """Have the desktop tell it too, where the person asked for that and is not looking at the window."""
        looking = self.window.isActiveWindow()
        if not looking and self.preferences.value("notify_bad_end" if bad else "notify_finish"):
            self.desktop.notify(self.window, title, text, urgent=bad)

    def close(self) -> bool:
        """Stop everything this process does, and nothing of the runs; False when work is left hanging."""
        if not self.furnished:
            return True
        self.machine.stop()
        self.sizing.stop()
        self.news.stop()
        self.watch.stop()
        self.probe.stop()
        self.environments.cancel()
        self.queue.stop()
        self.tail.stop()
        self.scalars.stop()
        ended = self.tensorboard.close()
        return self.tasks.close(_CLOSING_MS) and ended


def _load_numpy() -> None:
    """Have the greater part of what a first curve needs ready by the time it is drawn."""
    import numpy  # noqa: F401


def _sweep_leftovers() -> None:
    """Take away what a panel left in the temporary directory because it was killed."""
    from gym_gui.core.probing.leftovers import sweep_leftovers

    sweep_leftovers()


def make_application(program: str) -> QApplication:
    """The one application of a process, in the style that the theme is written for, on any desktop."""
    from PySide6.QtWidgets import QApplication

    return QApplication([program, "-style", "fusion"])


def build_panel(app: QApplication) -> Panel:
    """The whole panel over the user's runs, not yet shown."""
    panel = Panel(app)
    panel.furnish()
    return panel


def open_panel(app: QApplication, when_furnished: Callable[[Panel], None] | None = None) -> Panel:
    """The panel over the user's runs with its window on screen; the rest of it follows the first paint.

    Args:
        app: The application, one per process.
        when_furnished: Called with the panel once everything is there.
    """
    # Collecting garbage in the middle of it would only hold the first paint up.
    gc.disable()
    panel = Panel(app)
    panel.open()
    panel.window.first_painted.connect(gc.enable)
    if when_furnished is not None:
        panel.window.first_painted.connect(lambda: when_furnished(panel))
    return panel


def main(argv: list[str] | None = None) -> int:
    """Opens the panel and returns the exit status when it is closed: 0, or 2 when no window can open."""
    arguments = sys.argv[1:] if argv is None else argv
    to_open = ""
    if arguments:
        import argparse

        parser = argparse.ArgumentParser(prog="main.py", description="The MOSAIC panel.")
        parser.add_argument("path", nargs="?", default="", help="a directory, a manifest or a file to show")
        to_open = parser.parse_args(arguments).path
    from gym_gui import preflight

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
    return _run(to_open)


def _run(to_open: str) -> int:
    import signal
    from functools import partial

    # Until it is furnished Ctrl+C ends it at once: nothing needs undoing, and runs live elsewhere.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    app = make_application(sys.argv[0])
    panel = open_panel(app, partial(_show_path, to_open) if to_open else None)
    panel.window.first_painted.connect(lambda: _end_on_signal(app))
    _report_unhandled(panel.notifier)
    status = app.exec()
    if not panel.close():
        # A probe or a cancel is still waiting for a process. Those go on without us.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)
    return status


def _end_on_signal(app: QApplication) -> None:
    """Have the window close as by hand when the system, a session manager or Ctrl+C asks for it."""
    from gym_gui.ui.end_on_signal import EndOnSignal

    def end() -> None:
        app.closeAllWindows()
        app.quit()

    EndOnSignal(app).asked.connect(end)


def _show_path(path: str, panel: Panel) -> None:
    from pathlib import Path

    panel.navigation.open_path(Path(path).absolute())


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
