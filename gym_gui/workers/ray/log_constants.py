"""What the Ray worker says in its log beyond the SDK's own LOG446 to LOG462."""

from __future__ import annotations

from gym_gui.logging_config.log_constants import LogConstant


def _constant(code: str, level: str, message: str, *tags: str) -> LogConstant:
    return LogConstant(code, level, message, "Worker", "RayRuntime", ("ray", "worker", *tags))


LOG_WORKER_RAY_RUNTIME_CANCELLED = _constant(
    "LOG2101", "INFO", "Ray worker stopped on request", "runtime", "lifecycle"
)
LOG_WORKER_RAY_ANALYTICS_MANIFEST_FAILED = _constant(
    "LOG2102", "ERROR", "Ray manifest could not be written", "analytics", "manifest", "error"
)
LOG_WORKER_RAY_CHECKPOINT_FAILED = _constant(
    "LOG2103", "WARNING", "RLlib checkpoint could not be written", "checkpoint", "error"
)
LOG_WORKER_RAY_TRIAL_ENDED = _constant("LOG2104", "INFO", "Trial ended", "tune", "trial")
LOG_WORKER_RAY_TRIAL_FAILED = _constant("LOG2105", "WARNING", "Trial failed", "tune", "trial", "error")
LOG_WORKER_RAY_CLEANUP_FAILED = _constant("LOG2106", "WARNING", "Ray left something", "cluster", "error")
