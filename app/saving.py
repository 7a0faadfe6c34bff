"""Writing what is open: one lane's sound, or every layer with its tables and origin."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.instrument import Instrument


def save_sound(on: Instrument, path: Path) -> None:
    """Write the active lane exactly: WAV as published, or Praat's text Sound at its own rate."""
    from core.export.praat_sound import write_praat_sound
    from core.export.wav import write_wav
    from core.listen import published

    session = on.session
    track, card = session.shown.tracks.get(session.active), session.card
    if track is None or card is None:
        return
    if path.suffix.lower() == ".sound":
        write_praat_sound(path, track, card.out_axis.extent)
    else:
        longer = track.axis.rate_hz >= card.out_axis.rate_hz
        write_wav(path, track if longer else published(track, card.out_axis))
    on.noted.emit(f"Saved {path.name}")


def save_layers(on: Instrument, folder: Path) -> None:
    """Write every layer as sounds, arrays, a table and a record, as the command line does."""
    from core.export.layers import Run, write_layers
    from core.export.record import point_drive

    session = on.session
    if session.card is None:
        return
    tracks = {key: track for key, track in session.shown.tracks.items() if track.origin.network == "G"}
    drive = point_drive(session.layout, session.point, session.moment.seed, None, {})
    files = write_layers(Run("G", folder.name, drive, tracks), session.card, folder)
    on.noted.emit(f"Saved {len(files)} files to {folder.name}")


def origin_text(on: Instrument) -> str:
    """Give the origin of what the stack shows, as the JSON that a picture carries inside."""
    from core.export.versions import versions

    session, card = on.session, on.session.card
    top = card.output if card else ""
    track = session.shown.tracks.get(top)
    values = {
        "origin": track.origin.plain() if track is not None else {},
        "title": card.title if card else "",
        "seed": session.moment.seed,
        "visible_s": [session.visible.start_s, session.visible.end_s],
        "cursor_s": session.cursor_s,
        "selection_s": [session.selection.start_s, session.selection.end_s] if session.selection else None,
        "lanes": [
            {"key": lane.key, "gain": lane.gain, "shown": sorted(lane.shown)} for lane in session.lanes
        ],
        "preset": on.settings.preset,
        "speaker": on.settings.speaker,
        "analyses": on.analysing.words,
        "versions": versions(),
    }
    return json.dumps(values, ensure_ascii=False)
