"""Names that the SDK in a worker and the core in the panel must spell the same way."""

APP_NAME = "mosaic-panel"
SETTINGS_FILE_NAME = "settings.toml"

# Run ids, matched in full. The first character keeps "." and ".." out, and the set keeps every separator out.
RUN_ID_PATTERN = r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}"

# Below the data directory.
TRAINER_DIR_NAME = "trainer"
RUNS_DIR_NAME = "runs"

# Below a run directory: what the worker writes.
ANALYTICS_FILE_NAME = "analytics.json"
TENSORBOARD_DIR_NAME = "tensorboard"
CHECKPOINTS_DIR_NAME = "checkpoints"
VIDEOS_DIR_NAME = "videos"
PLOTS_DIR_NAME = "plots"
LOGS_DIR_NAME = "logs"

# Environment variables read by us.
ENV_HOME = "MOSAIC_HOME"
ENV_CONFIG = "MOSAIC_CONFIG"
ENV_SETTING_PREFIX = "MOSAIC_"

# Environment variables given to a worker, besides ENV_HOME. The plain names are what older workers read.
ENV_RUN_ID = "MOSAIC_RUN_ID"
ENV_RUN_DIR = "MOSAIC_RUN_DIR"
ENV_RUN_ID_PLAIN = "RUN_ID"
ENV_WORKER_ID = "WORKER_ID"
ENV_WORKER_CONFIG_PATH = "TRAINER_WORKER_CONFIG_PATH"
ENV_PYTHONUNBUFFERED = "PYTHONUNBUFFERED"
ENV_CUDA_VISIBLE_DEVICES = "CUDA_VISIBLE_DEVICES"
