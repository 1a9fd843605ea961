"""What a checkpoint lacks for training to go on as if it had never stopped, where that can be told."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from gym_gui.core.artifacts.checkpoints.model import CheckpointFormat, Inspection, Role

_OFF_POLICY = re.compile(r"(?:^|[._/])(?:dqn|sac|td3|ddpg|qrdqn|tqc|crossq|redq)(?:$|[._/])", re.IGNORECASE)
_TOLD = (
    CheckpointFormat.TORCH_ZIP,
    CheckpointFormat.TORCH_LEGACY,
    CheckpointFormat.PICKLE,
    CheckpointFormat.SAFETENSORS,
    CheckpointFormat.STABLE_BASELINES,
    CheckpointFormat.NUMPY_ARCHIVE,
)
_NAMES = {
    Role.OPTIMIZER: re.compile(r"optim|opt_state", re.IGNORECASE),
    Role.RANDOM: re.compile(r"rng|random|generator", re.IGNORECASE),
    Role.REPLAY: re.compile(r"replay|transitions|buffer$", re.IGNORECASE),
}
_STABLE_BASELINES_OPTIMIZER = re.compile(r"optimizer\.pth$")


class Lack(StrEnum):
    """What is not there, and what that means."""

    WEIGHTS = "no weights: there is nothing to go on with"
    OPTIMIZER = "no optimizer state: momentum and step sizes start anew"
    RANDOM = "no random state: the run goes on, but with other random numbers"
    REPLAY = "no replay buffer: learning waits until it is filled again"
    POSITION = "no step or episode: counters start from 0"


@dataclass(frozen=True, slots=True)
class Resumability:
    """What is known about going on from a checkpoint.

    Attributes:
        can_be_told: False when the format is only listed, or was not read to its end.
        reason: Why it cannot be told, or "".
    """

    can_be_told: bool
    lacks: tuple[Lack, ...] = ()
    reason: str = ""


def lacks_to_resume(inspection: Inspection) -> Resumability:
    """What the checkpoint lacks to resume; nothing is claimed where its format does not tell."""
    if inspection.format not in _TOLD:
        return Resumability(
            False, reason=f"{inspection.format} files do not tell what they hold beside weights"
        )
    if not inspection.is_complete:
        return Resumability(False, reason="it could not be read to its end")
    if inspection.format is CheckpointFormat.NUMPY_ARCHIVE and not _has_state(inspection):
        return Resumability(False, reason="the names of its arrays do not tell what they are for")
    lacks: list[Lack] = []
    if not any(tensor.role is Role.WEIGHTS for tensor in inspection.tensors):
        lacks.append(Lack.WEIGHTS)
    if not _has(inspection, Role.OPTIMIZER) and inspection.format is not CheckpointFormat.NUMPY_ARCHIVE:
        lacks.append(Lack.OPTIMIZER)
    if not _has(inspection, Role.RANDOM):
        lacks.append(Lack.RANDOM)
    if _is_off_policy(inspection) and not _has(inspection, Role.REPLAY):
        lacks.append(Lack.REPLAY)
    if inspection.step is None and inspection.episode is None:
        lacks.append(Lack.POSITION)
    return Resumability(True, tuple(lacks))


def _has(inspection: Inspection, role: Role) -> bool:
    if any(tensor.role is role for tensor in inspection.tensors):
        return True
    if inspection.format is CheckpointFormat.STABLE_BASELINES:
        # Its settings name a buffer and a generator that are not saved with it.
        return role is Role.OPTIMIZER and any(
            _STABLE_BASELINES_OPTIMIZER.search(name) for name in inspection.top_level
        )
    return any(_NAMES[role].search(name) for name in inspection.top_level)


def _has_state(inspection: Inspection) -> bool:
    """Whether an archive of arrays says of itself where training stood: then it was made to go on from."""
    return inspection.step is not None or inspection.episode is not None


def _is_off_policy(inspection: Inspection) -> bool:
    if inspection.format is CheckpointFormat.STABLE_BASELINES:
        return "replay_buffer_class" in inspection.top_level
    names = [inspection.path.name, *inspection.metadata.values(), *(use.name for use in inspection.globals)]
    return any(_OFF_POLICY.search(name) for name in names)
