"""What the stack shows: frozen values without logic."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from core.signals.axis import Range
from core.signals.channel_image import ChannelImage
from core.signals.track import Image, Track
from widgets.timeline.tier_views import NO_TIERS, AnswerTier, TiersView

if TYPE_CHECKING:
    from core.analyses.results import Points
    from core.probing.classifier_output import ClassifierOutput

CurveRole = Literal["sound", "curve", "merged"]
AmplitudeScale = Literal["window", "whole", "fixed", "shared"]


@dataclass(frozen=True)
class Curve:
    """A track drawn on a lane's axes; `label` is its line in a merged lane's legend, `name` its name.

    `step`, from 0 to 1, is the place of a merged curve among the others, which gives its colour; `active`
    marks the curve that queries ask.
    """

    track: Track
    gain: float = 1.0
    label: str = ""
    role: CurveRole = "curve"
    key: Hashable = None
    name: str = ""
    step: float = 0.5
    active: bool = False


@dataclass(frozen=True)
class ScoresView:
    """What a network says in frames: a curve per label, in % if its scores are probabilities.

    `letters` are written over the curves, each at its time; they, and `blank`, the place of the label that
    means nothing, come with CTC. `named` are the places of the curves with a colour and a line in the legend,
    `readings` their values at the cursor. Below a `threshold` of confidence something else is not shown, such
    as pitch, which the curve then stands behind.
    """

    curves: tuple[Track, ...]
    blank: int | None = None
    letters: tuple[tuple[float, str], ...] = ()
    named: tuple[int, ...] = ()
    readings: tuple[float, ...] = ()
    threshold: float | None = None

    @property
    def unit(self) -> str:
        return self.curves[0].unit if self.curves else ""


@dataclass(frozen=True)
class LegendLine:
    """A line under the header of the output: a kind of data and its settings in words."""

    kind: str
    text: str


@dataclass(frozen=True)
class LaneView:
    """One lane: its texts, its curves and its overlays; requests about it carry its `key`.

    `badge` says up to which frequency the lane's rate carries anything, `short_badge` the same where there is
    less room.

    `spectrogram` holds greys from 0 (quietest) to 1 (loudest), float32 [frames, bins]. `overlays` holds
    the tracks of "pitch" (Hz), "formants" (F1, F2, ... in Hz) and "intensity" (dB), `ghost_overlays` those
    from before the last turn of a knob. `merged_pitch` is the
    pitch of other sounds on the same axes, drawn with "pitch"; `pulses` are the glottal pulses, drawn
    with "pulses". `refusals` gives, by measure, why the layer's rate cannot carry it; `reason` is the
    sentence shown in the lane. `note` is shown there too, line by line. `lowered` gives, by measure, which
    setting was lowered to fit the rate. `readings` are the values printed at the right axis; missing ones
    are read from the track at the cursor. `computing` marks values that are being computed, `stale` those
    of an earlier state. `movable` marks a recording, which can be shifted in time, and `moved` one that
    does not start at 0. `channels` is the number of channels in its file, `channel` the selected one,
    counted from 1, or 0 for the average of all. `over` names the output that the lane can be laid over, "" if
    it cannot. `model` names the lane's model if several are open. A lane that is not `playable` has no sound
    at any rate. `classifier` holds what D or Q gives, in place of curves; `given` are the labels of the code
    that the sound was generated with. `scores` holds what a network says in frames, and `channel_image`
    what it takes, or all channels of a layer, in shades of grey if `grey`, else of blue-grey; if `signed`,
    relevance, drawn over what is `under` it. `networks` are
    those that the lane can be sent through, each with an identity, its name, and whether it hears the lane
    now. `hears` says that the lane belongs to a network that hears sound. `cuts` are the ranges in which the
    layer is edited, each with what was done in a word.
    A layer has `layer_channels`, of which the lane shows the average, some (`shown_channels`, from 1), or
    all as a `heat_map`.
    """

    key: Hashable
    title: str
    meta: str = ""
    badge: str = ""
    short_badge: str = ""
    curves: tuple[Curve, ...] = ()
    ghost: Track | None = None
    ghost_overlays: Mapping[str, tuple[Track, ...]] = field(default_factory=dict[str, tuple[Track, ...]])
    spectrogram: Image | None = None
    spectrogram_range_db: float = 70.0
    view_low_hz: float = 0.0
    view_high_hz: float = 5000.0
    overlays: Mapping[str, tuple[Track, ...]] = field(default_factory=dict[str, tuple[Track, ...]])
    merged_pitch: tuple[Curve, ...] = ()
    pulses: Points | None = None
    readings: Mapping[str, float] = field(default_factory=dict[str, float])
    pitch_floor_hz: float = 75.0
    pitch_ceiling_hz: float = 500.0
    pitch_log: bool = False
    intensity_low_db: float = 50.0
    intensity_high_db: float = 100.0
    shown: frozenset[str] = frozenset()
    refusals: Mapping[str, str] = field(default_factory=dict[str, str])
    lowered: Mapping[str, str] = field(default_factory=dict[str, str])
    reason: str = ""
    note: str = ""
    gain: float = 1.0
    muted: bool = False
    solo: bool = False
    collapsed: bool = False
    scale: AmplitudeScale = "window"
    fixed_low: float = -1.0
    fixed_high: float = 1.0
    active: bool = False
    playing: bool = False
    audible: bool = True
    computing: bool = False
    stale: bool = False
    legend: tuple[LegendLine, ...] = ()
    closable: bool = False
    movable: bool = False
    moved: bool = False
    channels: int = 1
    channel: int = 0
    over: str = ""
    model: str = ""
    playable: bool = True
    classifier: ClassifierOutput | None = None
    given: frozenset[str] = frozenset()
    scores: ScoresView | None = None
    channel_image: ChannelImage | None = None
    under: ChannelImage | None = None
    signed: bool = False
    grey: bool = True
    networks: tuple[tuple[Hashable, str, bool], ...] = ()
    hears: bool = False
    cuts: tuple[tuple[Range, str], ...] = ()
    layer_channels: int = 0
    shown_channels: str = ""
    heat_map: str = ""

    @property
    def measurable(self) -> bool:
        """Whether the lane shows a curve that can be scaled and measured."""
        return self.classifier is None and self.scores is None and self.channel_image is None

    @property
    def full_title(self) -> str:
        """The title after the model's name, where several models are open."""
        return f"{self.model} · {self.title}" if self.model else self.title


@dataclass(frozen=True)
class StackView:
    """The whole stack: its lanes, its time window, and the user's cursor and selection.

    `answers` are the letters that networks say, in tiers of their own above the `tiers` of TextGrids.
    """

    lanes: tuple[LaneView, ...]
    whole: Range
    visible: Range
    cursor_s: float | None = None
    selection: Range | None = None
    frequency_hz: float | None = None
    playhead_s: float | None = None
    overview: Track | None = None
    tiers: TiersView = NO_TIERS
    answers: tuple[AnswerTier, ...] = ()
