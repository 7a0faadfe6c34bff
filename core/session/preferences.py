"""Preferences kept between starts: lenient when read, atomic when written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from core.files.atomic import atomic, folder_for

VERSION = 1
MOST_RECENT = 12


@dataclass(frozen=True)
class Preferences:
    """The user's choices; every field has a default, so a lost file does no harm."""

    version: int = VERSION
    theme: Literal["system", "light", "dark"] = "system"
    recent: tuple[str, ...] = ()
    device: str = ""
    volume_db: float = -6.0
    sound: str = "published"
    preset: str = "Praat 6.4, 75-450 Hz"
    speaker: Literal["", "man", "woman", "child"] = ""
    follow: bool = True
    loop: bool = False
    dock: bool | None = None  # None: only if the window is wide enough
    geometry: str = ""
    figure_width_mm: float = 170.0
    figure_dpi: float = 300.0
    letters: bool = False
    results_mb: Annotated[int, msgspec.Meta(ge=0, le=1 << 20)] = 256  # memory budget for analyses
    starred: tuple[tuple[str, tuple[float, ...], str], ...] = ()
    keys: Mapping[str, str] = field(default_factory=dict[str, str])
    """Keys of commands that differ from the defaults: Qt's portable text, by command id."""

    def with_recent(self, path: str) -> Preferences:
        """Return the preferences with `path` first among the recent files."""
        others = tuple(known for known in self.recent if known != path)
        return replace(self, recent=(path, *others)[:MOST_RECENT])


def default_path() -> Path:
    """Return the path of the preferences file, where the operating system expects it."""
    from platformdirs import user_config_path

    return user_config_path("phonoscope") / "settings.json"


def load(path: Path) -> Preferences:
    """Read the preferences field by field; a field that cannot be read gets its default."""
    try:
        values: Any = msgspec.json.decode(path.read_bytes())
    except (OSError, msgspec.DecodeError):
        return Preferences()
    if not isinstance(values, dict):
        return Preferences()
    kept = Preferences()
    for name in Preferences.__annotations__:
        if name in values and name != "version":
            kept = _with(kept, name, values[name])
    return kept


def _with(settings: Preferences, name: str, value: Any) -> Preferences:
    try:
        known: Any = msgspec.convert({name: value}, Preferences)
    except msgspec.ValidationError:
        return settings
    return replace(settings, **{name: getattr(known, name)})


def save(settings: Preferences, path: Path) -> None:
    """Write the preferences; a power cut leaves the old or the new file, never half of one."""
    folder_for(path.parent)
    with atomic(path) as draft:
        draft.write_bytes(msgspec.json.format(msgspec.json.encode(settings)))
