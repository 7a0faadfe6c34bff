"""`phonoscope explain --groups`: every interval of a corpus explained, and relevance in phonetic terms."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from app.cli.explain_options import heard, labelled, progress, settings_of
from app.cli.model import note
from core.faults import Fault
from core.files.atomic import folder_for

if TYPE_CHECKING:
    from core.explain.phonetic_terms import Acoustics, GroupRow, Share
    from core.explain.subject import Subject

PHONETIC_TABLE = "phonetic_table.csv"
Event = tuple[str, "tuple[Share, ...]"]


def explain_groups(model: Any, network: str, sounds: Sequence[Path], asked: Namespace) -> None:
    """Explain the target in every labelled interval, and write the table; sounds done before are kept."""
    from core.explain.files import write_groups
    from core.explain.phonetic_terms import left_out, phonetic_table

    if asked.at is not None or asked.interval is not None or asked.tier is not None:
        raise Fault(
            "With --groups every interval of its tier is explained.", "Omit --at, --interval and --tier."
        )
    out = folder_for(asked.out)
    events: list[Event] = []
    for number, path in enumerate(sounds, 1):
        events += _of_sound(model, network, path, folder_for(out / "events"), asked)
        progress("explained sound", number, len(sounds))
    rows = phonetic_table(events)
    for group, count in left_out(events):
        note(f"{group} is left out of the table: it has {count} of the 5 events that a mean needs.")
    if not rows:
        raise Fault("No label has the 5 events that a mean needs.", "Use more sounds.")
    write_groups(out / PHONETIC_TABLE, rows)
    for row in strongest(rows):
        print(_words(row))
    print(
        f"{asked.out}: {PHONETIC_TABLE}, {len(events)} events of {len({group for group, _ in events})} labels"
    )


def _of_sound(model: Any, network: str, path: Path, folder: Path, asked: Namespace) -> list[Event]:
    """Return the events of one sound, computed now or kept from before."""
    from core.explain.phonetic_terms import Share
    from core.export.record import write_json

    request = {
        "network": model.network(network).digest, "target": asked.target, "against": asked.against or "",
        "method": asked.method, "composite": asked.composite or "", "groups": asked.groups,
        "label": asked.label or "", "place": asked.place,
    }  # fmt: skip
    file = folder / f"{path.stem}.json"
    known = _known(file, request)
    if known is not None:
        return [(group, tuple(Share(**share) for share in shares)) for group, shares in known]
    try:
        events = _events(model, network, path, asked)
    except Fault as fault:
        note(f"{path.name} is skipped: {fault}")
        return []
    plain = [(group, [asdict(share) for share in shares]) for group, shares in events]
    write_json(file, {"request": request, "events": plain})
    return events


def _known(file: Path, request: dict[str, str]) -> list[Any] | None:
    try:
        found = msgspec.json.decode(file.read_bytes(), type=dict[str, Any])
    except (OSError, msgspec.DecodeError):
        return None
    return found["events"] if found.get("request") == request else None


def _events(model: Any, network: str, path: Path, asked: Namespace) -> list[Event]:
    """Explain the target in each interval of one sound."""
    from core.explain.field import inside
    from core.explain.phonetic_terms import shares
    from core.explain.registry import explain
    from core.explain.targets import TargetRequest
    from core.signals.axis import Range

    subject, _, _ = heard(model, network, path)
    intervals, settings = labelled(path, asked.groups), settings_of(asked, path)
    acoustics = _acoustics(subject)
    events: list[Event] = []
    for one in intervals:
        if asked.label is not None and one.label != asked.label:
            continue
        request = TargetRequest(asked.target, asked.against or "", None, (Range(one.start_s, one.end_s),))
        try:
            found = explain(subject, subject.target(request), asked.method, settings, asked.place)
        except Fault as fault:
            if not _is_of_interval(fault):
                raise
            continue
        found_shares = shares(found, inside(found, subject), one, intervals, acoustics)
        if found_shares:
            events.append((one.label, found_shares))
    return events


def _is_of_interval(fault: Fault) -> bool:
    """Return whether only this interval is at fault: it is too short, or nothing moves the target."""
    return fault.sentence.startswith(("No frame of the network", "Nothing in the"))


def _acoustics(subject: Subject) -> Acoustics:
    """Return what Praat measures in the sound, without what its rate or length cannot carry."""
    from core.analyses.registry import TABLE as ANALYSES
    from core.explain.phonetic_terms import Acoustics
    from core.signals.axis import TimeAxis
    from core.signals.track import Track

    samples = subject.heard()
    track = Track("sound", samples, TimeAxis.of_sound(subject.spec.rate_hz, len(samples)))
    found: dict[str, Any] = {}
    for name in ("formants", "pitch", "intensity"):
        analysis = ANALYSES[name]
        if analysis.refusal(track) is None:
            found[name] = analysis.run(track)
    formants = {one.name: one for one in found.get("formants", ())}
    first = {name: found[name][0] for name in ("pitch", "intensity") if name in found}
    return Acoustics(formants, first.get("pitch"), first.get("intensity"))


def strongest(rows: Sequence[GroupRow]) -> list[GroupRow]:
    """Return, for each group, the place whose share lies farthest beyond chance, if one does."""
    best: dict[str, GroupRow] = {}
    for row in rows:
        if row.beyond_chance and (
            row.group not in best or row.share - row.chance > best[row.group].share - best[row.group].chance
        ):
            best[row.group] = row
    return list(best.values())


def _words(row: GroupRow) -> str:
    return (
        f"{row.group}: {row.share:.1%} of the relevance lies {_where(row.where)} ({row.low:.1%} to "
        f"{row.high:.1%}; shuffled {row.chance:.1%}; {row.events} events)"
    )


def _where(place: str) -> str:
    """Put a place into the sentence.

    >>> _where("4 to 7 kHz"), _where("first half"), _where("in S"), _where("F2")
    ('at 4 to 7 kHz', 'in the first half', 'in S', 'in F2')
    """
    if place.startswith(("in ", "before", "after", "above")):
        return place
    if place.endswith("kHz"):
        return f"at {place}"
    return f"in the {place}" if place.endswith("half") or place == "harmonics" else f"in {place}"
