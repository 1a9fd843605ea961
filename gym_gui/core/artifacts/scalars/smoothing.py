"""Smoothed curves, by the debiased exponential moving average that TensorBoard draws."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

_LEAST_FACTOR = 1e-9
_LONGEST_BLOCK = 64


def smooth(values: NDArray[Any], weight: float) -> NDArray[np.float64]:
    """The moving average of the values, as many as there are, each debiased by how many came before it.

    What is not finite stays where it is and does not touch the average; a constant stays exact.

    Args:
        values: Shape (n,), in the order of the curve.
        weight: How much of the past counts, 0 (nothing changes) to below 1.

    Raises:
        ValueError: The weight is not in [0, 1).
    """
    if not 0.0 <= weight < 1.0:
        raise ValueError(f"weight is {weight}; it must be at least 0 and below 1")
    result = np.array(values, dtype=np.float64)
    finite = np.isfinite(result)
    numbers = result[finite]
    if weight == 0.0 or not len(numbers) or bool((numbers == numbers[0]).all()):
        return result
    # In units of the largest, so that no sum on the way can overflow.
    scale = float(np.abs(numbers).max())
    result[finite] = _averaged(numbers / scale, weight) * scale
    return result


def _averaged(numbers: NDArray[np.float64], weight: float) -> NDArray[np.float64]:
    """Blocks are averaged by one matrix product; only what a block hands to the next goes one by one."""
    count = len(numbers)
    block = max(1, min(_LONGEST_BLOCK, int(np.log(_LEAST_FACTOR) / np.log(weight)), count))
    rows = np.zeros((-(-count // block), block))
    rows.ravel()[:count] = numbers
    age = np.arange(block)[None, :] - np.arange(block)[:, None]
    factors = np.where(age >= 0, weight ** np.maximum(age, 0), 0.0) * (1.0 - weight)
    own = rows @ factors
    carried, carry, decay = np.empty(len(rows)), 0.0, weight**block
    for index, last in enumerate(own[:, -1].tolist()):
        carried[index] = carry
        carry = carry * decay + last
    own += carried[:, None] * weight ** np.arange(1, block + 1)[None, :]
    debias: NDArray[np.float64] = -np.expm1(np.arange(1, count + 1) * np.log(weight))
    average: NDArray[np.float64] = own.ravel()[:count] / debias
    return average
