from __future__ import annotations

import json
import logging
import os
import signal
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import pytest

from gym_gui.core.worker import TelemetryEmitter, WorkerCLI


@dataclass(frozen=True)
class Config:
    run_id: str
    seed: int | None = None
    where: Path = Path("data")

    def to_dict(self) -> dict[str, Any]:
        return {"run_id": self.run_id, "seed": self.seed, "where": self.where}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Config:
        return cls(**data)


class Runtime:
    """A runtime whose run() is given by each test; it keeps what it was made with."""

    made_with: ClassVar[list[Any]] = []
    behaviour: ClassVar[Any] = None

    def __init__(self, config: Config, logger: logging.Logger | None = None) -> None:
        type(self).made_with = [config, logger]
        self.emitter = TelemetryEmitter(config.run_id)

    def run(self) -> Any:
        return type(self).behaviour(self.emitter)


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    for handler in set(root.handlers) - set(handlers):
        root.removeHandler(handler)
    root.setLevel(level)


@pytest.fixture
def config_file(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    file = tmp_path / "config.json"
    file.write_text(json.dumps({"run_id": request.node.name, "seed": 7}))
    return file


def run(config_file: Path, behaviour: Any, *extra: str, runtime_class: type = Runtime) -> int:
    Runtime.behaviour = staticmethod(behaviour)
    arguments = ["--config", str(config_file), *extra]
    return WorkerCLI.run(Config, runtime_class, prog="my-worker", description="Tests.", argv=arguments)


def events(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_the_base_parser_takes_what_launchers_give() -> None:
    parser = WorkerCLI.create_base_parser("my-worker", "Does things.")
    plain = parser.parse_args(["--config", "c.json"])
    assert plain.config == Path("c.json")
    assert (plain.verbose, plain.dry_run, plain.worker_id, plain.grpc) == (False, False, None, False)
    assert plain.grpc_target == "127.0.0.1:50055"
    full = parser.parse_args(
        ["--config", "c.json", "-v", "--dry-run", "--worker-id", "w", "--grpc", "--grpc-target", "h:1"]
    )
    assert (full.verbose, full.dry_run, full.worker_id, full.grpc, full.grpc_target) == (
        True, True, "w", True, "h:1",
    )  # fmt: skip
    assert (parser.prog, parser.description) == ("my-worker", "Does things.")


def test_the_config_is_required(capsys: pytest.CaptureFixture[str]) -> None:
    assert WorkerCLI.run(Config, Runtime, prog="my-worker", description="", argv=[]) == 2
    assert "--config" in capsys.readouterr().err
    assert WorkerCLI.run(Config, Runtime, prog="my-worker", description="", argv=["--help"]) == 0


@pytest.mark.parametrize(("verbose", "level"), [(False, logging.INFO), (True, logging.DEBUG)])
def test_logging_goes_to_standard_error_only(
    capsys: pytest.CaptureFixture[str], verbose: bool, level: int
) -> None:
    WorkerCLI.setup_logging(verbose)
    WorkerCLI.setup_logging(verbose)
    logging.getLogger("some.worker").log(level, "only once")
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("only once") == 1
    assert logging.getLogger().level == level


def test_loading_and_validating(config_file: Path, tmp_path: Path) -> None:
    loaded = WorkerCLI.load_and_validate_config(config_file, Config)
    assert loaded.seed == 7
    with pytest.raises(FileNotFoundError):
        WorkerCLI.load_and_validate_config(tmp_path / "none.json", Config)
    with pytest.raises(TypeError):
        WorkerCLI.load_and_validate_config(config_file, dict)
    config_file.write_text("{}")
    with pytest.raises(ValueError, match="run_id: is required"):
        WorkerCLI.load_and_validate_config(config_file, Config)


def test_a_run_that_says_everything_is_not_spoken_for(
    config_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def behaviour(emitter: TelemetryEmitter) -> dict[str, Any]:
        emitter.run_started({"algo": "ppo"})
        emitter.run_completed({"reward": 1})
        return {"reward": 1}

    assert run(config_file, behaviour) == 0
    started, completed = events(capsys)
    assert (started["event"], started["payload"]) == ("run_started", {"algo": "ppo"})
    assert (completed["event"], completed["payload"]) == ("run_completed", {"reward": 1})
    config, logger = Runtime.made_with
    assert config == Config(started["run_id"], 7)
    assert logger.name == Runtime.__module__


@pytest.mark.parametrize(("results", "payload"), [({"a": 1}, {"a": 1}), (None, {}), (5, {"result": 5})])
def test_a_silent_run_is_spoken_for(
    config_file: Path, capsys: pytest.CaptureFixture[str], results: Any, payload: dict[str, Any]
) -> None:
    assert run(config_file, lambda _: results) == 0
    started, completed = events(capsys)
    assert started["event"] == "run_started"
    assert started["payload"]["seed"] == 7
    assert started["payload"]["started"] <= started["timestamp"]
    assert (completed["event"], completed["payload"]) == ("run_completed", payload)
    assert completed["run_id"] == started["run_id"] == Runtime.made_with[0].run_id


def test_an_exception_is_a_failed_run(config_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def behaviour(emitter: TelemetryEmitter) -> None:
        emitter.run_started({})
        raise RuntimeError("the environment is gone")

    assert run(config_file, behaviour) == 1
    captured = capsys.readouterr()
    _, failed = (json.loads(line) for line in captured.out.splitlines())
    assert failed["event"] == "run_failed"
    assert failed["payload"]["error"] == "the environment is gone"
    assert failed["payload"]["error_type"] == "RuntimeError"
    assert "in behaviour" in failed["payload"]["traceback"]
    assert "RuntimeError: the environment is gone" in captured.err


def test_a_failure_the_worker_reported_itself_stands(
    config_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def behaviour(emitter: TelemetryEmitter) -> None:
        emitter.run_started({})
        emitter.run_failed({"error": "own words"})
        raise RuntimeError

    assert run(config_file, behaviour) == 1
    _, failed = events(capsys)
    assert failed["payload"] == {"error": "own words"}


@pytest.mark.parametrize(("event", "code"), [("run_failed", 1), ("run_cancelled", 130), ("run_completed", 0)])
def test_the_exit_code_follows_what_a_returning_worker_said(config_file: Path, event: str, code: int) -> None:
    def behaviour(emitter: TelemetryEmitter) -> None:
        emitter.run_started({})
        getattr(emitter, event)({})

    assert run(config_file, behaviour) == code


@pytest.mark.parametrize(
    ("raised", "event", "code"),
    [
        (SystemExit(), "run_completed", 0),
        (SystemExit(0), "run_completed", 0),
        (SystemExit(5), "run_failed", 1),
        (SystemExit("no GPU"), "run_failed", 1),
        (SystemExit(143), "run_cancelled", 130),
        (KeyboardInterrupt(), "run_cancelled", 130),
        (GeneratorExit(), "run_failed", 1),
    ],
)
def test_every_way_to_leave_has_its_event_and_code(
    config_file: Path, capsys: pytest.CaptureFixture[str], raised: BaseException, event: str, code: int
) -> None:
    def behaviour(emitter: TelemetryEmitter) -> None:
        raise raised

    assert run(config_file, behaviour) == code
    assert events(capsys)[-1]["event"] == event


def test_sigterm_cancels_the_run_and_is_handed_back(
    config_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = signal.getsignal(signal.SIGTERM)
    unwound = []

    def behaviour(emitter: TelemetryEmitter) -> None:
        emitter.run_started({})
        try:
            os.kill(os.getpid(), signal.SIGTERM)
            signal.pause()
        finally:
            os.kill(os.getpid(), signal.SIGTERM)  # a second one while it unwinds changes nothing
            unwound.append(True)

    assert run(config_file, behaviour) == 130
    _, cancelled = events(capsys)
    assert (cancelled["event"], cancelled["payload"]) == ("run_cancelled", {"reason": "SIGTERM"})
    assert unwound == [True]
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_constructor_that_raises_is_a_failed_run(
    config_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    class Exploding(Runtime):
        def __init__(self, config: Config) -> None:
            raise OSError("no such environment")

    assert run(config_file, None, runtime_class=Exploding) == 1
    assert events(capsys)[-1]["payload"]["error"] == "no such environment"


def test_a_dry_run_says_what_would_run_and_makes_nothing(
    config_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Runtime.made_with = []
    assert run(config_file, None, "--dry-run") == 0
    (plan,) = events(capsys)
    assert plan["dry_run"] is True
    assert plan["config"] == {"run_id": plan["run_id"], "seed": 7, "where": "data"}
    assert plan["config_class"] == f"{__name__}:Config"
    assert plan["runtime_class"] == f"{__name__}:Runtime"
    assert "event" not in plan
    assert Runtime.made_with == []


def test_a_dry_run_refuses_what_a_run_would(config_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config_file.write_text('{"run_id": "r", "sed": 1}')
    assert run(config_file, None, "--dry-run") == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert f"my-worker: error: {config_file}: sed: unknown key; did you mean 'seed'?" in captured.err


def test_a_missing_config_is_bad_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path / "none.json", None) == 2
    assert "there is no such file" in capsys.readouterr().err


class ByKeyword(Runtime):
    def __init__(self, *, config: Config, logger: logging.Logger) -> None:
        super().__init__(config, logger)


class ByPosition(Runtime):
    def __init__(self, config: Config, log: logging.Logger, /) -> None:
        super().__init__(config, log)


class OptionalByPosition(Runtime):
    def __init__(self, config: Config, logger: logging.Logger | None = None, /) -> None:
        super().__init__(config, logger)


class Swapped(Runtime):
    def __init__(self, logger: logging.Logger, config: Config) -> None:
        super().__init__(config, logger)


class WithoutLogger(Runtime):
    def __init__(self, config: Config, verbose: bool = False, **options: Any) -> None:
        assert not options
        assert verbose is False
        super().__init__(config)


@pytest.mark.parametrize(
    ("runtime_class", "takes_logger"),
    [
        (ByKeyword, True),
        (ByPosition, True),
        (OptionalByPosition, True),
        (Swapped, True),
        (WithoutLogger, False),
    ],
)
def test_the_runtime_is_made_as_its_signature_asks(
    config_file: Path, runtime_class: type[Runtime], takes_logger: bool
) -> None:
    assert run(config_file, lambda _: {}, runtime_class=runtime_class) == 0
    config, logger = runtime_class.made_with
    assert config.seed == 7
    assert (logger is not None) == takes_logger


class TooDemanding(Runtime):
    def __init__(self, config: Config, logger: logging.Logger, device: str) -> None:
        raise AssertionError("never called")


class WithoutRun:
    def __init__(self, config: Config) -> None:
        raise AssertionError("never called")


@pytest.mark.parametrize(
    ("runtime_class", "message"),
    [
        (TooDemanding, "TooDemanding(config, logger, device) cannot be made"),
        (WithoutRun, "WithoutRun is no WorkerRuntime: it needs a method run()"),
    ],
)
def test_a_runtime_that_cannot_be_used_is_a_broken_worker(
    config_file: Path, capsys: pytest.CaptureFixture[str], runtime_class: type, message: str
) -> None:
    assert run(config_file, None, runtime_class=runtime_class) == 3
    captured = capsys.readouterr()
    assert message in captured.err
    assert captured.out == ""


class Halfway:
    seed = 1

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Halfway:
        return cls()


class BrokenToDict(Config):
    def to_dict(self) -> dict[str, Any]:
        raise ZeroDivisionError


@pytest.mark.parametrize(
    ("config_class", "message"),
    [
        (Halfway, "Halfway is no WorkerConfig: it lacks run_id, to_dict"),
        (dict, "dict has no from_dict"),
        (BrokenToDict, "BrokenToDict.to_dict(): ZeroDivisionError"),
    ],
)
def test_a_config_class_that_cannot_be_used_is_a_broken_worker(
    config_file: Path, capsys: pytest.CaptureFixture[str], config_class: type, message: str
) -> None:
    arguments = ["--config", str(config_file), "--dry-run"]
    code = WorkerCLI.run(config_class, Runtime, prog="my-worker", description="", argv=arguments)
    assert code == 3
    assert message in capsys.readouterr().err


def test_importing_it_costs_no_logging_and_no_json() -> None:
    import subprocess

    program = "import sys; from gym_gui.core.worker import WorkerCLI; print('json' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
