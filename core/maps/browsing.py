"""One look at the feature maps of a layer: recorded, sorted, grouped, and averaged over those that sound."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from core.analyses.pitch import PitchSettings
from core.families.registry import Model
from core.faults import Fault
from core.maps.averaging import averaged_maps
from core.maps.change import Change, change_of
from core.maps.clusters import PUBLISHED, ClusterSettings, cluster
from core.maps.contours import CONTOURS, Contour, contour_of
from core.maps.self_similarity import SelfSimilarity, similarity_of_maps, similarity_of_sound
from core.maps.sorting import correlations, cosine_distances, ranked
from core.networks.reductions import MEAN, Reduction
from core.networks.runner import Cancel
from core.networks.spec import SoundDrive
from core.probing.drive import Drive, LatentPoints, Sound
from core.probing.feature_maps import FeatureMaps
from core.probing.forward import probe
from core.probing.model_id import ModelId
from core.probing.request import Probed, ProbeRequest
from core.probing.surgery import LayerEdit
from core.processes.engine_tasks import ModelTask, Stop
from core.signals.axis import Range, TimeAxis
from core.signals.track import Track

Doubles = NDArray[np.float64]
Sort = Literal["number", "r", "distance", "cluster"]
MOST_NUMBERS = 1 << 26
"""Of one layer's maps: 256 MB."""


@dataclass(frozen=True, eq=False)
class MapsRequest(ModelTask):
    """Browse the maps of one layer of an open model.

    `contour` names a row of `CONTOURS` or another layer of the network, "" for none; `settings` are those of
    its analysis. `other` is the drive to compare with (point B). Maps sound that are soloed or, if none is,
    that are not muted; channels count from 0. With `edits`, the output before and after is compared in
    `window`, by default over the whole, with these settings of `pitch`. With `similarity`, the layer is
    compared with itself at all pairs of times; one of a single channel is compared by its spectra. Clusters
    are those of the maps at this point or, with `draws`, of their averages over so many random outputs.
    """

    model: ModelId
    network: str
    drive: Drive
    layer: str
    sort: Sort = "number"
    contour: str = ""
    settings: Any = None
    other: Drive | None = None
    clusters: ClusterSettings = PUBLISHED
    muted: frozenset[int] = frozenset()
    soloed: frozenset[int] = frozenset()
    edits: tuple[LayerEdit, ...] = ()
    window: Range | None = None
    pitch: PitchSettings | None = None
    similarity: bool = False
    draws: int = 0

    @property
    def models(self) -> tuple[ModelId, ...]:
        """The models that have to be open."""
        return (self.model,)

    def run(self, models: Mapping[ModelId, Model], stop: Stop) -> Browsed:
        """Run the network and return what is to be seen."""
        return browse(models[self.model], self, stop)


@dataclass(frozen=True, eq=False)
class Browsed:
    """The maps of a layer in their order, from the top.

    `r` are the correlations with `contour` (NaN if undefined), `distances` the cosine distances to point B,
    `clusters` the cluster of every map, all by channel; None where they were not asked for. `average` is the
    mean of the maps that sound, of all of them bit-equal to the layer's average. `curves` are all layers'
    averages, with those that sound in this one; `plain_curves` and `plain_average` are the same without the
    edits, empty without edits, and `change` is what these did to the output. `why_not` says why there is no
    contour.
    """

    maps: FeatureMaps
    order: tuple[int, ...]
    sounding: tuple[int, ...]
    average: Track
    curves: Mapping[str, Track]
    sound: Track | None = None
    contour: Contour | None = None
    why_not: str = ""
    r: Doubles | None = None
    r_average: float = float("nan")
    distances: Doubles | None = None
    clusters: tuple[int, ...] | None = None
    cluster_means: tuple[Track, ...] = ()
    cluster_r: tuple[float, ...] = ()
    plain_curves: Mapping[str, Track] = field(default_factory=dict[str, Track])
    plain_average: Track | None = None
    change: Change | None = None
    similarity: SelfSimilarity | None = None


def browse(model: Model, asked: MapsRequest, stop: Cancel = None) -> Browsed:
    """Run the network once and return the maps of a layer, sorted as requested.

    Raises Cancelled between layers, and Fault for a layer, a contour or clusters that cannot be.
    """
    width = _width(model, asked)
    sounding = sounding_of(width, asked.muted, asked.soloed)
    probed = _probed(model, asked, asked.edits, sounding, stop)
    maps = probed.maps[asked.layer]
    sound = _sound(model, asked, probed.tracks)
    found = Browsed(maps, tuple(range(width)), sounding, probed.tracks[asked.layer], probed.tracks, sound)
    found = _with_contour(found, asked)
    found = _with_distances(found, model, asked, stop) if asked.other is not None else found
    plain = _probed(model, asked, (), sounding, stop) if asked.edits else probed
    if asked.edits:
        found = replace(found, plain_curves=plain.tracks, plain_average=plain.tracks[asked.layer])
        found = replace(found, change=_change(model, found, asked))
    if asked.sort == "cluster":  # of the maps without edits, so that a cut moves no map to another cluster
        found = _with_clusters(found, _grouped(model, plain.maps[asked.layer], asked, stop), asked)
    if asked.similarity:
        found = replace(found, similarity=_similarity(found))
    return replace(found, order=_order(found, asked))


def _similarity(found: Browsed) -> SelfSimilarity:
    if found.maps.channels == 1:
        return similarity_of_sound(found.average)
    kept = found.maps
    if len(found.sounding) < kept.channels and found.sounding:
        kept = replace(kept, values=kept.values[:, list(found.sounding)])
    return similarity_of_maps(kept)


def _change(model: Model, found: Browsed, asked: MapsRequest) -> Change | None:
    """Return what the edits did to the output, if it is a sound."""
    name = model.card.output
    if isinstance(asked.drive, Sound) or not model.card.sounds:
        return None
    before, after = found.plain_curves[name], found.curves[name]
    return change_of(before, after, asked.window or after.axis.extent, asked.pitch)


def sounding_of(width: int, muted: frozenset[int], soloed: frozenset[int]) -> tuple[int, ...]:
    """Return the maps that sound: the soloed ones, or all but the muted ones.

    >>> sounding_of(4, frozenset({1}), frozenset()), sounding_of(4, frozenset({1}), frozenset({1, 3}))
    ((0, 2, 3), (3,))
    """
    return tuple(k for k in range(width) if k not in muted and (k in soloed or not soloed))


def _width(model: Model, asked: MapsRequest) -> int:
    infos = {info.name: info for info in model.network(asked.network).layers()}
    info = infos.get(asked.layer)
    if info is None:
        have = ", ".join(infos)
        raise Fault(f"The network {asked.network} has no layer “{asked.layer}”.", f"It has {have}.")
    n = info.axis.n
    if isinstance(asked.drive, Sound) and n == 0:
        spec = model.spec(asked.network).for_length(len(asked.drive.samples)).layer(asked.layer)
        n = 0 if spec is None else spec.n or 0
    if n * info.channels > MOST_NUMBERS:
        raise Fault(
            f"The maps of {info.title} would take {4e-6 * n * info.channels:.0f} MB.",
            "Select a shorter part of the recording.",
        )
    return info.channels


def _probed(
    model: Model,
    asked: MapsRequest,
    edits: tuple[LayerEdit, ...],
    sounding: tuple[int, ...],
    stop: Cancel,
) -> Probed:
    """Run the network with the layer's average over the maps that sound; over none of them it is silent."""
    how = Reduction("some", channels=sounding) if sounding else MEAN
    request = ProbeRequest(
        asked.model, asked.network, asked.drive, edits=edits,
        reductions=((asked.layer, how),), maps=(asked.layer,),
    )  # fmt: skip
    probed = probe(model, request, stop)
    if sounding:
        return probed
    tracks = dict(probed.tracks)
    tracks[asked.layer] = replace(tracks[asked.layer], samples=np.zeros_like(tracks[asked.layer].samples))
    return replace(probed, items=(tracks,))


def _sound(model: Model, asked: MapsRequest, tracks: Mapping[str, Track]) -> Track | None:
    """Return the sound that contours are measured in: the output, or the sound that drives the network."""
    drive = model.spec(asked.network).drive
    if isinstance(asked.drive, Sound) and isinstance(drive, SoundDrive):
        samples = asked.drive.array(model.spec(asked.network))[0]
        samples = samples if samples.ndim == 1 else samples.mean(1)
        axis = TimeAxis.of_sound(drive.rate_hz, len(samples))
        return Track(
            "sound", samples, axis, origin=tracks[asked.layer].origin.of(layer="input", reduction="")
        )
    return tracks[model.card.output] if model.card.sounds else None


def _with_contour(found: Browsed, asked: MapsRequest) -> Browsed:
    if not asked.contour:
        return found
    try:
        contour = _contour(found, asked)
    except Fault as fault:
        if asked.sort == "r":
            raise
        return replace(found, why_not=str(fault))
    return replace(
        found,
        contour=contour,
        r=correlations(found.maps, contour),
        r_average=_r_of(found.average, contour),
    )


def _contour(found: Browsed, asked: MapsRequest) -> Contour:
    if asked.contour in CONTOURS:
        if found.sound is None:
            raise Fault("This network's output is no sound, so it has no such contour.", "Choose a layer.")
        return contour_of(found.sound, asked.contour, asked.settings)
    track = found.curves.get(asked.contour)
    if track is None:
        raise Fault(f"There is no contour “{asked.contour}”.", f"Choose one of {', '.join(CONTOURS)}.")
    return Contour(asked.contour.capitalize(), track, track.axis.step_s)


def _r_of(track: Track, contour: Contour) -> float:
    one = FeatureMaps(track.name, track.samples[:, None], track.axis)
    return float(correlations(one, contour)[0])


def _with_distances(found: Browsed, model: Model, asked: MapsRequest, stop: Cancel) -> Browsed:
    assert asked.other is not None
    there = probe(
        model,
        ProbeRequest(asked.model, asked.network, asked.other, (asked.layer,), maps=(asked.layer,)),
        stop,
    )
    return replace(found, distances=cosine_distances(found.maps, there.maps[asked.layer]))


def _grouped(model: Model, plain: FeatureMaps, asked: MapsRequest, stop: Cancel) -> NDArray[np.float32]:
    """Return the maps that clusters are made from: those at this point, or averages over draws."""
    if not asked.draws:
        return plain.values
    if not isinstance(asked.drive, LatentPoints):
        raise Fault("Only a generator's maps can be averaged over draws.", "Set the draws to 0.")
    code = asked.drive.points[0].z[: model.card.layout.code]
    return averaged_maps(model, asked.network, asked.layer, code, asked.draws, stop)


def _with_clusters(found: Browsed, values: NDArray[np.float32], asked: MapsRequest) -> Browsed:
    labels = cluster(values, asked.clusters)
    means = tuple(
        found.maps.curve(Reduction("some", channels=tuple(k for k, own in enumerate(labels) if own == one)))
        for one in range(max(labels) + 1)
    )
    contour = found.contour
    r = tuple(_r_of(mean, contour) for mean in means) if contour is not None else ()
    return replace(found, clusters=labels, cluster_means=means, cluster_r=r)


def _order(found: Browsed, asked: MapsRequest) -> tuple[int, ...]:
    """Return the channels from the top: by number, by |r|, by distance, or by cluster and then |r|."""
    size = None if found.r is None else np.abs(found.r)
    if asked.sort == "distance":
        if found.distances is None:
            raise Fault("Maps are sorted by their distance to a second point.", "Choose a point B.")
        return ranked(found.distances, largest_first=False)
    if asked.sort == "r":
        if size is None:
            raise Fault("Maps are sorted by r with a contour.", "Choose a contour.")
        return ranked(size, largest_first=True)
    by_r = tuple(range(found.maps.channels)) if size is None else ranked(size, largest_first=True)
    if asked.sort == "cluster" and found.clusters is not None:
        own = found.clusters
        return tuple(sorted(by_r, key=lambda channel: own[channel]))
    return tuple(range(found.maps.channels))
