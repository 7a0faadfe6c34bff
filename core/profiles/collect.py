"""What one recording adds to the profiles of a corpus. Import it only where torch is needed."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray

from core.answers.ctc import SPACE
from core.faults import Fault
from core.frontends.compression import Log
from core.frontends.log_mel import LogMel
from core.frontends.spectrum import Spectrum
from core.frontends.tensors import tensor
from core.networks.runner import Cancel
from core.phonemes.arpabet import without_stress
from core.phonemes.letter_phonemes import phonemes_of_letters
from core.phonemes.pronunciation import Pronouncer
from core.profiles.alignment import alignment_curve, masked, shift_of, shifted
from core.profiles.capture import Ear, Heard, LayerMaps, Named
from core.profiles.events import Event, Recording
from core.profiles.group_sums import REPLICATES, GroupSums
from core.profiles.settings import LONGEST_S, SHORTEST_S, ProfileSettings
from core.recordings.sound_file import read_sound
from core.signals.axis import TimeAxis

Array = NDArray[np.float32]
BANDS, HOP_S, WINDOW_S = 64, 0.01, 0.025
INPUT = "input"
"""The name under which the bare log-mel spectrogram stands beside the layers."""


@dataclass(frozen=True, eq=False)
class Peaks:
    """The largest activation of each unit of a layer [units], when, and the group of the event there."""

    value: Array
    time_s: NDArray[np.float64]
    group: list[str]


@dataclass(eq=False)
class RecordingPart:
    """One recording: sums by layer and group, a vector per event by layer, and the units' peaks.

    `examples` are unaligned activations and gradients [time, units] of each event, by layer, if wanted.
    """

    sums: dict[str, dict[str, GroupSums]] = field(default_factory=dict[str, dict[str, GroupSums]])
    groups: list[str] = field(default_factory=list[str])
    vectors: dict[str, list[Array]] = field(default_factory=dict[str, list[Array]])
    peaks: dict[str, Peaks] = field(default_factory=dict[str, Peaks])
    rates_hz: dict[str, float] = field(default_factory=dict[str, float])
    examples: dict[str, list[tuple[Array, Array]]] = field(
        default_factory=dict[str, list[tuple[Array, Array]]]
    )


def window_s(ear: Ear, settings: ProfileSettings) -> float:
    """Return the length of an example: as set, or the receptive field within bounds."""
    if settings.window_s:
        return settings.window_s
    field_s = ear.field_s
    return min(max(field_s, SHORTEST_S), LONGEST_S) if math.isfinite(field_s) else LONGEST_S


def part_of(
    ear: Ear,
    recording: Recording,
    number: int,
    settings: ProfileSettings,
    arrays: bool = False,
    cancelled: Cancel = None,
    pronouncer: Pronouncer | None = None,
) -> RecordingPart:
    """Run the network over one recording and add up its examples; `number` is its place in the corpus.

    Raises Fault if the sound cannot be read or heard, Cancelled between layers.
    """
    samples, _, _ = read_sound(recording.path, ear.drive.rate_hz)
    lasts_s = len(samples) / ear.drive.rate_hz
    events: Sequence[Event] | Named = _within(recording, lasts_s)
    if recording.emits == "letters":
        events = unchanged
    elif recording.emits:
        events = partial(phoneme_events, pronouncer or Pronouncer())
    return _Collector(ear, settings, number, samples, arrays).collected(events, cancelled)


def _within(recording: Recording, lasts_s: float) -> tuple[Event, ...]:
    """Return the events with the ends of whole recordings filled in, without those beyond the end."""
    made: list[Event] = []
    for event in recording.events:
        end_s = min(event.end_s, lasts_s)
        at_s = event.at_s if math.isfinite(event.at_s) else lasts_s / 2
        if event.start_s <= lasts_s and at_s <= lasts_s:
            made.append(replace(event, end_s=end_s, at_s=at_s))
    return tuple(made)


def unchanged(events: Sequence[Event]) -> Sequence[Event]:
    """Return the letters that a network emits as events, as they are."""
    return events


def phoneme_events(pronouncer: Pronouncer, events: Sequence[Event]) -> Sequence[Event]:
    """Return emitted letters grouped by the first phoneme that each spells, without silent letters.

    Letters of a word that cannot be pronounced are left out.
    """
    found: list[Event] = []
    for word in _words(events):
        letters = "".join(one.group.lower() for one in word)
        try:
            said = phonemes_of_letters(letters, pronouncer.phones(letters))
        except Fault:
            continue
        for one, phones in zip(word, said, strict=True):
            if phones:
                found.append(replace(one, group=without_stress(phones[0])))
    return found


def _words(events: Sequence[Event]) -> list[list[Event]]:
    """Divide emitted letters at the spaces."""
    words: list[list[Event]] = [[]]
    for one in events:
        if one.group == SPACE:
            words.append([])
        elif len(one.group) == 1:
            words[-1].append(one)
    return [word for word in words if word]


class _Collector:
    """Adds up the events of one recording."""

    def __init__(
        self, ear: Ear, settings: ProfileSettings, number: int, samples: Array, arrays: bool
    ) -> None:
        self.ear, self.settings, self.number, self.arrays = ear, settings, number, arrays
        self.samples = samples
        self.window_s = window_s(ear, settings)
        self.picture = sound_picture(samples, ear.drive.rate_hz)
        self.part = RecordingPart()

    def collected(self, events: Sequence[Event] | Named, cancelled: Cancel) -> RecordingPart:
        known: Mapping[str, LayerMaps] | None = None
        by_network = callable(events)
        spans: list[Event] = [] if callable(events) else list(events)
        gradients = self.settings.needs_gradients or self.arrays
        heard = self.ear.hear(self.samples, events, gradients, cancelled, self.window_s)
        found: list[Heard] = []
        for place, one in enumerate(heard):
            self._put(one, place)
            if by_network:
                spans.append(one.event)
            if one.layers is not known:
                known = one.layers
                found.append(one)
        for one in found:
            self._peaks(one.layers, spans)
        return self.part

    def _put(self, heard: Heard, place: int) -> None:
        event = heard.event
        self.part.groups.append(event.group)
        chance = np.random.default_rng((self.number, place))
        draws = chance.poisson(1.0, REPLICATES).astype(np.float64)
        self._vector(INPUT, self.picture, event)
        for name, layer in heard.layers.items():
            self._vector(name, layer, event)
            self._example(name, layer, heard, draws)

    def _vector(self, name: str, layer: LayerMaps, event: Event) -> None:
        """Keep the mean over the event's own steps, at least the nearest one."""
        index = [math.ceil(layer.axis.index(event.start_s)), math.floor(layer.axis.index(event.end_s)) + 1]
        if index[1] <= index[0]:
            index[0] = round(layer.axis.index(event.at_s))
        first = min(max(index[0], 0), len(layer.maps) - 1)
        rows = layer.maps[first : max(first + 1, min(index[1], len(layer.maps)))]
        self.part.vectors.setdefault(name, []).append(rows.mean(0))

    def _example(self, name: str, layer: LayerMaps, heard: Heard, draws: NDArray[np.float64]) -> None:
        settings, at_s = self.settings, heard.event.at_s
        time = 1 if len(layer.maps) == 1 else max(1, round(self.window_s * layer.axis.rate_hz))
        activations = cut(layer, at_s, time)
        steps: int | None = 0
        profile = example = activations
        if name in heard.gradients:
            gradients = cut(LayerMaps(layer.axis, heard.gradients[name]), at_s, time)
            if self.arrays:
                self.part.examples.setdefault(name, []).append((activations, gradients))
            if settings.align != "none" and time > 1:
                steps = shift_of(alignment_curve(activations, gradients, settings.align))
            example = profile = shifted(activations, steps) if steps else activations
            if settings.mask != "none":
                moved = shifted(gradients, steps) if steps else gradients
                profile = masked(example, moved, settings.mask, settings.keep)
        shift_s = None if steps is None else steps * layer.axis.step_s
        sound = cut(self.picture, at_s - (shift_s or 0.0), round(self.window_s / HOP_S))
        self.part.rates_hz[name] = layer.axis.rate_hz
        groups = self.part.sums.setdefault(name, {})
        group = heard.event.group
        if group not in groups:
            groups[group] = GroupSums.empty(time, activations.shape[1], (len(sound), BANDS))
        groups[group].put(activations, example, profile, sound, shift_s, draws)

    def _peaks(self, layers: Mapping[str, LayerMaps], events: Sequence[Event]) -> None:
        for name, layer in layers.items():
            at = layer.maps.argmax(0)
            times_s = layer.axis.times()[at]
            groups = [_group_at(time_s, events) for time_s in times_s.tolist()]
            value = layer.maps[at, np.arange(layer.maps.shape[1])]
            self.part.peaks[name] = _larger(self.part.peaks.get(name), Peaks(value, times_s, groups))


def _larger(one: Peaks | None, other: Peaks) -> Peaks:
    if one is None:
        return other
    wins = other.value > one.value
    groups = [b if win else a for a, b, win in zip(one.group, other.group, wins.tolist(), strict=True)]
    return Peaks(np.where(wins, other.value, one.value), np.where(wins, other.time_s, one.time_s), groups)


def _group_at(time_s: float, events: Sequence[Event]) -> str:
    """Return the group of the event at a time, "" between events."""
    return next((one.group for one in events if one.start_s <= time_s <= one.end_s), "")


def cut(layer: LayerMaps, at_s: float, time: int) -> Array:
    """Return `time` steps of a layer [time, units], the nearest to a moment at time // 2, and 0 outside."""
    first = round(layer.axis.index(at_s)) - time // 2
    found = np.zeros((time, layer.maps.shape[1]), np.float32)
    low, high = max(first, 0), min(first + time, len(layer.maps))
    if high > low:
        found[low - first : high - first] = layer.maps[low:high]
    return found


def sound_picture(samples: Array, rate_hz: float) -> LayerMaps:
    """Return 64 mel bands every 10 ms, ln(1 + 1e4 power) / 4: the sound as it is shown beside profiles."""
    width, hop = round(WINDOW_S * rate_hz), round(HOP_S * rate_hz)
    if hop < 1:
        raise Fault(f"A network at {rate_hz:g} Hz hears no sound that can be shown.")
    spectrum = Spectrum(1 << (width - 1).bit_length(), hop, width, edge="zeros")
    frontend = LogMel(rate_hz, spectrum, BANDS, 0.0, rate_hz / 2, "slaney", Log(0.25, 1e4, 1.0))
    with torch.no_grad():
        maps = frontend.features(tensor(samples[None])).numpy()[0]
    step, centre = frontend.step, frontend.centre
    return LayerMaps(TimeAxis(rate_hz / step, len(maps), (centre + 0.5) / rate_hz), maps.astype(np.float32))
