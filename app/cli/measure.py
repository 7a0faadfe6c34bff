"""`phonoscope measure`: labelled intervals by layers as one long table for R."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Callable
from dataclasses import replace
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING

from app.cli.measure_sounds import Read, name_ends, read_grid, read_sounds, sounds_of
from app.cli.model import drawn, name_assumptions, note, opened, path_of
from core.analyses.speakers import ceiling_words
from core.faults import Fault

if TYPE_CHECKING:
    from core.measures.plan import MeasurementPlan


NOTHING_MEASURED = 2


def run(asked: Namespace) -> int:
    """Measure a model or sounds, and write the table and its record."""
    from core.measures.job import Job, do
    from core.measures.long_table import checked
    from core.measures.measuring import IntervalChoice
    from core.measures.plan import check_band, plan_of

    out = checked(asked.out)
    choice = IntervalChoice(asked.tier or "", asked.label)
    plan = _with_ceiling(plan_of(asked.measures, asked.points, asked.preset, asked.band), asked)
    sounds = sounds_of(asked)
    _check(asked, bool(sounds.paths))
    read = read_sounds(asked, sounds) if sounds.paths else _model(asked)
    tracks = [track for item in read.items for track in item.tracks.values()]
    check_band(plan, max((track.axis.nyquist_hz for track in tracks), default=inf))
    ceiling = ceiling_words(plan.formants.ceiling_hz)
    textgrid = asked.textgrid and Path(asked.textgrid).name
    about = {"textgrid": textgrid, **read.about, "formant_ceiling": ceiling}
    script = None if asked.script is None else Path(asked.script)
    job = Job(tuple(read.items), plan, choice, about, out, script, read.omitted, read.is_run)
    done = do(job, _progress())
    for remark in (*done.remarks, *(one.words for one in done.omitted)):
        note(remark)
    _, beside, *files = done.files
    print(f"{out}: {done.rows} rows; {beside.name}: settings, refusals, r")
    if files:
        print(f"{script}: {', '.join(file.name for file in files)}")
    if read.is_run:
        print(done.summary)
    return 0 if done.measured else NOTHING_MEASURED


def _with_ceiling(plan: MeasurementPlan, asked: Namespace) -> MeasurementPlan:
    """Return the plan with the requested formant ceiling, which overrides that of the preset."""
    from core.analyses.formants import for_speaker

    if asked.speaker is None and asked.ceiling is None:
        return plan
    if asked.speaker is not None and asked.ceiling is not None:
        raise Fault("--speaker chooses a ceiling too.", "Omit --speaker or --ceiling.")
    formants = for_speaker(plan.formants, asked.speaker or "")
    if asked.ceiling is not None:
        if asked.ceiling <= 0:
            raise Fault(f"{asked.ceiling:g} Hz is not a formant ceiling.", "Enter one such as 5000.")
        formants = replace(formants, ceiling_hz=asked.ceiling)
    words = f"{plan.preset}; formant ceiling {ceiling_words(formants.ceiling_hz)}"
    return replace(plan, formants=formants, preset=words)


def _progress() -> Callable[[int, int], None]:
    """Return a function that reports progress on one line of a terminal."""

    def said(done: int, of: int) -> None:
        end = "" if done < of else "\n"
        print(f"\rmeasured {done} of {of} layers", end=end, file=sys.stderr, flush=True)

    return said if sys.stderr.isatty() else lambda done, of: None


def _check(asked: Namespace, is_sound: bool) -> None:
    """Raise Fault for options that would have no effect."""
    if asked.textgrid is None and (asked.tier is not None or asked.label is not None):
        raise Fault("--tier and --label choose intervals of a TextGrid.", "Add --textgrid FILE.")
    point = (asked.seed, asked.code, asked.point, asked.changes or None, asked.answer or None)
    if not is_sound and asked.channel is not None:
        raise Fault("--channel chooses a channel of a sound file.", "Omit it here.")
    if not is_sound:
        return
    if any(option is not None for option in point):
        raise Fault(
            "A latent point does not drive a sound file.",
            "Omit --seed, --code, --set, --point and --answer.",
        )
    if asked.as_published:
        raise Fault("A sound file has no layers to upsample.", "Omit --as-published.")


def _model(asked: Namespace) -> Read:
    """Run the generator at the requested point."""
    from core.export.record import point_drive, record
    from core.measures.items import generated
    from core.probing.forward import generate
    from core.session.point_names import no_seed

    annotation = read_grid(Path(asked.textgrid)) if asked.textgrid is not None else None
    model = opened(asked)
    card = model.card
    wanted = drawn(asked, card.layout)
    drive = point_drive(card.layout, wanted.point, wanted.seed, wanted.code, wanted.changes)
    tracks = generate(model, wanted.point)
    name = no_seed(Path(asked.point).stem) if wanted.seed is None else _name(asked, wanted.seed)
    name_assumptions(card)
    item = generated(
        card, tracks, name, Path(path_of(asked)).name or str(asked.path), asked.as_published, annotation
    )
    name_ends(item, annotation)
    return Read([item], record(card, "G", drive, {}))


def _name(asked: Namespace, seed: int) -> str:
    """Name a point by its options: seed 3 c=0,1,0 z11=-15."""
    code = [f"c={','.join(f'{value:g}' for value in asked.code)}"] if asked.code is not None else []
    return " ".join([f"seed {seed}", *code, *(f"{name}={value:g}" for name, value in asked.changes)])
