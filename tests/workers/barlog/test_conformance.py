"""The worker keeps the contract, checked by running it."""

from __future__ import annotations

import pytest

pytest.importorskip("minigrid", reason="needs the extra barlog")

from gym_gui.testing import conformance_tests

test_conformance = conformance_tests("barlog", episodes_per_task=3)
