"""Networks driven by a sound: a generator's output, or a recording."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from psygnal import Signal

from app.base.context import Context
from app.models.latent_driven import LatentDriven, channels_asked, shows_others
from app.recordings.alignment import Alignment
from app.recordings.open_recordings import OpenRecordings
from core.analyses.time_shift import moved_track, own_track
from core.answers.looked_at import read_range
from core.answers.prediction import Heard
from core.families.card import Card
from core.faults import Fault
from core.frontends.band_axis import is_image
from core.networks.spec import ClassesOutput, FeaturesOutput, SoundDrive
from core.probing.classifier_output import ClassifierOutput, classifier_output
from core.probing.drive import Sound
from core.probing.model_id import ModelId
from core.probing.request import ProbeRequest
from core.probing.surgery import edits_of
from core.processes.engine import Engine
from core.processes.engine_tasks import sound_digest
from core.provenance import Origin
from core.recordings.long_sound import LongTrack
from core.recordings.sound_file import resampled_to
from core.session.lane_key import INPUT, LOGITS, RELEVANCE, Key, LaneKey, RecordingKey
from core.session.lanes import Lane, Lanes, has, holder
from core.session.session import Snapshot
from core.signals.axis import Range, TimeAxis
from core.signals.track import Track

ROUNDING_S = 1e-6
AROUND = 2.0  # a part that is looked at is heard with half of its length on either side, to scroll in
MOST_S = 60.0  # of a sound of any length, so that the layers of one run fit into memory


@dataclass(frozen=True)
class Listening:
    """One model's network that listens, to which track, and of a recording to which stretch of its time.

    It `follows` the view where a recording is too long to be heard whole: only what is looked at is heard.
    """

    model: ModelId
    network: str
    source: Key
    window: Range | None = None
    follows: bool = False


class SoundDriven:
    """Keeps the lanes of networks that hear up to date with the sound that drives them.

    `arrived` is emitted for new curves, `answered` with the lane of the network's output when another sound
    is sent through it.
    """

    arrived = Signal()
    answered = Signal(LaneKey)

    def __init__(
        self,
        context: Context,
        engine: Engine,
        alignment: Alignment,
        recordings: OpenRecordings,
        latent_driven: LatentDriven,
    ) -> None:
        self._session = context.session
        self._jobs = context.jobs
        self._messages = context.messages
        self._clock = context.clock
        self._engine = engine
        self._alignment = alignment
        self.listeners: tuple[Listening, ...] = ()
        self._unseen: set[tuple[ModelId, str]] = set()  # networks whose new answer is still to be shown
        self._session.card_changed.connect(lambda: self._forget(self._session.model))
        self._session.model_closed.connect(self._forget)
        self._session.view_changed.connect(self._view_changed)
        self._session.snapshot_changed.connect(self._edited)
        recordings.samples_read.connect(self.sound_opened)
        latent_driven.arrived.connect(self.output_changed)

    def _view_changed(self) -> None:
        if any(one.follows for one in self.listeners):
            self._clock.rest(self._follow_view)

    def listen(self, network: str, source: Key | None = None, model: ModelId | None = None) -> None:
        """Send the track `source` (the model's output, when None) through D or Q of a model (of the one in
        focus, when None), now and when it changes.

        For a recording, use the selection, or the visible part, cut to the network's input length.
        """
        model = self._session.model if model is None else model
        card = self._session.models.get(model)
        if card is None or network not in card.layers:
            self._messages.faulted.emit(Fault(f"This checkpoint has no {network} network."))
            return
        source = source or self._session.output_of(model)
        if source is None or not self._is_sound(source):
            words = f"{network} needs a sound, but this generator's output is articulation."
            if card.generator is None:
                words = f"{network} needs a sound, and there is no generator to make one."
            self._messages.faulted.emit(Fault(words, "Open a recording and make its lane active."))
            return
        self._unseen.add((model, network))
        lanes = self._hear(self._listen_to(model, network, source))
        if lanes != self._session.lanes:
            self._session.set_lanes(lanes, f"send through {network}")
        self._ask(self.listeners[-1])

    def take_up(self, network: str, source: RecordingKey, model: ModelId, ask: bool = True) -> None:
        """Let a network hear a whole recording from now on, as part of opening one of them.

        Its lanes are no step of undo, and nothing scrolls to its answer. Without `ask` it is run once the
        recording's samples are read.
        """
        lanes = self._hear(self._listen_to(model, network, source, selected=False))
        if lanes != self._session.lanes:
            self._session.begin(lanes)
        if ask:
            self._ask(self.listeners[-1])

    def _hear(self, one: Listening) -> Lanes:
        """Let a network hear a sound, without what it heard before, and return the lanes with its own."""
        self._set((*self._others(one.model, one.network), one))
        return self._with_lanes(one.model, one.network, one.source)

    def _clear(self, model: ModelId, network: str) -> None:
        """Show nothing of a network until its next answer arrives."""
        shown = self._session.shown

        def kept(key: Key) -> bool:
            return not isinstance(key, LaneKey) or (key.model, key.network) != (model, network)

        self._session.show(
            tracks={key: one for key, one in shown.tracks.items() if kept(key)},
            images={key: one for key, one in shown.images.items() if kept(key)},
            overlays={place: one for place, one in shown.overlays.items() if kept(place[0])},
            channels={key: one for key, one in shown.channels.items() if kept(key)},
            predictions={key: one for key, one in shown.predictions.items() if kept(key)},
        )

    def _is_sound(self, source: Key) -> bool:
        """Return whether a track can drive a network: a recording, or the output of a model that makes
        sound.
        """
        card = self._session.card_of(source)
        is_output = isinstance(source, LaneKey) and source == self._session.output_of(source.model)
        return isinstance(source, RecordingKey) or (is_output and card is not None and card.sounds)

    def _listen_to(self, model: ModelId, network: str, source: Key, selected: bool = True) -> Listening:
        window = self._stretch(model, network, source, selected)
        whole = self._session.shown.tracks.get(source)
        chosen = selected and self._session.selection is not None
        if whole is None or window is None or chosen or not isinstance(source, RecordingKey):
            return Listening(model, network, source, window)
        cut = window.length_s < whole.axis.duration_s - ROUNDING_S
        return Listening(model, network, source, window, cut and self._takes_any(model, network))

    def _takes_any(self, model: ModelId, network: str) -> bool:
        drive = self._session.models[model].networks[network].drive
        return isinstance(drive, SoundDrive) and drive.n is None

    def _follow_view(self) -> None:
        """Hear the part of long recordings that is looked at now, unless it is heard already."""
        for one in self.listeners:
            track = self._session.shown.tracks.get(one.source)
            if not one.follows or track is None or one.window is None:
                continue
            extent = own_track(track).axis.extent
            seen = self._session.visible.moved(-track.origin.moved_s).cut(extent)
            seen = Range(seen.start_s, min(seen.end_s, seen.start_s + MOST_S))
            if (one.window.start_s <= seen.start_s and seen.end_s <= one.window.end_s) or seen.length_s <= 0:
                continue
            now = self._listen_to(one.model, one.network, one.source, selected=False)
            self._set((*self._others(one.model, one.network), now))
            self._ask(now)

    def _others(self, model: ModelId, network: str) -> tuple[Listening, ...]:
        return tuple(one for one in self.listeners if (one.model, one.network) != (model, network))

    def listens(self, network: str) -> bool:
        """Return whether a network of the model in focus is driven by a sound."""
        return self._listening(LaneKey(self._session.model, network, LOGITS)) is not None

    def hears(self, model: ModelId, network: str, source: Key) -> bool:
        """Return whether a track drives a network of a model."""
        one = self._listening(LaneKey(model, network, LOGITS))
        return one is not None and one.source == source

    def networks_for(self, source: Key | None) -> tuple[tuple[ModelId, str], ...]:
        """Return the networks of all models that a track can be sent through; none if it is no sound."""
        if source is None or not self._is_sound(source):
            return ()
        models = self._session.models.items()
        return tuple((model, network) for model, card in models for network in card.input_rates_hz)

    def send(self, model: ModelId, network: str, source: Key) -> None:
        """Send a track through a network, or take the network's lanes away if it hears just that."""
        if self.hears(model, network, source) and not self._is_elsewhere(model, network, source):
            self.quiet(network, model)
        else:
            self.listen(network, source, model)

    def _stretch(self, model: ModelId, network: str, source: Key, selected: bool = True) -> Range | None:
        """Return the range that drives a network, at most as long as the network takes: of a recording or
        of another model's output; None for the model's own output.

        Of a recording it is the selection (if `selected`), else all that the network can take of it: the
        whole, or the visible part.
        """
        session, track = self._session, self._session.shown.tracks.get(source)
        card = session.models.get(model)
        if card is None or track is None or (isinstance(source, LaneKey) and source.model == model):
            return None
        extent = seen = own_track(track).axis.extent
        most_s = _longest_s(card, network)
        chosen = session.selection if selected else None
        if isinstance(source, RecordingKey) and (chosen is not None or extent.length_s > most_s):
            seen = (chosen or session.visible).moved(-track.origin.moved_s).cut(extent)
        if seen.length_s <= 0:
            seen = extent
        window = Range(seen.start_s, min(seen.end_s, seen.start_s + most_s))
        if chosen is None and self._takes_any(model, network):
            return window.scaled(min(AROUND, most_s / window.length_s)).within(extent)
        return window

    def elsewhere(self, network: str, source: Key | None) -> bool:
        """Return whether a recording's selection differs from the range that drives a network in focus."""
        return source is not None and self._is_elsewhere(self._session.model, network, source)

    def _is_elsewhere(self, model: ModelId, network: str, source: Key) -> bool:
        if self._session.selection is None:
            return False
        heard = self._listening(LaneKey(model, network, LOGITS))
        return heard is not None and heard != self._listen_to(model, network, source)

    def input_range_of(self, key: Key) -> Range | None:
        """Return the range of the recording that drives this lane's network, or None."""
        one = self._listening(key)
        window = one.window if one is not None and isinstance(one.source, RecordingKey) else None
        return window.moved(self._alignment.by_s(key)) if window is not None else None

    def output(self, key: Key) -> ClassifierOutput | None:
        """Return what a network gives, for the lane of its output; None for other lanes and before it is
        known.
        """
        track, card = self._session.shown.tracks.get(key), self._session.card_of(key)
        if track is None or card is None or not isinstance(key, LaneKey) or not key.is_logits:
            return None
        output = card.networks[key.network].output
        if not isinstance(output, ClassesOutput):
            return None
        labels = output.labels
        bits = card.layout.kind == "bits" or card.answers.get("kind") == "bits"
        if output.scores != "none":
            bits = output.scores == "sigmoid"  # each class by itself, as bits are
        return classifier_output(
            track.samples, "bits" if bits else "one-hot", labels, score=labels == ("score",)
        )

    def source_of(self, key: Key | None) -> Key | None:
        """Return the key of the track that drives this lane's network, or None."""
        one = self._listening(key)
        return one.source if one is not None else None

    def _listening(self, key: Key | None) -> Listening | None:
        """Return what drives the network of a lane."""
        whose = (key.model, key.network) if isinstance(key, LaneKey) else None
        return next((one for one in self.listeners if (one.model, one.network) == whose), None)

    def quiet(self, network: str, model: ModelId | None = None) -> None:
        """Take the lanes of a model's D or Q away; of the one in focus, when `model` is None."""
        session = self._session
        whose = session.model if model is None else model, network
        self._set(self._others(*whose))
        rest = tuple(
            lane
            for lane in session.lanes
            if not isinstance(lane.key, LaneKey) or (lane.key.model, lane.key.network) != whose
        )
        session.set_lanes(rest, f"close {network}")

    def let_go(self, model: ModelId) -> None:
        """Let the networks of a model hear nothing; their lanes stay, empty until they hear a sound again."""
        gone = [one for one in self.listeners if one.model == model]
        for one in gone:
            self._jobs.drop(_asker(one))
        self._set(tuple(one for one in self.listeners if one.model != model))
        for one in gone:
            self._clear(one.model, one.network)

    def sound_opened(self, key: RecordingKey) -> None:
        """Run networks again that are driven by a recording that was reopened."""
        for one in self.listeners:
            if one.source == key:
                self._ask(one)

    def output_changed(self, model: ModelId) -> None:
        """Ask again where a network listens to a track that the knobs of this model move."""
        for one in self.listeners:
            if isinstance(one.source, LaneKey) and one.source.model == model:
                now = replace(one, window=self._stretch(one.model, one.network, one.source))
                if now != one:  # another checkpoint, with an output of another length
                    self._set(tuple(now if other == one else other for other in self.listeners))
                self._ask(now)

    def _edited(self, before: Snapshot, after: Snapshot) -> None:
        """Ask again where the layers of a listening network were edited, or show other channels."""
        were, are = before.points, after.points
        for one in self.listeners:
            if one.model in were and one.model in are:
                sides = (edits_of(one.network, at[one.model].edits) for at in (were, are))
                others = shows_others(before.lanes, after.lanes, one.model, one.network)
                if len(set(sides)) > 1 or others:
                    self._ask(one)

    def _forget(self, model: ModelId) -> None:
        """Stop driving the networks of a model that is closed or replaced, and those that hear its output
        when that is gone.
        """
        for one in self.listeners:
            gone = isinstance(one.source, LaneKey) and one.source.model not in self._session.models
            if one.model == model or gone:
                self._jobs.drop(_asker(one))
            if one.model != model and gone:
                self.quiet(one.network, one.model)
        self._set(tuple(one for one in self.listeners if one.model != model))

    def _set(self, listeners: tuple[Listening, ...]) -> None:
        """Change which sounds drive which networks; a network's lanes move with its recording."""
        self.listeners = listeners
        self._alignment.attach(
            {
                key: one.source
                for one in listeners
                if isinstance(one.source, RecordingKey)
                for key in (
                    *self._lane_keys(one.model, one.network),
                    LaneKey(one.model, one.network, RELEVANCE),
                )
            }
        )

    def _lane_keys(self, model: ModelId, network: str) -> list[LaneKey]:
        card = self._session.models.get(model)
        if card is None or network not in card.networks:
            return []
        own = card.networks[network]
        names = [layer.name for layer in own.layers]
        if not isinstance(own.output, ClassesOutput):  # as in a generator's stack, the last layer first
            names.reverse()
        pictured = isinstance(own.drive, SoundDrive) and is_image(own.drive.frontend)
        answers = not isinstance(own.output, FeaturesOutput)
        around = [name for name, there in ((INPUT, pictured), (LOGITS, answers)) if there]
        return [LaneKey(model, network, name) for name in (*around, *names)]

    def _with_lanes(self, model: ModelId, network: str, source: Key) -> Lanes:
        """Return the lanes with those of a network: its input and its answer below the sound that it hears,
        its layers at the end.
        """
        keys, lanes = self._lane_keys(model, network), self._session.lanes
        new = tuple(Lane(key) for key in keys if key.is_layer and not has(lanes, key))
        lanes = (*lanes, *new)
        for key in (key for key in keys if not key.is_layer):
            lanes = _below(lanes, key, source)
        return lanes

    def _ask(self, one: Listening) -> None:
        track = self._session.shown.tracks.get(one.source)
        if track is None:
            return
        own = own_track(track)
        read = self._read_range(one, own)
        try:
            driving = self.driving(replace(one, window=read), own)
        except Fault as fault:
            self._messages.faulted.emit(fault)
            return
        begin_s = read.start_s if read is not None else 0.0
        digest = sound_digest(driving.samples, driving.axis.rate_hz)
        edits = edits_of(one.network, self._session.at(one.model).edits)
        shown = channels_asked(self._session.lanes, one.model, one.network)
        asked = ProbeRequest(one.model, one.network, Sound(driving.samples, digest), edits=edits, **shown)
        future = self._engine.hear(asked, key=_asker(one))
        self._jobs.follow(
            _asker(one),
            future,
            lambda heard: self._arrived(one, heard, driving, begin_s),
            lambda fault: self._failed(one, fault),
            stream=True,
        )

    def _read_range(self, one: Listening, track: Track) -> Range | None:
        """Return what is read for a network: around a part that is looked at, what it hears there too."""
        if one.window is None or not one.follows:
            return one.window
        network = self._session.models[one.model].networks[one.network]
        return read_range(network, one.window, track.axis.rate_hz, track.axis.extent.end_s) or one.window

    def _failed(self, one: Listening, fault: Fault) -> None:
        """Show nothing of a network in place of what it heard before, and say why."""
        self._clear(one.model, one.network)
        self._messages.faulted.emit(fault)

    def driving(self, one: Listening, track: Track) -> Track:
        """Return the input of a network from a track: a recording is resampled to the model's rate, with a
        note.

        Only the needed range is read; its start is the network's time 0 (see `_arrived`).
        """
        card = self._session.models[one.model]
        from_hz, to_hz = track.axis.rate_hz, card.input_rates_hz.get(one.network, card.rate_hz)
        if one.window is None:
            return track
        first, last = track.axis.samples_in(one.window)
        near = track.between(first, last).loaded() if isinstance(track, LongTrack) else track
        if near is track:
            axis = TimeAxis.of_sound(from_hz, last - first)
            near = replace(track, samples=track.samples[first:last], axis=axis)
        if not np.isfinite(near.samples).all():
            near = replace(near, samples=np.nan_to_num(near.samples, posinf=0.0, neginf=0.0))
        if from_hz == to_hz:
            return near
        samples = resampled_to(near.samples, from_hz, to_hz)
        how = f"from {from_hz:g} to {to_hz:g} Hz"
        axis = TimeAxis.of_sound(to_hz, len(samples))
        return Track(track.name, samples, axis, origin=track.origin.of(resampling=how))

    def _arrived(self, one: Listening, heard: Heard, driving: Track, begin_s: float) -> None:
        session, shown = self._session, self._session.shown
        logits = LaneKey(one.model, one.network, LOGITS)
        by_s = self._alignment.by_s(logits)
        kept = one.window if one.follows else None
        tracks = self._tracks(one, heard, driving, begin_s)
        if kept is not None:
            tracks = {key: track.within(kept) for key, track in tracks.items()}
        there = {key: moved_track(track, by_s) for key, track in tracks.items()}
        channels, predictions = dict(shown.channels), dict(shown.predictions)
        if heard.input is not None:
            image = heard.input.later(begin_s)
            channels[replace(logits, layer=INPUT)] = image.within(kept) if kept is not None else image
        for key in [key for key in channels if self._is_layer(key, one)]:
            del channels[key]
        for name, maps in heard.maps.items():
            image = maps.image().later(begin_s)
            channels[LaneKey(one.model, one.network, name)] = (
                image.within(kept) if kept is not None else image
            )
        if heard.prediction is not None:
            said = heard.prediction.later(begin_s)
            predictions[logits] = said.within(kept) if kept is not None else said
        session.show(tracks={**shown.tracks, **there}, channels=channels, predictions=predictions)
        self.arrived.emit()
        if (one.model, one.network) in self._unseen and logits in there:
            self._unseen.discard((one.model, one.network))
            self.answered.emit(logits)

    def _is_layer(self, key: Key, one: Listening) -> bool:
        """Return whether a lane shows a layer of a listening network, and not what it takes or why."""
        card = self._session.models.get(one.model)
        names = [info.name for info in card.layers.get(one.network, ())] if card is not None else []
        whose = (key.model, key.network) if isinstance(key, LaneKey) and key.layer in names else None
        return whose == (one.model, one.network)

    def _tracks(self, one: Listening, heard: Heard, driving: Track, begin_s: float) -> dict[LaneKey, Track]:
        """Return a curve for each lane of a network, in the time of the sound that it hears."""
        how = driving.origin.resampling
        made = dict(heard.tracks)
        if heard.prediction is not None:
            made[LOGITS] = heard.prediction.strongest
        if heard.input is not None:
            image = heard.input
            made[INPUT] = Track(INPUT, image.values.mean(1), image.axis, origin=image.origin)
        found = {
            LaneKey(one.model, one.network, name): replace(
                track, origin=track.origin.of(resampling=how), axis=later(track.axis, begin_s)
            )
            for name, track in made.items()
        }
        if heard.logits is not None:
            whole = self._session.models[one.model].out_axis.extent.moved(begin_s)
            where = one.window or driving.axis.extent.cut(whole)
            key = LaneKey(one.model, one.network, LOGITS)
            found[key] = logits_track(heard.logits, driving.origin, where)
        return found


def _longest_s(card: Card, network: str) -> float:
    """Return how much sound a network takes at once, in seconds."""
    drive = card.networks[network].drive
    n = drive.n if isinstance(drive, SoundDrive) else None
    return MOST_S if n is None else n / card.input_rates_hz[network]


def _asker(one: Listening) -> tuple[str, ModelId, str]:
    """Return the key of the requests for a network's curves."""
    return "listen", one.model, one.network


def later(axis: TimeAxis, by_s: float) -> TimeAxis:
    """Return an axis that starts later."""
    return TimeAxis(axis.rate_hz, axis.n, axis.start_s + by_s)


def logits_track(values: NDArray[np.float32], origin: Origin, heard: Range) -> Track:
    """Return logits as one value per stretch of the input, for the lane of the network's output."""
    axis = TimeAxis.of_sound(len(values) / heard.length_s, len(values), heard.start_s)
    return Track("logits", np.asarray(values, np.float32), axis, origin=origin.of(layer="logits"))


def _below(lanes: Lanes, key: LaneKey, source: Key) -> Lanes:
    """Return the lanes with the lane of a network's input or answer below that of the sound it hears, and
    below other inputs and answers there.
    """
    own = next((lane for lane in lanes if lane.key == key), Lane(key))
    rest = tuple(lane for lane in lanes if lane.key != key)
    heard = holder(rest, source)
    place = rest.index(heard) + 1 if heard is not None else len(rest)
    while place < len(rest) and isinstance(found := rest[place].key, LaneKey) and not found.is_layer:
        place += 1
    return (*rest[:place], own, *rest[place:])
