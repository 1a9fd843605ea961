"""The worker's command: it says what it would do, and what is wrong with a config."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gym_gui.core.events.lines import LineKind, parse_line
from gym_gui.core.forms.fields import FieldKind, FormField
from gym_gui.testing.bench import Bench
from gym_gui.testing.brief_process import Finished
from gym_gui.testing.results import Verdict, failed, passed

_CLI = "let the command be WorkerCLI.run(Config, Runtime, prog=..., description=...), or have none at all"
_WRONG: dict[FieldKind, Any] = {
    FieldKind.INTEGER: "not a number",
    FieldKind.NUMBER: "not a number",
    FieldKind.BOOLEAN: "not a boolean",
    FieldKind.CHOICE: {"not": "a choice"},
    FieldKind.STRING: {"not": "a text"},
    FieldKind.PATH: {"not": "a path"},
}


def dry_run(bench: Bench) -> Verdict:
    """`--dry-run` exits with 0, trains nothing and writes no file."""
    before = bench.files_outside_runs()
    run = bench.runs.prepare(bench.short)
    done = bench.command(run, run.config_file, "--dry-run")
    if done.exit_code != 0:
        return failed(f"it {done.how}", done.last_words, fix=f"accept --dry-run: {_CLI}")
    events = [parse_line(line.encode(), 0) for line in done.stdout.splitlines()]
    said = [line.event for line in events if line.kind is not LineKind.OUTPUT]
    if said:
        return failed(f"it went to work: {', '.join(said[:5])}", fix="return before the runtime is made")
    written = _files(run.path) | {str(path) for path in bench.files_outside_runs() - before}
    if written:
        listed = sorted(written)[:8]
        return failed("it wrote files", *listed, fix="create directories and files in run(), not before")
    return passed("it exits with 0 and leaves nothing behind", done.stdout.strip()[:300])


def _files(run_dir: Path) -> set[str]:
    files = (path for path in run_dir.rglob("*") if path.is_file())
    return {str(path.relative_to(run_dir)) for path in files} - {"config.json"}


def bad_config(bench: Bench) -> Verdict:
    """A config that is wrong ends it at once, with a message that names what is wrong."""
    problems: list[str] = []
    tried = []
    fix = ""
    for what, done, word in _attempts(bench):
        tried.append(what)
        problem, mend = _unhelpful(done, word)
        if problem:
            problems.append(f"{what}: {problem}\n{done.last_words}")
            fix = fix or mend
    if problems:
        return failed("it does not say what is wrong with a bad config", *problems, fix=fix)
    return passed(f"it refuses and says why: {'; '.join(tried)}")


def _attempts(bench: Bench) -> Iterator[tuple[str, Finished, str]]:
    """What was tried, what came of it, and the word that the message must have."""
    run = bench.runs.prepare('{"run_id": "x", ')
    yield "a file that is not JSON", bench.command(run, run.config_file), run.config_file.name
    missing = run.path / "no-such-config.json"
    yield "a file that is not there", bench.command(run, missing), missing.name
    field = _field_to_spoil(bench)
    if field is not None:
        wrong = _WRONG[field.kind]
        run = bench.runs.prepare({**bench.short, field.name: wrong})
        yield f"{field.name} = {wrong!r}", bench.command(run, run.config_file), field.name


def _field_to_spoil(bench: Bench) -> FormField | None:
    usable = [field for field in bench.fields if field.kind in _WRONG]
    order = list(_WRONG)
    return min(usable, key=lambda field: order.index(field.kind), default=None)


def _unhelpful(done: Finished, word: str) -> tuple[str, str]:
    """What is wrong with how it ended, and the mend; two empty texts when nothing is."""
    if done.timed_out or done.flooded:
        return f"it {done.how}", f"check the config before the work begins: {_CLI}"
    if done.exit_code == 0:
        mend = "check each field's type and bounds in the config class; raise ValueError that names the field"
        return "it was taken, and exited with 0", mend
    if done.exit_code is None:
        return f"it {done.how}", f"exit with 2: {_CLI}"
    if "Traceback (most recent call last)" in done.stderr:
        return "it printed a traceback", f"print the message alone and exit with 2: {_CLI}"
    if word not in done.stderr:
        return f"its message does not name {word}", f"say which file and field: {_CLI}"
    return "", ""
