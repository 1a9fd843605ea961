"""The worker SDK: everything a worker's author imports, each name loaded on first use.

Loading lazily (PEP 562) keeps `from gym_gui.core.worker import TelemetryEmitter` at
little more than the cost of starting Python, which is what every worker process pays.
"""

from __future__ import annotations

TYPE_CHECKING = False  # importing `typing` for one name costs half an interpreter start

if TYPE_CHECKING:
    from gym_gui.constants import WORKER_ENTRY_POINT_GROUP
    from gym_gui.core.worker.analytics import (
        ArtifactsMetadata,
        CheckpointMetadata,
        TensorBoardMetadata,
        WandBMetadata,
        WorkerAnalyticsManifest,
    )
    from gym_gui.core.worker.cli_base import WorkerCLI
    from gym_gui.core.worker.config_loader import extract_worker_config, load_worker_config_from_file
    from gym_gui.core.worker.discovery import DiscoveredWorker, WorkerDiscovery, discover_workers
    from gym_gui.core.worker.lifecycle import LifecycleEvent, LifecycleEventType
    from gym_gui.core.worker.protocol import (
        WorkerCapabilities,
        WorkerConfig,
        WorkerMetadata,
        WorkerRuntime,
    )
    from gym_gui.core.worker.telemetry import TelemetryEmitter

_HOME = {
    "WORKER_ENTRY_POINT_GROUP": "gym_gui.constants",
    "ArtifactsMetadata": "gym_gui.core.worker.analytics",
    "CheckpointMetadata": "gym_gui.core.worker.analytics",
    "TensorBoardMetadata": "gym_gui.core.worker.analytics",
    "WandBMetadata": "gym_gui.core.worker.analytics",
    "WorkerAnalyticsManifest": "gym_gui.core.worker.analytics",
    "WorkerCLI": "gym_gui.core.worker.cli_base",
    "extract_worker_config": "gym_gui.core.worker.config_loader",
    "load_worker_config_from_file": "gym_gui.core.worker.config_loader",
    "DiscoveredWorker": "gym_gui.core.worker.discovery",
    "WorkerDiscovery": "gym_gui.core.worker.discovery",
    "discover_workers": "gym_gui.core.worker.discovery",
    "LifecycleEvent": "gym_gui.core.worker.lifecycle",
    "LifecycleEventType": "gym_gui.core.worker.lifecycle",
    "WorkerCapabilities": "gym_gui.core.worker.protocol",
    "WorkerConfig": "gym_gui.core.worker.protocol",
    "WorkerMetadata": "gym_gui.core.worker.protocol",
    "WorkerRuntime": "gym_gui.core.worker.protocol",
    "TelemetryEmitter": "gym_gui.core.worker.telemetry",
}

__all__ = [  # noqa: RUF022 (in the order a worker's author meets them)
    "WorkerConfig",
    "WorkerRuntime",
    "WorkerCapabilities",
    "WorkerMetadata",
    "TelemetryEmitter",
    "LifecycleEvent",
    "LifecycleEventType",
    "WorkerAnalyticsManifest",
    "ArtifactsMetadata",
    "TensorBoardMetadata",
    "WandBMetadata",
    "CheckpointMetadata",
    "WorkerCLI",
    "load_worker_config_from_file",
    "extract_worker_config",
    "WorkerDiscovery",
    "DiscoveredWorker",
    "discover_workers",
    "WORKER_ENTRY_POINT_GROUP",
]


def __getattr__(name: str) -> object:
    home = _HOME.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
