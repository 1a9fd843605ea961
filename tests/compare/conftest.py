"""The fixtures of the panel's tests hold here as well."""

from tests.ui.conftest import *  # noqa: F403
