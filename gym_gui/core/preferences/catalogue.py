"""Every setting with its default, its bounds and its help; what `get_setting` reads and the panel edits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gym_gui.constants import (
    WORKER_DISCOVERY_TIMEOUT_S,
    WORKER_METADATA_CACHE_TTL_S,
    WORKER_SHUTDOWN_TIMEOUT_S,
)
from gym_gui.core.forms.fields import FieldKind, FormField
from gym_gui.core.forms.values import check_value
from gym_gui.core.probing.limits import MEMORY_SETTING, USUAL_MEMORY_MB
from gym_gui.core.runs.environment import LONGEST_GRACE_S
from gym_gui.core.runs.grace import GRACE_SETTING
from gym_gui.core.runs.queue.limits import (
    LARGEST_DISK,
    LEAST_FREE_DISK_BYTES,
    MAX_CONCURRENT_SETTING,
    MIN_FREE_DISK_SETTING,
    MOST_CONCURRENT,
    usual_concurrent_runs,
)
from gym_gui.core.runs.stall import (
    LARGEST_STALL_FACTOR,
    LONGEST_STALL_S,
    STALL_FACTOR_SETTING,
    STALL_LEAST_SETTING,
    StallLimits,
)

THEME_SETTING = "theme"
FONT_SCALE_SETTING = "font_scale_percent"
DATA_DIRECTORY_SETTING = "data_directory"
NOTIFY_BAD_END_SETTING = "notify_bad_end"
NOTIFY_FINISH_SETTING = "notify_finish"
TENSORBOARD_SETTING = "tensorboard_command"
THEMES = ("system", "light", "dark")
USUAL_FONT_SCALE = 100


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting.

    Attributes:
        group: The heading it stands under.
        field: Its name in the file, its default, its bounds and its help.
        at_next_start: Whether a change is seen only when the panel is opened again.
    """

    group: str
    field: FormField
    at_next_start: bool = False

    @property
    def name(self) -> str:
        """Its key in the settings file."""
        return self.field.name

    def problem_of(self, value: Any) -> str:
        """Why the setting cannot have this value, "" when it can; None leaves it unset where it may be."""
        return "" if value is None and self.field.omittable else check_value(self.field, value)


def known_settings() -> tuple[Setting, ...]:
    """All settings, those of one group together."""
    return (*_appearance(), *_notifications(), *_runs(), *_tools())


def _appearance() -> tuple[Setting, ...]:
    return (
        Setting(
            "Appearance",
            FormField(
                name=THEME_SETTING,
                title="Theme",
                kind=FieldKind.CHOICE,
                description="Light, dark, or whatever the desktop is set to.",
                default="system",
                choices=THEMES,
            ),
        ),
        Setting(
            "Appearance",
            FormField(
                name=FONT_SCALE_SETTING,
                title="Text size (%)",
                kind=FieldKind.INTEGER,
                description="Of the desktop's own text size.",
                default=USUAL_FONT_SCALE,
                minimum=75,
                maximum=200,
            ),
            at_next_start=True,
        ),
    )


def _notifications() -> tuple[Setting, ...]:
    return (
        Setting(
            "Notifications",
            FormField(
                name=NOTIFY_BAD_END_SETTING,
                title="When a run ends badly",
                kind=FieldKind.BOOLEAN,
                description="A desktop notification when a run fails, is lost or stalls.",
                default=True,
            ),
        ),
        Setting(
            "Notifications",
            FormField(
                name=NOTIFY_FINISH_SETTING,
                title="When a run finishes",
                kind=FieldKind.BOOLEAN,
                description="A desktop notification when a run completes and the window is hidden.",
                default=True,
            ),
        ),
    )


def _runs() -> tuple[Setting, ...]:
    stall = StallLimits()
    return (
        Setting(
            "Runs",
            FormField(
                name=DATA_DIRECTORY_SETTING,
                title="Data directory",
                kind=FieldKind.PATH,
                description="Where runs are kept. Runs that are there already are not moved.",
                omittable=True,
            ),
            at_next_start=True,
        ),
        Setting(
            "Runs",
            FormField(
                name=MAX_CONCURRENT_SETTING,
                title="Runs at the same time",
                kind=FieldKind.INTEGER,
                description="Queued runs wait while this many are going.",
                default=usual_concurrent_runs(),
                minimum=1,
                maximum=MOST_CONCURRENT,
            ),
        ),
        Setting(
            "Runs",
            FormField(
                name=MIN_FREE_DISK_SETTING,
                title="Disk space to keep free (bytes)",
                kind=FieldKind.INTEGER,
                description="With less than this left, queued runs wait. 0 for no guard; "
                "a gigabyte is 1000000000.",
                default=LEAST_FREE_DISK_BYTES,
                minimum=0,
                maximum=LARGEST_DISK,
            ),
        ),
        Setting(
            "Runs",
            FormField(
                name=GRACE_SETTING,
                title="Time to stop (seconds)",
                kind=FieldKind.NUMBER,
                description="How long a cancelled run may take to end by itself before it is killed.",
                default=WORKER_SHUTDOWN_TIMEOUT_S,
                minimum=0,
                maximum=LONGEST_GRACE_S,
            ),
        ),
        Setting(
            "Runs",
            FormField(
                name=STALL_LEAST_SETTING,
                title="Stalled after (seconds)",
                kind=FieldKind.NUMBER,
                description="A run that shows no progress for less than this is never called stalled.",
                default=stall.least_s,
                minimum=1,
                maximum=LONGEST_STALL_S,
            ),
        ),
        Setting(
            "Runs",
            FormField(
                name=STALL_FACTOR_SETTING,
                title="Stalled after (times its usual gap)",
                kind=FieldKind.NUMBER,
                description="A slow but steady run is stalled only after this many of its usual gaps.",
                default=stall.factor,
                minimum=1,
                maximum=LARGEST_STALL_FACTOR,
            ),
        ),
    )


def _tools() -> tuple[Setting, ...]:
    return (
        Setting(
            "Workers and tools",
            FormField(
                name="worker_discovery_timeout_s",
                title="Time to describe itself (seconds)",
                kind=FieldKind.NUMBER,
                description="How long a worker may take to say what it is before it counts as broken.",
                default=WORKER_DISCOVERY_TIMEOUT_S,
                minimum=0.5,
                maximum=600,
            ),
        ),
        Setting(
            "Workers and tools",
            FormField(
                name=MEMORY_SETTING,
                title="Memory to describe itself (MB)",
                kind=FieldKind.INTEGER,
                description="A worker that takes more while it says what it is counts as broken.",
                default=USUAL_MEMORY_MB,
                minimum=64,
                maximum=1024**2,
            ),
        ),
        Setting(
            "Workers and tools",
            FormField(
                name="worker_metadata_cache_ttl_s",
                title="Believe what workers said for (seconds)",
                kind=FieldKind.NUMBER,
                description="After this, or when a file of theirs has changed, they are asked anew.",
                default=WORKER_METADATA_CACHE_TTL_S,
                minimum=0,
                maximum=86_400 * 365,
            ),
        ),
        Setting(
            "Workers and tools",
            FormField(
                name=TENSORBOARD_SETTING,
                title="TensorBoard command",
                kind=FieldKind.STRING,
                description="The program that “Open in TensorBoard” starts, with its arguments. "
                "Unset, the one beside this panel or on the PATH.",
                omittable=True,
            ),
        ),
    )
