"""A corpus on the disk: its recordings, also in subfolders, and the TextGrid that belongs to each."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from unicodedata import normalize

from core.faults import Fault
from core.recordings.sound_file import is_sound_file

GRID_SUFFIX = ".textgrid"


def plain(name: str) -> str:
    """Return a name in one spelling: a Mac writes é as two characters (NFD), other systems as one (NFC)."""
    return normalize("NFC", name)


def files_in(folder: Path) -> list[Path]:
    """Return the files of a folder and its subfolders by name, without hidden ones and links to folders."""
    found: list[Path] = []
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found += (Path(place, name) for name in sorted(names) if not name.startswith("."))
    return found


def sounds_in(folder: Path) -> list[Path]:
    """Return the sound files of a folder and its subfolders, also those that cannot be read."""
    return [path for path in files_in(folder) if is_sound_file(path)]


def textgrid_of(sound: Path, folder: Path) -> Path | None:
    """Return the TextGrid directly in a folder with the name of a sound file, None if there is none."""
    try:
        grids = [path for path in folder.iterdir() if path.suffix.lower() == GRID_SUFFIX]
    except OSError:
        return None
    named = [path for path in grids if plain(path.stem) == plain(sound.stem)]
    return next((path for path in sorted(named) if path.is_file()), None)


class GridSearch:
    """Finds the TextGrid of each of several sounds in one folder and its subfolders.

    Of several of one name, it is the one whose folders are named as the sound's, counted from the innermost:
    `out/s1/w.TextGrid` belongs to `corpus/s1/w.wav`. A TextGrid serves one recording only.
    """

    def __init__(self, sounds: Sequence[Path], folder: Path) -> None:
        self._folder = folder
        self._grids: defaultdict[str, list[Path]] = defaultdict(list)
        for path in files_in(folder):
            if path.suffix.lower() == GRID_SUFFIX:
                self._grids[plain(path.stem)].append(path)
        self._users: defaultdict[Path, list[Path]] = defaultdict(list)
        for sound in sounds:
            for grid in self._nearest(sound)[:1]:
                self._users[grid].append(sound)

    def grid_of(self, sound: Path) -> Path:
        """Return the TextGrid of a sound; raises Fault if there is none, or not one that is its alone."""
        nearest, name = self._nearest(sound), f"{sound.stem}.TextGrid"
        if not nearest:
            raise Fault(f"There is no {name} in “{self._folder}”.", "Annotate it, or measure the others.")
        if len(nearest) > 1:
            sentence = (
                f"“{self._folder}” holds {len(nearest)} files {name}; it is not clear which belongs to it."
            )
            raise Fault(sentence, "Name the folders of sounds and TextGrids alike, or measure one at a time.")
        owners = self._owners(nearest[0])
        if sound in owners and len({path.parent for path in owners}) == 1:
            return nearest[0]
        others = " and ".join(str(path) for path in owners if path.parent != sound.parent)
        verb = "would also serve" if sound in owners else "belongs to"
        sentence = f"“{nearest[0]}” {verb} another recording of that name, {others}."
        raise Fault(sentence, "Name the folder above the folders of the TextGrids.")

    def _nearest(self, sound: Path) -> list[Path]:
        """Return the TextGrids of a sound's name in folders that are most like the sound's."""
        grids = self._grids[plain(sound.stem)]
        most = max((_likeness(sound, grid) for grid in grids), default=0)
        return [grid for grid in grids if _likeness(sound, grid) == most]

    def _owners(self, grid: Path) -> list[Path]:
        """Return the sounds whose folders are most like the TextGrid's."""
        users = self._users[grid]
        most = max((_likeness(sound, grid) for sound in users), default=0)
        return [sound for sound in users if _likeness(sound, grid) == most]


def _likeness(sound: Path, grid: Path) -> int:
    """Return how many folders of equal names lead to two files, from the innermost outwards."""
    count = 0
    pairs = zip(reversed(sound.absolute().parent.parts), reversed(grid.absolute().parent.parts), strict=False)
    for one, other in pairs:
        if plain(one) != plain(other):
            break
        count += 1
    return count
