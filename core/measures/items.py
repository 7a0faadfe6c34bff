"""What can be measured: the layers of one latent point, or a recording."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from core.annotation.tiers import Annotation
from core.families.card import Card
from core.measures.measuring import MeasurementItem
from core.playback.sonification import published
from core.processes.engine_tasks import sound_digest
from core.provenance import Origin
from core.recordings.sound_file import SoundFile, all_samples, clipped, look_at, read_sound
from core.signals.axis import TimeAxis
from core.signals.track import Track

SOUND = "sound"
"""The layer name that tables give a measured recording."""


def generated(
    card: Card,
    tracks: Mapping[str, Track],
    item: str,
    file: str,
    as_published: bool = False,
    annotation: Annotation | None = None,
) -> MeasurementItem:
    """Return the generator's layers as an item, at their native rates or, if its name says so, as
    published.
    """
    output = card.output
    axes = {name: track.axis for name, track in tracks.items()}
    if as_published:
        out_axis = TimeAxis.of_sound(card.rate_hz, card.slice_len)
        tracks = {name: published(track, out_axis) for name, track in tracks.items()}
        item = f"{item}, {tracks[output].origin.resampling}"  # table rows say so themselves
    return MeasurementItem(file, item, dict(tracks), output, axes, annotation, card.label)


def recorded(track: Track, file: str, annotation: Annotation | None = None) -> MeasurementItem:
    """Return a recording as an item with one layer, the sound."""
    return MeasurementItem(
        file, str(PurePosixPath(file).with_suffix("")), {SOUND: track.renamed(SOUND)}, "", {}, annotation
    )


def distinct_names(paths: Sequence[Path]) -> list[str]:
    """Return distinct names for files: the file names or, if two are equal, the paths below their common
    folder. Bytes of a name that are not UTF-8 are replaced, so that every file can hold it.
    """
    names = [path.name for path in paths]
    if len(set(names)) < len(names):
        whole = [path.absolute() for path in paths]
        several_drives = len({path.drive for path in whole}) > 1
        common = "" if several_drives else os.path.commonpath([path.parent for path in whole])
        names = [(path.relative_to(common) if common else path).as_posix() for path in whole]
    return [name.encode("utf-8", "surrogateescape").decode("utf-8", "replace") for name in names]


def read_recording(path: Path, channel: int = 0) -> tuple[Track, tuple[str, ...]]:
    """Read a sound file at its own rate, a long one in blocks; return it and notes on what was done.

    `channel` counts from 1; 0 averages all channels.
    """
    from core.recordings.long_sound import LongSound

    file = look_at(path, channel)
    if file.long:
        return LongSound(file).track(SOUND), file.notes
    track = short_recording(file, SOUND)
    return track, (*file.notes, *clipped(track.samples))


def short_recording(file: SoundFile, name: str) -> Track:
    """Read a recording into memory.

    Its origin identifies the recording by all its channels, so that the channels share their tiers.
    """
    samples, axis, _ = read_sound(Path(file.path), channel=file.channel)
    together = all_samples(replace(file, channel=0)) if file.channel else samples
    digest = sound_digest(together, axis.rate_hz)
    if (
        file.start_s is not None
    ):  # a file that states its time: equal samples at other times are another sound
        digest = hashlib.sha256(f"{digest} {file.start_s!r}".encode()).hexdigest()
    origin = Origin(drive=digest, reduction=file.reduction)
    return Track(name, samples, axis, origin=origin)
