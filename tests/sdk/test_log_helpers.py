from __future__ import annotations

import io
import logging
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from gym_gui.logging_config import configure_logging, helpers
from gym_gui.logging_config.helpers import LogConstantMixin, log_constant
from gym_gui.logging_config.log_constants import (
    LOG_WORKER_CLEANRL_HEARTBEAT,
    LOG_WORKER_CLEANRL_RUNTIME_FAILED,
    LOG_WORKER_CLEANRL_RUNTIME_STARTED,
)

STARTED = LOG_WORKER_CLEANRL_RUNTIME_STARTED


class Unprintable:
    def __str__(self) -> str:
        raise RuntimeError("no text for you")

    __repr__ = __str__


class Kept(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)

    @property
    def only(self) -> logging.LogRecord:
        assert len(self.records) == 1
        return self.records[0]


@pytest.fixture
def logger() -> logging.Logger:
    # Not from getLogger: nobody else has it, and its handlers go with it.
    return logging.Logger("test.worker", logging.DEBUG)


@pytest.fixture
def kept(logger: logging.Logger) -> Kept:
    handler = Kept()
    logger.addHandler(handler)
    return handler


@pytest.fixture(autouse=True)
def not_warned_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(helpers, "_warned", False)


# log_constant


def test_the_line_is_code_and_message_at_the_level_of_the_constant(
    logger: logging.Logger, kept: Kept
) -> None:
    log_constant(logger, STARTED)
    assert kept.only.getMessage() == f"LOG431 {STARTED.message}"
    assert kept.only.levelno == logging.INFO
    log_constant(logger, LOG_WORKER_CLEANRL_RUNTIME_FAILED)
    assert kept.records[1].levelno == logging.ERROR


def test_a_detail_follows_a_bar(logger: logging.Logger, kept: Kept) -> None:
    log_constant(logger, STARTED, message="ppo on CartPole")
    assert kept.only.getMessage() == f"LOG431 {STARTED.message} | ppo on CartPole"


@pytest.mark.parametrize("message", ["100% done", "%s %d %(x)s", "{}", "a\nb", "", 3])
def test_a_detail_stands_as_it_is(message: object, logger: logging.Logger, kept: Kept) -> None:
    log_constant(logger, STARTED, message=message)
    assert kept.only.getMessage().endswith(f" | {message}")


def test_the_record_carries_the_fields_of_the_constant(logger: logging.Logger, kept: Kept) -> None:
    log_constant(logger, STARTED, extra={"seed": 42})
    fields = vars(kept.only)
    assert fields["log_code"] == "LOG431"
    assert fields["component"] == "Worker"
    assert fields["subcomponent"] == "CleanRLRuntime"
    assert fields["tags"] == "cleanrl,worker,runtime,lifecycle"
    assert fields["extra"] == {"seed": 42}


def test_without_extra_the_record_carries_an_empty_dict(logger: logging.Logger, kept: Kept) -> None:
    log_constant(logger, STARTED)
    assert vars(kept.only)["extra"] == {}


def test_no_key_of_extra_can_clash_with_the_record(logger: logging.Logger, kept: Kept) -> None:
    reserved = [
        *vars(logging.makeLogRecord({})),
        "message",
        "asctime",
        "log_code",
        "tags",
        "extra",
        "component",
    ]
    extra: dict[Any, str] = {**dict.fromkeys(reserved, "mine"), 7: "mine"}
    log_constant(logger, STARTED, extra=extra)
    record = kept.only
    assert vars(record)["extra"] == extra
    assert record.name == "test.worker"
    assert logging.Formatter("%(message)s %(log_code)s").format(record) == f"LOG431 {STARTED.message} LOG431"


def test_a_later_change_of_extra_does_not_reach_the_record(logger: logging.Logger, kept: Kept) -> None:
    extra = {"step": 1}
    log_constant(logger, STARTED, extra=extra)
    extra["step"] = 2
    assert vars(kept.only)["extra"] == {"step": 1}


def test_an_exception_comes_with_its_traceback(logger: logging.Logger, kept: Kept) -> None:
    try:
        raise KeyError("env_id")
    except KeyError as error:
        log_constant(logger, STARTED, exc_info=error)
        log_constant(logger, STARTED, exc_info=True)
        log_constant(logger, STARTED, exc_info=sys.exc_info())
    for record in kept.records:
        assert "KeyError: 'env_id'" in logging.Formatter().format(record)
    log_constant(logger, STARTED)
    assert kept.records[-1].exc_info is None


def test_the_record_names_the_caller(logger: logging.Logger, kept: Kept) -> None:
    def wrapper() -> None:
        log_constant(logger, STARTED, stacklevel=2)

    log_constant(logger, STARTED)
    wrapper()
    for record in kept.records:
        assert (record.funcName, record.pathname) == ("test_the_record_names_the_caller", __file__)


def test_nothing_is_made_of_a_constant_below_the_level(logger: logging.Logger, kept: Kept) -> None:
    logger.setLevel(logging.INFO)

    class Expensive:
        def __str__(self) -> str:
            raise AssertionError("asked for its text")

    log_constant(logger, LOG_WORKER_CLEANRL_HEARTBEAT, message=Expensive())
    assert kept.records == []


def test_an_adapter_keeps_its_own_part(logger: logging.Logger, kept: Kept) -> None:
    class Prefixing(logging.LoggerAdapter[logging.Logger]):
        def process(self, msg: Any, kwargs: Any) -> tuple[Any, Any]:
            return f"[worker 3] {msg}", {**kwargs, "extra": self.extra}

    log_constant(Prefixing(logger, {"rank": 3}), STARTED, extra={"seed": 1})
    nested = logging.LoggerAdapter(Prefixing(logger, {"rank": 4}), {"host": "h"})
    log_constant(nested, STARTED, extra={"seed": 2})
    for record, rank, seed in zip(kept.records, (3, 4), (1, 2), strict=True):
        assert record.getMessage().startswith("[worker 3] LOG431 ")
        assert (vars(record)["rank"], vars(record)["extra"]) == (rank, {"seed": seed})
        assert record.funcName == "test_an_adapter_keeps_its_own_part"
    assert vars(kept.records[1])["host"] == "h"


# Nothing of it may harm a training


def test_a_detail_that_cannot_be_printed_is_said_to_be_so(logger: logging.Logger, kept: Kept) -> None:
    log_constant(logger, STARTED, message=Unprintable(), extra={"x": Unprintable()})
    assert kept.only.getMessage().endswith("| <Unprintable that cannot be printed: RuntimeError>")


class HostileMapping(Mapping[str, Any]):
    def __getitem__(self, key: str) -> Any:
        raise RuntimeError("no values for you")

    def __iter__(self) -> Iterator[str]:
        return iter(["x"])

    def __len__(self) -> int:
        return 1


class HostileFilter(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        raise RuntimeError("no records for you")


@pytest.mark.parametrize(
    "arguments",
    [
        {"extra": HostileMapping()},
        {"constant": "LOG431"},
        {"constant": None},
        {"logger": None},
        {"logger": "root"},
    ],
)
def test_what_cannot_be_logged_is_said_once_and_never_raised(
    arguments: dict[str, Any], logger: logging.Logger, kept: Kept, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(3):
        log_constant(**{"logger": logger, "constant": STARTED, **arguments})
    assert kept.records == []
    assert capsys.readouterr().err.count("could not be logged") == 1


def test_a_filter_that_raises_does_not_reach_the_caller(
    logger: logging.Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    logger.addFilter(HostileFilter())
    log_constant(logger, STARTED)
    assert "LOG431 could not be logged (RuntimeError)" in capsys.readouterr().err


def test_a_value_that_is_no_mapping_is_kept_all_the_same(logger: logging.Logger, kept: Kept) -> None:
    log_constant(logger, STARTED, extra=[1, 2])  # type: ignore[arg-type]
    assert vars(kept.only)["extra"] == {"value": [1, 2]}


@pytest.mark.parametrize("stderr", ["closed", "missing"])
def test_with_nobody_to_tell_it_stays_silent(
    stderr: str, logger: logging.Logger, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = io.StringIO()
    stream.close()
    monkeypatch.setattr(sys, "stderr", stream if stderr == "closed" else None)
    logger.addFilter(HostileFilter())
    log_constant(logger, STARTED)


# LogConstantMixin


class Runtime(LogConstantMixin):
    def __init__(self, logger: logging.Logger | None) -> None:
        if logger is not None:
            self._logger = logger

    def begin(self) -> None:
        self.log_constant(STARTED, message="ppo", extra={"seed": 1})


def test_the_mixin_logs_to_its_logger_and_names_the_caller(logger: logging.Logger, kept: Kept) -> None:
    Runtime(logger).begin()
    assert kept.only.getMessage() == f"LOG431 {STARTED.message} | ppo"
    assert vars(kept.only)["extra"] == {"seed": 1}
    assert kept.only.funcName == "begin"


def test_the_mixin_without_a_logger_uses_that_of_its_module(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        Runtime(None).begin()
    assert [record.name for record in caplog.records] == [__name__]


# configure_logging


@pytest.fixture
def root() -> Iterator[logging.Logger]:
    """The root logger, afterwards as it was."""
    logger = logging.getLogger()
    handlers, level = list(logger.handlers), logger.level
    yield logger
    for handler in list(logger.handlers):
        if handler not in handlers:
            logger.removeHandler(handler)
            handler.close()
    logger.setLevel(level)


def test_the_log_goes_to_standard_error_alone(
    root: logging.Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    assert configure_logging() is root
    logging.getLogger("some.worker").info("hello")
    logging.getLogger("some.worker").debug("not this")
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.endswith("INFO     some.worker: hello\n")
    assert captured.err.count("\n") == 1


def test_a_constant_is_shown_with_its_code_and_place_once(
    root: logging.Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logging()
    log_constant(logging.getLogger("w"), STARTED, message="ppo")
    line = capsys.readouterr().err
    assert line.endswith(f" w [Worker/CleanRLRuntime]: LOG431 {STARTED.message} | ppo\n")
    assert line.count("LOG431") == 1


def test_twice_is_one_handler_of_each_kind(
    root: logging.Logger, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = list(root.handlers)
    for _ in range(3):
        configure_logging(log_file=tmp_path / "logs" / "worker.log")
    assert len(root.handlers) == len(before) + 2
    assert all(handler in root.handlers for handler in before)
    logging.getLogger("w").info("once")
    assert capsys.readouterr().err.count("once") == 1
    assert (tmp_path / "logs" / "worker.log").read_text().count("once") == 1
    configure_logging()
    assert len(root.handlers) == len(before) + 1


@pytest.mark.parametrize("level", [logging.DEBUG, "DEBUG", "debug", " Debug "])
def test_the_level_may_be_a_number_or_a_name(
    level: int | str, root: logging.Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logging(level)
    logging.getLogger("w").debug("seen")
    assert "seen" in capsys.readouterr().err


def test_an_unknown_level_changes_nothing(root: logging.Logger) -> None:
    before = list(root.handlers)
    with pytest.raises(ValueError, match="'loud'"):
        configure_logging("loud")
    assert root.handlers == before


def test_another_stream_takes_its_place(root: logging.Logger, capsys: pytest.CaptureFixture[str]) -> None:
    stream = io.StringIO()
    configure_logging(stream=stream)
    logging.getLogger("w").info("there")
    assert "there" in stream.getvalue()
    assert capsys.readouterr().err == ""


def test_standard_output_is_refused(root: logging.Logger) -> None:
    with pytest.raises(ValueError, match="telemetry"):
        configure_logging(stream=sys.stdout)


def test_a_log_file_that_cannot_be_opened_changes_nothing(root: logging.Logger, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    before = list(root.handlers)
    with pytest.raises(OSError, match="file"):
        configure_logging(log_file=tmp_path / "file" / "worker.log")
    assert root.handlers == before


def test_the_log_follows_a_replaced_standard_error(
    root: logging.Logger, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure_logging()
    later = io.StringIO()
    monkeypatch.setattr(sys, "stderr", later)
    logging.getLogger("w").info("after")
    assert "after" in later.getvalue()


def test_a_worker_whose_standard_error_is_closed_goes_on() -> None:
    program = (
        "import logging, os, sys\n"
        "from gym_gui.logging_config import configure_logging\n"
        "from gym_gui.logging_config.helpers import log_constant\n"
        "from gym_gui.logging_config.log_constants import LOG_WORKER_RAY_HEARTBEAT\n"
        "configure_logging('DEBUG')\n"
        "os.close(2)\n"
        "log_constant(logging.getLogger('w'), LOG_WORKER_RAY_HEARTBEAT)\n"
        "print('trained')\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "trained\n")


def test_the_package_offers_the_set_up_without_importing_logging() -> None:
    program = (
        "import sys\n"
        "from gym_gui import logging_config\n"
        "from gym_gui.logging_config import helpers, log_constants\n"
        "assert 'logging' not in sys.modules\n"
        "assert 'configure_logging' in dir(logging_config)\n"
        "assert not hasattr(logging_config, 'nonsense')\n"
        "from gym_gui.logging_config import configure_logging\n"
        "assert 'logging' in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
