"""Preferences kept between starts: lenient when read, atomic when written.

A number outside sense, like any other value that cannot be read, gives way to its default.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from core.faults import Fault
from core.files.atomic import atomic, folder_for
from core.files.own_files import Tell, read_own
from core.files.path_text import path_of, path_text

VERSION = 1
MOST_RECENT = 12


@dataclass(frozen=True, slots=True)
class KeptSpot:
    """A place in a figure that outlasts the program: a time, a height from 0 to 1, and whose lane it is in.

    `layer` is a layer of `network` of the checkpoint with this `digest`, the `copy`-th of it that is open;
    without a network it is a recording's name.
    """

    time_s: float
    part: float
    layer: str
    network: str = ""
    digest: str = ""
    copy: Annotated[int, msgspec.Meta(ge=0)] = 0


@dataclass(frozen=True, slots=True)
class KeptNote:
    """A note in a figure, with an optional arrow."""

    text: str
    at: KeptSpot
    to: KeptSpot | None = None


@dataclass(frozen=True)
class Preferences:
    """The user's choices; every field has a default, so a lost file does no harm."""

    version: int = VERSION
    theme: Literal["system", "light", "dark"] = "system"
    recent: tuple[str, ...] = ()
    last_open: tuple[str, ...] = ()
    reopen: bool = True  # start with what was open last
    device: str = ""
    microphone: str = ""
    record_rate_hz: Annotated[int, msgspec.Meta(ge=1000, le=384000)] = 44100
    record_folder: str = ""  # "": a folder of the user's documents
    volume_db: Annotated[float, msgspec.Meta(ge=-100, le=0)] = -6.0
    sound: str = "published"
    preset: str = "Praat 6.4, 75-450 Hz"
    speaker: Literal["", "man", "woman", "child"] = ""
    follow: bool = True
    loop: bool = False
    dock: bool | None = None  # None: only if the window is wide enough
    geometry: str = ""
    figure_width_mm: Annotated[float, msgspec.Meta(ge=20, le=2000)] = 170.0
    figure_dpi: Annotated[float, msgspec.Meta(ge=30, le=2400)] = 300.0
    figure_height_mm: Annotated[float, msgspec.Meta(ge=0, le=2000)] = 0.0  # 0: as high as its lanes
    figure_notes: tuple[KeptNote, ...] = ()
    letters: bool = False
    fields: bool = False  # receptive fields at the pointer
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


def load(path: Path, tell: Tell = lambda words: None) -> Preferences:
    """Read the preferences field by field; a field that cannot be read gets its default.

    `tell` gets a sentence about a file that is damaged as a whole, or cannot be read.
    """
    try:
        return read_own(path, _decoded, Preferences(), "settings", tell)
    except Fault as fault:
        tell(str(fault))
        return Preferences()


def _decoded(data: bytes) -> tuple[Preferences, int]:
    values = msgspec.json.decode(data, type=dict[str, Any])
    kept = Preferences()
    for name in Preferences.__annotations__:
        if name in values and name != "version":
            kept = _with(kept, name, values[name])
    return _with_paths(kept, path_of), 0


def _with_paths(settings: Preferences, change: Callable[[str], str]) -> Preferences:
    """Return the preferences with every path changed."""
    recent, last_open = (tuple(map(change, paths)) for paths in (settings.recent, settings.last_open))
    return replace(settings, recent=recent, last_open=last_open, record_folder=change(settings.record_folder))


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
        stored = _with_paths(settings, path_text)
        draft.write_bytes(msgspec.json.format(msgspec.json.encode(stored)))


def save_changes(before: Preferences, now: Preferences, path: Path, tell: Tell = lambda words: None) -> None:
    """Write the fields that changed since `before`; what another window wrote into the others stays."""
    changed = {name: getattr(now, name) for name in Preferences.__annotations__}
    changed = {name: value for name, value in changed.items() if value != getattr(before, name)}
    save(replace(load(path, tell), **changed), path)
