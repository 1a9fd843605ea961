"""Writes the checkpoints of this directory anew, with the frameworks themselves.

Needs an environment of its own: Python 3.11, torch 2.13.0 (CPU), stable-baselines3 2.9.2, safetensors 0.8.0,
keras 3.15.1, h5py 3.16.0, numpy 2.4.6. Orbax: `--orbax` in one with orbax-checkpoint and jax.
"""

from __future__ import annotations

import os
import shutil
import sys
import zipfile
from pathlib import Path

HERE = Path(__file__).parent


def write_torch() -> None:
    import torch

    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(4, 3), torch.nn.Tanh(), torch.nn.Linear(3, 2))
    torch.save(model, HERE / "module.pt")
    for name in ("training_100.pt", "training_200.pt"):
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
        model(torch.ones(1, 4)).sum().backward()
        if name == "training_200.pt":
            model[0].weight.grad = None
        optimizer.step()
        state = {
            "model": model.state_dict(),
            "optimizer": optimizer.state_dict(),
            "step": int(name[9:12]),
            "episode": 3,
            "rng": torch.get_rng_state()[:16].clone(),
        }
        torch.save(state, HERE / name)
    tied = (model[0].weight, model[0].weight.view(-1)[:2])
    torch.save(
        {"model": model.state_dict(), "tied": tied}, HERE / "legacy.pth", _use_new_zipfile_serialization=False
    )
    odd = {
        "sparse": torch.eye(2).to_sparse(),
        "bfloat": torch.zeros(2, dtype=torch.bfloat16),
        "quantized": torch.quantize_per_tensor(torch.ones(2), 0.1, 0, torch.qint8),
        "parameter": torch.nn.Parameter(torch.ones(2)),
        "float8": torch.zeros(2, dtype=torch.float8_e4m3fn),
        "meta": torch.ones(3, device="meta"),
        "complex": torch.ones(2, dtype=torch.complex64),
        "uint16": torch.zeros(2, dtype=torch.uint16),
        "turned": torch.arange(6.0).view(2, 3).t(),
    }
    torch.save(odd, HERE / "odd.pt")


def write_others() -> None:
    os.environ["KERAS_BACKEND"] = "torch"
    import keras
    import safetensors.torch
    import stable_baselines3
    import torch

    tensors = {"a.weight": torch.ones(3, 2), "a.bias": torch.zeros(3, dtype=torch.bfloat16)}
    safetensors.torch.save_file(tensors, HERE / "model.safetensors", metadata={"format": "pt", "step": "120"})
    network = {"net_arch": [4]}
    agent = stable_baselines3.DQN(
        "MlpPolicy",
        "CartPole-v1",
        policy_kwargs=network,
        seed=1,
        learning_starts=10,
        buffer_size=50,
        device="cpu",
    )
    agent.learn(40)
    agent.save(HERE / "baselines.zip")
    agent.save_replay_buffer(HERE / "replay.pkl")
    _without_machine(HERE / "baselines.zip")
    model = keras.Sequential([keras.layers.Input((3,)), keras.layers.Dense(2)])
    model.compile("adam", "mse")
    model.save(HERE / "network.keras")
    model.save(HERE / "network.h5")


def _without_machine(path: Path) -> None:
    """The archive without what tells of the machine it was written on."""
    whole = path.with_suffix(".whole")
    path.rename(whole)
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(path, "w") as new:
        for part in old.infolist():
            text = b"(left out)" if part.filename == "system_info.txt" else old.read(part)
            new.writestr(part.filename, text)
    whole.unlink()


def write_orbax() -> None:
    import jax.numpy as jnp
    import orbax.checkpoint

    target = HERE / "orbax"
    shutil.rmtree(target, ignore_errors=True)
    checkpointer = orbax.checkpoint.StandardCheckpointer()
    checkpointer.save(target.resolve(), {"params": {"w": jnp.ones((3, 2)), "b": jnp.zeros(2)}, "step": 7})
    checkpointer.wait_until_finished()
    (target / "commit_success.txt").write_text("committed")  # it would name this directory


if __name__ == "__main__":
    if "--orbax" in sys.argv:
        write_orbax()
    else:
        write_torch()
        write_others()
