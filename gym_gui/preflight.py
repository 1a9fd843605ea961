"""Whether a Qt window can open here, and what to do when it cannot. Standard library only."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Mapping

_DEBIAN_AND_FEDORA = {
    "libEGL.so.1": ("libegl1", "mesa-libEGL"),
    "libGL.so.1": ("libgl1", "mesa-libGL"),
    "libglib-2.0.so.0": ("libglib2.0-0", "glib2"),
    "libgthread-2.0.so.0": ("libglib2.0-0", "glib2"),
    "libfontconfig.so.1": ("libfontconfig1", "fontconfig"),
    "libfreetype.so.6": ("libfreetype6", "freetype"),
    "libdbus-1.so.3": ("libdbus-1-3", "dbus-libs"),
    "libxkbcommon.so.0": ("libxkbcommon0", "libxkbcommon"),
    "libxkbcommon-x11.so.0": ("libxkbcommon-x11-0", "libxkbcommon-x11"),
    "libX11-xcb.so.1": ("libx11-xcb1", "libX11-xcb"),
    "libxcb.so.1": ("libxcb1", "libxcb"),
    "libxcb-cursor.so.0": ("libxcb-cursor0", "xcb-util-cursor"),
    "libxcb-icccm.so.4": ("libxcb-icccm4", "xcb-util-wm"),
    "libxcb-image.so.0": ("libxcb-image0", "xcb-util-image"),
    "libxcb-keysyms.so.1": ("libxcb-keysyms1", "xcb-util-keysyms"),
    "libxcb-render-util.so.0": ("libxcb-render-util0", "xcb-util-renderutil"),
    "libxcb-randr.so.0": ("libxcb-randr0", "libxcb"),
    "libxcb-shape.so.0": ("libxcb-shape0", "libxcb"),
    "libxcb-sync.so.1": ("libxcb-sync1", "libxcb"),
    "libxcb-xfixes.so.0": ("libxcb-xfixes0", "libxcb"),
    "libxcb-xkb.so.1": ("libxcb-xkb1", "libxcb"),
    "libwayland-client.so.0": ("libwayland-client0", "libwayland-client"),
}
_NEEDED_BY_XCB = (
    "libxcb-cursor.so.0",
    "libxcb-icccm.so.4",
    "libxcb-image.so.0",
    "libxcb-keysyms.so.1",
    "libxcb-render-util.so.0",
    "libxcb-xkb.so.1",
    "libxkbcommon-x11.so.0",
)
_LIBRARY_NAME = r"(lib[\w.+-]+?\.so(?:\.\d+)*)"

NO_PANEL = (
    "The panel needs PySide6, which is not installed here. Install it with\n"
    "    pip install 'mosaic-panel[panel]'\n"
    "Everything else works without it: gym-gui --help"
)
NO_DISPLAY = (
    "There is no display to open a window on: neither DISPLAY nor WAYLAND_DISPLAY is set.\n"
    "  over SSH           connect with  ssh -X  (or -Y) and start the panel again\n"
    "  without a screen   xvfb-run -a python main.py\n"
    "  no window at all   QT_QPA_PLATFORM=offscreen python main.py\n"
    "  on the terminal    gym-gui run, gym-gui runs, gym-gui logs -f do the same without a window"
)


UNREACHABLE = (
    "The display {display!r} (DISPLAY) does not answer: {reason}.\n"
    "  over SSH           log in anew with  ssh -X ; in tmux or screen, take DISPLAY from the new login\n"
    "  without a screen   xvfb-run -a python main.py\n"
    "  on the terminal    gym-gui run, gym-gui runs, gym-gui logs -f do the same without a window"
)
_REASONS = {
    1: "no X server lets this user in there",
    5: "it is not of the form host:number",
    6: "the server has no such screen",
}


def _why_no_answer(display: str) -> str:
    """Why no X server can be used under this name, "" when one can; Qt would abort without saying so."""
    import ctypes

    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return ""  # the libraries that are missing are named next
    xcb.xcb_connect.restype = ctypes.c_void_p
    connection = ctypes.c_void_p(xcb.xcb_connect(display.encode(), None))
    error = xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    return _REASONS.get(error, f"xcb reports error {error}") if error else ""


def _can_load(library: str) -> bool:
    import ctypes  # here, because a start with everything in place does not need it

    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def obstacle(
    environment: Mapping[str, str],
    platform: str = sys.platform,
    can_load: Callable[[str], bool] = _can_load,
    why_no_answer: Callable[[str], str] = _why_no_answer,
) -> str | None:
    """What keeps a window from opening, with the mend, or None when nothing does.

    Asked before Qt is imported: Qt aborts the process where Python could still explain.
    """
    if importlib.util.find_spec("PySide6") is None:
        return NO_PANEL
    if not platform.startswith("linux") or environment.get("QT_QPA_PLATFORM"):
        return None
    if environment.get("WAYLAND_DISPLAY"):
        return None
    if not environment.get("DISPLAY"):
        return NO_DISPLAY
    reason = why_no_answer(environment["DISPLAY"])
    if reason:
        return UNREACHABLE.format(display=environment["DISPLAY"], reason=reason)
    missing = [library for library in _NEEDED_BY_XCB if not can_load(library)]
    return _name_packages(missing) if missing else None


def explain_import_error(error: ImportError) -> str | None:
    """What to install when importing Qt failed for want of a system library, or None if that is not it."""
    if error.name and error.name.partition(".")[0] in {"PySide6", "shiboken6", "shiboken"} and not error.path:
        return NO_PANEL
    import re

    found = re.search(_LIBRARY_NAME, str(error))
    return _name_packages([found.group(1)]) if found else None


def _name_packages(libraries: list[str]) -> str:
    debian, fedora, unknown = [], [], []
    for library in libraries:
        if library in _DEBIAN_AND_FEDORA:
            debian.append(_DEBIAN_AND_FEDORA[library][0])
            fedora.append(_DEBIAN_AND_FEDORA[library][1])
        else:
            unknown.append(library)
    lines = [f"Qt cannot open a window: the system lacks {', '.join(libraries)}. Install it with"]
    if debian:
        lines.append(f"    sudo apt install {' '.join(dict.fromkeys(debian))}      (Debian, Ubuntu)")
        lines.append(f"    sudo dnf install {' '.join(dict.fromkeys(fedora))}      (Fedora)")
    if unknown:
        lines.append(f"    the package of your system that provides {', '.join(unknown)}")
    return "\n".join(lines)
