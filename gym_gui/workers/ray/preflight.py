"""Whether a run can begin here: asked by `--dry-run`, and before every run starts a cluster."""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gym_gui.workers.ray.algorithm import algorithm_config, check_options
from gym_gui.workers.ray.checkpoints import CheckpointError, checkpoint_to_resume
from gym_gui.workers.ray.choices import Algorithm, Mode
from gym_gui.workers.ray.config import RayConfig
from gym_gui.workers.ray.environment import EnvironmentFacts, UnsuitableEnvironmentError, look_at

if TYPE_CHECKING:
    from ray.rllib.algorithms.algorithm_config import AlgorithmConfig

OLDEST_RAY = (2, 50)
SECONDS_TO_ANSWER = 5.0


class CannotRunError(ValueError):
    """The run cannot begin; a line for each reason, which names the field and the mend."""


@dataclass(frozen=True, slots=True)
class Cleared:
    """What was found out on the way: all that a run needs to begin."""

    facts: EnvironmentFacts
    built_from: AlgorithmConfig


def preflight(config: RayConfig, seed: int) -> Cleared:
    """What a run needs to begin. Makes the environment once, starts nothing and writes nothing.

    Raises:
        CannotRunError: Something is missing or does not fit; every reason that could be found is in it.
    """
    problems = [*_of_packages(config), *_of_resources(config), *_of_address(config), *_of_checkpoint(config)]
    facts: EnvironmentFacts | None = None
    made: AlgorithmConfig | None = None
    try:
        facts = look_at(config)
        made = algorithm_config(config, facts, seed)
        check_options(made)
        problems += _of_search(config, made)
    except UnsuitableEnvironmentError as error:
        problems.append(str(error))
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        problems.append(f"algorithm_options: {config.algorithm.value} refuses: {_first_line(error)}")
    if problems or facts is None or made is None:
        raise CannotRunError("\n".join(problems))
    return Cleared(facts, made)


def _of_packages(config: RayConfig) -> Iterator[str]:
    import ray

    numbers = tuple(int(part) for part in ray.__version__.split(".")[:2])
    if numbers < OLDEST_RAY:
        oldest = ".".join(map(str, OLDEST_RAY))
        yield f"ray: {ray.__version__} is installed and {oldest} is the oldest this worker knows; upgrade it"
    for is_wanted, field, package in (
        (config.tensorboard, "tensorboard", "tensorboardX"),
        (config.wandb, "wandb", "wandb"),
        (config.env_source.value == "pettingzoo", "env_source", "pettingzoo"),
    ):
        if is_wanted and importlib.util.find_spec(package) is None:
            yield f"{field}: {package} is not installed here: pip install {package}"


def _of_resources(config: RayConfig) -> Iterator[str]:
    """Ray waits for resources that it will never have, and says nothing."""
    if config.num_gpus > 0:
        import torch

        if config.address is None and torch.cuda.device_count() < config.num_gpus:
            there = torch.cuda.device_count()
            yield f"num_gpus: asks for {config.num_gpus:g} and there are {there}; set it to 0"
    if config.address is not None:
        return
    there = config.num_cpus or os.cpu_count() or 1
    needed = config.num_env_runners + (1 if config.mode is Mode.TUNE else 0)
    if needed > there:
        what = "a trial takes one and" if config.mode is Mode.TUNE else ""
        yield (
            f"num_env_runners: {what} {config.num_env_runners} runners take a CPU each, {needed} of {there}; "
            "ask for fewer, or set num_cpus to let them share"
        )
    shared = "/dev/shm"  # noqa: S108 (asked about, not written to)
    if os.path.isdir(shared):  # noqa: PTH112
        free = shutil.disk_usage(shared).free // 2**20
        if free < config.object_store_mb:
            yield f"object_store_mb: asks for {config.object_store_mb} MB and {shared} has {free} MB free"


def _of_address(config: RayConfig) -> Iterator[str]:
    if config.address is None:
        return
    host, _, port = config.address.rpartition(":")
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=SECONDS_TO_ANSWER).close()
    except (OSError, OverflowError) as error:
        yield (
            f"address: {config.address} does not answer: {error}; start the cluster (ray start --head), "
            "or leave the address unset"
        )


def _of_checkpoint(config: RayConfig) -> Iterator[str]:
    try:
        checkpoint_to_resume(config)
    except CheckpointError as error:
        yield str(error)


def _of_search(config: RayConfig, made: AlgorithmConfig) -> Iterator[str]:
    if config.mode is not Mode.TUNE:
        return
    known = made.to_dict()
    for name in config.search_space:
        if config.algorithm is Algorithm.SAC and name == "lr":
            yield "search_space: SAC has no lr; search actor_lr, critic_lr and alpha_lr"
        elif name not in known and name != "train_batch_size_per_learner":
            yield f"search_space: {name!r} is no option of {config.algorithm.value}"


def _first_line(error: Exception) -> str:
    text = str(error).strip() or type(error).__name__
    return text.splitlines()[0]
