"""Loads runs with TensorBoard's data server: `python rust_loader.py DIRECTORY SERIES LAST_STEP [FLAG]`."""

import json
import sys
import time

from tensorboard import context
from tensorboard.data import server_ingester
from tensorboard.util import grpc_util


def main(logdir: str, series: int, last_step: int, flags: list[str]) -> None:
    """Prints seconds from starting the server until it has every series to its last step."""
    start = time.perf_counter()
    ingester = server_ingester.SubprocessServerDataIngester(
        server_ingester.get_server_binary(),
        logdir,
        reload_interval=5,
        channel_creds_type=grpc_util.ChannelCredsType.LOCAL,
        samples_per_plugin={"scalars": 0},
        extra_flags=flags,
    )
    ingester.start()
    provider = ingester.data_provider
    while True:
        found = provider.list_scalars(context.RequestContext(), experiment_id="", plugin_name="scalars")
        steps = [tag.max_step for tags in found.values() for tag in tags.values()]
        if len(steps) == series and min(steps) == last_step:
            break
        time.sleep(0.01)
    print(json.dumps({"seconds": time.perf_counter() - start}))


main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:])
