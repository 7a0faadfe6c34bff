"""Commands about what networks say: letters copied into a tier."""

from __future__ import annotations

from app.annotation.tier_editor import TierEditor
from app.base.command_table import command
from app.models.sound_driven import SoundDriven
from app.stack.answer_lanes import letters_name
from core.answers.ctc import letters_tier
from core.session.lane_key import LaneKey, RecordingKey
from core.session.session import Session

MENU = ("explain.this", "explain.against", "textgrid.copy_answer", "layers.what_drives")
"""The entries of the context menu of a tier of letters."""


def answer_key(session: Session) -> LaneKey | None:
    """Return the lane of the network whose letters are meant: that of the active lane, else of the model in
    focus, else the first; None where nothing says letters.
    """
    said = {
        key: one
        for key, one in session.shown.predictions.items()
        if isinstance(key, LaneKey) and one.kind == "letters"
    }
    active = session.active
    wanted = (active.model, active.network) if isinstance(active, LaneKey) else None
    own = (key for key in said if (key.model, key.network) == wanted)
    focused = (key for key in said if key.model == session.model)
    return next((key for found in (own, focused, said) for key in found), None)


def has_letters(session: Session) -> bool:
    """A network says letters or phones about a sound."""
    return answer_key(session) is not None


@command(
    "textgrid.copy_answer", "Copy the network's letters into a tier", "TextGrid", has_letters, separator=True
)
def copy_answer(session: Session, sound_driven: SoundDriven, tier_editor: TierEditor) -> None:
    """Add the letters or phones that the network says to the TextGrid of the sound that it hears, as a tier
    of points that is edited and saved like any other.
    """
    key = answer_key(session)
    source = sound_driven.source_of(key)
    if key is None or source is None:
        return
    said = session.shown.predictions[key]
    recording = source if isinstance(source, RecordingKey) else None
    session.set_active(source)
    name = letters_name(said)
    tier_editor.add_filled(lambda start_s, end_s: letters_tier(said.letters, name, start_s, end_s), recording)
