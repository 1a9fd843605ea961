"""Searches for real: trials as curves, as runs of one group, and as what the manifest lists."""

from __future__ import annotations

import json

from gym_gui.config.paths import runs_root
from gym_gui.core.runs.directory import RunStore
from gym_gui.core.runs.observe import RunObserver
from gym_gui.core.runs.summary import RunState
from gym_gui.workers.ray.config import RayConfig
from tests.workers.ray.helpers import needs_ray, run_worker

pytestmark = needs_ray


def test_the_trials_of_a_grid_become_runs_of_one_group() -> None:
    search = run_worker("search", mode="tune", search="grid", search_space={"lr": [0.003, 0.0001]})
    assert search.code == 0, search.stderr
    assert {"LOG451", "LOG452", "LOG455", "LOG457", "LOG459"} <= search.codes
    beats = search.named("heartbeat")
    shares = [beat["progress"] for beat in beats]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)
    trials = search.manifest["metadata"]["trials"]
    assert sorted(trial["options"]["lr"] for trial in trials) == [0.0001, 0.003]
    assert all((search.run_dir / trial["checkpoint"] / "rllib_checkpoint.json").is_file() for trial in trials)
    best = search.manifest["artifacts"]["checkpoints"]["best_checkpoint"]
    assert best.startswith(f"trials/{search.manifest['metadata']['best_trial']}/")

    store = RunStore(runs_root())
    children = [run_id for run_id in store.run_ids() if run_id.startswith("search-")]
    assert len(children) == 2
    for run_id in children:
        child = RunObserver(store.open(run_id)).refresh()
        assert child.state is RunState.COMPLETED, child.evidence
        assert child.record is not None
        assert child.record.group == "search"
        assert child.progress is not None
        config = RayConfig.from_dict(json.loads((store.root / run_id / "config.json").read_text()))
        assert config.mode == "train"

    rest = run_worker("rest", total_timesteps=1500, resume_from=f"{children[0]}/checkpoints/final")
    assert rest.code == 0, rest.stderr
    assert [beat["step"] for beat in rest.named("heartbeat")] == [1500]


def test_asha_draws_trials_and_ends_the_worse_ones_early() -> None:
    search = run_worker(
        "search",
        mode="tune",
        search="asha",
        search_space={"lr": {"loguniform": [1e-9, 1e-2]}},
        num_trials=4,
        total_timesteps=2000,
        asha_grace_steps=500,
        asha_reduction_factor=2,
        max_concurrent_trials=1,
    )
    assert search.code == 0, search.stderr
    trials = search.manifest["metadata"]["trials"]
    assert len(trials) == 4
    assert all(1e-9 <= trial["options"]["lr"] <= 1e-2 for trial in trials)
    steps = [trial["steps"] for trial in trials]
    assert max(steps) == 2000
    assert min(steps) < 2000
    assert search.named("heartbeat")[-1]["progress"] == 1.0


def test_a_search_whose_trials_all_fail_has_failed() -> None:
    search = run_worker("search", mode="tune", search="grid", search_space={"minibatch_size": [-5]})
    assert search.code == 1
    assert "all 1 trials failed" in search.named("run_failed")[0]["error"]
    child = RunObserver(RunStore(runs_root()).open("search-")).refresh()
    assert child.state is RunState.FAILED
