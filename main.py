"""Opens the panel: `python main.py`."""

from __future__ import annotations

from gym_gui.app import main

if __name__ == "__main__":
    raise SystemExit(main())
