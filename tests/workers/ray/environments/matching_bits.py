"""Two agents see a bit each and are paid for naming it: a PettingZoo environment without pictures."""

from __future__ import annotations

from typing import Any

import numpy as np
from gymnasium.spaces import Box, Discrete
from pettingzoo import ParallelEnv


class MatchingBits(ParallelEnv):
    metadata = {"name": "matching_bits"}

    def __init__(self, rounds: int = 10) -> None:
        self.possible_agents = ["left", "right"]
        self.agents = []
        self._rounds = rounds
        self._round = 0
        self._bits = np.zeros(2)
        self._random = np.random.default_rng(0)

    def observation_space(self, agent: str) -> Box:
        return Box(0.0, 1.0, (1,), np.float32)

    def action_space(self, agent: str) -> Discrete:
        return Discrete(2)

    def reset(self, seed: int | None = None, options: Any = None) -> tuple[dict, dict]:
        if seed is not None:
            self._random = np.random.default_rng(seed)
        self.agents = list(self.possible_agents)
        self._round = 0
        return self._observe(), {agent: {} for agent in self.agents}

    def step(self, actions: dict) -> tuple[dict, dict, dict, dict, dict]:
        paid = {
            agent: float(actions[agent] == bit) for agent, bit in zip(self.agents, self._bits, strict=True)
        }
        self._round += 1
        over = self._round >= self._rounds
        seen = self._observe()
        ended = dict.fromkeys(self.agents, over)
        infos = {agent: {} for agent in self.agents}
        if over:
            self.agents = []
        return seen, paid, ended, dict.fromkeys(ended, False), infos

    def _observe(self) -> dict:
        self._bits = self._random.integers(0, 2, 2)
        return {
            agent: np.array([bit], np.float32)
            for agent, bit in zip(self.possible_agents, self._bits, strict=True)
        }


def parallel_env(**options: Any) -> MatchingBits:
    return MatchingBits(**options)
