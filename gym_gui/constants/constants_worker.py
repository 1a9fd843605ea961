"""Entry-point groups, intervals and limits of workers; names ending in `_S` are seconds."""

# Entry-point groups. A worker uses the same entry-point name in each.
WORKER_ENTRY_POINT_GROUP = "mosaic.workers"
WORKER_CONFIG_ENTRY_POINT_GROUP = "mosaic.worker_configs"
WORKER_RUNTIME_ENTRY_POINT_GROUP = "mosaic.worker_runtimes"
LOG_CONSTANTS_ENTRY_POINT_GROUP = "mosaic.log_constants"

# Discovery
WORKER_DISCOVERY_TIMEOUT_S = 5.0
WORKER_METADATA_CACHE_TTL_S = 300.0

# Subprocess management
WORKER_HEARTBEAT_INTERVAL_S = 30.0
WORKER_STARTUP_TIMEOUT_S = 60.0
WORKER_SHUTDOWN_TIMEOUT_S = 30.0

# Telemetry
WORKER_TELEMETRY_BUFFER_SIZE = 512
# The value of logging.INFO, written out because importing logging would cost more than all of this package.
WORKER_LOG_LEVEL = 20
