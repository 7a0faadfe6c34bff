"""The recordings for `phonoscope measure`: files or folders of them, each with its TextGrid."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.model import note
from core.faults import Fault

if TYPE_CHECKING:
    from core.annotation.tiers import Annotation
    from core.measures.measuring import MeasurementItem

Read = tuple[list["MeasurementItem"], dict[str, Any]]
"""The items to measure, and the record's description of them."""


def sounds_of(asked: Namespace) -> list[Path]:
    """Return the requested sound files in order; empty for a model. Raises Fault for a mixture."""
    from core.recordings.sound_file import is_sound_file

    paths = list(map(Path, filter(None, (asked.path, *asked.more))))
    found: list[Path] = []
    for path in paths:
        inside = _sounds_in(path) if path.is_dir() else [path] if is_sound_file(path) else []
        if not inside and (found or len(paths) > 1):
            raise Fault(f"“{path}” is not a sound file.", "Measure one model at a time, or only sounds.")
        found += inside
    return list(dict.fromkeys(found))


def _sounds_in(folder: Path) -> list[Path]:
    """Return the sounds in a folder; empty if it holds checkpoints, because it is then a model's."""
    from core.checkpoint.run_files import runs_in
    from core.recordings.sound_file import is_sound_file

    sounds = sorted(path for path in folder.iterdir() if is_sound_file(path))
    return sounds if sounds and not runs_in(folder) else []


def read_sounds(asked: Namespace, sounds: list[Path]) -> Read:
    """Read the sounds and their annotations; of several, an unreadable one is reported and skipped."""
    from core.measures.items import distinct_names

    several = len(sounds) > 1
    if several and asked.textgrid is not None and not Path(asked.textgrid).is_dir():
        hint = "Name the folder in which each sound's TextGrid has the sound's name."
        raise Fault("One TextGrid cannot annotate several sounds.", hint)
    found: list[tuple[MeasurementItem, dict[str, Any]]] = []
    for path, name in zip(sounds, distinct_names(sounds), strict=True):
        try:
            found.append(_sound(asked, path, name))
        except Fault as fault:
            if not several:
                raise
            note(f"{name} is skipped: {fault}")
    if not found:
        raise Fault("None of these sounds could be measured.", "See the message about each.")
    items = [item for item, _ in found]
    return items, found[0][1] if not several else {"sounds": [about for _, about in found]}


def _sound(asked: Namespace, path: Path, name: str) -> tuple[MeasurementItem, dict[str, Any]]:
    """Read one sound at its own rate; `name` is its name in the table."""
    from core.measures.items import read_recording, recorded

    grid = _grid_of(asked, path)
    annotation = read_grid(grid) if grid is not None else None
    track, steps = read_recording(path, asked.channel or 0)
    for step in steps:
        note(f"{name}: {step}")
    sound = {"file": name, "digest": track.origin.sound, "steps": list(steps)}
    if track.origin.reduction:
        sound["channels"] = track.origin.reduction
    about = {"sound": sound, "rate_hz": track.axis.rate_hz, "samples": track.axis.n}
    item = recorded(track, name, annotation)
    name_ends(item, annotation)
    return item, about if grid is None else {**about, "textgrid": grid.name}


def _grid_of(asked: Namespace, path: Path) -> Path | None:
    """Return the TextGrid that was named, or the one for this sound in the folder that was named."""
    from core.annotation.textgrid import textgrid_of

    if asked.textgrid is None:
        return None
    place = Path(asked.textgrid)
    if not place.is_dir():
        return place
    grid = textgrid_of(path, place)
    if grid is None:
        raise Fault(f"There is no {path.stem}.TextGrid in “{place}”.", "Annotate it, or measure the others.")
    return grid


def read_grid(path: Path) -> Annotation:
    """Read a TextGrid and report what was repaired."""
    from core.annotation.textgrid import read_textgrid

    found = read_textgrid(path)
    for sentence in found.notes:
        note(sentence.removesuffix("."))
    return found.annotation


def name_ends(item: MeasurementItem, annotation: Annotation | None) -> None:
    """Report that the TextGrid and the sound differ in length."""
    if annotation is None:
        return
    end_s, whole = annotation.end_s, item.whole
    if abs(end_s - whole.end_s) > 1e-3:
        after = (
            "values after the sound are undefined" if end_s > whole.end_s else "what follows is not measured"
        )
        note(f"the TextGrid ends at {end_s:.6g} s, the sound at {whole.end_s:.6g} s; {after}")
