"""The ways through the panel: which page follows which, and what they are made of."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from gym_gui.core.runs.directory import RunNotFoundError, RunStore
from gym_gui.services.environments import Environments
from gym_gui.services.many_runs import ManyRuns
from gym_gui.services.notifier import Notifier
from gym_gui.services.preferences import Preferences
from gym_gui.services.queue_watch import QueueWatch
from gym_gui.services.run_actions import RunActions
from gym_gui.services.run_config import read_config
from gym_gui.services.run_launcher import RunLauncher
from gym_gui.services.run_tail import RunTail
from gym_gui.services.runs_watch import RunsWatch
from gym_gui.services.scalars import ScalarsReader
from gym_gui.services.tasks import TaskRunner
from gym_gui.services.tensorboard_server import TensorBoardServer
from gym_gui.services.workers_probe import WorkersProbe
from gym_gui.ui.desktop import Desktop
from gym_gui.ui.layout_memory import LayoutMemory
from gym_gui.ui.main_window import MainWindow
from gym_gui.ui.pages import Page
from gym_gui.ui.runs.page import RunsPage
from gym_gui.ui.theme import Theme, ThemeChoice

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gym_gui.core.runs.record import RunRecord
    from gym_gui.services.scripts import Scripts
    from gym_gui.ui.artifacts.opened_page import OpenedPage
    from gym_gui.ui.environments.view import EnvironmentsView
    from gym_gui.ui.new_run.page import NewRunPage
    from gym_gui.ui.workers.script_panel import ScriptPanel


class Navigation(QObject):
    """Makes the pages when they are first wanted, and leads from one to the next."""

    def __init__(
        self,
        *,
        window: MainWindow,
        theme: Theme,
        store: RunStore,
        watch: RunsWatch,
        tail: RunTail,
        tasks: TaskRunner,
        notifier: Notifier,
        probe: WorkersProbe,
        environments: Environments,
        scripts: Scripts,
        launcher: RunLauncher,
        queue: QueueWatch,
        actions: RunActions,
        many: ManyRuns,
        desktop: Desktop,
        memory: LayoutMemory,
        preferences: Preferences,
        scalars: ScalarsReader,
        tensorboard: TensorBoardServer,
    ) -> None:
        super().__init__(window)
        self._preferences = preferences
        self._window = window
        self._theme = theme
        self._store = store
        self._watch = watch
        self._tasks = tasks
        self._notifier = notifier
        self._probe = probe
        self._environments = environments
        self._scripts = scripts
        self._launcher = launcher
        self._queue = queue
        self._desktop = desktop
        self._memory = memory
        self._tail = tail
        self._scalars = scalars
        self._tensorboard = tensorboard
        window.offer(Page.WORKERS, self._make_workers)
        window.offer(Page.COMPARE, self._make_compare)
        window.offer(Page.OPENED, self._make_opened)
        window.offer(Page.NEW_RUN, self._make_new_run)
        window.offer(Page.SETTINGS, self._make_settings)
        window.theme_wanted.connect(self._save_theme)
        window.palette_wanted.connect(self.open_palette)
        window.path_dropped.connect(self.open_path)
        window.shortcuts_wanted.connect(self.show_shortcuts)
        self.runs = RunsPage(
            theme=theme,
            watch=watch,
            tail=tail,
            tasks=tasks,
            run_actions=actions,
            many=many,
            probe=probe,
            desktop=desktop,
            memory=memory,
            make_metrics=self._make_metrics,
            resume=self.resume,
        )
        self._connect_runs()
        window.offer(Page.RUNS, lambda: self.runs)
        window.closing.connect(self.runs.remember_layout)
        launcher.launched.connect(self.show_run)
        actions.cancelled.connect(watch.look_at)
        actions.frozen_or_continued.connect(watch.look_at)
        watch.changed.connect(self._count)
        watch.removed.connect(self._count)
        watch.listed.connect(self._count)
        watch.unreadable.connect(partial(notifier.error, "The runs folder cannot be read"))
        window.bind_keys()
        window.go_to(Page.RUNS)

    def show_run(self, run_id: str) -> None:
        """Turn to the Runs page with this run selected."""
        self._watch.look_at(run_id)
        self._window.go_to(Page.RUNS)
        self.runs.choose(run_id)

    def compare(self, run_ids: Sequence[str]) -> None:
        """Turn to the Compare page with these runs."""
        found = [self._watch.summary(run_id) for run_id in run_ids]
        page = self._window.page(Page.COMPARE)
        from gym_gui.ui.compare.page import ComparePage

        assert isinstance(page, ComparePage)  # noqa: S101 - made below
        page.show_runs([summary for summary in found if summary is not None])
        self._window.go_to(Page.COMPARE)

    def open_page(self) -> OpenedPage:
        """Turn to the page of directories and files from anywhere."""
        from gym_gui.ui.artifacts.opened_page import OpenedPage

        page = self._window.go_to(Page.OPENED)
        assert isinstance(page, OpenedPage)  # noqa: S101 - made below
        return page

    def open_path(self, path: Path) -> None:
        """Show what there is in a directory, behind a manifest or in a file, wherever it is."""
        self.open_page().open_path(path)

    def launch(self, worker_id: str, interpreter: str = "") -> None:
        """Turn to the New run page with a fresh form of this worker, the one of that interpreter if given."""
        self._new_run_page().begin(worker_id, interpreter=interpreter)
        self._window.go_to(Page.NEW_RUN)

    def rerun(self, run_id: str) -> None:
        """Turn to the New run page, filled in from the config of a run."""
        self._begin_from_run(run_id, "This run cannot be repeated")

    def resume(self, run_id: str, checkpoint_path: Path) -> None:
        """Turn to the New run page, filled in from a run and one of its checkpoints, to go on from there."""
        self._begin_from_run(run_id, "This run cannot be resumed", checkpoint_path)

    def _begin_from_run(self, run_id: str, failure: str, checkpoint: Path | None = None) -> None:
        try:
            config = read_config(self._store.open(run_id))
        except (ValueError, RunNotFoundError) as error:
            self._notifier.error(failure, str(error))
            return
        summary = self._watch.summary(run_id)
        if summary is None or summary.record is None:
            self._notifier.error(failure, f"{run_id}: its run.json does not name its worker")
            return
        self._offer_script(summary.record, config)
        labels = summary.labels
        page = self._new_run_page()
        page.begin(
            summary.record.worker_id,
            config,
            labels.name,
            ", ".join(labels.tags),
            interpreter=summary.record.interpreter,
            checkpoint=checkpoint,
        )
        self._window.go_to(Page.NEW_RUN)

    def _offer_script(self, record: RunRecord, config: Mapping[str, Any]) -> None:
        """Have the script of a run offered again, though nobody registered it."""
        from gym_gui.core.scripts.describing import worker_of_run

        worker = worker_of_run(record.worker_id, record.interpreter, config, record.cwd)
        if worker is not None and record.worker_type == "script":
            self._probe.offer(worker)

    def open_palette(self) -> None:
        """Open the command palette over the window."""
        from gym_gui.ui.palette.commands import Command, action_commands
        from gym_gui.ui.palette.palette import CommandPalette
        from gym_gui.ui.palette.things import run_commands, worker_commands

        self._probe.ensure_scanned()
        at_hand = action_commands(self._window)
        elsewhere = [
            Command("Add script…", Page.WORKERS.label, "", "plus", self.add_script),
            Command("Environments", Page.WORKERS.label, "", "chevron-right", self.show_environments),
        ]
        commands = [
            *at_hand,
            *(each for each in elsewhere if each.title not in {command.title for command in at_hand}),
            *worker_commands(self._probe.reports.values(), self.launch),
            *run_commands(self._watch.summaries(), self.show_run),
        ]
        CommandPalette(self._theme, commands, self._window).open()

    def show_shortcuts(self) -> None:
        """Open the list of shortcuts."""
        from gym_gui.ui.palette.shortcuts import ShortcutsDialog, actions_below, shortcuts_of

        groups = {"Everywhere": shortcuts_of(self._window.actions())}
        for page in Page:
            groups[page.label] = shortcuts_of(actions_below(self._window.page(page)))
        ShortcutsDialog(groups, self._window).open()

    def _save_theme(self, choice: ThemeChoice) -> None:
        problem = self._preferences.save("theme", choice.value)
        if problem:
            self._theme.choose(choice)
            self._notifier.warning("The theme will not be remembered", problem)

    def _count(self) -> None:
        self._window.status.show_going(self._watch.summaries())

    def _connect_runs(self) -> None:
        self.runs.new_run_wanted.connect(lambda: self._window.go_to(Page.NEW_RUN))
        self.runs.workers_wanted.connect(lambda: self._window.go_to(Page.WORKERS))
        self.runs.rerun_wanted.connect(self.rerun)
        self.runs.compare_wanted.connect(self.compare)
        self.runs.offer_compare()

    def _make_metrics(self) -> QWidget:
        from gym_gui.ui.metrics.view import MetricsView

        return MetricsView(
            theme=self._theme,
            tail=self._tail,
            scalars=self._scalars,
            tensorboard=self._tensorboard,
            tasks=self._tasks,
            notifier=self._notifier,
            desktop=self._desktop,
            memory=self._memory,
        )

    def _make_compare(self) -> QWidget:
        from gym_gui.ui.compare.page import ComparePage

        page = ComparePage(
            theme=self._theme,
            scalars=self._scalars,
            tensorboard=self._tensorboard,
            tasks=self._tasks,
            notifier=self._notifier,
            desktop=self._desktop,
            memory=self._memory,
        )
        page.runs_wanted.connect(lambda: self._window.go_to(Page.RUNS))
        self._watch.changed.connect(page.take)
        self._watch.removed.connect(page.drop)
        return page

    def _make_workers(self) -> QWidget:
        # Pages but the first are imported when they are first opened: the window shows sooner.
        from gym_gui.ui.workers.page import WorkersPage

        page = WorkersPage(
            self._theme,
            self._probe,
            self._desktop,
            environments=self._make_environments,
            scripts=self._make_scripts,
        )
        page.launch_wanted.connect(self.launch)
        return page

    def _make_scripts(self) -> ScriptPanel:
        from gym_gui.ui.workers.script_panel import ScriptPanel

        return ScriptPanel(
            theme=self._theme,
            scripts=self._scripts,
            environments=self._environments.all,
            notifier=self._notifier,
        )

    def _make_environments(self) -> EnvironmentsView:
        from gym_gui.ui.environments.view import EnvironmentsView

        return EnvironmentsView(
            theme=self._theme,
            environments=self._environments,
            probe=self._probe,
            notifier=self._notifier,
            desktop=self._desktop,
            users_of=self._count_users,
        )

    def _count_users(self, interpreter: str) -> int:
        """How many live runs use an interpreter."""
        live = (summary for summary in self._watch.summaries() if not summary.state.is_over)
        return sum(1 for run in live if run.record is not None and run.record.interpreter == interpreter)

    def _make_new_run(self) -> QWidget:
        from gym_gui.config.paths import config_root
        from gym_gui.core.preferences.presets import PresetStore
        from gym_gui.ui.new_run.page import NewRunPage

        page = NewRunPage(
            theme=self._theme,
            probe=self._probe,
            launcher=self._launcher,
            queue=self._queue,
            tasks=self._tasks,
            notifier=self._notifier,
            desktop=self._desktop,
            memory=self._memory,
            presets=PresetStore(config_root() / "presets"),
            store=self._store,
            runs=self._watch.summaries,
        )
        page.runs_begun.connect(lambda run_ids: self.show_run(run_ids[0]))
        page.back_wanted.connect(self._window.go_back)
        page.workers_wanted.connect(lambda: self._window.go_to(Page.WORKERS))
        return page

    def _make_opened(self) -> QWidget:
        from gym_gui.ui.artifacts.opened_page import OpenedPage

        return OpenedPage(self._theme, self._tasks, self._desktop, self._memory)

    def _make_settings(self) -> QWidget:
        from gym_gui.ui.settings.page import SettingsPage

        page = SettingsPage(self._theme, self._preferences, self._desktop)
        page.back_wanted.connect(self._window.go_back)
        page.environments_wanted.connect(self.show_environments)
        return page

    def add_script(self) -> None:
        """Go to where a plain script is offered as a worker."""
        from gym_gui.ui.workers.page import WorkersPage

        page = self._window.go_to(Page.WORKERS)
        if isinstance(page, WorkersPage):
            page.open_script_panel()

    def show_environments(self) -> None:
        """Turn to the list of Python environments."""
        from gym_gui.ui.workers.page import WorkersPage

        page = self._window.go_to(Page.WORKERS)
        if isinstance(page, WorkersPage):
            page.show_environments()

    def _new_run_page(self) -> NewRunPage:
        from gym_gui.ui.new_run.page import NewRunPage

        page = self._window.page(Page.NEW_RUN)
        assert isinstance(page, NewRunPage)  # noqa: S101 - made above
        return page
