"""The Artifacts tab: results, checkpoints, one looked into, pictures, a film, dialogs; a directory opened."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TypeVar

from PySide6.QtWidgets import QApplication, QDialog

from docs.shots.photographer import Photographer
from docs.shots.waiting import settle, wait
from gym_gui.ui.artifacts.comparison_dialog import ComparisonDialog
from gym_gui.ui.artifacts.entries import SectionKind
from gym_gui.ui.artifacts.player import Player
from gym_gui.ui.artifacts.retention_dialog import RetentionDialog
from gym_gui.ui.artifacts.sync_dialog import SyncDialog
from gym_gui.ui.artifacts.tab import ArtifactsTab
from gym_gui.ui.artifacts.trash_dialog import TrashDialog
from gym_gui.ui.artifacts.view import ArtifactsView

_SAMPLES = Path(__file__).resolve().parent.parent.parent.parent / "tests" / "artifacts" / "data"
_NAMES = (
    *("artifacts-results", "artifacts-checkpoints", "artifacts-inspector", "artifacts-compare"),
    *("artifacts-clean-up", "artifacts-trash", "artifacts-pictures", "artifacts-picture"),
    *("artifacts-going", "artifacts-failed", "opened-empty", "opened-video", "opened-pickle"),
    *("opened-wandb", "opened-sync", "opened-broken"),
)
_Dialog = TypeVar("_Dialog", bound=QDialog)


def take(photographer: Photographer) -> None:
    """Every section of a run's artifacts, and of a directory that is no run."""
    if not photographer.wants(*_NAMES):
        return
    _take_run(photographer)
    _take_opened(photographer)


def _take_run(photographer: Photographer) -> None:
    stage = photographer.stage
    for run, name in ((stage.going[0], "artifacts-going"), (stage.failed, "artifacts-failed")):
        view = photographer.choose(run).tab("Artifacts", ArtifactsTab).view
        wait(lambda view=view: bool(view.model.sections))  # type: ignore[misc]
        photographer.shoot(name)
    view = photographer.choose(stage.finished).tab("Artifacts", ArtifactsTab).view
    wait(lambda: any(section.kind is SectionKind.RESULTS for section in view.model.sections))
    photographer.shoot("artifacts-results")
    _section(view, SectionKind.CHECKPOINTS)
    table = view.viewer.checkpoints()
    photographer.shoot("artifacts-checkpoints")
    view.select(_label(view, SectionKind.CHECKPOINTS))
    settle(0.5)
    photographer.shoot("artifacts-inspector")
    _section(view, SectionKind.CHECKPOINTS)
    table.table.selectAll()
    first, *_, last = (entry for entry in table.entries if entry.path is not None)
    table.compared.emit(first, last)
    photographer.shoot("artifacts-compare", _close(ComparisonDialog))
    view.doings.clean_up()
    photographer.shoot("artifacts-clean-up", _close(RetentionDialog))
    view.doings.open_trash()
    photographer.shoot("artifacts-trash", _close(TrashDialog))
    _section(view, SectionKind.PICTURES)
    settle(0.5)
    photographer.shoot("artifacts-pictures")
    view.select(_label(view, SectionKind.PICTURES))
    settle(0.5)
    photographer.shoot("artifacts-picture")


def _take_opened(photographer: Photographer) -> None:
    page = photographer.panel.navigation.open_page()
    photographer.shoot("opened-empty")
    folder = photographer.stage.folder / "shared"
    if not folder.exists():
        shutil.copytree(_SAMPLES, folder)
    page.open_path(folder)
    wait(lambda: bool(page.view.model.sections))
    for label, name in (("clip.mp4", "opened-video"), ("odd.pt", "opened-pickle")):
        page.view.select(label)
        settle(0.6)
        player = page.view.viewer.findChild(Player)
        if player is not None and player.isVisible():
            wait(lambda player=player: not player.picture.image.isNull())  # type: ignore[misc]
            player.picture.fit()
        photographer.shoot(name)
    page.view.select(_label(page.view, SectionKind.WANDB))
    settle(0.5)
    photographer.shoot("opened-wandb")
    page.view.doings.sync(folder / "wandb")
    photographer.shoot("opened-sync", _close(SyncDialog))
    page.open_path(folder / "gone")
    settle(0.3)
    photographer.shoot("opened-broken")


def _section(view: ArtifactsView, kind: SectionKind) -> None:
    row = next(row for row, section in enumerate(view.model.sections) if section.kind is kind)
    view.tree.setCurrentIndex(view.model.index(row, 0))


def _label(view: ArtifactsView, kind: SectionKind) -> str:
    return next(s for s in view.model.sections if s.kind is kind).entries[0].label


def _close(kind: type[_Dialog]) -> _Dialog:
    """The dialog of this kind, which the next one of its kind replaces."""
    settle(0.4)
    dialogs = [w for w in QApplication.topLevelWidgets() if isinstance(w, kind) and w.isVisible()]
    return dialogs[-1]
