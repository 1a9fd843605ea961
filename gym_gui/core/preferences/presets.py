"""Configs a person keeps for a worker: named presets, and the one used last."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gym_gui.core.events.regular import open_regular
from gym_gui.core.runs.atomic import write_atomically

_LAST = "last.json"
_SUFFIX = ".preset.json"
_LARGEST = 1 << 20
_PLAIN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._ -]{0,80}")


class PresetError(ValueError):
    """A preset that cannot be read or kept; the message names the file and the mend."""


class PresetStore:
    """A folder with a folder for each worker, in it a JSON file for each preset."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def names(self, worker_id: str) -> list[str]:
        """The presets of a worker, sorted; none when there are none or they cannot be read."""
        found = []
        for file in self._files(worker_id):
            try:
                found.append(self._read(file)["name"])
            except PresetError:
                continue
        return sorted(found, key=str.casefold)

    def load(self, worker_id: str, name: str) -> dict[str, Any]:
        """The config of a preset.

        Raises:
            PresetError: It is gone, or its file is no preset.
        """
        content = self._read(self._file(worker_id, name))
        return dict(content["config"])

    def save(self, worker_id: str, name: str, config: Mapping[str, Any]) -> None:
        """Keep a config under a name; one of the same name is replaced.

        Raises:
            PresetError: The name is empty, or the file cannot be written.
        """
        if not name.strip():
            raise PresetError("a preset needs a name")
        self._write(self._file(worker_id, name.strip()), {"name": name.strip(), "config": dict(config)})

    def delete(self, worker_id: str, name: str) -> None:
        """Forget a preset; nothing happens when there is none of the name.

        Raises:
            PresetError: Its file cannot be removed.
        """
        file = self._file(worker_id, name)
        try:
            file.unlink(missing_ok=True)
        except OSError as error:
            raise PresetError(f"{file}: cannot be removed: {error.strerror or error}") from error

    def last(self, worker_id: str) -> dict[str, Any] | None:
        """The config this worker was last launched with from here; None when there is none."""
        try:
            return dict(self._read(self._worker_folder(worker_id) / _LAST)["config"])
        except PresetError:
            return None

    def remember_last(self, worker_id: str, config: Mapping[str, Any]) -> None:
        """Note the config of a launch.

        Raises:
            PresetError: It cannot be written.
        """
        self._write(self._worker_folder(worker_id) / _LAST, {"name": "", "config": dict(config)})

    def _worker_folder(self, worker_id: str) -> Path:
        return self._folder / _file_name(worker_id)

    def _file(self, worker_id: str, name: str) -> Path:
        return self._worker_folder(worker_id) / f"{_file_name(name)}{_SUFFIX}"

    def _files(self, worker_id: str) -> list[Path]:
        try:
            return [f for f in self._worker_folder(worker_id).iterdir() if f.name.endswith(_SUFFIX)]
        except OSError:
            return []

    def _read(self, file: Path) -> dict[str, Any]:
        try:
            with open_regular(file) as opened:
                content = json.loads(opened.read(_LARGEST))
        except FileNotFoundError:
            raise PresetError(f"{file}: is not there any more") from None
        except (OSError, ValueError, RecursionError) as error:
            raise PresetError(
                f"{file}: cannot be read: {error}; delete it or save the preset anew"
            ) from error
        if (
            not isinstance(content, dict)
            or not isinstance(content.get("config"), dict)
            or not isinstance(content.get("name"), str)
        ):
            raise PresetError(f"{file}: is no preset; delete it or save the preset anew")
        return content

    def _write(self, file: Path, content: Mapping[str, Any]) -> None:
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            text = json.dumps(content, indent=2, ensure_ascii=False)
            write_atomically(os.fspath(file), text.encode(), durable=False)
        except (OSError, ValueError, TypeError) as error:
            raise PresetError(f"{file}: cannot be written: {error}") from error


def _file_name(name: str) -> str:
    """A file name for any name: its own where that is plain, else one that no other name gets."""
    if _PLAIN_NAME.fullmatch(name) and not name.endswith((" ", ".")):
        return name
    return "named-" + hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:24]
