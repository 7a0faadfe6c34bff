"""What `phonoscope explain` is asked: the sound, the target, the intervals and the method's settings."""

from __future__ import annotations

import sys
from argparse import Namespace
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.model import note
from core.faults import Fault

if TYPE_CHECKING:
    from core.explain.segment_scores import Interval
    from core.explain.subject import Subject


def heard(model: Any, network: str, path: Path) -> tuple[Subject, float, tuple[str, ...]]:
    """Return the network with a sound at its rate, the rate, and what was done to the sound."""
    from core.explain.subject import subject_of
    from core.probing.forward import input_rate_hz
    from core.recordings.sound_file import read_sound

    rate_hz = input_rate_hz(model, network)
    samples, _, steps = read_sound(path, rate_hz)
    for step in steps:
        note(f"{path.name}: {step}")
    return subject_of(model, network, samples), rate_hz, tuple(steps)


def target_request(asked: Namespace, intervals: tuple[Interval, ...] = ()) -> Any:
    """Return the target that the options ask for."""
    from core.explain.targets import TargetRequest
    from core.signals.axis import Range

    chosen = [asked.at is not None, asked.interval is not None, bool(intervals)]
    if sum(chosen) > 1:
        raise Fault("The target has more than one place.", "Use --at, --interval, or --tier with --label.")
    ranges = tuple(Range(one.start_s, one.end_s) for one in intervals)
    if asked.interval is not None:
        ranges = (Range(*asked.interval),)
    return TargetRequest(asked.target, asked.against or "", asked.at, ranges)


def intervals_of(path: Path, tier: str | None, label: str | None) -> tuple[Interval, ...]:
    """Return the intervals with a label in a tier of the TextGrid beside a sound; none without a tier."""
    if tier is None:
        if label is not None:
            raise Fault("A label needs a tier.", "Add --tier NAME.")
        return ()
    found = [one for one in labelled(path, tier) if label is None or one.label == label]
    if not found:
        words = f"“{label}”" if label is not None else "a label"
        raise Fault(
            f"The tier “{tier}” has no interval with {words}.", "Check the name and its stress digits."
        )
    return tuple(found)


def labelled(path: Path, tier: str) -> tuple[Interval, ...]:
    """Return the labelled intervals of a tier of the TextGrid beside a sound."""
    from core.annotation.corpus import textgrid_of
    from core.annotation.textgrid import read_textgrid
    from core.explain.segment_scores import Interval

    grid = textgrid_of(path, path.parent)
    if grid is None:
        raise Fault(f"There is no {path.stem}.TextGrid beside {path.name}.", "Annotate the sound.")
    tiers = [one for one in read_textgrid(grid).annotation.tiers if one.is_interval]
    chosen = next((one for one in tiers if one.name == tier), None)
    if chosen is None:
        names = ", ".join(one.name for one in tiers) or "none"
        raise Fault(f"{grid.name} has no interval tier “{tier}”.", f"Its interval tiers: {names}.")
    ranges = ((chosen.range_of(k), label.strip()) for k, label in enumerate(chosen.labels))
    return tuple(Interval(one.start_s, one.end_s, label) for one, label in ranges if label)


def settings_of(asked: Namespace, path: Path) -> Any:
    """Return the settings of the method with what the options change."""
    from core.explain.registry import METHODS
    from core.explain.segments import SegmentSettings

    made = METHODS[asked.method].settings
    known = {one.name for one in fields(made)}
    given: dict[str, Any] = {}
    for option, name in (
        ("composite", "composite"),
        ("layer", "layer"),
        ("fill", "fill"),
        ("baseline", "baseline"),
    ):
        value = getattr(asked, option)
        if value is None:
            continue
        if name not in known:
            raise Fault(f"The method {asked.method} has no {option}.", f"Omit --{option}.")
        given[name] = value
    if "segments" in known and asked.segments is not None:
        given["segments"] = SegmentSettings(labelled(path, asked.segments))
    return made(**given)


def progress(what: str, done: int, of: int) -> None:
    """Report progress on one line of a terminal."""
    if sys.stderr.isatty():
        print(f"\r{what} {done} of {of}", end="" if done < of else "\n", file=sys.stderr, flush=True)
