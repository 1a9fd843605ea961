"""Renders every screen of the panel into docs/images, from real runs of the real tabular worker.

Usage: python docs/render_shots.py [--only WORD]   (make shots)
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

os.environ["QT_QPA_PLATFORM"] = "offscreen"
ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from PIL import Image  # noqa: E402
from PySide6.QtCore import QCoreApplication, QEvent, QtMsgType, qInstallMessageHandler  # noqa: E402
from PySide6.QtGui import QFont, QFontDatabase  # noqa: E402
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget  # noqa: E402

from gym_gui.app import Panel  # noqa: E402
from gym_gui.core.probing.model import ProbedWorker  # noqa: E402
from gym_gui.core.probing.probe import probe_interpreter  # noqa: E402
from gym_gui.core.runs.cancel import cancel_run  # noqa: E402
from gym_gui.core.runs.directory import RunDirectory, RunStore  # noqa: E402
from gym_gui.core.runs.files import read_record  # noqa: E402
from gym_gui.core.runs.launch import LaunchSpec, create_run, start_supervisor  # noqa: E402
from gym_gui.core.runs.observe import watch_state  # noqa: E402
from gym_gui.core.runs.record import ProcessRecord  # noqa: E402
from gym_gui.core.runs.summary import RunState  # noqa: E402
from gym_gui.ui.new_run.page import NewRunPage  # noqa: E402
from gym_gui.ui.pages import Page  # noqa: E402
from gym_gui.ui.runs.events_view import EventsView  # noqa: E402
from gym_gui.ui.runs.manifest_model import ManifestModel  # noqa: E402
from gym_gui.ui.runs.manifest_view import ManifestTab  # noqa: E402
from gym_gui.ui.runs.output_view import OutputView  # noqa: E402
from gym_gui.ui.theme import ThemeChoice  # noqa: E402
from gym_gui.ui.workers.page import WorkersPage  # noqa: E402

IMAGES = ROOT / "docs" / "images"
SIZES = ((1280, 800), (1000, 640))
SCHEMES = (ThemeChoice.LIGHT, ThemeChoice.DARK)
TYPEFACES = ("Inter", "Cantarell", "Noto Sans", "Segoe UI", "DejaVu Sans")
PATIENCE_S = 120.0
_Page = TypeVar("_Page", bound=QWidget)
FINISHED = (
    ("lake 8x8, seed 1", "baseline", {"environment": "FrozenLake8x8", "seed": 1, "episodes": 40_000}),
    ("lake 8x8, seed 2", "baseline", {"environment": "FrozenLake8x8", "seed": 2, "episodes": 40_000}),
    (
        "cliff, on-policy",
        "",
        {"algorithm": "sarsa", "environment": "CliffWalking", "seed": 7, "episodes": 3_000},
    ),
    ("taxi", "", {"algorithm": "expected_sarsa", "environment": "Taxi", "seed": 3, "episodes": 8_000}),
    (
        "blackjack",
        "",
        {"algorithm": "monte_carlo", "environment": "Blackjack", "seed": 5, "episodes": 60_000},
    ),
    (
        "lake, slippery",
        "",
        {"environment": "FrozenLake4x4", "slippery": True, "seed": 11, "episodes": 20_000},
    ),
)
GOING: tuple[tuple[str, dict[str, Any]], ...] = (
    ("taxi, long", {"algorithm": "q_learning", "environment": "Taxi", "seed": 4, "episodes": 400_000}),
    (
        "blackjack, long",
        {"algorithm": "monte_carlo", "environment": "Blackjack", "seed": 6, "episodes": 9_000_000},
    ),
)


class Stage:
    """A data directory with real runs in every state there is."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.interpreter = _interpreter_behind_link(folder)
        self.store = RunStore(folder / "data" / "trainer" / "runs")
        self.worker = self._probe_tabular()
        self.going: list[RunDirectory] = []
        self.failed: RunDirectory | None = None
        self.finished: RunDirectory | None = None

    def _probe_tabular(self) -> ProbedWorker:
        report = probe_interpreter(self.interpreter)
        return next(worker for worker in report.workers if worker.worker_id == "tabular")

    def launch(self, name: str, tag: str, config: dict[str, Any]) -> RunDirectory:
        """Start a run of the tabular worker."""
        schema_defaults = {} if self.worker.schema is None else _defaults(self.worker.schema)
        metadata, capabilities = self.worker.metadata, self.worker.capabilities
        run = create_run(
            self.store,
            LaunchSpec(
                worker_id="tabular",
                command=self.worker.command,
                config={**schema_defaults, **config},
                interpreter=self.worker.interpreter,
                worker_type=capabilities.worker_type if capabilities else "",
                worker_name=metadata.name if metadata else "",
                worker_version=metadata.version if metadata else "",
                name=name,
                tags=(tag,) if tag else (),
            ),
        )
        start_supervisor(run)
        return run

    def fill(self) -> None:
        """Have runs that finished, failed, were cancelled, were lost, and two that are going."""
        done = [self.launch(name, tag, dict(config)) for name, tag, config in FINISHED[:3]]
        self.failed = self.launch("mistyped", "", {"env_id": "FrozenLake-v9", "seed": 1})
        cancelled = self.launch("too slow", "", {"environment": "Taxi", "episodes": 5_000_000, "seed": 9})
        lost = self.launch("pulled the plug", "", {"environment": "Taxi", "episodes": 5_000_000, "seed": 2})
        _wait(lambda: watch_state(cancelled).progress is not None and watch_state(lost).progress is not None)
        cancel_run(cancelled)
        _kill_everything(lost)
        _wait(lambda: all(watch_state(run).state.is_over for run in done))
        done += [self.launch(name, tag, dict(config)) for name, tag, config in FINISHED[3:]]
        _wait(lambda: all(watch_state(run).state.is_over for run in [*done, self.failed] if run))
        self.finished = done[0]
        self.going = [self.launch(name, "", dict(config)) for name, config in GOING]
        _wait(lambda: all(watch_state(run).state is RunState.RUNNING for run in self.going))
        _wait(lambda: all(len(watch_state(run).returns) > 4 for run in self.going))

    def clear(self) -> None:
        """End whatever is still going."""
        for run_id in self.store.run_ids():
            cancel_run(self.store.open(run_id), grace_s=5.0)


def _interpreter_behind_link(folder: Path) -> str:
    """This environment's Python under a neutral path, for the paths shown are those of whoever renders."""
    link = folder / "venv"
    link.symlink_to(Path(sys.prefix), target_is_directory=True)
    return str(link / "bin" / Path(sys.executable).name)


def _defaults(schema: Any) -> dict[str, Any]:
    return {name: part["default"] for name, part in schema["properties"].items() if "default" in part}


def _kill_everything(run: RunDirectory) -> None:
    record = read_record(run.process_file, ProcessRecord)
    for process in (record.supervisor, record.worker):
        if process is not None:
            os.kill(process.pid, signal.SIGKILL)


def _wait(condition: Callable[[], bool], seconds: float = PATIENCE_S) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError("the stage was not set in time")
        if QApplication.instance() is not None:
            QCoreApplication.processEvents()
        time.sleep(0.02)


class Photographer:
    """Takes the shots of one scheme and one size."""

    def __init__(self, panel: Panel, stage: Stage, suffix: str, only: str) -> None:
        self.panel = panel
        self.stage = stage
        self.suffix = suffix
        self.only = only

    def shoot(self, name: str, widget: QWidget | None = None) -> None:
        """Save what the window shows."""
        if self.only and self.only not in f"{name}-{self.suffix}":
            return
        self.settle(0.3)
        file = IMAGES / f"{name}-{self.suffix}.png"
        (widget or self.panel.window).grab().save(str(file))
        # 256 chosen colours are plenty for an interface and take a third of the space.
        with Image.open(file) as picture:
            small = picture.convert("RGB").quantize(256, dither=Image.Dither.NONE)
        small.save(file, optimize=True)

    def settle(self, seconds: float) -> None:
        """Let the window work for a while."""
        end = time.monotonic() + seconds
        with contextlib.suppress(TimeoutError):
            _wait(lambda: time.monotonic() > end, seconds + 1)

    def choose(self, run: RunDirectory | None) -> None:
        """Select a run and wait until the pane shows it."""
        if run is None:
            return
        self.panel.navigation.show_run(run.run_id)
        runs = self.panel.navigation.runs
        _wait(lambda: runs.detail is not None and runs.detail.run_id == run.run_id)
        self.settle(0.8)

    def take_runs(self) -> None:
        """The Runs page: going, finished, failed, every tab, a search without matches."""
        runs = self.panel.navigation.runs
        self.choose(self.stage.going[0])
        detail = runs.detail
        if detail is None:
            raise RuntimeError("no run is shown")
        detail.tabs.setCurrentIndex(0)
        self.settle(1.2)
        self.shoot("runs-live")
        self.choose(self.stage.finished)
        self.shoot("runs-finished")
        events = detail.tab("Events", EventsView)
        self.settle(0.4)
        events.table.selectRow(2)
        self.shoot("runs-events")
        detail.tab("Output", OutputView)
        self.shoot("runs-output")
        manifest = detail.tab("Manifest", ManifestTab)
        _wait(lambda: manifest.model.rowCount() > 0)
        self.shoot("runs-manifest")
        _select_picture(manifest)
        self.shoot("runs-manifest-picture")
        detail.tabs.setCurrentIndex(0)
        self.choose(self.stage.failed)
        self.shoot("runs-failed")
        runs.search.setText("atari")
        self.shoot("runs-nothing-found")
        runs.search.clear()
        runs.layout_action.setChecked(True)
        self.choose(self.stage.going[1])
        self.shoot("runs-beside")
        runs.layout_action.setChecked(False)

    def take_workers(self) -> None:
        """The Workers page: working and broken workers."""
        page = _shown(self.panel, Page.WORKERS, WorkersPage)
        _wait(lambda: page.model.total > 0)
        self.shoot("workers")

    def take_new_run(self) -> None:
        """The New run page: a fresh form, and one with mistakes."""
        self.panel.navigation.launch("tabular")
        page = _shown(self.panel, Page.NEW_RUN, NewRunPage)
        _wait(page.footer.start.isEnabled)
        page.header.name.setText("lake 8x8, seed 3")
        self.shoot("new-run")
        for name, text in (("episodes", "0"), ("learning_rate", "fast")):
            line = page.form.rows[name].editor.marked_widget()
            if not isinstance(line, QLineEdit):
                raise TypeError(f"{name} is not typed into a line")
            line.setText(text)
            line.textEdited.emit(text)
        self.shoot("new-run-problems")
        self.panel.navigation.launch("tabular")

    def take_notices(self) -> None:
        """Toasts over the window."""
        self.choose(self.stage.finished)
        self.panel.notifier.success("too slow cancelled", "2 processes found, 2 ended when asked, 0 left.")
        self.panel.notifier.error("This run cannot be repeated", "config.json is not JSON: line 3 column 1")
        self.shoot("notices")


def _interface_font() -> QFont:
    """A typeface of the desktops people use, where one is installed, at their usual size."""
    installed = set(QFontDatabase.families())
    family = next((name for name in TYPEFACES if name in installed), "")
    font = QFont(family, 10) if family else QFont()
    font.setFeature(QFont.Tag("calt"), 0)  # some turn the x of 8x8 into a multiplication sign
    return font


def _shown(panel: Panel, page: Page, kind: type[_Page]) -> _Page:
    widget = panel.window.go_to(page)
    if not isinstance(widget, kind):
        raise TypeError(f"{page} is a {type(widget).__name__}")
    return widget


def _select_picture(manifest: ManifestTab) -> None:
    model: ManifestModel = manifest.model
    for group in range(model.rowCount()):
        parent = model.index(group, 0)
        for row in range(model.rowCount(parent)):
            index = model.index(row, 0, parent)
            artifact = model.artifact(index)
            if artifact and artifact.path and artifact.path.suffix == ".png":
                manifest.tree.setCurrentIndex(index)
                return


@contextlib.contextmanager
def _panel(stage: Stage, runs_folder: Path, scheme: ThemeChoice, size: tuple[int, int]) -> Iterator[Panel]:
    running = QApplication.instance()
    app = running if isinstance(running, QApplication) else QApplication([])
    app.setFont(_interface_font())
    panel = Panel(app, runs_folder=runs_folder, interpreter=stage.interpreter)
    panel.theme.choose(scheme)
    panel.window.resize(*size)
    panel.open()
    _wait(lambda: panel.furnished)
    try:
        yield panel
    finally:
        panel.window.close()
        panel.close()
        panel.window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def take_all(stage: Stage, only: str) -> None:
    """Every screen in both schemes and sizes."""
    for scheme in SCHEMES:
        for size in SIZES:
            suffix = f"{scheme.value}-{size[0]}x{size[1]}"
            with _panel(stage, stage.store.root, scheme, size) as panel:
                photographer = Photographer(panel, stage, suffix, only)
                photographer.take_workers()
                photographer.take_new_run()
                photographer.take_runs()
                photographer.take_notices()
            with _panel(stage, stage.folder / "empty", scheme, size) as panel:
                photographer = Photographer(panel, stage, suffix, only)
                photographer.settle(0.5)
                photographer.shoot("runs-empty")
                _show_no_workers(panel, stage)
                photographer.shoot("workers-empty")


def _show_no_workers(panel: Panel, stage: Stage) -> None:
    page = _shown(panel, Page.WORKERS, WorkersPage)
    _wait(lambda: panel.probe.report is not None)
    if panel.probe.report is not None:
        page._take(replace(panel.probe.report, workers=()))


def _add_broken_worker(folder: Path) -> None:
    """A worker that cannot be imported, on the path of the probe."""
    site = folder / "site"
    info = site / "atari_worker-0.3.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: atari-worker\nVersion: 0.3.0\n")
    (info / "entry_points.txt").write_text("[mosaic.workers]\natari = atari_worker:get_worker_metadata\n")
    (site / "atari_worker.py").write_text(
        "import ale_py\n\n\ndef get_worker_metadata():\n    return ale_py\n"
    )
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(site), os.environ.get("PYTHONPATH", "")]))


def _quiet(kind: QtMsgType, context: object, message: str) -> None:
    if "propagateSizeHints" not in message:
        print(message, file=sys.stderr)


def main() -> None:
    """Set the stage, take every shot, clear the stage."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="take only shots whose name contains this")
    only = parser.parse_args().only
    IMAGES.mkdir(parents=True, exist_ok=True)
    qInstallMessageHandler(_quiet)
    with tempfile.TemporaryDirectory(prefix="mosaic-") as temporary:
        folder = Path(temporary)
        os.environ["MOSAIC_HOME"] = str(folder / "data")
        os.environ["XDG_CONFIG_HOME"] = str(folder / "config")
        os.environ["XDG_CACHE_HOME"] = str(folder / "cache")
        stage = Stage(folder)
        try:
            stage.fill()
            _add_broken_worker(folder)
            take_all(stage, only)
        finally:
            stage.clear()


if __name__ == "__main__":
    main()
