from __future__ import annotations

import copy
import csv
import logging
import pickle
from dataclasses import FrozenInstanceError, replace
from pathlib import Path
from typing import Any

import pytest

from gym_gui.logging_config import log_constants
from gym_gui.logging_config.log_constants import (
    LOG_OPERATOR_VIEW_SIZE_CONFIGURED,
    LOG_WORKER_CLEANRL_RUNTIME_FAILED,
    LOG_WORKER_CLEANRL_RUNTIME_STARTED,
    LogCodeCollisionError,
    LogConstant,
    find_by_component,
    find_by_tag,
    get_component_snapshot,
    get_constant_by_code,
    list_known_components,
    validate_log_constants,
)
from gym_gui.logging_config.lookup import _departures
from gym_gui.logging_config.registry import LogConstantRegistry

TABLE = Path(__file__).with_name("log_constants.tsv")
ROWS = list(csv.DictReader(TABLE.read_text(encoding="utf-8").splitlines(), delimiter="\t"))


def made(code: str = "TEST1", **changes: Any) -> LogConstant:
    fields = {"level": "INFO", "message": "Something happened", "component": "Worker", "subcomponent": "Test"}
    return LogConstant(code, **{**fields, "tags": ("test",), **changes})


# The value


def test_a_constant_keeps_its_fields() -> None:
    constant = LogConstant("LOG9", "ERROR", "Lost", "Worker", "TestRuntime", ("a", "b"))
    assert constant == LogConstant(
        code="LOG9",
        level="ERROR",
        message="Lost",
        component="Worker",
        subcomponent="TestRuntime",
        tags=("a", "b"),
    )
    assert repr(constant) == (
        "LogConstant(code='LOG9', level='ERROR', message='Lost', component='Worker', "
        "subcomponent='TestRuntime', tags=('a', 'b'))"
    )


def test_a_constant_is_a_frozen_hashable_value() -> None:
    constant = made()
    assert len({constant, made(), made("TEST2")}) == 2
    with pytest.raises(FrozenInstanceError):
        constant.code = "OTHER"  # type: ignore[misc]
    with pytest.raises((AttributeError, TypeError)):
        constant.colour = "red"  # type: ignore[attr-defined]
    assert pickle.loads(pickle.dumps(constant)) == copy.deepcopy(constant) == constant
    assert replace(constant, code="TEST2").code == "TEST2"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("INFO", "INFO"),
        ("debug", "DEBUG"),
        ("warn", "WARNING"),
        ("FATAL", "CRITICAL"),
        (logging.DEBUG, "DEBUG"),
        (logging.INFO, "INFO"),
        (logging.WARNING, "WARNING"),
        (logging.ERROR, "ERROR"),
        (logging.CRITICAL, "CRITICAL"),
    ],
)
def test_a_level_is_kept_by_its_upper_case_name(given: str | int, kept: str) -> None:
    constant = made(level=given)
    assert constant.level == kept
    assert constant.level_number == getattr(logging, kept)


def test_a_list_of_tags_is_kept_as_a_tuple() -> None:
    assert made(tags=["a", "b"]).tags == ("a", "b")
    assert LogConstant("TEST1", "INFO", "m", "Worker").tags == ()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("code", 431),
        ("code", None),
        ("level", 1.5),
        ("level", None),
        ("level", True),
        ("message", b"bytes"),
        ("component", None),
        ("subcomponent", 3),
        ("tags", "cleanrl"),
        ("tags", None),
        ("tags", ["ok", 3]),
    ],
)
def test_a_wrong_type_is_an_error_that_names_the_field(field: str, value: Any) -> None:
    with pytest.raises(TypeError, match=rf"LogConstant\.{field}"):
        made(**{field: value})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("code", ""),
        ("code", "LOG 1"),
        ("code", "LOG1\n"),
        ("level", "LOUD"),
        ("level", 25),
        ("message", " "),
        ("component", ""),
        ("tags", ["a", ""]),
    ],
)
def test_an_unusable_value_is_an_error_that_names_the_field(field: str, value: Any) -> None:
    with pytest.raises(ValueError, match=rf"LogConstant\.{field}"):
        made(**{field: value})


# The catalogue


@pytest.mark.parametrize("row", ROWS, ids=[row["name"] for row in ROWS])
def test_a_constant_that_existing_workers_import_is_there(row: dict[str, str]) -> None:
    constant = getattr(log_constants, row["name"])
    assert (constant.code, constant.level) == (row["code"], row["level"])
    assert (constant.component, constant.subcomponent) == (row["component"], row["subcomponent"])
    assert constant.tags == tuple(row["tags"].split(", "))
    assert get_constant_by_code(row["code"]) is constant


def test_the_catalogue_holds_these_and_no_others() -> None:
    assert len(ROWS) == 109
    names = [name for name in log_constants.__all__ if name.startswith("LOG_")]
    in_catalogue = {getattr(log_constants, name).code for name in names}
    assert in_catalogue == {row["code"] for row in ROWS}


def test_both_spellings_of_barlog_are_the_same_objects() -> None:
    names = [name for name in dir(log_constants) if name.startswith("LOG_WORKER_BALROG_")]
    assert len(names) == 17
    for name in names:
        assert getattr(log_constants, name) is getattr(log_constants, name.replace("BALROG", "BARLOG"))


def test_a_star_import_brings_every_constant() -> None:
    namespace: dict[str, object] = {}
    exec("from gym_gui.logging_config.log_constants import *", namespace)
    assert namespace.keys() >= {row["name"] for row in ROWS}


def test_making_a_constant_registers_nothing() -> None:
    made("TEST-UNREGISTERED")
    assert get_constant_by_code("TEST-UNREGISTERED") is None
    duplicate = made("LOG431")
    assert get_constant_by_code("LOG431") is LOG_WORKER_CLEANRL_RUNTIME_STARTED is not duplicate


def test_constants_are_found_by_component() -> None:
    assert {"UI", "Worker"} <= set(list_known_components())
    assert list_known_components() == sorted(list_known_components())
    assert find_by_component("UI") == [LOG_OPERATOR_VIEW_SIZE_CONFIGURED]
    assert len(find_by_component("Worker", "BalrogRuntime")) == 1
    assert len(find_by_component("Worker", "RayRuntime")) == 17
    assert find_by_component("Nothing") == []


def test_the_snapshot_lists_the_subcomponents_and_is_a_copy() -> None:
    snapshot = get_component_snapshot()
    assert snapshot["UI"] == ["OperatorConfig"]
    assert {"CleanRLRuntime", "RayRuntime", "BarlogRuntime", "Policy"} <= set(snapshot["Worker"])
    snapshot["UI"].clear()
    assert get_component_snapshot()["UI"] == ["OperatorConfig"]


def test_constants_are_found_by_tag() -> None:
    found = find_by_tag("cleanrl")
    assert len(found) == 16
    assert all("cleanrl" in constant.tags for constant in found)
    assert LOG_WORKER_CLEANRL_RUNTIME_FAILED in find_by_tag("error")
    assert find_by_tag("clean") == []


def test_every_constant_follows_the_conventions() -> None:
    assert validate_log_constants() == []


@pytest.mark.parametrize(
    ("name", "changes", "problem"),
    [
        ("LOG_WORKER_STARTED", {}, "name must read"),
        ("LOG_WORKER_Test_STARTED", {}, "name must read"),
        ("LOG_WORKER_TEST__STARTED", {}, "name must read"),
        ("WORKER_TEST_STARTED", {}, "name must read"),
        ("LOG_WORKER_TEST_STARTED", {"component": "Trainer"}, "'Worker', not 'Trainer'"),
        ("LOG_WORKER_TEST_STARTED", {"code": "log1"}, "upper-case"),
        ("LOG_WORKER_TEST_STARTED", {"subcomponent": ""}, "subcomponent"),
        ("LOG_WORKER_TEST_STARTED", {"tags": ()}, "no tags"),
        ("LOG_WORKER_TEST_STARTED", {"tags": ("Test",)}, "'Test'"),
    ],
)
def test_a_departure_from_the_conventions_is_reported(
    name: str, changes: dict[str, Any], problem: str
) -> None:
    assert any(problem in text for text in _departures(name, made(**changes)))
    assert _departures("LOG_WORKER_TEST_STARTED", made()) == []


# The registry


def test_a_code_used_twice_raises_where_it_is_defined() -> None:
    registry = LogConstantRegistry()
    first = registry.define(made(message="The first"))
    with pytest.raises(LogCodeCollisionError, match=r"TEST1.*The first.*The second"):
        registry.define(made(message="The second"))
    assert registry.by_code("TEST1") is first


def test_a_module_is_adopted_whole_or_not_at_all() -> None:
    registry = LogConstantRegistry()
    first = made()
    registry.adopt({"LOG_WORKER_A_X": first, "other": 3}, "package-a 1.0")
    arriving = {"LOG_WORKER_B_OK": made("TEST2"), "LOG_WORKER_B_X": made("TEST1", message="Else")}
    with pytest.raises(LogCodeCollisionError) as caught:
        registry.adopt(arriving, "package-b 2.0")
    for part in ("TEST1", "LOG_WORKER_A_X of package-a 1.0", "LOG_WORKER_B_X of package-b 2.0"):
        assert part in str(caught.value)
    assert registry.by_code("TEST2") is None
    assert registry.named() == {"LOG_WORKER_A_X": first}


def test_a_code_used_twice_inside_one_module_is_refused() -> None:
    arriving = {"LOG_WORKER_A_X": made(), "LOG_WORKER_A_Y": made()}
    with pytest.raises(LogCodeCollisionError, match=r"LOG_WORKER_A_X .*LOG_WORKER_A_Y"):
        LogConstantRegistry().adopt(arriving, "package-a 1.0")


def test_a_name_used_twice_is_refused() -> None:
    registry = LogConstantRegistry()
    registry.adopt({"LOG_WORKER_A_X": made()}, "package-a 1.0")
    with pytest.raises(LogCodeCollisionError, match=r"LOG_WORKER_A_X is already TEST1 of package-a 1\.0"):
        registry.adopt({"LOG_WORKER_A_X": made("TEST2")}, "package-b 2.0")


def test_an_alias_and_a_module_imported_anew_are_no_collision() -> None:
    registry = LogConstantRegistry()
    constant = made()
    registry.adopt({"LOG_WORKER_A_X": constant, "LOG_WORKER_ALIAS_X": constant}, "package-a 1.0")
    registry.adopt({"LOG_WORKER_A_X": made()}, "package-a 1.0")
    assert registry.named()["LOG_WORKER_A_X"] is constant
    assert list(registry) == [constant]


@pytest.mark.parametrize("name", ["LOG_WORKER_NO_SUCH_CONSTANT", "LOG_SUCH", "no_such_name", "__path__"])
def test_plain_access_to_an_unknown_name_is_an_attribute_error(name: str) -> None:
    assert not hasattr(log_constants, name)
    assert getattr(log_constants, name, "default") == "default"
    with pytest.raises(AttributeError, match=name):
        getattr(log_constants, name)
