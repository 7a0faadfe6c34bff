"""Lane commands: the lanes as a whole, moved in time, and the networks driven by sound."""

from __future__ import annotations

from collections.abc import Callable

from app.base.command_table import command, has_curve, is_open
from app.base.dialog_host import DialogHost
from app.models.sound_driven import SoundDriven
from app.recordings.alignment import Alignment
from app.recordings.dialogs import ask_start
from app.recordings.open_recordings import OpenRecordings
from app.stack.layering import Layering
from core.session.lane_key import Key, RecordingKey
from core.session.lane_names import short_model_names, title
from core.session.session import Session
from widgets.stack.stack import Stack


def _has(network: str) -> Callable[..., bool]:
    def has(session: Session) -> bool:
        return session.card is not None and network in session.card.layers

    has.__doc__ = f"The checkpoint has a network {network}."
    return has


def _listens(network: str) -> Callable[..., bool]:
    def listens(sound_driven: SoundDriven) -> bool:
        return sound_driven.listens(network)

    return listens


def _switch(session: Session, sound_driven: SoundDriven, network: str) -> None:
    active = session.active
    source = active if isinstance(active, RecordingKey) else None
    if sound_driven.listens(network) and not sound_driven.elsewhere(network, source):
        sound_driven.quiet(network)
    else:
        sound_driven.listen(network, source)


@command("layers.through_q", "Send through the Q network", "Layers", _has("Q"), checked=_listens("Q"))
def through_q(session: Session, sound_driven: SoundDriven) -> None:
    """Run the Q network on the output, or on the selection in an active recording."""
    _switch(session, sound_driven, "Q")


@command("layers.through_d", "Send through the discriminator", "Layers", _has("D"), checked=_listens("D"))
def through_d(session: Session, sound_driven: SoundDriven) -> None:
    """Run the discriminator on the output, or on the selection in an active recording."""
    _switch(session, sound_driven, "D")


def _source(session: Session) -> Key | None:
    """Return the sound that the active lane stands for: a recording, or its model's output."""
    active = session.active
    return active if isinstance(active, RecordingKey) else session.output_of(session.model_of(active))


def has_other_networks(session: Session, sound_driven: SoundDriven) -> bool:
    """Several models are open, and the active lane is a sound that their networks can hear."""
    return len(session.models) > 1 and bool(sound_driven.networks_for(_source(session)))


@command("layers.through", "Send through a network of another model…", "Layers", has_other_networks)
def through(session: Session, sound_driven: SoundDriven, host: DialogHost) -> None:
    """Run the Q network or discriminator of any open model on the active output or recording."""
    source = _source(session)
    if source is None:
        return
    networks, names = sound_driven.networks_for(source), short_model_names(session.models)
    host.ask_choice(
        "Send through",
        f"Send {title(session.models, source)} through:",
        [f"{network} of {names[model]}" for model, network in networks],
        lambda number: sound_driven.send(*networks[number], source),
    )


def can_be_laid(layering: Layering, session: Session) -> bool:
    """The active lane shows a layer or a recording that can be laid over an output, or is."""
    return layering.target_of(session.active) is not None or is_laid(layering, session)


def is_laid(layering: Layering, session: Session) -> bool:
    """The active track is laid over another lane."""
    return layering.host_of(session.active) is not None


def has_laid(session: Session) -> bool:
    """Tracks are laid over the active lane."""
    lane = session.active_lane
    return lane is not None and bool(lane.merged)


@command(
    "layers.over_output",
    "Lay over the output",
    "Layers",
    can_be_laid,
    checked=is_laid,
    separator=True,
    stack_only=True,
)
def over_output(layering: Layering, session: Session) -> None:
    """Draw the active layer or recording on the output's axes with a gain, as in the papers, or remove it."""
    active = session.active
    if active is not None and is_laid(layering, session):
        layering.take_off(active)
    elif active is not None:
        layering.lay_over_output(active)


@command("layers.separate", "Separate the layers over this lane", "Layers", has_laid, stack_only=True)
def separate(layering: Layering, session: Session) -> None:
    """Give every layer that is laid over the active lane its own lane again."""
    lane = session.active_lane
    if lane is not None:
        layering.take_all_off(lane)


@command("layers.gain", "Gain…", "Layers", has_curve, stack_only=True)
def gain(stack: Stack, session: Session) -> None:
    """Enter how many times the active layer is magnified, in its lane or over the output."""
    stack.edit_gain(session.active)


@command(
    "layers.collapse",
    "Fold or unfold the lane",
    "Layers",
    is_open,
    separator=True,
    stack_only=True,
)
def collapse(session: Session) -> None:
    """Fold the active lane to one line, or unfold it."""
    lane = session.active_lane
    if lane is not None:
        words = f"fold {title(session.models, lane.key)}"
        session.set_lane(lane.key, words, collapsed=not lane.collapsed)


@command("layers.mute", "Mute the lane", "Layers", is_open, stack_only=True)
def mute(session: Session) -> None:
    """Exclude the active lane from playback."""
    _flip(session, "muted", "mute")


@command("layers.solo", "Solo the lane", "Layers", is_open, stack_only=True)
def solo(session: Session) -> None:
    """Play only this lane (and other soloed ones), whichever is active."""
    _flip(session, "soloed", "solo")


def _is_recording(alignment: Alignment, session: Session) -> bool:
    """The active lane shows a recording, or a network that is driven by one."""
    return alignment.of(session.active) is not None


def _is_moved(alignment: Alignment, session: Session) -> bool:
    """The active recording was moved in time."""
    return _is_recording(alignment, session) and alignment.by_s(alignment.of(session.active)) != 0


def _is_marked(alignment: Alignment) -> bool:
    """A moment of a recording is marked."""
    return alignment.marked is not None


@command("layers.move", "Move in time…", "Layers", _is_recording, separator=True)
def move(alignment: Alignment, host: DialogHost, session: Session) -> None:
    """Enter the start time of the active recording, or of the one in the active lane."""
    ask_start(session, host, alignment)


@command("layers.move_start", "Align its start to the cursor", "Layers", _is_recording)
def move_start(alignment: Alignment, session: Session) -> None:
    """Move the active recording so that it starts at the cursor or at the start of the selection."""
    alignment.to(alignment.of(session.active), session.cursor_s or 0.0)


@command("layers.move_mark", "Mark this time in it", "Layers", _is_recording)
def move_mark(alignment: Alignment, session: Session) -> None:
    """Mark the cursor's time in the active recording, such as a burst, to align it elsewhere."""
    alignment.mark(alignment.of(session.active), session.cursor_s or 0.0)


@command(
    "layers.move_marked",
    "Move the marked time to the cursor",
    "Layers",
    _is_marked,
)
def move_marked(alignment: Alignment, session: Session) -> None:
    """Move the recording so that its marked time falls on the cursor, whichever lane is active."""
    alignment.bring(session.cursor_s or 0.0)


@command("layers.move_back", "Start at 0 again", "Layers", _is_moved)
def move_back(alignment: Alignment, session: Session) -> None:
    """Move the active recording back to its own time."""
    alignment.to(alignment.of(session.active), 0.0)


def _has_channels(recordings: OpenRecordings, session: Session) -> bool:
    """The active recording has several channels."""
    file = recordings.file_of(session.active)
    return file is not None and file.channels > 1


@command("layers.channel", "Next channel of the recording", "Layers", _has_channels)
def next_channel(recordings: OpenRecordings, session: Session) -> None:
    """Show the active recording's next channel; after the last one comes the average of all."""
    active = session.active
    file = recordings.file_of(active)
    if file is not None and isinstance(active, RecordingKey):
        recordings.choose_channel(active, (file.channel + 1) % (file.channels + 1))


@command("layers.next", "Next lane", "Layers", is_open, separator=True)
def next_lane(session: Session) -> None:
    """Activate the lane below."""
    _step(session, 1)


@command("layers.previous", "Previous lane", "Layers", is_open)
def previous_lane(session: Session) -> None:
    """Activate the lane above."""
    _step(session, -1)


def _flip(session: Session, field: str, word: str) -> None:
    lane = session.active_lane
    if lane is not None:
        words = f"{word} {title(session.models, lane.key)}"
        session.set_lane(lane.key, words, **{field: not getattr(lane, field)})


def _step(session: Session, by: int) -> None:
    keys, lane = [lane.key for lane in session.lanes], session.active_lane
    if lane is not None:
        session.set_active(keys[min(max(keys.index(lane.key) + by, 0), len(keys) - 1)])
