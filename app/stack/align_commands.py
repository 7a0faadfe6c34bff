"""Align: a transcript becomes tiers of words and phones, along the letters that a network hears."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from app.annotation.tier_editor import TierEditor
from app.base.command_table import command
from app.base.context import Context
from app.base.dialog_host import DialogHost
from app.models.built_in import built_in_pronunciations
from app.models.sound_driven import SoundDriven
from app.recordings.open_recordings import OpenRecordings
from app.stack.answer_commands import answer_key, has_letters
from core.align.aligning import Aligned, align, tier_of
from core.annotation.tiers import Tier
from core.answers.label_scores import LabelScores
from core.phonemes.pronunciation import Pronouncer
from core.session.lane_key import RecordingKey

JOB = "align"


@cache
def pronouncer() -> Pronouncer:
    """Return what looks words up; the dictionary is read by the first alignment."""
    return Pronouncer(built_in_pronunciations())


@command("textgrid.align", "Align a transcript…", "TextGrid", has_letters)
def align_transcript(
    context: Context,
    sound_driven: SoundDriven,
    recordings: OpenRecordings,
    tier_editor: TierEditor,
    host: DialogHost,
) -> None:
    """Turn what is said, typed or found in a text file beside the recording, into tiers of words and phones,
    where the network hears their letters; Praat's Align interval.
    """
    key = answer_key(context.session)
    source = sound_driven.source_of(key)
    if key is None or source is None:
        return
    recording = source if isinstance(source, RecordingKey) else None
    scores = context.session.shown.predictions[key].scores
    context.session.set_active(source)
    written = _beside(recordings.file_path(source))
    host.ask_text(
        "Align",
        "What is said:",
        lambda text: _start(context, tier_editor, scores, recording, text),
        written,
    )


def _beside(sound: Path | None) -> str:
    """Return the transcript in a text file beside a recording, "" if there is none."""
    from core.train.letters.transcripts import read_text, text_beside

    found = text_beside(sound) if sound is not None else None
    return read_text(found) if found is not None else ""


def _start(
    context: Context, tier_editor: TierEditor, scores: LabelScores, recording: RecordingKey | None, text: str
) -> None:
    lasts_s = scores.axis.extent.end_s
    future = context.clock.work(lambda: align(scores, text, pronouncer(), lasts_s))
    context.jobs.follow(JOB, future, lambda found: _add(context, tier_editor, recording, found))


def _add(context: Context, tier_editor: TierEditor, recording: RecordingKey | None, found: Aligned) -> None:
    """Add both tiers, and name the words that are not in the dictionary."""
    for name, spans in (("words", found.words), ("phones", found.phones)):

        def fill(start_s: float, end_s: float, name: str = name, spans: object = spans) -> Tier:
            return tier_of(spans, name, end_s)  # type: ignore[arg-type]

        tier_editor.add_filled(fill, recording)
    many = f"Aligned {len(found.words)} words and {len(found.phones)} phones"
    told = f"; not in the dictionary: {', '.join(found.guessed)}" if found.guessed else ""
    context.messages.noted.emit(many + told)
