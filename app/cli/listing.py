"""`phonoscope listing`: the results of any analysis of a layer or a sound, as Praat lists them."""

from __future__ import annotations

import dataclasses
import typing
from argparse import Namespace
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.model import drawn, name_assumptions, note, opened
from app.cli.values import number
from core.faults import Fault
from core.signals.axis import Range
from core.signals.track import Track

if TYPE_CHECKING:
    from core.queries.listing_text import Listing


def run(asked: Namespace) -> int:
    """List an analysis of the requested layers, on standard output or in a file with a record."""
    name = analysis_named(asked.analysis)
    settings = settings_of(name, asked)
    tracks, output, about = _tracks(asked)
    window = _window(asked, [track for _, track in tracks])
    lines, kept, words = [], [], []
    for layer, track in tracks:
        try:
            made, facts = _list(name, layer, track, settings, window, output)
        except Fault as fault:
            if len(tracks) == 1:
                raise
            note(f"{layer}: {fault.sentence}")
            continue
        columns = ("layer", *made.head) if len(tracks) > 1 else made.head
        lines.append((columns, [(layer, *row) for row in made.rows] if len(tracks) > 1 else made.rows))
        words.append(made.words)
        kept.append(facts)
    if not lines:
        raise Fault(f"No layer has {name}.", "See the reasons above.")
    _tell(asked, lines, "\n".join(filter(None, words)), {**about, "analysis": name, "listed": kept})
    return 0


def analysis_named(word: str) -> str:
    """Return the analysis for a word such as voice-report; raises Fault if there is none."""
    from core.analyses.registry import TABLE

    name = word.strip().lower().replace("-", " ").replace("_", " ")
    if name not in TABLE:
        words = ", ".join(known.replace(" ", "-") for known in TABLE)
        raise Fault(f"“{word}” is not an analysis.", f"Choose among {words}.")
    return name


def settings_of(name: str, asked: Namespace) -> Any:
    """Return the preset's settings, with the speaker's ceiling, and then each explicit value."""
    from core.analyses.formants import for_speaker
    from core.measures.plan import preset_of

    found = preset_of(asked.preset).settings(name)
    if asked.speaker:
        if name != "formants":
            raise Fault("--speaker sets the ceiling of formants.", "Omit it here.")
        found = for_speaker(found, asked.speaker)
    return with_values(found, asked.settings)


def with_values(settings: Any, values: Sequence[tuple[str, str]]) -> Any:
    """Return settings with some fields read from text; raises Fault for unknown names and invalid values."""
    hints = typing.get_type_hints(type(settings))
    fields = [one.name for one in dataclasses.fields(settings) if one.metadata.get("form", True)]
    for name, text in values:
        if name not in fields:
            raise Fault(f"There is no setting “{name}” here.", f"Choose among {', '.join(fields)}.")
        settings = dataclasses.replace(settings, **{name: _read(name, hints[name], text)})
    return settings


WORDS = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}


def _read(name: str, hint: Any, text: str) -> Any:
    """Read one value by the type of its field: a choice, yes or no, or a number."""
    kinds = typing.get_args(hint)
    if typing.get_origin(hint) is typing.Literal or hint is bool:
        choices = dict(zip(kinds, kinds, strict=True)) if kinds else WORDS
        if text.lower() in choices:
            return choices[text.lower()]
        raise Fault(f"“{text}” is not a valid {name}.", f"Choose among {', '.join(kinds or ('yes', 'no'))}.")
    if type(None) in kinds and text.lower() == "automatic":
        return None
    value = number(text)
    if hint is int and value != int(value):
        raise Fault(f"“{text}” is not a whole number.", f"Write {name} as one, such as 10.")
    return int(value) if hint is int else value


Tracks = list[tuple[str, Track]]


def _tracks(asked: Namespace) -> tuple[Tracks, tuple[str, Track] | None, dict[str, Any]]:
    """Return the layers to list, the output as reference for latencies, and facts about the file."""
    from core.measures.items import SOUND, read_recording
    from core.recordings.sound_file import is_sound_file

    if is_sound_file(Path(asked.path)):
        if any((asked.layer, asked.seed is not None, asked.code, asked.point, asked.changes, asked.answer)):
            raise Fault(
                "A sound file has no layers and no latent point.",
                "Omit --layer, --seed, --code, --set, --point and --answer.",
            )
        track, steps = read_recording(Path(asked.path), asked.channel or 0)
        for step in steps:
            note(f"{Path(asked.path).name}: {step}")
        return (
            [(SOUND, track.renamed(Path(asked.path).name))],
            None,
            {"sound": {"file": Path(asked.path).name, "steps": list(steps)}},
        )
    if asked.channel is not None:
        raise Fault("--channel chooses a channel of a sound file.", "Omit it here.")
    return _layers(asked)


def _layers(asked: Namespace) -> tuple[Tracks, tuple[str, Track] | None, dict[str, Any]]:
    from core.export.record import point_drive, record
    from core.probing.forward import generate

    model = opened(asked)
    wanted = drawn(asked, model.card.layout)
    found = generate(model, wanted.point)
    name_assumptions(model.card)
    output = model.card.output
    layer = asked.layer or output
    if layer != "all" and layer not in found:
        raise Fault(f"There is no layer “{layer}”.", f"Choose among {', '.join(found)}, all.")
    names = list(found) if layer == "all" else [layer]
    drive = point_drive(model.card.layout, wanted.point, wanted.seed, wanted.code, wanted.changes)
    about = record(model.card, "G", drive, {})
    return [(name, found[name]) for name in names], (output, found[output]), about


def _window(asked: Namespace, tracks: list[Track]) -> Range:
    """Return the requested time range, by default all of every track."""
    ends = [track.axis.extent for track in tracks]
    whole = Range(min(end.start_s for end in ends), max(end.end_s for end in ends))
    if asked.range is None:
        return whole
    if asked.range[0] >= whole.end_s or asked.range[1] <= whole.start_s:
        raise Fault(
            f"There is nothing between {asked.range[0]:g} and {asked.range[1]:g} s.",
            f"The sound lasts from {whole.start_s:g} to {whole.end_s:g} s.",
        )
    return Range(*asked.range).cut(whole)


Rows = Sequence[tuple[str, ...]]


def _list(
    name: str, layer: str, track: Track, settings: Any, window: Range, output: tuple[str, Track] | None
) -> tuple[Listing, dict[str, Any]]:
    """Compute and list one layer; the facts hold its origin, with the settings adapted to it."""
    from core.analyses.artefacts import ruling_offset
    from core.analyses.registry import TABLE
    from core.analyses.results import Points
    from core.measures.items import SOUND
    from core.processes.praat_pool import InlinePool
    from core.queries.listings import over, result_listing
    from core.recordings.long_sound import LongTrack

    row = TABLE[name]
    heard, used = over(name, track, settings, window.cut(track.axis.extent))
    label = track.name if layer == SOUND else layer  # a sound is labelled with its file name
    result = InlinePool().submit(name, heard, used).result()
    is_from_0 = name == "moments" and used.band_low_hz == 0 and not isinstance(track, LongTrack)
    offset = ruling_offset(track.samples) if is_from_0 else ""
    said = "; ".join(filter(None, (row.notice(track.axis, used), offset)))
    if said:
        note(f"{label}: {said}")
    reference = None
    if output is not None and name == "envelope peaks":
        peaks = row.run(output[1], settings)
        reference = (output[0], peaks) if isinstance(peaks, Points) else None
    made = result_listing(_titled(label, track), result, window, reference)
    origin = result[0].origin if isinstance(result, tuple) else result.origin
    return made, {"layer": layer, "origin": origin.plain(), "notice": said or ""}


def _titled(layer: str, track: Track) -> str:
    """Return the name of a layer, or of a sound with the channel that was listed."""
    how = track.origin.reduction if track.origin.sound else ""
    return f"{layer}, {how}" if how else layer


def _tell(
    asked: Namespace, tables: list[tuple[tuple[str, ...], Rows]], words: str, facts: dict[str, Any]
) -> None:
    """Print the listing, or write it with its record; a report is printed in Praat's format."""
    import msgspec

    from core.analyses.speakers import ceiling_words
    from core.export.record import write_json
    from core.files.atomic import atomic
    from core.files.versions import versions

    if asked.out is None:
        for line in words.splitlines() if words else _text(tables):
            print(line)
        return
    out = Path(asked.out)
    if out.suffix.lower() not in (".tsv", ".txt"):
        raise Fault(
            f"“{asked.out}” is not a valid name for a listing.",
            "Use a name that ends in .tsv; a .json is written next to it.",
        )
    is_text = words and out.suffix.lower() == ".txt"
    rows = words.splitlines() if is_text else list(_text(tables))
    with atomic(out) as draft:
        draft.write_text("".join(f"{row}\n" for row in rows), encoding="utf-8", newline="\n")
    asked_for = settings_of(facts["analysis"], asked)
    if facts["analysis"] == "formants":
        facts["formant_ceiling"] = ceiling_words(asked_for.ceiling_hz)
    beside = {
        **facts,
        "preset": asked.preset,
        "settings": msgspec.to_builtins(asked_for),
        "versions": versions(),
    }
    write_json(out.with_suffix(".json"), beside)
    count = f"{len(rows)} lines" if is_text else f"{len(rows) - 1} rows"
    print(f"{out}: {count}; {out.with_suffix('.json').name}: settings, origin")


def _text(tables: list[tuple[tuple[str, ...], Rows]]) -> Iterator[str]:
    """Yield the lines; layers with different columns have separate headers."""
    before: tuple[str, ...] = ()
    for head, rows in tables:
        if head != before:
            yield "\t".join(head)
        before = head
        yield from ("\t".join(row) for row in rows)
