"""The worker's command line: `barlog-worker --config FILE`."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from gym_gui.core.worker import WorkerCLI

PROG = "barlog-worker"
EXIT_CANNOT_RUN_HERE = 3
DESCRIPTION = "Let a language model, or chance, play games, and score how far it gets."


def main(argv: Sequence[str] | None = None) -> int:
    """The exit code: 0 done, 1 failed, 2 bad usage or config, 3 cannot run here, 130 cancelled.

    With `--dry-run` the games are made and the endpoint is asked; nothing is played or written.
    """
    try:
        from gym_gui.workers.barlog.config import BarlogConfig
        from gym_gui.workers.barlog.runtime import BarlogRuntime
    except ModuleNotFoundError as error:
        if error.name is None or error.name.startswith("gym_gui"):
            raise
        mend = "install the worker's requirements: pip install 'mosaic-panel[barlog]'"
        print(f"{PROG}: error: {error.name} is not installed; {mend}", file=sys.stderr)
        return EXIT_CANNOT_RUN_HERE
    code = WorkerCLI.run(BarlogConfig, BarlogRuntime, prog=PROG, description=DESCRIPTION, argv=argv)
    parser = WorkerCLI.create_base_parser(PROG, DESCRIPTION)
    if code or "--help" in (argv or sys.argv) or "-h" in (argv or sys.argv):
        return code
    arguments = parser.parse_args(argv)
    if not arguments.dry_run:
        return code
    return _report(WorkerCLI.load_and_validate_config(arguments.config, BarlogConfig))


def _report(config: object) -> int:
    """Says on standard error what was checked; standard output has the plan and nothing else."""
    from gym_gui.workers.barlog.config import BarlogConfig
    from gym_gui.workers.barlog.preflight import survey
    from gym_gui.workers.barlog.quiet import standard_output_kept_clean

    assert isinstance(config, BarlogConfig)  # noqa: S101 (for the type checker)
    with standard_output_kept_clean():
        findings = survey(config)
    for finding in findings:
        print(
            f"{'ready   ' if finding.ready else 'missing '} {finding.subject}: {finding.detail}",
            file=sys.stderr,
        )
    return 0 if all(finding.ready for finding in findings) else EXIT_CANNOT_RUN_HERE
