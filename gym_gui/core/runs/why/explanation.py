"""Why a run ended, told from evidence by one pure function. What cannot be known is said to be unknown."""

from __future__ import annotations

import signal
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gym_gui.core.runs.endings import EndClass, EndExplanation, shortened
from gym_gui.core.runs.record import ExitCause, ExitRecord, Requester
from gym_gui.core.runs.requester import is_the_system, requester_text
from gym_gui.core.runs.state import signal_name
from gym_gui.core.runs.summary import RunState
from gym_gui.core.runs.why.symptoms import symptom_of_chain, symptom_of_lines, tells_of_a_killed_child
from gym_gui.core.runs.why.tracebacks import Chain, Raised, last_chain

# Too little for a program to write a line or a checkpoint.
_DISK_IS_FULL_BYTES = 64 * 1024
_LINES_WITH_SYMPTOMS = 50
_SHELL_SIGNAL_BASE = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class EndEvidence:
    """Everything that may say why a run ended.

    Attributes:
        state: Where it stands, and `because`, what that rests on.
        end: The exit record.
        requester: Who asked for its end, where that is on record.
        failure: The payload of its `run_failed`.
        stderr: The last lines of its standard error.
        other_boot: The machine was restarted since it was started.
        last_sign: When it last gave a sign of life, Unix seconds.
    """

    state: RunState
    because: tuple[str, ...] = ()
    end: ExitRecord | None = None
    requester: Requester | None = None
    failure: Mapping[str, Any] | None = None
    stderr: Sequence[str] = ()
    other_boot: bool = False
    last_sign: float | None = None


def explain(evidence: EndEvidence) -> EndExplanation:
    """The explanation that `evidence` allows, without the last lines."""
    if not evidence.state.is_over:
        return EndExplanation(EndClass.NOT_OVER, shortened("; ".join((evidence.state, *evidence.because))))
    if evidence.state is RunState.COMPLETED:
        return EndExplanation(EndClass.FINISHED, shortened(", ".join(evidence.because)))
    if evidence.state is RunState.CANCELLED:
        return _cancelled(evidence)
    end = evidence.end
    if end is not None and end.exit_code is None and end.signal is None and end.detail:
        return EndExplanation(EndClass.NOT_STARTED, shortened(end.detail), shortened(end.detail))
    if end is not None and end.signal is not None:
        return _by_signal(evidence, end, end.signal)
    if evidence.state is RunState.LOST:
        return _lost(evidence)
    return _failed(evidence)


def _cancelled(evidence: EndEvidence) -> EndExplanation:
    by, end = evidence.requester, evidence.end
    if by is not None and is_the_system(by):
        if evidence.other_boot or (end is not None and end.machine_stopping):
            return EndExplanation(EndClass.SHUTDOWN, "the machine was shut down")
        why = "cancelled by the system: a shutdown, the end of the login session, or of its service"
        return EndExplanation(EndClass.CANCELLED, why)
    if by is not None:
        return EndExplanation(EndClass.CANCELLED, f"cancelled by {requester_text(by)}")
    if end is not None and end.cause is not ExitCause.CANCELLED:
        return EndExplanation(EndClass.CANCELLED, "the worker ended itself and said run_cancelled")
    return EndExplanation(EndClass.CANCELLED, "cancelled; by whom is not known")


def _by_signal(evidence: EndEvidence, end: ExitRecord, number: int) -> EndExplanation:
    name = f"killed by {signal_name(number)}"
    if number == signal.SIGKILL and (end.oom_kills or end.machine_oom_kills):
        return EndExplanation(EndClass.KERNEL_OOM, _oom_sentence(end))
    if number == signal.SIGXFSZ:
        return EndExplanation(EndClass.DISK_FULL, f"{name}: a file grew beyond the size that is allowed")
    if number == signal.SIGBUS and _disk_was_full(end):
        return EndExplanation(EndClass.DISK_FULL, f"{name} by writing into a mapped file; {_free(end)}")
    if number in (signal.SIGTERM, signal.SIGHUP, signal.SIGKILL) and end.machine_stopping:
        return EndExplanation(EndClass.SHUTDOWN, f"{name} while the machine was being shut down")
    if number == signal.SIGABRT:
        chain = _chain(evidence)
        told = _told_by(chain, evidence.stderr)
        line = shortened(chain[0].line) if chain else ""
        return told or EndExplanation(EndClass.SIGNAL, name, line)
    not_by_us = "; not by its supervisor, by whom is not known"
    return EndExplanation(EndClass.SIGNAL, name + (not_by_us if _comes_from_outside(number) else ""))


def _disk_was_full(end: ExitRecord) -> bool:
    return end.disk_free_bytes is not None and end.disk_free_bytes < _DISK_IS_FULL_BYTES


def _free(end: ExitRecord) -> str:
    return f"{end.disk_free_bytes:,} bytes were free on its disk when it ended"


def _comes_from_outside(number: int) -> bool:
    return number in (signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGINT)


def _oom_sentence(end: ExitRecord) -> str:
    held = f"; its processes held {end.peak_rss_bytes / 1e6:,.0f} MB at most" if end.peak_rss_bytes else ""
    where = "its" if end.oom_kills else "the machine's"
    return f"killed by the kernel, because {where} memory was used up{held}"


def _failed(evidence: EndEvidence) -> EndExplanation:
    end = evidence.end
    chain = _chain(evidence)
    killed_for_memory = end is not None and bool(end.oom_kills or end.machine_oom_kills)
    words = " ".join(raised.line for raised in chain)
    code = end.exit_code if end is not None else None
    was_killed = code == _SHELL_SIGNAL_BASE + signal.SIGKILL or tells_of_a_killed_child(words)
    if end is not None and killed_for_memory and was_killed:
        line = shortened(chain[0].line) if chain else ""
        return EndExplanation(EndClass.KERNEL_OOM, f"a process of it was {_oom_sentence(end)}", line)
    told = _told_by(chain, evidence.stderr if code else ())
    if told is not None:
        return told
    if end is not None and _disk_was_full(end):
        return EndExplanation(EndClass.DISK_FULL, _free(end), shortened(chain[0].line) if chain else "")
    if chain:
        return _by_exception(chain)
    return _by_exit_code(evidence, code)


def _lost(evidence: EndEvidence) -> EndExplanation:
    if evidence.other_boot:
        when = f"; its last sign was on {_local(evidence.last_sign)}" if evidence.last_sign else ""
        return EndExplanation(EndClass.SHUTDOWN, f"the machine was restarted or lost power{when}")
    chain = _chain(evidence)
    line = shortened(chain[0].line) if chain else ""
    return EndExplanation(EndClass.UNKNOWN, shortened("; ".join(evidence.because)), line)


def _local(moment: float) -> str:
    return time.strftime("%Y-%m-%d at %H:%M:%S", time.localtime(moment))


def _told_by(chain: Chain, lines: Sequence[str]) -> EndExplanation | None:
    """What the exceptions tell of; where there are none, the last lines of standard error."""
    by_chain = symptom_of_chain(chain)
    if by_chain is not None:
        kind, raised = by_chain
        return EndExplanation(kind, _sentence(kind, chain), shortened(raised.line), chain[-1].kind)
    by_line = None if chain else symptom_of_lines(lines[-_LINES_WITH_SYMPTOMS:])
    if by_line is None:
        return None
    return EndExplanation(by_line[0], f"{by_line[0]}, says its standard error", shortened(by_line[1]))


def _by_exception(chain: Chain) -> EndExplanation:
    raised = chain[-1]
    sentence = _sentence(EndClass.EXCEPTION, chain)
    return EndExplanation(EndClass.EXCEPTION, sentence, shortened(chain[0].line), raised.kind)


def _sentence(kind: EndClass, chain: Chain) -> str:
    last, first = chain[-1], chain[0]
    why = f"; the first cause was {first.line}" if len(chain) > 1 else ""
    named = "it failed" if kind is EndClass.EXCEPTION else str(kind)
    return shortened(f"{named}: {last.line}{why}")


def _by_exit_code(evidence: EndEvidence, code: int | None) -> EndExplanation:
    last = next((line for line in reversed(evidence.stderr) if line.strip()), "") if code else ""
    if code is None:
        return EndExplanation(EndClass.UNKNOWN, shortened("; ".join(evidence.because)))
    if code == 0:
        return EndExplanation(EndClass.EXIT_CODE, shortened(", ".join(evidence.because)))
    shell = code - _SHELL_SIGNAL_BASE
    hint = f" (as shells say after {signal_name(shell)})" if 0 < shell < signal.NSIG else ""
    return EndExplanation(EndClass.EXIT_CODE, f"exit code {code}{hint}", shortened(last))


def _chain(evidence: EndEvidence) -> Chain:
    """The exceptions, the first cause first: in the worker's own words where it gave any."""
    printed = last_chain(evidence.stderr)
    told = _told(evidence.failure)
    if told is None:
        return printed
    traceback = _text((evidence.failure or {}).get("traceback"))
    sent = last_chain(traceback.split("\n")) if traceback else ()
    for chain in (sent, printed):
        if chain and chain[-1].kind == told.kind:
            return (*chain[:-1], told)
    return (told,)


def _told(failure: Mapping[str, Any] | None) -> Raised | None:
    if not failure:
        return None
    kind, error = (_text(failure.get(name)) for name in ("error_type", "error"))
    error = error or _text(failure.get("message"))
    return Raised(kind.rpartition(".")[2], error) if kind or error else None


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""
