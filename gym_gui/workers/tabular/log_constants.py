"""What the tabular worker says in its log."""

from __future__ import annotations

from gym_gui.logging_config.log_constants import LogConstant


def _constant(code: str, level: str, message: str, *tags: str) -> LogConstant:
    return LogConstant(code, level, message, "Worker", "TabularRuntime", ("tabular", "worker", *tags))


LOG_WORKER_TABULAR_RUNTIME_STARTED = _constant(
    "LOG2001", "INFO", "Tabular worker started", "runtime", "lifecycle"
)
LOG_WORKER_TABULAR_RUNTIME_COMPLETED = _constant(
    "LOG2002", "INFO", "Tabular worker completed its run", "runtime", "lifecycle"
)
LOG_WORKER_TABULAR_RUNTIME_FAILED = _constant("LOG2003", "ERROR", "Tabular worker failed", "runtime", "error")
LOG_WORKER_TABULAR_RUNTIME_CANCELLED = _constant(
    "LOG2004", "INFO", "Tabular worker stopped on request", "runtime", "lifecycle"
)
LOG_WORKER_TABULAR_HEARTBEAT = _constant("LOG2005", "DEBUG", "Tabular worker is training", "heartbeat")
LOG_WORKER_TABULAR_CHECKPOINT_SAVED = _constant("LOG2006", "INFO", "Checkpoint saved", "checkpoint", "save")
LOG_WORKER_TABULAR_CHECKPOINT_LOADED = _constant("LOG2007", "INFO", "Checkpoint loaded", "checkpoint", "load")
LOG_WORKER_TABULAR_EVAL_COMPLETED = _constant("LOG2008", "INFO", "Policy evaluated", "eval", "complete")
LOG_WORKER_TABULAR_PLOT_SAVED = _constant("LOG2009", "INFO", "Value plot saved", "plot", "save")
LOG_WORKER_TABULAR_PLOT_SKIPPED = _constant("LOG2010", "WARNING", "No value plot", "plot", "skip")
LOG_WORKER_TABULAR_CLIP_SAVED = _constant("LOG2011", "INFO", "Clip saved", "clip", "save")
LOG_WORKER_TABULAR_CLIP_SKIPPED = _constant("LOG2012", "WARNING", "No clip", "clip", "skip")
LOG_WORKER_TABULAR_ANALYTICS_MANIFEST_CREATED = _constant(
    "LOG2013", "INFO", "Manifest written", "analytics", "manifest"
)
LOG_WORKER_TABULAR_ANALYTICS_MANIFEST_FAILED = _constant(
    "LOG2014", "ERROR", "Manifest could not be written", "analytics", "manifest", "error"
)
