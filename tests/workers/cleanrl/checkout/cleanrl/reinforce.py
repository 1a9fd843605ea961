"""A script as in a checkout of CleanRL's newer generation: tyro, gymnasium 0.29, torch."""

import os
import random
import time
from dataclasses import dataclass
from typing import Literal

import gymnasium as gym
import numpy as np
import torch
import tyro
from cleanrl_utils.evals.reinforce_eval import say_hello
from torch.utils.tensorboard import SummaryWriter


@dataclass
class Args:
    exp_name: str = os.path.basename(__file__)[: -len(".py")]  # noqa: PTH119
    """the name of this experiment"""
    seed: int = 1
    """seed of the experiment"""
    cuda: bool = True
    """whether a GPU is used"""
    track: bool = False
    capture_video: bool = False
    save_model: bool = False
    """whether to save model into the `runs/{run_name}` folder"""
    env_id: str = "CartPole-v1"
    total_timesteps: int = 500000
    """total timesteps of the experiments"""
    learning_rate: float = 5e-3
    hidden: tuple[int, ...] = (32,)
    """sizes of the hidden layers"""
    target: float | None = None
    optimizer: Literal["adam", "sgd"] = "adam"


def make_env(env_id, seed, idx, capture_video, run_name):
    def thunk():
        env = gym.make(env_id, render_mode="rgb_array" if capture_video else None)
        if capture_video and idx == 0:
            env = gym.wrappers.RecordVideo(env, f"videos/{run_name}")
        return gym.wrappers.RecordEpisodeStatistics(env)

    return thunk


class Agent(torch.nn.Module):
    def __init__(self, envs, hidden=(32,)):
        super().__init__()
        sizes = [int(np.prod(envs.single_observation_space.shape)), *hidden]
        layers = []
        for size, following in zip(sizes, sizes[1:], strict=False):  # noqa: RUF007
            layers += [torch.nn.Linear(size, following), torch.nn.Tanh()]
        self.network = torch.nn.Sequential(*layers, torch.nn.Linear(sizes[-1], envs.single_action_space.n))

    def act(self, obs):
        chosen = torch.distributions.Categorical(logits=self.network(torch.as_tensor(obs)))
        action = chosen.sample()
        return action, chosen.log_prob(action)


if __name__ == "__main__":
    args = tyro.cli(Args)
    say_hello()
    run_name = f"{args.env_id}__{args.exp_name}__{args.seed}__{int(time.time())}"
    writer = SummaryWriter(f"runs/{run_name}")
    random.seed(args.seed)
    np.random.seed(args.seed)
    torch.manual_seed(args.seed)
    envs = gym.vector.SyncVectorEnv([make_env(args.env_id, args.seed, 0, args.capture_video, run_name)])
    agent = Agent(envs, args.hidden)
    optimizer = torch.optim.Adam(agent.parameters(), lr=args.learning_rate)
    obs, _ = envs.reset(seed=args.seed)
    log_probs, rewards, episode = [], [], 0
    for global_step in range(args.total_timesteps):
        action, log_prob = agent.act(obs)
        obs, reward, _, _, infos = envs.step(action.numpy())
        log_probs.append(log_prob)
        rewards.append(float(reward[0]))
        if "final_info" not in infos:
            continue
        returned = infos["final_info"][0]["episode"]["r"]
        print(f"global_step={global_step}, episodic_return={returned}")
        writer.add_scalar("charts/episodic_return", returned, global_step)
        ahead = torch.tensor(np.cumsum(rewards[::-1])[::-1].copy(), dtype=torch.float32)
        loss = -(torch.cat(log_probs) * (ahead - ahead.mean()) / (ahead.std() + 1e-8)).mean()
        writer.add_scalar("losses/policy_loss", loss.item(), global_step)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        log_probs, rewards = [], []
    if args.save_model:
        model_path = f"runs/{run_name}/{args.exp_name}.cleanrl_model"
        torch.save(agent.state_dict(), model_path)
        print(f"model saved to {model_path}")
        from cleanrl_utils.evals.reinforce_eval import evaluate

        evaluate(
            model_path,
            make_env,
            args.env_id,
            eval_episodes=2,
            run_name=f"{run_name}-eval",
            Model=Agent,
            device=torch.device("cpu"),
            capture_video=False,
        )
    envs.close()
    writer.close()
