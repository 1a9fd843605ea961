"""The desktop around the panel: the clipboard, the file manager, the browser."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication

from gym_gui.services.notifier import Notifier

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

_SAFE_SCHEMES = ("http", "https")


class Desktop:
    """Hands paths, links and text to the desktop, and says so when it takes none of them."""

    def __init__(self, notifier: Notifier) -> None:
        self._notifier = notifier

    def copy(self, text: str, what: str) -> None:
        """Put text on the clipboard."""
        QGuiApplication.clipboard().setText(text)
        self._notifier.info(f"{what} copied")

    def open_path(self, path: Path) -> None:
        """Open a folder, or a file with the program the desktop has for it."""
        # Imported where it is used: the window opens without it.
        from PySide6.QtCore import QUrl
        from PySide6.QtGui import QDesktopServices

        if not path.exists():
            self._notifier.warning("It is no longer there", str(path))
        elif not QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))):
            self._notifier.warning("No program opens this here", str(path))

    def reveal(self, path: Path) -> None:
        """Show a file in the file manager, selected where the desktop can do that, else its folder."""
        if not _ask_file_manager(path):
            self.open_path(path if path.is_dir() else path.parent)

    def notify(self, window: QWidget, title: str, text: str, *, urgent: bool) -> None:
        """Have the window ask for attention, and the desktop say why where `notify-send` is installed."""
        from PySide6.QtCore import QProcess, QStandardPaths
        from PySide6.QtWidgets import QApplication

        QApplication.alert(window)
        program = QStandardPaths.findExecutable("notify-send")
        if program and QGuiApplication.platformName() in {"xcb", "wayland"}:
            urgency = "critical" if urgent else "normal"
            # Servers read the text as markup, and what a worker says is text.
            escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
            arguments = [f"--urgency={urgency}", "--app-name=MOSAIC", "--", title, escaped]
            QProcess.startDetached(program, arguments)

    def open_link(self, link: str) -> None:
        """Open a web address; anything but http and https is refused, for links come from workers."""
        from PySide6.QtCore import QUrl
        from PySide6.QtGui import QDesktopServices

        url = QUrl(link, QUrl.ParsingMode.StrictMode)
        if not url.isValid() or url.scheme().lower() not in _SAFE_SCHEMES or not url.host():
            self._notifier.warning("This link was not opened", f"Only web addresses are: {link}")
        elif not QDesktopServices.openUrl(url):
            self._notifier.warning("No browser opens this here", link)


def _ask_file_manager(path: Path) -> bool:
    """Ask the file manager of a freedesktop session to select the file."""
    from PySide6.QtCore import QProcess

    if QGuiApplication.platformName() not in {"xcb", "wayland"}:
        return False
    started, _ = QProcess.startDetached(
        "dbus-send",
        [
            "--session",
            "--dest=org.freedesktop.FileManager1",
            "--type=method_call",
            "/org/freedesktop/FileManager1",
            "org.freedesktop.FileManager1.ShowItems",
            f"array:string:{path.absolute().as_uri()}",
            "string:",
        ],
        str(path.parent),
    )
    return bool(started)
