"""The smallest worker there can be, as a project on disk: config, runtime, metadata, entry point, no CLI."""

from __future__ import annotations

from pathlib import Path

FILES = {
    "pyproject.toml": """
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "my-worker"
version = "1.0.0"
requires-python = ">=3.11"
dependencies = ["mosaic-panel"]

[project.entry-points."mosaic.workers"]
myworker = "worker_package:get_worker_metadata"

[project.entry-points."mosaic.log_constants"]
myworker = "worker_package.log_constants"

[tool.hatch.build.targets.wheel]
packages = ["worker_package"]
""",
    "worker_package/__init__.py": """
from gym_gui.core.worker import WorkerCapabilities, WorkerMetadata


def get_worker_metadata():
    metadata = WorkerMetadata(
        name="My Worker",
        version="1.0.0",
        description="The smallest worker",
        author="Somebody",
        homepage="https://example.org/myworker",
        upstream_library="mylib",
        upstream_version="2.0.0",
        license="MIT",
    )
    capabilities = WorkerCapabilities(
        worker_type="myworker",
        supported_paradigms=("sequential",),
        env_families=("gymnasium",),
        action_spaces=("discrete",),
        observation_spaces=("vector",),
        max_agents=1,
        supports_self_play=False,
        supports_population=False,
        supports_checkpointing=True,
        supports_pause_resume=False,
        requires_gpu=False,
        gpu_memory_mb=None,
        cpu_cores=1,
        estimated_memory_mb=512,
    )
    return metadata, capabilities
""",
    "worker_package/config.py": """
from dataclasses import dataclass

from gym_gui.core.worker import WorkerConfig as WorkerConfigProtocol


@dataclass(frozen=True)
class MyWorkerConfig:
    run_id: str
    seed: int | None = None
    algo: str = "default"
    env_id: str = "CartPole-v1"

    def to_dict(self) -> dict:
        return {"run_id": self.run_id, "seed": self.seed, "algo": self.algo, "env_id": self.env_id}

    @classmethod
    def from_dict(cls, data: dict) -> "MyWorkerConfig":
        return cls(**data)
""",
    "worker_package/log_constants.py": """
from gym_gui.logging_config.log_constants import LogConstant

LOG_WORKER_MYWORKER_RUNTIME_STARTED = LogConstant(
    code="LOG9001",
    level="INFO",
    message="My worker started",
    component="Worker",
    subcomponent="MyWorkerRuntime",
    tags=("myworker", "worker", "runtime", "lifecycle"),
)
""",
    "worker_package/runtime.py": """
from gym_gui.core.worker import TelemetryEmitter
from gym_gui.logging_config.log_constants import LOG_WORKER_MYWORKER_RUNTIME_STARTED


class MyWorkerRuntime:
    def __init__(self, config, logger=None):
        self.config = config
        self.emitter = TelemetryEmitter(run_id=config.run_id, logger=logger)

    def run(self) -> dict:
        self.emitter.run_started(
            {"worker_type": "myworker", "algo": self.config.algo},
            constant=LOG_WORKER_MYWORKER_RUNTIME_STARTED,
        )
        results = {"episodes": 100, "reward": 195.0}
        self.emitter.run_completed(results)
        return results
""",
}


def write_minimal_worker(folder: Path) -> Path:
    """The project, written into the folder."""
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.lstrip("\n"))
    return folder
