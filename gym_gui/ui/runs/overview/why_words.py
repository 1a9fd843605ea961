"""Why a run ended, in words for a person: the class as a heading, what is known, what is not."""

from __future__ import annotations

from gym_gui.core.runs.endings import EndClass, EndExplanation

HEADINGS = {
    EndClass.NOT_OVER: "Not over",
    EndClass.FINISHED: "Finished",
    EndClass.NOT_STARTED: "It could not be started",
    EndClass.EXCEPTION: "An exception ended it",
    EndClass.EXIT_CODE: "It exited with an error",
    EndClass.SIGNAL: "A signal ended it",
    EndClass.KERNEL_OOM: "Killed by the kernel for want of memory",
    EndClass.OUT_OF_MEMORY: "Out of memory",
    EndClass.CUDA_OOM: "Out of GPU memory",
    EndClass.NAN: "Its numbers became NaN",
    EndClass.IMPORT_ERROR: "A module could not be imported",
    EndClass.DISK_FULL: "The disk was full",
    EndClass.CANCELLED: "Cancelled",
    EndClass.SHUTDOWN: "The machine was shut down",
    EndClass.UNKNOWN: "Why it ended is not known",
}


def heading(explanation: EndExplanation) -> str:
    """The class of the end, as a heading."""
    exits_quietly = explanation.cause is EndClass.EXIT_CODE and explanation.sentence.startswith("exit code 0")
    return "It ended without saying so" if exits_quietly else HEADINGS[explanation.cause]


def known(explanation: EndExplanation) -> str:
    """What is known beyond the heading and the first line, as a sentence; "" when those say it all."""
    sentence = explanation.sentence
    if explanation.first_line and sentence.endswith(explanation.first_line):
        introduction = sentence.removesuffix(explanation.first_line).rstrip(": ")
        sentence = sentence if ";" in introduction else ""
    if explanation.first_line and explanation.first_line == sentence:
        return ""
    return f"{sentence[:1].upper()}{sentence[1:]}." if sentence else ""
