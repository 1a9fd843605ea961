"""Plays a saved agent, with the signature that CleanRL's evaluations have."""

import gymnasium as gym
import torch


def say_hello():
    print("the checkout's own modules are found")


def evaluate(model_path, make_env, env_id, eval_episodes, run_name, Model, device="cpu", capture_video=True):
    envs = gym.vector.SyncVectorEnv([make_env(env_id, 0, 0, capture_video, run_name)])
    agent = Model(envs).to(device)
    agent.load_state_dict(torch.load(model_path, map_location=device))
    obs, _ = envs.reset()
    returns = []
    while len(returns) < eval_episodes:
        obs, _, _, _, infos = envs.step(agent.act(obs)[0].numpy())
        if "final_info" in infos:
            returns.append(infos["final_info"][0]["episode"]["r"])
            print(f"eval_episode={len(returns) - 1}, episodic_return={returns[-1]}")
    envs.close()
    return returns
