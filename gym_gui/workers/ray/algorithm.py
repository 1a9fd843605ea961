"""A configuration of ours as one of RLlib's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gym_gui.workers.ray.choices import Algorithm, EnvironmentSource, PolicySharing
from gym_gui.workers.ray.config import RayConfig
from gym_gui.workers.ray.environment import EnvironmentFacts, multi_agent_maker

if TYPE_CHECKING:
    from ray.rllib.algorithms.algorithm_config import AlgorithmConfig

SHARED_POLICY = "shared"
_LONGEST_MINIBATCH = 128


def algorithm_config(
    config: RayConfig, facts: EnvironmentFacts, seed: int, searched: dict[str, Any] | None = None
) -> AlgorithmConfig:
    """RLlib's configuration of the training.

    Args:
        config: Of the run.
        facts: Of the environment.
        seed: Of the run, known by now.
        searched: Options that Tune chooses, in its own words.

    Raises:
        TypeError: An option is none of the algorithm's.
        ValueError: Options do not go together.
    """
    from ray.tune.registry import get_trainable_cls

    made: AlgorithmConfig = get_trainable_cls(config.algorithm.value).get_default_config()
    made.environment(
        _environment(config), env_config=dict(config.env_options), disable_env_checking=bool(facts.agents)
    )
    made.env_runners(
        num_env_runners=config.num_env_runners, num_envs_per_env_runner=config.num_envs_per_env_runner
    )
    made.learners(num_learners=0, num_gpus_per_learner=config.num_gpus)
    made.debugging(seed=seed, log_level="ERROR")
    if config.algorithm.is_asynchronous:
        made.reporting(min_time_s_per_iteration=config.min_iteration_s)
    if config.hidden_layers:
        made.rl_module(model_config=_network(config.hidden_layers))
    if facts.agents:
        _give_policies(made, config.policy_sharing, facts.agents)
    made.training(**{**_options(config, made), **(searched or {})})
    return made


def check_options(made: AlgorithmConfig) -> None:
    """Returns when RLlib takes the options.

    Raises:
        ValueError: It does not; RLlib's own words.
    """
    made.copy(copy_frozen=False).validate()


def _environment(config: RayConfig) -> str:
    if config.env_source is EnvironmentSource.GYMNASIUM:
        return config.env_id
    from ray.tune.registry import register_env

    name = f"mosaic-{config.run_id}"
    register_env(name, multi_agent_maker(config))
    return name


def _options(config: RayConfig, made: AlgorithmConfig) -> dict[str, Any]:
    options: dict[str, Any] = {"gamma": config.gamma}
    if config.learning_rate is not None:
        names = ("actor_lr", "critic_lr", "alpha_lr") if config.algorithm is Algorithm.SAC else ("lr",)
        options |= dict.fromkeys(names, config.learning_rate)
    if config.train_batch_size is not None:
        options["train_batch_size_per_learner"] = config.train_batch_size
        if config.algorithm is Algorithm.PPO:
            options["minibatch_size"] = min(
                made.minibatch_size or _LONGEST_MINIBATCH, config.train_batch_size
            )
    return options | config.algorithm_options


def _network(widths: list[int]) -> Any:
    from ray.rllib.core.rl_module.default_model_config import DefaultModelConfig

    return DefaultModelConfig(fcnet_hiddens=list(widths))


def _give_policies(made: AlgorithmConfig, sharing: PolicySharing, agents: tuple[str, ...]) -> None:
    if sharing is PolicySharing.SHARED:
        made.multi_agent(policies={SHARED_POLICY}, policy_mapping_fn=lambda *_, **__: SHARED_POLICY)
    else:
        made.multi_agent(policies=set(agents), policy_mapping_fn=lambda agent, *_, **__: agent)
