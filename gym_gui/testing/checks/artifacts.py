"""What a run leaves behind: a manifest that tells the truth, and nothing outside of its directory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from gym_gui.constants import CHECKPOINTS_DIR_NAME, PLOTS_DIR_NAME, TENSORBOARD_DIR_NAME, VIDEOS_DIR_NAME
from gym_gui.core.runs.directory import RunDirectory
from gym_gui.core.worker.analytics import WorkerAnalyticsManifest
from gym_gui.testing.bench import Bench
from gym_gui.testing.results import Verdict, failed, passed, skipped

_SAVE = "WorkerAnalyticsManifest(run_id, worker_type, artifacts).save(get_run_dir(run_id) / 'analytics.json')"
_MOST_LISTED = 8


def manifest(bench: Bench) -> Verdict:
    """analytics.json loads, and what it lists is there, inside the run directory."""
    ran = bench.plain_run
    if not ran.over:
        return skipped("there was no run from start to end to look at", fix="see the check lifecycle")
    if not ran.run.manifest_file.exists():
        return failed("the run left no analytics.json", fix=f"before the last event: {_SAVE}")
    try:
        found = WorkerAnalyticsManifest.load(ran.run.manifest_file)
    except (ValueError, OSError) as error:
        return failed("analytics.json cannot be read", str(error), fix=_SAVE)
    problems = [*_lies(bench, found, ran.run), *_unlisted(found, ran.run)]
    if problems:
        fix = "list what is on disk when the manifest is written, relative to the run directory"
        return failed("analytics.json does not tell the truth", *problems[:_MOST_LISTED], fix=fix)
    paths = found.artifact_paths(ran.run.path)
    return passed(
        f"it lists {len(paths)} paths, all of them there", *(p.stated for p in paths[:_MOST_LISTED])
    )


def _lies(bench: Bench, found: WorkerAnalyticsManifest, run: RunDirectory) -> Iterator[str]:
    if found.run_id != run.run_id:
        yield f"run_id: is {found.run_id!r}, and the run is {run.run_id!r}"
    able = bench.worker.capabilities
    if able is not None and found.worker_type != able.worker_type:
        yield f"worker_type: is {found.worker_type!r}, and the worker says {able.worker_type!r}"
    for listed in found.artifact_paths(run.path):
        if listed.path is None:
            yield f"{listed.place}: {listed.stated}: {listed.refusal}"
        elif not listed.path.exists():
            yield f"{listed.place}: {listed.stated}: there is no such file"


def _unlisted(found: WorkerAnalyticsManifest, run: RunDirectory) -> Iterator[str]:
    parts = found.artifacts
    for name, part in (
        (TENSORBOARD_DIR_NAME, parts.tensorboard),
        (CHECKPOINTS_DIR_NAME, parts.checkpoints),
        (VIDEOS_DIR_NAME, parts.videos_dir),
        (PLOTS_DIR_NAME, parts.plots_dir),
    ):
        if part is None and any(file.is_file() for file in (run.path / name).rglob("*")):
            yield f"artifacts.{name}: the run wrote {name}/ and the manifest does not list it"


def paths(bench: Bench) -> Verdict:
    """Started from another working directory, a run writes into its run directory and nowhere else."""
    ran = bench.second_run
    if not ran.over or not ran.events:
        return skipped("there was no second run to look at", fix="see the check kill-recovery")
    strays = sorted(bench.files_outside_runs() - bench.files_before_second_run)
    if strays:
        shown = [_short(path) for path in strays[:_MOST_LISTED]]
        fix = "write below gym_gui.config.paths.get_run_dir(run_id), get_checkpoints_dir(run_id) and so on"
        return failed(f"{len(strays)} files outside of its run directory", *shown, fix=fix)
    inside = sorted({path.relative_to(ran.run.path).parts[0] for path in ran.run.path.iterdir()})
    return passed("everything it wrote is in its run directory", ", ".join(inside))


def _short(path: Path) -> str:
    return "/".join(path.parts[-3:])
