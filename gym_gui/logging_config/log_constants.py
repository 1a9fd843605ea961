"""The catalogue of log constants: one line each, grouped by family, registered by being defined.

A code used twice raises at import. A worker keeps its own constants in a module of its own
package and names it under the entry-point group `mosaic.log_constants`; the entry point is called
like the worker type, and `from gym_gui.logging_config.log_constants import LOG_WORKER_<TYPE>_...` finds them:

    [project.entry-points."mosaic.log_constants"]
    myworker = "worker_package.log_constants"
"""

# ruff: noqa: E501 - a table reads best with one constant a line

from __future__ import annotations

import sys

from gym_gui.constants.constants_core import APP_NAME
from gym_gui.logging_config.lookup import (
    find_by_component,
    find_by_tag,
    get_component_snapshot,
    get_constant_by_code,
    list_known_components,
    validate_log_constants,
)
from gym_gui.logging_config.model import LogConstant
from gym_gui.logging_config.registry import CATALOGUE, LogCodeCollisionError, family

# fmt: off

# CleanRL
_cleanrl = family("Worker", "CleanRLRuntime", "cleanrl", "worker")
LOG_WORKER_CLEANRL_RUNTIME_STARTED = _cleanrl("LOG431", "INFO", "CleanRL worker began its run", "runtime lifecycle")
LOG_WORKER_CLEANRL_RUNTIME_COMPLETED = _cleanrl("LOG432", "INFO", "CleanRL worker finished its run", "runtime lifecycle")
LOG_WORKER_CLEANRL_RUNTIME_FAILED = _cleanrl("LOG433", "ERROR", "CleanRL worker ended its run with an error", "runtime error")
LOG_WORKER_CLEANRL_MODULE_RESOLVED = _cleanrl("LOG434", "DEBUG", "CleanRL algorithm module found", "module resolution")
LOG_WORKER_CLEANRL_CONFIG_LOADED = _cleanrl("LOG435", "INFO", "CleanRL config read", "config")
LOG_WORKER_CLEANRL_TENSORBOARD_ENABLED = _cleanrl("LOG436", "INFO", "CleanRL writes TensorBoard scalars", "tensorboard analytics")
LOG_WORKER_CLEANRL_WANDB_ENABLED = _cleanrl("LOG437", "INFO", "CleanRL reports to Weights & Biases", "wandb analytics")
LOG_WORKER_CLEANRL_HEARTBEAT = _cleanrl("LOG438", "DEBUG", "CleanRL worker is getting on", "heartbeat")
LOG_WORKER_CLEANRL_SUBPROCESS_STARTED = _cleanrl("LOG439", "INFO", "CleanRL training process launched", "subprocess")
LOG_WORKER_CLEANRL_SUBPROCESS_FAILED = _cleanrl("LOG440", "ERROR", "CleanRL training process ended with an error", "subprocess error")
LOG_WORKER_CLEANRL_CHECKPOINT_SAVED = _cleanrl("LOG441", "INFO", "CleanRL checkpoint written", "checkpoint save")
LOG_WORKER_CLEANRL_CHECKPOINT_LOADED = _cleanrl("LOG442", "INFO", "CleanRL checkpoint restored", "checkpoint load")
LOG_WORKER_CLEANRL_ANALYTICS_MANIFEST_CREATED = _cleanrl("LOG443", "INFO", "CleanRL manifest of artifacts written", "analytics manifest")
LOG_WORKER_CLEANRL_EVAL_MODE_STARTED = _cleanrl("LOG444", "INFO", "CleanRL evaluation began", "eval mode")
LOG_WORKER_CLEANRL_EVAL_MODE_COMPLETED = _cleanrl("LOG445", "INFO", "CleanRL evaluation finished", "eval mode")
LOG_WORKER_CLEANRL_EPISODE_AUTO_RESET = _cleanrl("LOG1063", "INFO", "CleanRL episode ended and was reset with a new seed", "episode auto-reset seed")

# Ray RLlib and Tune
_ray = family("Worker", "RayRuntime", "ray", "worker")
LOG_WORKER_RAY_RUNTIME_STARTED = _ray("LOG446", "INFO", "Ray worker began its run", "runtime lifecycle")
LOG_WORKER_RAY_RUNTIME_COMPLETED = _ray("LOG447", "INFO", "Ray worker finished its run", "runtime lifecycle")
LOG_WORKER_RAY_RUNTIME_FAILED = _ray("LOG448", "ERROR", "Ray worker ended its run with an error", "runtime error")
LOG_WORKER_RAY_CLUSTER_STARTED = _ray("LOG449", "INFO", "Ray cluster is up", "cluster")
LOG_WORKER_RAY_CLUSTER_SHUTDOWN = _ray("LOG450", "INFO", "Ray cluster is down", "cluster")
LOG_WORKER_RAY_TUNE_STARTED = _ray("LOG451", "INFO", "Ray Tune experiment began", "tune experiment")
LOG_WORKER_RAY_TUNE_COMPLETED = _ray("LOG452", "INFO", "Ray Tune experiment finished", "tune experiment")
LOG_WORKER_RAY_RLLIB_TRAINING_STARTED = _ray("LOG453", "INFO", "RLlib training began", "rllib training")
LOG_WORKER_RAY_RLLIB_TRAINING_ITERATION = _ray("LOG454", "DEBUG", "RLlib training iteration done", "rllib iteration")
LOG_WORKER_RAY_CHECKPOINT_SAVED = _ray("LOG455", "INFO", "RLlib checkpoint written", "checkpoint save")
LOG_WORKER_RAY_CHECKPOINT_LOADED = _ray("LOG456", "INFO", "RLlib checkpoint restored", "checkpoint load")
LOG_WORKER_RAY_TENSORBOARD_ENABLED = _ray("LOG457", "INFO", "Ray worker writes TensorBoard scalars", "tensorboard analytics")
LOG_WORKER_RAY_WANDB_ENABLED = _ray("LOG458", "INFO", "Ray worker reports to Weights & Biases", "wandb analytics")
LOG_WORKER_RAY_HEARTBEAT = _ray("LOG459", "DEBUG", "Ray worker is getting on", "heartbeat")
LOG_WORKER_RAY_ANALYTICS_MANIFEST_CREATED = _ray("LOG460", "INFO", "Ray manifest of artifacts written", "analytics manifest")
LOG_WORKER_RAY_LOG_FILE_CREATED = _ray("LOG461", "INFO", "Ray worker opened its log file", "logging file")
LOG_WORKER_RAY_ALGORITHM_BUILT = _ray("LOG462", "INFO", "RLlib algorithm built", "rllib algorithm")

# Evaluation of trained policies
_policy = family("Worker", "Policy", "worker", "policy", "eval")
LOG_WORKER_POLICY_EVAL_STARTED = _policy("LOG918", "INFO", "Policy evaluation began", "start")
LOG_WORKER_POLICY_EVAL_COMPLETED = _policy("LOG919", "INFO", "Policy evaluation finished", "complete")
LOG_WORKER_POLICY_EVAL_BATCH_STARTED = _policy("LOG961", "INFO", "Policy evaluation batch began", "batch start")
LOG_WORKER_POLICY_EVAL_BATCH_COMPLETED = _policy("LOG962", "INFO", "Policy evaluation batch finished", "batch complete")

# BARLOG: language models playing games
_barlog = family("Worker", "BarlogRuntime", "balrog", "worker")
LOG_WORKER_BARLOG_RUNTIME_STARTED = _barlog("LOG1001", "INFO", "BARLOG worker began its run", "runtime lifecycle")
LOG_WORKER_BARLOG_RUNTIME_STOPPED = _barlog("LOG1002", "INFO", "BARLOG worker stopped", "runtime lifecycle")
LOG_WORKER_BARLOG_RUNTIME_ERROR = _barlog("LOG1003", "ERROR", "BARLOG worker met an error", "runtime error")
LOG_WORKER_BARLOG_EPISODE_STARTED = _barlog("LOG1004", "INFO", "BARLOG episode began", "episode start")
LOG_WORKER_BARLOG_EPISODE_COMPLETED = _barlog("LOG1005", "INFO", "BARLOG episode finished", "episode complete")
LOG_WORKER_BARLOG_LLM_REQUEST = _barlog("LOG1006", "DEBUG", "BARLOG asked the language model", "llm request")
LOG_WORKER_BARLOG_LLM_RESPONSE = _barlog("LOG1007", "DEBUG", "BARLOG got the language model's reply", "llm response")
LOG_WORKER_BARLOG_LLM_ERROR = _barlog("LOG1008", "ERROR", "BARLOG call to the language model failed", "llm error")
LOG_WORKER_BARLOG_ACTION_SELECTED = _barlog("LOG1009", "DEBUG", "BARLOG agent chose an action", "action")
LOG_WORKER_BARLOG_STEP_TELEMETRY = _barlog("LOG1010", "DEBUG", "BARLOG step telemetry written", "telemetry step")
LOG_WORKER_BARLOG_EPISODE_TELEMETRY = _barlog("LOG1011", "INFO", "BARLOG episode telemetry written", "telemetry episode")
LOG_WORKER_BARLOG_CONFIG_LOADED = _barlog("LOG1012", "INFO", "BARLOG config read", "config loaded")
LOG_WORKER_BARLOG_ENV_CREATED = _barlog("LOG1013", "INFO", "BARLOG environment built", "environment created")
LOG_WORKER_BARLOG_AGENT_CREATED = _barlog("LOG1014", "INFO", "BARLOG agent built", "agent created")
LOG_WORKER_BARLOG_DEBUG = _barlog("LOG1015", "DEBUG", "BARLOG diagnostic detail", "debug")
LOG_WORKER_BARLOG_EPISODE_AUTO_RESET = _barlog("LOG1059", "INFO", "BARLOG episode ended and was reset with a new seed", "episode auto-reset seed")
LOG_WORKER_BARLOG_ACTION_DEFAULTED = _barlog("LOG1060", "WARNING", "BARLOG reply named no valid action, so the default was taken", "llm action default")

# The family under its other spelling: the same objects.
LOG_WORKER_BALROG_RUNTIME_STARTED = LOG_WORKER_BARLOG_RUNTIME_STARTED
LOG_WORKER_BALROG_RUNTIME_STOPPED = LOG_WORKER_BARLOG_RUNTIME_STOPPED
LOG_WORKER_BALROG_RUNTIME_ERROR = LOG_WORKER_BARLOG_RUNTIME_ERROR
LOG_WORKER_BALROG_EPISODE_STARTED = LOG_WORKER_BARLOG_EPISODE_STARTED
LOG_WORKER_BALROG_EPISODE_COMPLETED = LOG_WORKER_BARLOG_EPISODE_COMPLETED
LOG_WORKER_BALROG_LLM_REQUEST = LOG_WORKER_BARLOG_LLM_REQUEST
LOG_WORKER_BALROG_LLM_RESPONSE = LOG_WORKER_BARLOG_LLM_RESPONSE
LOG_WORKER_BALROG_LLM_ERROR = LOG_WORKER_BARLOG_LLM_ERROR
LOG_WORKER_BALROG_ACTION_SELECTED = LOG_WORKER_BARLOG_ACTION_SELECTED
LOG_WORKER_BALROG_STEP_TELEMETRY = LOG_WORKER_BARLOG_STEP_TELEMETRY
LOG_WORKER_BALROG_EPISODE_TELEMETRY = LOG_WORKER_BARLOG_EPISODE_TELEMETRY
LOG_WORKER_BALROG_CONFIG_LOADED = LOG_WORKER_BARLOG_CONFIG_LOADED
LOG_WORKER_BALROG_ENV_CREATED = LOG_WORKER_BARLOG_ENV_CREATED
LOG_WORKER_BALROG_AGENT_CREATED = LOG_WORKER_BARLOG_AGENT_CREATED
LOG_WORKER_BALROG_DEBUG = LOG_WORKER_BARLOG_DEBUG
LOG_WORKER_BALROG_EPISODE_AUTO_RESET = LOG_WORKER_BARLOG_EPISODE_AUTO_RESET
LOG_WORKER_BALROG_ACTION_DEFAULTED = LOG_WORKER_BARLOG_ACTION_DEFAULTED

# XuanCe
_xuance = family("Worker", "XuanCeRuntime", "xuance", "worker")
LOG_WORKER_XUANCE_RUNTIME_STARTED = _xuance("LOG1016", "INFO", "XuanCe worker began its run", "runtime lifecycle")
LOG_WORKER_XUANCE_RUNTIME_STOPPED = _xuance("LOG1017", "INFO", "XuanCe worker stopped", "runtime lifecycle")
LOG_WORKER_XUANCE_RUNTIME_ERROR = _xuance("LOG1018", "ERROR", "XuanCe worker met an error", "runtime error")
LOG_WORKER_XUANCE_EPISODE_STARTED = _xuance("LOG1019", "INFO", "XuanCe episode began", "episode start")
LOG_WORKER_XUANCE_EPISODE_COMPLETED = _xuance("LOG1020", "INFO", "XuanCe episode finished", "episode complete")
LOG_WORKER_XUANCE_TRAINING_STARTED = _xuance("LOG1021", "INFO", "XuanCe training began", "training start")
LOG_WORKER_XUANCE_TRAINING_STEP = _xuance("LOG1022", "DEBUG", "XuanCe training step done", "training step")
LOG_WORKER_XUANCE_TRAINING_COMPLETED = _xuance("LOG1023", "INFO", "XuanCe training finished", "training complete")
LOG_WORKER_XUANCE_CONFIG_LOADED = _xuance("LOG1024", "INFO", "XuanCe config read", "config loaded")
LOG_WORKER_XUANCE_ENV_CREATED = _xuance("LOG1025", "INFO", "XuanCe environment built", "environment created")
LOG_WORKER_XUANCE_AGENT_CREATED = _xuance("LOG1026", "INFO", "XuanCe agent built", "agent created")
LOG_WORKER_XUANCE_CHECKPOINT_SAVED = _xuance("LOG1027", "INFO", "XuanCe checkpoint written", "checkpoint saved")
LOG_WORKER_XUANCE_METRICS_LOGGED = _xuance("LOG1028", "INFO", "XuanCe metrics recorded", "metrics logged")
LOG_WORKER_XUANCE_DEBUG = _xuance("LOG1029", "DEBUG", "XuanCe diagnostic detail", "debug")

# MOSAIC extension: MultiGrid for language models
_multigrid = family("Worker", "MosaicExtension", "mosaic", "multigrid")
_multigrid_runtime = family("Worker", "BalrogRuntime", "mosaic", "multigrid")
LOG_WORKER_MOSAIC_PROMPT_GENERATED = _multigrid("LOG1038", "DEBUG", "MultiGrid prompt composed", "prompt generated")
LOG_WORKER_MOSAIC_OBSERVATION_EGOCENTRIC = _multigrid("LOG1039", "DEBUG", "MultiGrid observation put in the agent's own view", "observation egocentric")
LOG_WORKER_MOSAIC_OBSERVATION_TEAMMATES = _multigrid("LOG1040", "DEBUG", "MultiGrid observation tells of teammates", "observation teammates")
LOG_WORKER_MOSAIC_ACTION_PARSED = _multigrid("LOG1041", "DEBUG", "MultiGrid action read from the reply", "action parsed")
LOG_WORKER_MOSAIC_ACTION_PARSE_FAILED = _multigrid("LOG1042", "WARNING", "MultiGrid reply could not be read as an action", "action parse_failed")
LOG_WORKER_MOSAIC_RUNTIME_INTEGRATION = _multigrid_runtime("LOG1043", "INFO", "MultiGrid environment joined to the runtime", "runtime integration")

# Language-model agents
_llm = family("Worker", "LLMRuntime", "llm", "worker")
_mosaic_llm = family("Worker", "LLMRuntime", "mosaic", "llm", "worker")
LOG_MOSAIC_WORKER_LLM_RUNTIME_STARTED = _llm("LOG1044", "INFO", "LLM worker began its run", "runtime lifecycle")
LOG_MOSAIC_WORKER_LLM_RUNTIME_STOPPED = _llm("LOG1045", "INFO", "LLM worker stopped", "runtime lifecycle")
LOG_MOSAIC_WORKER_LLM_RUNTIME_ERROR = _llm("LOG1046", "ERROR", "LLM worker met an error", "runtime error")
LOG_MOSAIC_WORKER_LLM_EPISODE_STARTED = _llm("LOG1047", "INFO", "LLM episode began", "episode start")
LOG_MOSAIC_WORKER_LLM_EPISODE_COMPLETED = _llm("LOG1048", "INFO", "LLM episode finished", "episode complete")
LOG_MOSAIC_WORKER_LLM_REQUEST = _llm("LOG1049", "DEBUG", "LLM worker asked the model", "llm request")
LOG_MOSAIC_WORKER_LLM_RESPONSE = _llm("LOG1050", "DEBUG", "LLM worker got the model's reply", "llm response")
LOG_MOSAIC_WORKER_LLM_ERROR = _llm("LOG1051", "ERROR", "LLM worker's call to the model failed", "llm error")
LOG_MOSAIC_WORKER_LLM_ACTION_SELECTED = _llm("LOG1052", "DEBUG", "LLM agent chose an action", "action")
LOG_MOSAIC_WORKER_LLM_STEP_TELEMETRY = _llm("LOG1053", "DEBUG", "LLM step telemetry written", "telemetry step")
LOG_MOSAIC_WORKER_LLM_EPISODE_TELEMETRY = _llm("LOG1054", "INFO", "LLM episode telemetry written", "telemetry episode")
LOG_MOSAIC_WORKER_LLM_CONFIG_LOADED = _llm("LOG1055", "INFO", "LLM config read", "config loaded")
LOG_MOSAIC_WORKER_LLM_ENV_CREATED = _llm("LOG1056", "INFO", "LLM environment built", "environment created")
LOG_MOSAIC_WORKER_LLM_AGENT_CREATED = _llm("LOG1057", "INFO", "LLM agent built", "agent created")
LOG_MOSAIC_WORKER_LLM_DEBUG = _llm("LOG1058", "DEBUG", "LLM diagnostic detail", "debug")
LOG_MOSAIC_WORKER_LLM_EPISODE_AUTO_RESET = _mosaic_llm("LOG1061", "INFO", "LLM episode ended and was reset with a new seed", "episode auto-reset seed")
LOG_MOSAIC_WORKER_LLM_ACTION_DEFAULTED = _mosaic_llm("LOG1062", "WARNING", "LLM reply named no valid action, so the default was taken", "action default")

# Vision-language agents
_vlm = family("Worker", "VLMRuntime", "vlm", "worker")
LOG_MOSAIC_WORKER_VLM_RUNTIME_STARTED = _vlm("LOG1071", "INFO", "VLM worker began its run", "runtime lifecycle")
LOG_MOSAIC_WORKER_VLM_RUNTIME_STOPPED = _vlm("LOG1072", "INFO", "VLM worker stopped", "runtime lifecycle")
LOG_MOSAIC_WORKER_VLM_RUNTIME_ERROR = _vlm("LOG1073", "ERROR", "VLM worker met an error", "runtime error")
LOG_MOSAIC_WORKER_VLM_EPISODE_STARTED = _vlm("LOG1074", "INFO", "VLM episode began", "episode start")
LOG_MOSAIC_WORKER_VLM_EPISODE_COMPLETED = _vlm("LOG1075", "INFO", "VLM episode finished", "episode complete")
LOG_MOSAIC_WORKER_VLM_REQUEST = _vlm("LOG1076", "DEBUG", "VLM worker asked the model", "llm request")
LOG_MOSAIC_WORKER_VLM_RESPONSE = _vlm("LOG1077", "DEBUG", "VLM worker got the model's reply", "llm response")
LOG_MOSAIC_WORKER_VLM_ERROR = _vlm("LOG1078", "ERROR", "VLM worker's call to the model failed", "llm error")
LOG_MOSAIC_WORKER_VLM_ACTION_SELECTED = _vlm("LOG1079", "DEBUG", "VLM agent chose an action", "action")
LOG_MOSAIC_WORKER_VLM_STEP_TELEMETRY = _vlm("LOG1080", "DEBUG", "VLM step telemetry written", "telemetry step")
LOG_MOSAIC_WORKER_VLM_EPISODE_TELEMETRY = _vlm("LOG1081", "INFO", "VLM episode telemetry written", "telemetry episode")
LOG_MOSAIC_WORKER_VLM_CONFIG_LOADED = _vlm("LOG1082", "INFO", "VLM config read", "config loaded")
LOG_MOSAIC_WORKER_VLM_ENV_CREATED = _vlm("LOG1083", "INFO", "VLM environment built", "environment created")
LOG_MOSAIC_WORKER_VLM_AGENT_CREATED = _vlm("LOG1084", "INFO", "VLM agent built", "agent created")
LOG_MOSAIC_WORKER_VLM_DEBUG = _vlm("LOG1085", "DEBUG", "VLM diagnostic detail", "debug")
LOG_MOSAIC_WORKER_VLM_EPISODE_AUTO_RESET = _vlm("LOG1086", "INFO", "VLM episode ended and was reset with a new seed", "episode auto-reset seed")
LOG_MOSAIC_WORKER_VLM_ACTION_DEFAULTED = _vlm("LOG1087", "WARNING", "VLM reply named no valid action, so the default was taken", "llm action default")

# Operators in the panel
_operator = family("UI", "OperatorConfig", "operator", "mosaic", "multigrid")
LOG_OPERATOR_VIEW_SIZE_CONFIGURED = _operator("LOG739", "INFO", "View size of the operator's agents set", "view_size config")

# fmt: on

CATALOGUE.adopt(globals(), APP_NAME)

__all__ = [
    "LogCodeCollisionError",
    "LogConstant",
    "find_by_component",
    "find_by_tag",
    "get_component_snapshot",
    "get_constant_by_code",
    "list_known_components",
    "validate_log_constants",
]
__all__.extend(CATALOGUE.named())


def __getattr__(name: str) -> LogConstant:
    """The constant of a worker's own module, loaded the first time one of its names is asked for."""
    if not name.startswith("LOG_"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from gym_gui.logging_config.third_party import UnknownLogConstantError, is_from_import, resolve

    try:
        constant = resolve(name)
    except UnknownLogConstantError as error:
        if is_from_import(sys._getframe(1)):
            raise ImportError(str(error), name=__name__, path=__file__) from None
        raise
    globals()[name] = constant
    return constant
