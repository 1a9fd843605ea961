"""What a worker is to MOSAIC: two protocols to satisfy and two values to describe itself with.

Nothing has to be inherited. A class that has the members satisfies the protocol.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from gym_gui.core.worker._checked import check_fields, known_items, plain_dict, require_text

if TYPE_CHECKING:
    from typing import Self, TypeGuard


@runtime_checkable
class WorkerConfig(Protocol):
    """The configuration of one run: its id, its seed, and the way from and to plain data.

    Any class with these members will do; a dataclass or a pydantic model also gives the panel's form its
    fields. `from_dict(config.to_dict())` equals `config`, also when JSON lies in between.

    Attributes:
        run_id: Id of the run; names its directory. Filled in by the launcher.
        seed: Seed of the run, None to leave it to chance.

    Example:
        A dataclass that satisfies the protocol::

            @dataclass(frozen=True)
            class MyConfig:
                run_id: str
                seed: int | None = None
                total_steps: int = 100_000

                def to_dict(self):
                    return asdict(self)

                @classmethod
                def from_dict(cls, data):
                    return cls(**data)
    """

    if TYPE_CHECKING:

        @property
        def run_id(self) -> str:
            """Id of the run the configuration is for."""

        @property
        def seed(self) -> int | None:
            """Seed of the run, None to leave it to chance."""

    else:
        # Plain annotations, so that a dataclass which inherits from the protocol does not
        # take a property for the default of its field; checkers see what is read-only.
        run_id: str
        seed: int | None

    def to_dict(self) -> dict[str, Any]:
        """Every field as plain data, ready for JSON: no NaN, no objects."""
        ...

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """The configuration that `to_dict` described.

        Raises:
            ValueError: A value is wrong; the message starts with the field.
            TypeError: A key is missing or unknown.
        """
        ...


@runtime_checkable
class WorkerRuntime(Protocol):
    """What does the work: one call, which returns when the run is over.

    It is made from the config alone, or from the config and `logger`, if its constructor has that name.

    Example:
        A runtime whose events are said for it::

            class MyRuntime:
                def __init__(self, config, logger=None):
                    self.config = config

                def run(self):
                    emitter = TelemetryEmitter(self.config.run_id)
                    with emitter.run({"seed": self.config.seed}) as run:
                        run.results["return_mean"] = train(self.config)
                    return run.results
    """

    def run(self) -> dict[str, Any]:
        """The results of the run, which become the payload of `run_completed` if nobody said them yet.

        Raises:
            Exception: The run failed; whoever called it says `run_failed` with the traceback.
        """
        ...


@dataclass(frozen=True, slots=True)
class WorkerMetadata:
    """Who a worker is, for people to read.

    Attributes:
        name: Name to show.
        version: Version of the worker, "" when it does not say.
        description: What it does, in a sentence or two.
        author: Who maintains it.
        homepage: Address of its documentation or repository.
        upstream_library: The framework it wraps, None when it stands alone.
        upstream_version: The version of that framework.
        license: Its licence, e.g. "MIT".

    Raises:
        TypeError: A field has the wrong type; the message names it.
        ValueError: `name` is blank.
    """

    name: str
    version: str = ""
    description: str = ""
    author: str = ""
    homepage: str = ""
    upstream_library: str | None = None
    upstream_version: str | None = None
    license: str = ""

    def __post_init__(self) -> None:
        check_fields(self)
        require_text(self, "name")

    def to_dict(self) -> dict[str, Any]:
        """The fields by name, ready for JSON."""
        return plain_dict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """The metadata that `to_dict` described; keys it does not know are ignored."""
        return cls(**known_items(cls, data))


@dataclass(frozen=True, slots=True)
class WorkerCapabilities:
    """What a worker can do and what it needs; the panel filters by it. Lists are taken for tuples.

    Attributes:
        worker_type: Short lower-case identifier, e.g. "cleanrl"; also the type in names of log constants.
        supported_paradigms: Stepping paradigms it can run, `SteppingParadigm` or their strings; empty when
            it does not say.
        env_families: Families of environments it can run, e.g. "gymnasium".
        action_spaces: Kinds of action spaces it can handle, e.g. "discrete".
        observation_spaces: Kinds of observation spaces it can handle, e.g. "vector".
        max_agents: Largest number of agents in one environment.
        supports_self_play: Whether an agent can train against itself.
        supports_population: Whether it can train a population.
        supports_checkpointing: Whether it writes checkpoints it can resume from.
        supports_pause_resume: Whether a run can be paused and resumed.
        requires_gpu: Whether it cannot run without a GPU.
        gpu_memory_mb: GPU memory it needs in MB, None when unknown or none.
        cpu_cores: CPU cores it makes use of.
        estimated_memory_mb: Main memory a typical run takes in MB.

    Raises:
        TypeError: A field has the wrong type; the message names it.
        ValueError: `worker_type` is blank, or a number is negative.
    """

    worker_type: str
    supported_paradigms: tuple[str, ...] = ()
    env_families: tuple[str, ...] = ()
    action_spaces: tuple[str, ...] = ()
    observation_spaces: tuple[str, ...] = ()
    max_agents: int = 1
    supports_self_play: bool = False
    supports_population: bool = False
    supports_checkpointing: bool = False
    supports_pause_resume: bool = False
    requires_gpu: bool = False
    gpu_memory_mb: int | None = None
    cpu_cores: int = 1
    estimated_memory_mb: int = 512

    def __post_init__(self) -> None:
        check_fields(self)
        require_text(self, "worker_type")

    def supports_paradigm(self, paradigm: str) -> bool:
        """Whether the paradigm, a `SteppingParadigm` or its string, is among the supported ones."""
        return paradigm in self.supported_paradigms

    def supports_env_family(self, family: str) -> bool:
        """Whether environments of the family can be run."""
        return family in self.env_families

    def is_multi_agent(self) -> bool:
        """Whether more than one agent can share an environment."""
        return self.max_agents > 1

    def to_dict(self) -> dict[str, Any]:
        """The fields by name, ready for JSON."""
        return plain_dict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """The capabilities that `to_dict` described; keys it does not know are ignored."""
        return cls(**known_items(cls, data))


def satisfies_worker_config(cls: object) -> bool:
    """Whether instances of the class are going to satisfy `WorkerConfig`.

    Dataclass fields, pydantic fields, bare annotations and parameters of `__init__` count as
    attributes, although the class itself has none by that name. Abstract classes and
    protocols do not satisfy: nothing can be made of them.
    """
    return (
        _is_concrete(cls)
        and all(callable(getattr(cls, name, None)) for name in ("to_dict", "from_dict"))
        and {"run_id", "seed"} <= _instance_attributes(cls)
    )


def satisfies_worker_runtime(cls: object) -> bool:
    """Whether instances of the class are going to satisfy `WorkerRuntime`."""
    return _is_concrete(cls) and callable(getattr(cls, "run", None))


def _is_concrete(cls: object) -> TypeGuard[type]:
    return (
        isinstance(cls, type)
        and not getattr(cls, "_is_protocol", False)
        and not getattr(cls, "__abstractmethods__", None)
    )


def _instance_attributes(cls: type) -> set[str]:
    names = set(dir(cls))
    for base in cls.__mro__:
        names |= _annotated_names(base)
    try:
        names |= set(inspect.signature(cls).parameters)
    except (TypeError, ValueError):  # classes written in C may have no signature to read
        return names
    return names


def _annotated_names(cls: type) -> set[str]:
    if sys.version_info >= (3, 14):
        from annotationlib import Format, get_annotations  # names in annotations may not exist

        return set(get_annotations(cls, format=Format.FORWARDREF))
    return set(inspect.get_annotations(cls))
