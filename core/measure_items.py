"""What can be measured: the layers of one latent point, or a recording."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from core.annotation import Annotation
from core.axis import TimeAxis
from core.engine_work import sound_digest
from core.families.base import Card
from core.listen import published
from core.measure import Item
from core.origin import Origin
from core.track import Track

SOUND = "sound"
"""What stands in a table in the place of a layer where a recording is measured."""


def generated(
    card: Card,
    tracks: Mapping[str, Track],
    item: str,
    file: str,
    as_published: bool = False,
    annotation: Annotation | None = None,
) -> Item:
    """Give the generator's layers as an item, at their native rates or, said in its name, as published."""
    output = card.layers["G"][-1].name
    axes = {name: track.axis for name, track in tracks.items()}
    if as_published:
        out_axis = TimeAxis.of_sound(card.rate_hz, card.slice_len)
        tracks = {name: published(track, out_axis) for name, track in tracks.items()}
        item = f"{item}, {tracks[output].origin.resampling}"  # a table's rows say it themselves
    return Item(file, item, dict(tracks), output, axes, annotation)


def recorded(track: Track, file: str, annotation: Annotation | None = None) -> Item:
    """Give a recording as an item with one layer, the sound."""
    return Item(file, Path(file).stem, {SOUND: track.renamed(SOUND)}, "", {}, annotation)


def read_recording(path: Path) -> tuple[Track, tuple[str, ...]]:
    """Read a sound file at its own rate, a long one by blocks; tell what was done on the way."""
    from core.long_sound import LongSound
    from core.recording import look_at, read_sound

    file = look_at(path)
    if file.long:
        return LongSound(file).track(SOUND), file.notes
    samples, axis, notes = read_sound(path)
    return Track(SOUND, samples, axis, origin=Origin(sound=sound_digest(samples, axis.rate_hz))), notes
