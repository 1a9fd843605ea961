"""A run that is being put together: its worker, the values of its form, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QObject, Signal

from gym_gui.core.forms.fields import FieldKind, FormField
from gym_gui.core.forms.schema import form_fields
from gym_gui.core.forms.values import check_value, initial_values, without_unset
from gym_gui.core.probing.model import ConfigProblem, ProbedWorker
from gym_gui.core.runs.launch import LaunchSpec

WHOLE_CONFIG = FormField(
    name="",
    title="Config",
    kind=FieldKind.JSON,
    required=True,
    description="This worker does not describe its config, so give it as one JSON object.",
)


@dataclass(frozen=True, slots=True)
class LaunchOptions:
    """What a run is given beside its config; as `LaunchSpec` has them."""

    group: str | None = None
    cwd: str | None = None
    env: Mapping[str, str] = field(default_factory=dict)
    devices: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class DraftState:
    """A form as it was, to go back to."""

    worker: ProbedWorker
    values: Mapping[str, Any]


class RunDraft(QObject):
    """`replaced` says that another form is needed, `changed` that a value or its verdict changed."""

    replaced = Signal()
    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.worker: ProbedWorker | None = None
        self.fields: tuple[FormField, ...] = ()
        self.name = ""
        self.tags: tuple[str, ...] = ()
        self.ignored: tuple[str, ...] = ()
        self.options = LaunchOptions()
        self._varied: Mapping[str, Any] = {}
        self._by_name: dict[str, FormField] = {}
        self._values: dict[str, Any] = {}
        self._rejected: dict[str, str] = {}
        self._answered: dict[str, str] = {}

    def begin(self, worker: ProbedWorker, config: Mapping[str, Any] | None = None) -> None:
        """Start over with a worker: its defaults, and over them the values of `config`."""
        self.worker = worker
        all_fields = form_fields(worker.schema) if worker.schema is not None else ()
        self._take_fields(tuple(field for field in all_fields if not field.managed) or (WHOLE_CONFIG,))
        given = {key: value for key, value in (config or {}).items() if key not in _managed(all_fields)}
        self._values = initial_values(self.fields)
        self._rejected = {}
        self._answered = {}
        if self.is_whole:
            self._values = {"": given}
            self.ignored = ()
        else:
            known = {field.name for field in self.fields}
            self._values.update({key: value for key, value in given.items() if key in known})
            self.ignored = tuple(key for key in given if key not in known)
        self.replaced.emit()
        self.changed.emit()

    def merge(self, values: Mapping[str, Any]) -> None:
        """Give fields other values, and have the form show them."""
        if self.is_whole:
            self._values = {"": dict(values)}
        else:
            self._values.update({name: value for name, value in values.items() if name in self._by_name})
        for name in ("", *values):
            self._rejected.pop(name, None)
        self._answered = {}
        self.replaced.emit()
        self.changed.emit()

    def state(self) -> DraftState | None:
        """The form as it stands, to go back to; None before there is one."""
        if self.worker is None:
            return None
        return DraftState(self.worker, dict(self._values))

    def restore(self, state: DraftState) -> None:
        """Go back to a form as it was. What was typed and means no value is not typed again."""
        self.worker = state.worker
        all_fields = form_fields(state.worker.schema) if state.worker.schema is not None else ()
        self._take_fields(tuple(field for field in all_fields if not field.managed) or (WHOLE_CONFIG,))
        self._values = dict(state.values)
        self._rejected, self._answered, self.ignored = {}, {}, ()
        self.replaced.emit()
        self.changed.emit()

    @property
    def varied(self) -> Mapping[str, Any]:
        """The fields that differ from run to run, each with its value in the first run."""
        return self._varied

    def vary(self, first: Mapping[str, Any]) -> None:
        """Have these fields differ from run to run: the form's own values of them do not count."""
        if dict(first) != dict(self._varied):
            self._varied = dict(first)
            self.changed.emit()

    def first_config(self) -> dict[str, Any]:
        """The config of the first run, without its run id."""
        return {**self.config(), **self._varied}

    def is_changed(self, name: str) -> bool:
        """Whether a field has another value than its default; never of one without a default."""
        field = self._by_name[name]
        if field is WHOLE_CONFIG or field.required:
            return False
        if name in self._rejected:
            return True
        return differs(self._values.get(name), None if field.omittable else field.default)

    def differences(self) -> tuple[str, ...]:
        """The fields that are not as the worker has them by default, required ones among them."""
        return tuple(
            field.name
            for field in self.fields
            if self.is_changed(field.name) or (field.required and field.name in self._values)
        )

    def reset(self, name: str) -> None:
        """Give a field its default back."""
        initial = initial_values((self._by_name[name],))
        self._rejected.pop(name, None)
        self._answered.pop(name, None)
        self._values.pop(name, None)
        self._values.update(initial)
        self.changed.emit()

    @property
    def is_whole(self) -> bool:
        """Whether the config is given as one JSON object, for want of a schema."""
        return self.fields == (WHOLE_CONFIG,)

    def has_value(self, name: str) -> bool:
        """Whether the field has a value, right or wrong."""
        return name in self._values

    def value(self, name: str) -> Any:
        """The field's value; None when it has none."""
        return self._values.get(name)

    def set_value(self, name: str, value: Any) -> None:
        """Give a field a value."""
        self._rejected.pop(name, None)
        self._answered.pop(name, None)
        self._values[name] = value
        self.changed.emit()

    def reject(self, name: str, problem: str) -> None:
        """Note that what was typed for a field means no value."""
        self._answered.pop(name, None)
        self._rejected[name] = problem
        self.changed.emit()

    def take_answer(self, problems: tuple[ConfigProblem, ...]) -> None:
        """Note what the worker's own class says of the config, until the field is changed."""
        known = {field.name for field in self.fields}
        self._answered = {}
        for problem in problems:
            place = problem.field if problem.field in known else problem.field.partition(".")[0]
            self._answered.setdefault(place, problem.message)
        self.changed.emit()

    def problem(self, name: str) -> str:
        """What is wrong with a field, "" when it is fine."""
        if name in self._varied:
            return ""
        if name in self._rejected:
            return self._rejected[name]
        field = self._by_name.get(name)
        if field is None:
            return ""
        return self._own_problem(field) or self._answered.get(name, "")

    def problems(self) -> dict[str, str]:
        """What is wrong, by field, in the order of the form."""
        found = {field.name: self.problem(field.name) for field in self.fields}
        return {name: problem for name, problem in found.items() if problem}

    def general_problem(self) -> str:
        """What the worker's class says that belongs to no field of the form."""
        known = {field.name for field in self.fields}
        return "\n".join(
            f"{name}: {text}" if name else text for name, text in self._answered.items() if name not in known
        )

    def config(self) -> dict[str, Any]:
        """The config as it stands, without the run id that the launcher adds."""
        if self.is_whole:
            whole = self._values.get("")
            return dict(whole) if isinstance(whole, dict) else {}
        return without_unset(self.fields, self._values)

    def spec(self) -> LaunchSpec:
        """The run to launch. Call it only when there are no problems."""
        worker = self.worker
        if worker is None:
            raise ValueError("no worker is chosen")
        metadata, capabilities = worker.metadata, worker.capabilities
        return LaunchSpec(
            worker_id=worker.worker_id,
            command=worker.command,
            config=self.config(),
            interpreter=worker.interpreter,
            worker_type=capabilities.worker_type if capabilities else "",
            worker_name=metadata.name if metadata else "",
            worker_version=(metadata.version if metadata else "") or worker.version,
            name=self.name.strip(),
            tags=self.tags,
            group=self.options.group,
            cwd=self.options.cwd,
            env=dict(self.options.env),
            resources={} if self.options.devices is None else {"devices": list(self.options.devices)},
        )

    def _take_fields(self, fields: tuple[FormField, ...]) -> None:
        self.fields = fields
        self._by_name = {field.name: field for field in fields}

    def _own_problem(self, field: FormField) -> str:
        if field.name not in self._values:
            return "" if field.omittable else "is required"
        value = self._values[field.name]
        if field is WHOLE_CONFIG:
            return "" if isinstance(value, dict) else "must be a JSON object"
        if value is None and field.omittable:
            return ""
        return check_value(field, value)


def differs(value: Any, other: Any) -> bool:
    """Whether two values of a config are not the same; true is not 1."""
    return isinstance(value, bool) is not isinstance(other, bool) or bool(value != other)


def _managed(fields: tuple[FormField, ...]) -> set[str]:
    return {field.name for field in fields if field.managed} | {"run_id"}
