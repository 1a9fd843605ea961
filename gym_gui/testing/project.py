"""A worker that is not installed: a source tree or a wheel, laid out as an installer would leave it.

Nothing is built and nothing is written into the source tree: its own folder goes on the path, beside
metadata made from `pyproject.toml`. A wheel is unpacked, so what is missing in it is missing here too.
"""

from __future__ import annotations

import re
import tomllib
import zipfile
from collections.abc import Iterator, Mapping
from configparser import ConfigParser
from configparser import Error as ConfigParserError
from pathlib import Path
from typing import Any

from gym_gui.config.confinement import confine

_SCRIPTS_GROUP = "console_scripts"
_LARGEST_UNPACKED = 2 * 1024**3


class ProjectError(ValueError):
    """The path holds no worker that can be laid out; the message says why and what would do."""


def lay_out(path: Path, site_packages: Path, source_paths: list[Path]) -> dict[str, str]:
    """Puts the project into `site_packages` and returns its console scripts by name.

    Args:
        path: A wheel, or a folder with a `pyproject.toml`.
        site_packages: An empty folder that the interpreter looks for packages in.
        source_paths: Receives the folders whose packages are to be importable as they are.

    Raises:
        ProjectError: There is no worker, or not one that can be laid out without building it.
    """
    if path.is_file() and path.suffix == ".whl":
        return _unpack(path, site_packages)
    project_file = path / "pyproject.toml" if path.is_dir() else path
    if project_file.name != "pyproject.toml" or not project_file.is_file():
        raise ProjectError(f"{path}: expected a wheel, or a folder with a pyproject.toml")
    source_paths.append(_source_root(project_file.parent))
    return _describe(project_file, site_packages)


def worker_ids_in(site_packages: Path) -> list[str]:
    """The workers that the metadata in the folder registers."""
    found: list[str] = []
    for file in sorted(site_packages.glob("*.dist-info/entry_points.txt")):
        found += _groups_of(file).get("mosaic.workers", {})
    return found


def _unpack(wheel: Path, site_packages: Path) -> dict[str, str]:
    try:
        with zipfile.ZipFile(wheel) as archive:
            members = archive.infolist()
            if sum(member.file_size for member in members) > _LARGEST_UNPACKED:
                raise ProjectError(f"{wheel}: unpacks to more than 2 GiB; install it and name the worker")
            for member in members:
                confine(site_packages, member.filename)  # a wheel from anywhere may name `../..`
            archive.extractall(site_packages)
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        if isinstance(error, ProjectError):
            raise
        raise ProjectError(f"{wheel}: is no wheel that can be unpacked: {error}") from None
    for data in site_packages.glob("*.data/purelib"):
        for item in data.iterdir():
            item.replace(site_packages / item.name)
    files = list(site_packages.glob("*.dist-info/entry_points.txt"))
    return _groups_of(files[0]).get(_SCRIPTS_GROUP, {}) if files else {}


def _groups_of(file: Path) -> dict[str, dict[str, str]]:
    parser = ConfigParser(delimiters=("=",), interpolation=None, strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # names are case-sensitive
    try:
        parser.read_string(file.read_text(encoding="utf-8"))
    except (ConfigParserError, UnicodeDecodeError, OSError) as error:
        raise ProjectError(f"{file.name}: cannot be read: {error}") from None
    return {group: dict(parser.items(group)) for group in parser.sections()}


def _source_root(folder: Path) -> Path:
    return folder / "src" if any((folder / "src").glob("*/__init__.py")) else folder


def _describe(project_file: Path, site_packages: Path) -> dict[str, str]:
    """Writes the metadata that an installer would make of `[project]`."""
    project = _project_table(project_file)
    name = project.get("name")
    if not isinstance(name, str):
        raise ProjectError(f"{project_file}: project.name: is missing; or build a wheel and name that")
    groups = _groups_in(project, project_file)
    if "mosaic.workers" not in groups:
        raise ProjectError(
            f'{project_file}: there is no [project.entry-points."mosaic.workers"]: add '
            'myworker = "package:get_worker_metadata"'
        )
    version = project.get("version", "0")
    info = site_packages / f"{re.sub(r'[-_.]+', '_', name)}-{version}.dist-info"
    info.mkdir()
    needed = project.get("dependencies", [])
    if not isinstance(needed, list) or not isinstance(version, str):
        raise ProjectError(f"{project_file}: project.version must be text, project.dependencies a list")
    requirements = [f"Requires-Dist: {text}" for text in needed]
    head = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}", *requirements]
    (info / "METADATA").write_text("\n".join(head) + "\n", encoding="utf-8")
    (info / "entry_points.txt").write_text("\n".join(_as_lines(groups)) + "\n", encoding="utf-8")
    return dict(groups.get(_SCRIPTS_GROUP, {}))


def _project_table(project_file: Path) -> Mapping[str, Any]:
    try:
        content = tomllib.loads(project_file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ProjectError(f"{project_file}: not valid TOML: {error}") from None
    project = content.get("project")
    if not isinstance(project, dict):
        raise ProjectError(f"{project_file}: there is no [project] table; build a wheel and name that")
    return project


def _groups_in(project: Mapping[str, Any], project_file: Path) -> dict[str, dict[str, str]]:
    groups = {**project.get("entry-points", {}), _SCRIPTS_GROUP: project.get("scripts", {})}
    for group, entries in groups.items():
        if not isinstance(entries, dict) or not all(isinstance(value, str) for value in entries.values()):
            raise ProjectError(f"{project_file}: entry points of {group!r}: expected name = 'module:object'")
    return {group: entries for group, entries in groups.items() if entries}


def _as_lines(groups: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    for group, entries in groups.items():
        yield f"[{group}]"
        yield from (f"{name} = {value}" for name, value in entries.items())
