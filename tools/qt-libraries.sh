#!/bin/sh
# Makes sure that Qt's widgets can be imported by the given Python, installing the system
# libraries they need where that can be done without asking (Debian or Ubuntu, as root).
set -eu
python=$1
if "$python" -c 'import PySide6.QtWidgets' 2>/dev/null; then
    exit 0
fi
packages="libegl1 libgl1 libxkbcommon0 libdbus-1-3 libfontconfig1 libglib2.0-0 fonts-dejavu-core"
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq
    # Ubuntu 24.04 and Debian 13 call the last library libglib2.0-0t64; apt resolves the old name there.
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages >/dev/null
    exec "$python" -c 'import PySide6.QtWidgets'
fi
"$python" -c 'import PySide6.QtWidgets' 2>&1 | tail -n 1 >&2 || true
echo "Qt lacks a system library. Install them, then run make again:" >&2
echo "    sudo apt install $packages        (Debian, Ubuntu)" >&2
echo "    sudo dnf install mesa-libEGL mesa-libGL libxkbcommon dbus-libs fontconfig glib2 dejavu-sans-fonts  (Fedora)" >&2
exit 1
