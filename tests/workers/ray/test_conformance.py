"""The worker's contract as the project checks anybody's."""

from __future__ import annotations

from gym_gui.testing import conformance_tests
from tests.workers.ray.helpers import SMALL, needs_ray

pytestmark = needs_ray

test_conformance = conformance_tests("ray", **SMALL)
