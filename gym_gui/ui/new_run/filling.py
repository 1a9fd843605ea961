"""Everything that fills the form from elsewhere: presets, files, former runs, command lines, checkpoints."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from gym_gui.core.forms.checkpoint_field import checkpoint_field
from gym_gui.core.forms.cli_line import read_cli_line
from gym_gui.core.forms.fields import FormField
from gym_gui.core.forms.taking import Offer, offer_of, offer_of_file
from gym_gui.core.forms.values import initial_values
from gym_gui.core.preferences.presets import PresetError, PresetStore
from gym_gui.core.runs.directory import RunNotFoundError, RunStore
from gym_gui.core.runs.summary import RunSummary
from gym_gui.services.notifier import NoticeAction, Notifier
from gym_gui.services.resuming import ResumableRun, read_resumable
from gym_gui.services.run_cli_line import cli_line
from gym_gui.services.run_config import read_config
from gym_gui.services.tasks import TaskRunner
from gym_gui.ui.desktop import Desktop
from gym_gui.ui.new_run.draft import RunDraft
from gym_gui.ui.new_run.offer_dialog import OfferDialog
from gym_gui.ui.new_run.small_dialogs import CheckpointQuestion, NameQuestion, RunQuestion
from gym_gui.ui.runs.table.columns import display_name
from gym_gui.ui.theme import Theme


class Filling(QObject):
    """Acts on the draft. `filled` tells what the values came from and the form as it was before."""

    filled = Signal(str, object)

    def __init__(
        self,
        *,
        theme: Theme,
        draft: RunDraft,
        presets: PresetStore,
        store: RunStore,
        runs: Callable[[], Sequence[RunSummary]],
        tasks: TaskRunner,
        notifier: Notifier,
        desktop: Desktop,
        page: QWidget,
    ) -> None:
        super().__init__(page)
        self._theme = theme
        self._draft = draft
        self._presets = presets
        self._store = store
        self._runs = runs
        self._tasks = tasks
        self._notifier = notifier
        self._desktop = desktop
        self._page = page

    # presets

    def preset_names(self) -> list[str]:
        """The presets of the worker that is chosen."""
        return self._presets.names(self._worker_id)

    def has_last(self) -> bool:
        """Whether this worker was launched from here before."""
        return self._presets.last(self._worker_id) is not None

    def use_defaults(self) -> None:
        """Give every field its default."""
        self._take_over_defaults({}, "The form was set to the defaults.")

    def use_last(self) -> None:
        """Take the values of the last launch."""
        config = self._presets.last(self._worker_id)
        if config is not None:
            self._take_over_defaults(config, "The form was filled in as it was last used.")

    def use_preset(self, name: str) -> None:
        """Take the values of a preset."""
        try:
            config = self._presets.load(self._worker_id, name)
        except PresetError as error:
            self._notifier.error("The preset cannot be used", str(error))
            return
        self._take_over_defaults(config, f"The form was filled in from the preset {name}.")

    def save_preset(self) -> None:
        """Ask for a name and keep the values of the form under it."""
        question = NameQuestion(self.preset_names(), self._page)
        question.named.connect(self._save_as)
        question.open()

    def delete_preset(self, name: str) -> None:
        """Forget a preset, with a way back."""
        worker_id = self._worker_id
        try:
            config = self._presets.load(worker_id, name)
            self._presets.delete(worker_id, name)
        except PresetError as error:
            self._notifier.error("The preset cannot be deleted", str(error))
            return
        undo = NoticeAction("Undo", lambda: self._keep(worker_id, name, config, "is back"))
        self._notifier.info(f"Preset {name} deleted", action=undo)

    def remember_last(self) -> None:
        """Keep the values of the form as those used last; a failure to is told and stops nothing."""
        try:
            self._presets.remember_last(self._worker_id, self._draft.config())
        except PresetError as error:
            self._notifier.warning("These values are not remembered", str(error))

    # from elsewhere

    def choose_file(self) -> None:
        """Ask for a JSON file, then show what it would change."""
        dialog = QFileDialog(self._page, "Values from a JSON file", "", "JSON (*.json);;All files (*)")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda path: self.offer_file(Path(path)))
        dialog.open()

    def offer_file(self, file: Path) -> None:
        """Show what a file would change."""
        fields = self._fields()
        self._tasks.start(
            f"Reading {file.name}",
            lambda: offer_of_file(file, fields),
            owner=self,
            done=lambda offer: self.open_offer(f"Values from {file.name}", offer),
        )

    def choose_run(self) -> None:
        """Ask for a former run, then show what its config would change."""
        question = RunQuestion("Values from a run", "Choose", self._runs(), self._worker_id, self._page)
        question.picked.connect(self._offer_run)
        question.open()

    def paste_line(self) -> None:
        """Ask for a command line, and show what it would change as it is typed."""
        self._open("Values from a command line", base=self._draft.config(), read=self._read_line, offer=None)

    def choose_checkpoint(self) -> None:
        """Ask for a run and one of its checkpoints, then fill the form in to go on from there."""
        question = RunQuestion("Resume from a run", "Choose", self._runs(), self._worker_id, self._page)
        question.picked.connect(self._offer_checkpoints)
        question.open()

    def can_resume(self) -> bool:
        """Whether the worker that is chosen takes checkpoints."""
        worker = self._draft.worker
        supports = bool(worker and worker.capabilities and worker.capabilities.supports_checkpointing)
        return supports and checkpoint_field(self._fields()) is not None

    def resume(self, config: Mapping[str, Any], checkpoint: Path) -> None:
        """Fill the form in from a run's config and a checkpoint; what is in the way is told."""
        field = checkpoint_field(self._fields())
        if field is None or not self.can_resume():
            said = (
                "says that it cannot go on from checkpoints"
                if field is not None
                else "has no field that takes a checkpoint, such as resume_from or checkpoint_path"
            )
            self._notifier.error("This checkpoint cannot be resumed", f"The worker {self._worker_id} {said}.")
            return
        values = {**config, field.name: str(checkpoint)}
        self._take_over_defaults(values, f"The form was filled in to resume from {checkpoint.name}.")

    # to elsewhere

    def copy_line(self) -> None:
        """Copy a `gym-gui run` command with the values of the form."""
        worker = self._draft.worker
        schema = worker.schema if worker else None
        self._desktop.copy(cli_line(self._worker_id, self._draft.first_config(), schema), "Command line")

    def copy_json(self) -> None:
        """Copy the config as JSON."""
        text = json.dumps(self._draft.first_config(), indent=2, ensure_ascii=False, default=str)
        self._desktop.copy(text, "Config")

    def open_offer(self, title: str, offer: Offer) -> None:
        """Show what an offer would change, laid over the defaults."""
        self._open(title, base=initial_values(self._fields()), offer=offer, read=None)

    # inside

    @property
    def _worker_id(self) -> str:
        return self._draft.worker.worker_id if self._draft.worker else ""

    def _fields(self) -> tuple[FormField, ...]:
        return () if self._draft.is_whole else self._draft.fields

    def _read_line(self, text: str) -> Offer:
        line = read_cli_line(text, self._fields())
        failure = f"the line {line.failure}" if line.failure else ""
        return Offer(line.values, unread=line.problems, unknown=line.unknown, failure=failure)

    def _open(
        self, title: str, *, base: Mapping[str, Any], offer: Offer | None, read: Callable[[str], Offer] | None
    ) -> None:
        dialog = OfferDialog(
            theme=self._theme,
            title=title,
            draft=self._draft,
            base=base,
            offer=offer,
            read=read,
            parent=self._page,
        )
        dialog.accepted_offer.connect(lambda taken: self._take(base, taken, title))
        dialog.open()

    def _take(self, base: Mapping[str, Any], offer: Offer, title: str) -> None:
        self._replace({**base, **offer.values}, f"{title} were taken.")

    def _take_over_defaults(self, config: Mapping[str, Any], told: str) -> None:
        offer = offer_of(config, self._fields())
        left = (
            f" Not fields of this worker, so left out: {', '.join(offer.unknown)}." if offer.unknown else ""
        )
        self._replace({**initial_values(self._fields()), **offer.values}, told + left)

    def _replace(self, values: Mapping[str, Any], told: str) -> None:
        worker, before = self._draft.worker, self._draft.state()
        if worker is None:
            return
        self._draft.begin(worker, values)
        self.filled.emit(told, before)

    def _save_as(self, name: str) -> None:
        self._keep(self._worker_id, name, self._draft.config(), "saved")

    def _keep(self, worker_id: str, name: str, config: Mapping[str, Any], told: str) -> None:
        try:
            self._presets.save(worker_id, name, config)
        except PresetError as error:
            self._notifier.error("The preset could not be saved", str(error))
        else:
            self._notifier.success(f"Preset {name} {told}")

    def _offer_run(self, run: RunSummary) -> None:
        fields, name = self._fields(), display_name(run)
        self._tasks.start(
            "Reading a run's config",
            lambda: offer_of(read_config(self._store.open(run.run_id)), fields),
            owner=self,
            done=lambda offer: self.open_offer(f"Values from {name}", offer),
            failed=self._tell_unreadable,
        )

    def _offer_checkpoints(self, run: RunSummary) -> None:
        self._tasks.start(
            "Looking for checkpoints",
            lambda: read_resumable(self._store, run.run_id),
            owner=self,
            done=lambda found: self._ask_for_checkpoint(display_name(run), found),
            failed=self._tell_unreadable,
        )

    def _ask_for_checkpoint(self, name: str, found: ResumableRun) -> None:
        question = CheckpointQuestion(name, found.checkpoints, self._page)
        question.chosen.connect(lambda row: self.resume(found.config, row.path))
        question.open()

    def _tell_unreadable(self, error: Exception) -> None:
        if isinstance(error, (ValueError, RunNotFoundError, OSError)):
            self._notifier.error("This run cannot be used", str(error))
        else:
            self._notifier.failure("Reading a run", error)
