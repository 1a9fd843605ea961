"""The user's own directories: home, configuration and cache, without asking the settings."""

from __future__ import annotations

from pathlib import Path

from gym_gui.constants.constants_core import APP_NAME


class UnusablePathError(ValueError):
    """A path from the environment or the settings that leads nowhere; the message names it and the mend."""


def config_root() -> Path:
    """The user's configuration directory of this application."""
    import platformdirs

    return platformdirs.user_config_path(APP_NAME, appauthor=False)


def cache_root() -> Path:
    """The user's cache directory of this application; whatever is in it can be rebuilt."""
    import platformdirs

    return platformdirs.user_cache_path(APP_NAME, appauthor=False)


def expand_user(text: str, source: str) -> Path:
    """The path that `text` is, with a leading `~` replaced by the home directory.

    Raises:
        UnusablePathError: `~name` of a user that does not exist; the message starts with `source`.
    """
    try:
        return Path(text).expanduser()
    except RuntimeError as error:
        raise UnusablePathError(f"{source}: {text}: {error}; give a full path instead") from error
