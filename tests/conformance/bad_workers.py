"""A worker for each way to break the contract: what is edited, and the one check that has to notice."""

# ruff: noqa: E501 - an edit reads best in one piece

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from gym_gui.testing import Limits

Edit = tuple[str, str, str]


@dataclass(frozen=True)
class BadWorker:
    """`check` is the one that fails; `says` is what its reason or evidence must tell."""

    name: str
    check: str
    says: str
    edits: tuple[Edit, ...]
    long: dict[str, Any] | None = None
    limits: Limits = field(default_factory=Limits)


RUNTIME, CONFIG, CONSTANTS = "PACKAGE/runtime.py", "PACKAGE/config.py", "PACKAGE/log_constants.py"
IN_RUN = "            get_run_dir(config.run_id, create=True)\n"
CLI = """
import sys
from gym_gui.core.worker import WorkerCLI
from subject_worker.config import SubjectConfig
from subject_worker.runtime import SubjectRuntime
{before}
if __name__ == "__main__":
    sys.exit(WorkerCLI.run({config}, {runtime}, prog="subject", description="", argv={argv}))
"""


def cli(
    before: str = "", config: str = "SubjectConfig", runtime: str = "SubjectRuntime", argv: str = "None"
) -> Edit:
    return ("PACKAGE/cli.py", "", CLI.format(before=before, config=config, runtime=runtime, argv=argv))


BAD_WORKERS = (
    BadWorker(
        "needs a package that is not installed",
        "entry-point",
        "no-such-package-for-sure",
        (("pyproject.toml", '"mosaic-panel"', '"mosaic-panel", "no-such-package-for-sure>=1"'),),
    ),
    BadWorker(
        "misspells a paradigm",
        "metadata",
        "did you mean 'single_agent'",
        (("PACKAGE/__init__.py", "SteppingParadigm.SINGLE_AGENT", '"single_agnet"'),),
    ),
    BadWorker(
        "has spaces nobody knows",
        "metadata",
        "action_spaces",
        (("PACKAGE/__init__.py", 'action_spaces=("discrete",)', 'action_spaces=("buttons",)'),),
    ),
    BadWorker(
        "drops unknown fields without a word",
        "config",
        "dropped without a word",
        (
            (
                CONFIG,
                "return cls(**data)",
                "return cls(**{k: v for k, v in data.items() if k in cls.__dataclass_fields__})",
            ),
        ),
    ),
    BadWorker(
        "leaves a field out of to_dict",
        "config",
        "to_dict leaves out epsilon",
        (
            (
                CONFIG,
                "return asdict(self)",
                'return {k: v for k, v in asdict(self).items() if k != "epsilon"}',
            ),
        ),
    ),
    BadWorker(
        "gives back what is not JSON",
        "config",
        "not JSON",
        (
            (CONFIG, "return asdict(self)", 'return {**asdict(self), "arms": {self.arms}}'),
            (CONFIG, "return cls(**data)", 'return cls(**{**data, "arms": max([data.get("arms", 10)])})'),
            (RUNTIME, "{**config.to_dict(), ", "{"),
        ),
    ),
    BadWorker(
        "does not say what a field may hold",
        "schema",
        "arms",
        (
            (CONFIG, "arms: int = field", "arms: Any = field"),
            (CONFIG, '    "int": int,\n', '    "int": int,\n    "Any": object,\n'),
        ),
    ),
    BadWorker(
        "names a runtime class that cannot run",
        "runtime",
        "has no run()",
        (
            (RUNTIME, "    def run(self)", "    def go(self)"),
            cli(
                "class Runs(SubjectRuntime):\n    def run(self):\n        return self.go()\n", runtime="Runs"
            ),
        ),
    ),
    BadWorker(
        "uses codes of another worker",
        "log-constants",
        "LOG431",
        ((CONSTANTS, 'code = f"LOG-SUBJECT-{number:02d}"', 'code = f"LOG{430 + number}"'),),
    ),
    BadWorker(
        "names a constant after another worker",
        "log-constants",
        "LOG_WORKER_OTHER_EXTRA",
        (
            (
                CONSTANTS,
                "LOG_WORKER_SUBJECT_HEARTBEAT =",
                'LOG_WORKER_OTHER_EXTRA = _constant(99, "INFO", "Extra", "extra")\nLOG_WORKER_SUBJECT_HEARTBEAT =',
            ),
        ),
    ),
    BadWorker(
        "registers its constants nowhere",
        "log-constants",
        "no log constants for SUBJECT",
        (
            (
                "pyproject.toml",
                '[project.entry-points."mosaic.log_constants"]\nsubject =',
                "[tool.nothing]\nsubject =",
            ),
        ),
    ),
    BadWorker(
        "trains on a dry run",
        "dry-run",
        "it went to work: run_started",
        (cli(argv='[a for a in sys.argv[1:] if a != "--dry-run"]'),),
    ),
    BadWorker(
        "knows no dry run",
        "dry-run",
        "unrecognized arguments: --dry-run",
        (
            cli(
                'if "--dry-run" in sys.argv:\n    sys.exit("subject: error: unrecognized arguments: --dry-run")'
            ),
        ),
    ),
    BadWorker(
        "takes any type for a value",
        "bad-config",
        "exited with 0",
        ((CONFIG, "if isinstance(value, bool) or not isinstance(", "if False and isinstance("),),
    ),
    BadWorker(
        "answers a bad config with a traceback",
        "bad-config",
        "traceback",
        (
            cli(
                "import json\nfrom pathlib import Path\nif '--config' in sys.argv:\n"
                "    SubjectConfig.from_dict(json.loads(Path(sys.argv[sys.argv.index('--config') + 1]).read_text()))"
            ),
        ),
    ),
    BadWorker(
        "starts twice",
        "lifecycle",
        "run_started came 2 times",
        ((RUNTIME, IN_RUN, IN_RUN + "            self._emitter.run_started({})\n"),),
    ),
    BadWorker(
        "speaks after its last word",
        "lifecycle",
        "heartbeat came after run_completed",
        (
            (
                RUNTIME,
                "        return run.results",
                '        self._emitter.heartbeat({"step": 1})\n        return run.results',
            ),
        ),
    ),
    BadWorker(
        "dates its events in milliseconds",
        "lifecycle",
        "dated",
        (
            (
                RUNTIME,
                "            beat(self._progress)\n",
                "            if self._step == 7:\n"
                '                print(\'{"event": "heartbeat", "run_id": "%s", "timestamp": 1e11, "payload": {}}\''
                " % self.config.run_id, flush=True)\n"
                "            beat(self._progress)\n",
            ),
        ),
        limits=Limits(heartbeat_s=1e12),
    ),
    BadWorker(
        "logs neither start nor end",
        "logged",
        "its start",
        ((RUNTIME, "constants=LOGGED_AS", "constants=None"),),
    ),
    BadWorker(
        "is silent while it trains",
        "heartbeat",
        "silent for",
        (
            (RUNTIME, "            beat(self._progress)\n", ""),
            (RUNTIME, IN_RUN, IN_RUN + "            import time\n            time.sleep(0.5)\n"),
        ),
        long={"total_steps": 1_500_000},
        limits=Limits(heartbeat_s=0.2),
    ),
    BadWorker(
        "lists a checkpoint that is not there",
        "manifest",
        "checkpoints/gone.json",
        (
            (
                RUNTIME,
                "        if files:\n",
                '        if self._step == self.config.total_steps:\n            files.append("checkpoints/gone.json")\n        if files:\n',
            ),
        ),
    ),
    BadWorker(
        "lists a file outside of its run",
        "manifest",
        "../../outside.json",
        (
            (
                RUNTIME,
                "        if files:\n",
                '        if self._step == self.config.total_steps:\n            files.append("../../outside.json")\n        if files:\n',
            ),
        ),
    ),
    BadWorker(
        "keeps its checkpoints from the manifest",
        "manifest",
        "does not list it",
        ((RUNTIME, "        if files:\n", "        if files and self._step < self.config.total_steps:\n"),),
    ),
    BadWorker(
        "does not hear SIGTERM",
        "cancel",
        "had to be killed",
        (
            (
                RUNTIME,
                IN_RUN,
                IN_RUN
                + "            import signal\n            signal.signal(signal.SIGTERM, signal.SIG_IGN)\n",
            ),
        ),
        limits=Limits(cancel_s=0.7),
    ),
    BadWorker(
        "writes no manifest when cancelled",
        "cancel",
        "no analytics.json",
        (
            (
                RUNTIME,
                "                self._write_manifest()\n",
                "                if self._step == self.config.total_steps:\n                    self._write_manifest()\n",
            ),
        ),
    ),
    BadWorker(
        "leaves a lock when it is killed",
        "kill-recovery",
        "another run is going on",
        (
            (
                RUNTIME,
                "        with self._emitter.run(",
                "        from gym_gui.config.paths import data_root\n"
                '        lock = data_root() / "busy"\n'
                "        if lock.exists() and not config.resume_from:\n"
                '            raise RuntimeError("another run is going on")\n'
                "        lock.touch()\n"
                "        with self._emitter.run(",
            ),
            (
                RUNTIME,
                "                learner.close()\n",
                "                learner.close()\n                lock.unlink()\n",
            ),
        ),
    ),
    BadWorker(
        "writes into the working directory",
        "paths",
        "notes.txt",
        ((RUNTIME, IN_RUN, IN_RUN + '            Path("notes.txt").write_text("x")\n'),),
    ),
    BadWorker(
        "forgets its counters when it goes on",
        "resume",
        "counts from the start again",
        (
            (
                RUNTIME,
                '            {"path": self.config.resume_from, "step": self._step},\n            constant=LOG_WORKER_SUBJECT_CHECKPOINT_LOADED,\n        )\n',
                '            {"path": self.config.resume_from, "step": self._step},\n            constant=LOG_WORKER_SUBJECT_CHECKPOINT_LOADED,\n        )\n        self._step = 0\n',
            ),
        ),
    ),
    BadWorker(
        "claims checkpoints it never says it made",
        "resume",
        "there was no checkpoint_saved within",
        (
            (RUNTIME, "        self._emitter.checkpoint_saved(", "        dict("),
            (RUNTIME, "            constant=LOG_WORKER_SUBJECT_CHECKPOINT_SAVED,\n", ""),
        ),
        long={"total_steps": 10**9},
        limits=Limits(run_s=4),
    ),
    BadWorker(
        "has no tests",
        "tests",
        "no test_",
        (),
    ),
)
