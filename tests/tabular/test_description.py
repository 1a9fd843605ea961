"""What the worker says of itself, and what saying it costs."""

from __future__ import annotations

import re
import subprocess
import sys

from gym_gui.core.worker import WorkerCapabilities, WorkerMetadata
from gym_gui.logging_config.log_constants import LogConstant, get_constant_by_code, validate_log_constants
from gym_gui.workers.tabular import get_worker_metadata, log_constants


def test_the_description_is_true() -> None:
    metadata, capabilities = get_worker_metadata()
    assert isinstance(metadata, WorkerMetadata)
    assert isinstance(capabilities, WorkerCapabilities)
    assert capabilities.worker_type == "tabular"
    assert capabilities.supports_checkpointing
    assert not capabilities.requires_gpu
    assert not capabilities.is_multi_agent()
    assert capabilities.supports_paradigm("single_agent")
    assert capabilities.supports_env_family("gymnasium")
    assert metadata.upstream_library == "gymnasium"


def test_describing_the_worker_imports_nothing_heavy() -> None:
    script = (
        "import sys; from gym_gui.workers.tabular import get_worker_metadata; get_worker_metadata();"
        "print(sorted({name.partition('.')[0] for name in sys.modules}"
        " & {'gymnasium', 'numpy', 'pydantic', 'tensorboardX', 'PIL', 'PySide6', 'pygame'}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == "[]"


def test_log_constants_follow_the_convention() -> None:
    constants = {name: value for name, value in vars(log_constants).items() if isinstance(value, LogConstant)}
    assert len(constants) == len({constant.code for constant in constants.values()}) >= 14
    for name, constant in constants.items():
        assert re.fullmatch(r"LOG_WORKER_TABULAR(_[A-Z]+)+", name)
        assert re.fullmatch(r"LOG20\d\d", constant.code)
        assert (constant.component, constant.subcomponent) == ("Worker", "TabularRuntime")
        assert constant.tags[:2] == ("tabular", "worker")


def test_the_constants_resolve_from_the_catalogue_by_name_and_code() -> None:
    from gym_gui.logging_config.log_constants import LOG_WORKER_TABULAR_RUNTIME_STARTED

    assert LOG_WORKER_TABULAR_RUNTIME_STARTED is log_constants.LOG_WORKER_TABULAR_RUNTIME_STARTED
    assert get_constant_by_code("LOG2013") is log_constants.LOG_WORKER_TABULAR_ANALYTICS_MANIFEST_CREATED
    assert [problem for problem in validate_log_constants() if "TABULAR" in problem] == []
