"""The recordings for `phonoscope measure`: files or folders of them, each with its TextGrid."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.model import note
from core.faults import Fault

if TYPE_CHECKING:
    from core.annotation.tiers import Annotation
    from core.measures.measuring import MeasurementItem, Omitted


@dataclass(frozen=True)
class Read:
    """The items to measure, the record's description of them, and what could not be read."""

    items: list[MeasurementItem]
    about: dict[str, Any]
    omitted: tuple[Omitted, ...] = ()
    is_run: bool = False


@dataclass(frozen=True)
class Sounds:
    """The requested sound files in order, and whether a folder or several of them were named."""

    paths: list[Path]
    is_run: bool = False


def sounds_of(asked: Namespace) -> Sounds:
    """Return the requested sounds; none for a model. Raises Fault for a mixture."""
    from core.recordings.sound_file import is_sound_file

    paths = list(map(Path, filter(None, (asked.path, *asked.more))))
    found: list[Path] = []
    for path in paths:
        inside = _sounds_in(path) if path.is_dir() else [path] if is_sound_file(path) else []
        if not inside and (found or len(paths) > 1):
            raise Fault(f"“{path}” is not a sound file.", "Measure one model at a time, or only sounds.")
        found += inside
    distinct = list(dict.fromkeys(found))
    return Sounds(distinct, len(distinct) > 1 or any(path.is_dir() for path in paths))


def _sounds_in(folder: Path) -> list[Path]:
    """Return the sounds in a folder and its subfolders; empty if it is a model's.

    Sounds directly in the folder are a corpus, whatever lies beside them. If there are none, a checkpoint
    that opens makes it a model's folder, such as that of a training run with its previews.
    """
    from core.annotation.corpus import sounds_in

    sounds = sounds_in(folder)
    if not sounds:
        return []
    runs = _checkpoints_in(folder)
    if runs and not any(path.parent == folder for path in sounds) and any(map(_opens, runs)):
        return []
    others = runs or _like_checkpoints(folder)
    if others:
        names = ", ".join(path.name for path in others[:3])
        note(f"{names} beside the sounds in “{folder}” {'is' if len(others) == 1 else 'are'} not measured")
    return sounds


def _checkpoints_in(folder: Path) -> list[Path]:
    """Return what may be a checkpoint in a folder or directly below it."""
    from core.checkpoint.run_files import runs_in
    from core.families.registry import roles_of

    places = [folder, *(path for path in sorted(folder.iterdir()) if path.is_dir())]
    return [run.path for place in places for run in runs_in(place, roles_of)]


def _like_checkpoints(folder: Path) -> list[Path]:
    """Return the files in a folder that are named like checkpoints."""
    from core.checkpoint.run_files import WEIGHT_SUFFIXES

    return [path for path in sorted(folder.iterdir()) if path.suffix.lower() in WEIGHT_SUFFIXES]


def _opens(path: Path) -> bool:
    """Return whether a file is a checkpoint and no other file with such a suffix."""
    from core.checkpoint.run_files import ChooseRun
    from core.families.registry import open_model

    try:
        open_model(path, {})
    except ChooseRun:
        return True
    except Fault:
        return False
    return True


def read_sounds(asked: Namespace, sounds: Sounds) -> Read:
    """Read the sounds and their annotations; in a run, one that cannot be read is reported and left out."""
    from core.measures.items import distinct_names
    from core.measures.measuring import Omitted

    if len(sounds.paths) > 1 and asked.textgrid is not None and not Path(asked.textgrid).is_dir():
        hint = "Name the folder in which each sound's TextGrid has the sound's name."
        raise Fault("One TextGrid cannot annotate several sounds.", hint)
    grid_of = _grids(asked, sounds.paths)
    found: list[tuple[MeasurementItem, dict[str, Any]]] = []
    omitted: list[Omitted] = []
    for path, name in zip(sounds.paths, distinct_names(sounds.paths), strict=True):
        try:
            found.append(_sound(asked, path, name, grid_of))
        except Fault as fault:
            if not sounds.is_run:
                raise
            omitted.append(Omitted(name, str(fault)))
    items, abouts = [item for item, _ in found], [about for _, about in found]
    about = {"sounds": abouts} if sounds.is_run else abouts[0]
    return Read(items, about, tuple(omitted), sounds.is_run)


def _sound(
    asked: Namespace, path: Path, name: str, grid_of: Callable[[Path], Path | None]
) -> tuple[MeasurementItem, dict[str, Any]]:
    """Read one sound at its own rate; `name` is its name in the table."""
    from core.measures.items import read_recording, recorded

    track, steps = read_recording(path, asked.channel or 0)
    grid = grid_of(path)
    annotation = read_grid(grid) if grid is not None else None
    for step in steps:
        note(f"{name}: {step}")
    sound = {"file": name, "digest": track.origin.sound, "steps": list(steps)}
    if track.origin.reduction:
        sound["channels"] = track.origin.reduction
    about = {"sound": sound, "rate_hz": track.axis.rate_hz, "samples": track.axis.n}
    item = recorded(track, name, annotation)
    name_ends(item, annotation, name)
    return item, about if grid is None else {**about, "textgrid": grid.name}


def _grids(asked: Namespace, sounds: list[Path]) -> Callable[[Path], Path | None]:
    """Return a function that gives the TextGrid that was named, or the one of a sound in that folder."""
    from core.annotation.corpus import GridSearch

    if asked.textgrid is None:
        return lambda path: None
    place = Path(asked.textgrid)
    return GridSearch(sounds, place).grid_of if place.is_dir() else lambda path: place


def read_grid(path: Path) -> Annotation:
    """Read a TextGrid and report what was repaired."""
    from core.annotation.textgrid import read_textgrid

    found = read_textgrid(path)
    for sentence in found.notes:
        note(sentence.removesuffix("."))
    return found.annotation


def name_ends(item: MeasurementItem, annotation: Annotation | None, name: str = "") -> None:
    """Report that the TextGrid and the sound differ in length."""
    if annotation is None:
        return
    end_s, whole = annotation.end_s, item.whole
    if abs(end_s - whole.end_s) > 1e-3:
        after = (
            "values after the sound are undefined" if end_s > whole.end_s else "what follows is not measured"
        )
        of = f"{name}: " if name else ""
        note(f"{of}the TextGrid ends at {end_s:.6g} s, the sound at {whole.end_s:.6g} s; {after}")
