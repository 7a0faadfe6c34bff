"""A relevance map as a figure on paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from core.explain.registry import METHODS
from core.explain.relevance import Relevance, scale_of
from core.explain.sanity import Sanity
from core.explain.visualise import Snapshot
from core.files.json_text import json_bytes
from core.frontends.band_axis import band_centres_hz
from core.networks.spec import SoundDrive
from core.signals.axis import TimeAxis
from core.signals.channel_image import ChannelImage
from core.signals.track import Track
from widgets.figures.figure_files import write_picture
from widgets.figures.relevance_figure import (
    RelevancePicture,
    Thumbnail,
    relevance_picture,
    thumbnails_picture,
)
from widgets.theme.praat_numbers import four_digits
from widgets.theme.theme import load_fonts


def write_relevance(
    out: Path, taken: ChannelImage | None, found: Relevance, file: str, checked: Sanity | None = None
) -> None:
    """Write the figure of a map; `taken` is what the network takes, if it is an image."""
    load_fonts()
    method = METHODS[found.method].title if found.method in METHODS else found.method
    title = f"{found.target.words}: {method}"
    lines = [f"{file} · score {four_digits(found.score)}, the map adds up to {four_digits(found.sum)}"]
    lines += [*found.notes, *([checked.verdict] if checked is not None else [])]
    image, curve = map_image(found), None
    if image is None:
        curve = Track("relevance", found.values, found.axis, origin=found.origin)
    extent = found.axis.extent if taken is None else taken.axis.extent
    shown = RelevancePicture(title, lines, extent, taken, image, curve, _thumbnails(found, checked))
    write_picture(out, relevance_picture(shown), json_bytes(found.origin.plain()).decode(), 200.0)


def map_image(found: Relevance) -> ChannelImage | None:
    """Return a map as an image with its scale; None for a curve."""
    return None if found.is_curve else _image(found, found.values)


def _image(found: Relevance, values: np.ndarray) -> ChannelImage:
    limit = scale_of(values)
    rows = np.ascontiguousarray(values.T)
    return ChannelImage(
        "relevance", rows, found.axis, -limit, limit, tuple(found.frequencies_hz.tolist()), found.origin
    )


def _thumbnails(found: Relevance, checked: Sanity | None) -> list[Thumbnail]:
    """Return the map and those after the cascade's steps, if they are images."""
    if checked is None or found.is_curve:
        return []
    made = [Thumbnail("trained", _image(found, found.values))]
    for step in checked.cascading:
        top = step.layers[0] if len(step.layers) == 1 else f"to {step.layers[-1]}"
        made.append(Thumbnail(f"{top}  {step.rho:.3f}".replace("-", "−"), _image(found, step.values)))
    return made


def write_visualised(
    out: Path, title: str, rows: Mapping[str, Sequence[Snapshot]], drive: SoundDrive
) -> None:
    """Write the figure of what drives a unit: a row for each penalty, a column for each step."""
    load_fonts()
    made: list[Thumbnail] = []
    centres = band_centres_hz(drive.frontend, drive.rate_hz)
    columns = max(len(found) for found in rows.values())
    for name, found in rows.items():
        for one in found:
            limit = scale_of(one.values)
            axis = TimeAxis.of_sound(drive.rate_hz / drive.frontend.step, len(one.values))
            words = f"{name} {one.step}: {four_digits(one.activation)}"
            made.append(Thumbnail(words, ChannelImage("input", one.values, axis, -limit, limit, centres)))
    write_picture(out, thumbnails_picture(title, made, columns), "{}", 200.0)
