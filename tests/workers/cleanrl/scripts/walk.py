"""A script in CleanRL's manner that needs nothing installed: Q-learning finds the end of a corridor."""

import argparse
import json
import os
import random
import subprocess
import sys
import time


def parse_args():
    parser = argparse.ArgumentParser()
    parser.add_argument("--exp-name", type=str, default="walk", help="the name of this experiment")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--env-id", type=str, default="Corridor-v0")
    parser.add_argument("--total-timesteps", type=int, default=4 * 1000, help="total timesteps")
    parser.add_argument("--learning-rate", type=float, default=0.5)
    parser.add_argument(
        "--save-model", type=lambda x: bool(x == "True"), default=False, nargs="?", const=True
    )
    parser.add_argument("--sizes", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--speed", choices=["slow", "fast"], default="fast")
    parser.add_argument("--quiet", action="store_true")
    parser.add_argument("--then", type=str, default="end", help="end, crash, die, exit, leave or endless")
    return parser.parse_args()


class Policy:
    def __init__(self, cells):
        self.values = [[0.0, 0.0] for _ in range(cells)]

    def act(self, cell, epsilon):
        row = self.values[cell]
        return random.randrange(2) if random.random() < epsilon or row[0] == row[1] else row.index(max(row))


def make_env(env_id, seed, idx, capture_video, run_name):
    return 12 if env_id == "Corridor-v0" else 6


def play(policy, cells, epsilon, rate):
    cell, steps = 0, 0
    while cell < cells - 1 and steps < 200:
        action = policy.act(cell, epsilon)
        following = max(cell + (1 if action else -1), 0)
        target = -1.0 + (0.0 if following == cells - 1 else max(policy.values[following]))
        policy.values[cell][action] += rate * (target - policy.values[cell][action])
        cell, steps = following, steps + 1
    return steps


def evaluate(model_path, make_env, env_id, eval_episodes, run_name, Model, epsilon=0.0):
    cells = make_env(env_id, 0, 0, False, run_name)
    policy = Model(cells)
    with open(model_path) as file:
        policy.values = json.load(file)
    for number in range(eval_episodes):
        print(f"eval_episode={number}, episodic_return={-play(policy, cells, epsilon, 0.0)}")


def end_as(how):
    if how == "crash":
        raise ValueError("the corridor is closed\nand stays so")
    if how == "die":
        os.kill(os.getpid(), 9)
    if how == "exit":
        sys.exit(7)
    if how == "leave":  # somebody who holds its output open
        subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    while how == "endless":
        time.sleep(0.05)


if __name__ == "__main__":
    args = parse_args()
    random.seed(args.seed)
    run_name = f"{args.env_id}__{args.exp_name}__{args.seed}"
    os.makedirs(f"runs/{run_name}")  # noqa: PTH103
    cells = make_env(args.env_id, args.seed, 0, False, run_name)
    policy = Policy(cells)
    global_step = 0
    while global_step < args.total_timesteps:
        length = play(policy, cells, 0.05, args.learning_rate)
        global_step += length
        print(f"global_step={global_step}, episodic_return=[{-length}.]")
    print("SPS:", 12345)
    if args.save_model:
        model_path = f"runs/{run_name}/{args.exp_name}.cleanrl_model"
        with open(model_path, "w") as file:
            json.dump(policy.values, file)
        print(f"model saved to {model_path}")
        evaluate(model_path, make_env, args.env_id, eval_episodes=3, run_name="e", Model=Policy, epsilon=0.0)
    end_as(args.then)
