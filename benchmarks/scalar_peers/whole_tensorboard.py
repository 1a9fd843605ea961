"""Starts tensorboard as people do, with its Rust loader: `python whole_tensorboard.py DIRECTORY SERIES`."""

import json
import re
import subprocess
import sys
import time
import urllib.request

OPTIONS = ("--host", "127.0.0.1", "--port", "0", "--samples_per_plugin", "scalars=0")


def main(logdir: str, series: int) -> None:
    """Prints seconds from its start until its page would list every series."""
    start = time.perf_counter()
    command = [sys.executable, "-m", "tensorboard.main", "--logdir", logdir, *OPTIONS]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        try:
            url = _url(process)
            while _listed(url) < series:
                time.sleep(0.01)
            print(json.dumps({"seconds": time.perf_counter() - start}))
        finally:
            process.terminate()


def _url(process: "subprocess.Popen[bytes]") -> str:
    assert process.stdout is not None
    for line in process.stdout:
        found = re.search(rb"http://127\.0\.0\.1:\d+/", line)
        if found:
            return found[0].decode()
    raise RuntimeError("tensorboard ended before it was ready")


def _listed(url: str) -> int:
    with urllib.request.urlopen(f"{url}data/plugin/timeseries/tags") as answer:
        tags = json.load(answer)["scalars"]["runTagInfo"]
    return sum(len(names) for names in tags.values())


main(sys.argv[1], int(sys.argv[2]))
