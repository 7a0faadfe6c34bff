"""Running a network and recording its layers as tracks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal, overload

import numpy as np
from numpy.typing import NDArray

from core.families.card import NetworkCard
from core.families.registry import Model
from core.faults import Fault
from core.frontends.waveform import WaveformChannels
from core.networks.latent import Point
from core.networks.layer_info import LayerInfo
from core.networks.operations import Dense
from core.networks.reductions import MEAN, Reduction
from core.networks.runner import INPUT, Cancel, Record
from core.networks.spec import ClassesOutput, FramesOutput, NetworkSpec, SoundDrive, SoundOutput
from core.networks.weights import read_dense
from core.probing.drive import Drive, LatentPoints, Sound
from core.probing.feature_maps import ALL_CHANNELS, FeatureMaps
from core.probing.model_id import ModelId
from core.probing.request import Probed, ProbeRequest
from core.probing.similarity import similarity_order
from core.probing.surgery import Fill, FromPoint, LayerEdit, Replace, WeightColumn
from core.provenance import Origin
from core.signals.track import Track

Array = NDArray[np.float32]
Edits = tuple[LayerEdit, ...]
_UNNAMED = ModelId("")  # the model is given, so nobody looks it up
ITEMS_AT_ONCE = 8  # enough to share each weight matrix, few enough to stay in the cache


def probe(model: Model, asked: ProbeRequest, cancelled: Cancel = None) -> Probed:
    """Run a network as requested and return every item's curves, in the order of computation.

    Raises Cancelled between layers, and Fault for a drive, a layer or an edit that does not fit.
    """
    return _probe(model, asked, cancelled)


def generate(
    model: Model,
    point: Point,
    cancelled: Cancel = None,
    reduction: Reduction = MEAN,
    edits: Edits = (),
) -> Mapping[str, Track]:
    """Run the generator at one point and return every layer as a track, in the order of computation.

    Raises Cancelled between layers.
    """
    asked = ProbeRequest(_UNNAMED, "G", LatentPoints((point,)), edits=edits, reduction=reduction)
    return _probe(model, asked, cancelled).tracks


@overload
def generate_many(
    model: Model, points: Sequence[Point], layers: Literal[False] = False, cancelled: Cancel = None
) -> Array: ...
@overload
def generate_many(
    model: Model, points: Sequence[Point], layers: Literal[True], cancelled: Cancel = None
) -> dict[str, Array]: ...
def generate_many(
    model: Model, points: Sequence[Point], layers: bool = False, cancelled: Cancel = None
) -> Array | dict[str, Array]:
    """Run the generator at many points; return the outputs [items, samples], or every layer's channel means.

    Raises Cancelled between layers.
    """
    infos = _card_of(model, "G").layers
    spec = model.spec("G")
    names = [info.name for info in (infos if layers else infos[-1:])]
    record = [Record(name, of_layer(spec, name, MEAN)) for name in names]
    found = _run(model, "G", LatentPoints(tuple(points)), record, cancelled=cancelled)
    curves = {one.layer: values for one, values in found.items()}
    return curves if layers else curves[infos[-1].name]


def maps(model: Model, point: Point, layer: str, edits: Edits = ()) -> Array:
    """Return all feature maps of one generator layer, float32 [channels, samples]."""
    wanted = Record(layer)
    found = _run(model, "G", LatentPoints((point,)), [wanted], resolved(model, "G", edits))
    return np.ascontiguousarray(found[wanted][0].T)


def listen(
    model: Model,
    network: str,
    samples: Array,
    sound_digest: str,
    cancelled: Cancel = None,
    reduction: Reduction = MEAN,
) -> tuple[Mapping[str, Track], Array]:
    """Run a sound-driven network; return every layer as a track, and the logits, float32 [classes].

    The sound is cut or zero-padded to the network's input length (see `input_samples`).
    """
    asked = ProbeRequest(_UNNAMED, network, Sound(samples, sound_digest), reduction=reduction)
    done = _probe(model, asked, cancelled)
    return done.tracks, np.empty(0, np.float32) if done.logits is None else done.logits


def input_samples(model: Model, network: str) -> int | None:
    """Return the number of samples that a network takes, None if it takes any number."""
    return _sound_drive(model, network).n


def input_rate_hz(model: Model, network: str) -> float:
    """Return the sampling rate of the sound that a network takes."""
    return _sound_drive(model, network).rate_hz


def input_channels(model: Model, network: str) -> int:
    """Return the number of channels of the sound that a network takes."""
    frontend = _sound_drive(model, network).frontend
    return frontend.channels if isinstance(frontend, WaveformChannels) else 1


def _sound_drive(model: Model, network: str) -> SoundDrive:
    drive = model.spec(network).drive
    if not isinstance(drive, SoundDrive):
        raise Fault("A generator takes no sound.", "Choose another network.")
    return drive


def _probe(model: Model, asked: ProbeRequest, cancelled: Cancel) -> Probed:
    network, drive, spec = asked.network, asked.drive, model.spec(asked.network)
    last = spec.layers[-1].name if isinstance(spec.output, ClassesOutput | FramesOutput) else ""
    spec = _for_sound(spec, drive)
    names = asked.record or [info.name for info in _card_of(model, network).layers]
    own = dict(asked.reductions)
    hows = {name: of_layer(spec, name, own.get(name, asked.reduction)) for name in names if name != last}
    record = [Record(name, reduction) for name, reduction in hows.items()]
    logits = [Record(last)] if last else []
    whole = [Record(name) for name in asked.maps if name != last]
    edits = resolved(model, network, asked.edits)
    taken = [Record(INPUT)] if asked.input else []
    wanted = [*taken, *record, *whole, *logits]
    found = _run(model, network, drive, wanted, edits, cancelled)
    curves = {one.layer: values for one, values in found.items() if one.reduction is not None}
    features = found[taken[0]][0] if taken else None
    infos = spec.infos()
    origin = _origin(model, network).of(edits=tuple(edit.plain() for edit in asked.edits))
    origins = [origin.of(drive=of) for of in drive.origins()]
    items = tuple(
        _tracks({name: rows[item] for name, rows in curves.items()}, infos, one, hows)
        for item, one in enumerate(origins)
    )
    maps = _maps({one.layer: found[one][0] for one in whole}, infos, origins[0], asked.similar)
    if not logits:
        return Probed(items, maps=maps, input=features)
    answer, rows = spec.answer(), found[logits[0]][0]
    frames = answer.axis if answer else None
    return Probed(items, logits=rows if answer else rows[0], frames=frames, maps=maps, input=features)


def resolved(model: Model, network: str, edits: Edits) -> Edits:
    """Return edits with the values that they take from another point, or from the weights.

    Raises Fault for a point of another size, a variable that does not exist, or a layer that cannot have it.
    """
    return tuple(_resolved(model, network, edit) for edit in edits)


def _resolved(model: Model, network: str, edit: LayerEdit) -> LayerEdit:
    if isinstance(edit.action, FromPoint):
        there, wanted = LatentPoints((Point(edit.action.z),)), Record(edit.layer)
        whole = _run(model, network, there, [wanted])[wanted][0]
    elif isinstance(edit.action, WeightColumn):
        whole = weight_column(model, network, edit.layer, edit.action.variable)
    else:
        return edit
    n, width = whole.shape
    last = n if edit.last is None else edit.last
    if not 0 <= edit.first < last <= n or any(not 0 <= channel < width for channel in edit.channels):
        return replace(edit, action=Fill())  # refused in its own words as soon as it runs
    channels = np.array(edit.channels or range(width))
    return replace(edit, action=Replace.by(whole[edit.first : last, channels]))


def weight_column(model: Model, network: str, layer: str, variable: int) -> Array:
    """Return the weights from one latent variable, counted from 0, to the maps of the fully connected layer.

    Float32 [samples, channels], as stored: without bias, normalisation and activation.
    """
    spec = model.spec(network)
    first = spec.layers[0]
    if not isinstance(first.op, Dense) or first.name != layer:
        where = f"It is called {first.name}." if isinstance(first.op, Dense) else ""
        raise Fault("Only the fully connected layer has a column of weights for each variable.", where)
    kernel, _ = read_dense(model.parts[network], first.op.stored, first.op.steps)
    if not 0 <= variable < len(kernel):
        raise Fault(f"There is no variable {variable + 1}: this model has {len(kernel)}.")
    return np.ascontiguousarray(kernel[variable].reshape(first.op.steps, first.channels), np.float32)


def of_layer(spec: NetworkSpec, name: str, how: Reduction) -> Reduction:
    """Return how a layer becomes one curve: of a sound of several channels, the one that was chosen."""
    output, names = spec.output, [layer.name for layer in spec.layers]
    if how != MEAN or not isinstance(output, SoundOutput) or not output.channel:
        return how
    channels = spec.layers[names.index(name)].channels if name in names else 0
    sounds = channels >= output.channel and names.index(name) >= names.index("out")
    return Reduction("channel", output.channel - 1) if sounds and channels > 1 else how


def _run(
    model: Model,
    network: str,
    drive: Drive,
    record: Sequence[Record],
    edits: Edits = (),
    cancelled: Cancel = None,
) -> Mapping[Record, Array]:
    """Run a few items at a time and join the records, with the layers in order."""
    runner = model.network(network)
    x = drive.array(model.spec(network))
    if len(x) <= ITEMS_AT_ONCE:
        return runner.run(x, record, edits, cancelled)
    whole: dict[Record, Array] = {}
    for start in range(0, len(x), ITEMS_AT_ONCE):
        some = runner.run(x[start : start + ITEMS_AT_ONCE], record, edits, cancelled)
        for wanted, part in some.items():
            if wanted not in whole:
                whole[wanted] = np.empty((len(x), *part.shape[1:]), np.float32)
            whole[wanted][start : start + len(part)] = part
    return whole


def _card_of(model: Model, network: str) -> NetworkCard:
    model.spec(network)  # names the missing network
    return model.card.networks[network]


def _for_sound(spec: NetworkSpec, drive: Drive) -> NetworkSpec:
    """Return the spec with the layers' lengths for this sound, if the network takes sounds of any length.

    Raises Fault for a sound that is too short for one sample of the last layer.
    """
    if not (isinstance(drive, Sound) and isinstance(spec.drive, SoundDrive) and spec.drive.n is None):
        return spec
    found = spec.for_length(len(drive.samples))
    if not found.layers[-1].n:
        raise Fault(
            f"The sound lasts {len(drive.samples) / spec.drive.rate_hz:.3g} s, which is too short for this "
            f"network: it needs {least_s(spec):.3g} s.",
            "Use a longer part of it.",
        )
    return found


def least_s(spec: NetworkSpec) -> float:
    """Return the length of the shortest sound that gives one frame of the answer, in seconds."""
    assert isinstance(spec.drive, SoundDrive)
    n = 1
    while not spec.for_length(n).layers[-1].n:
        n *= 2
    low = n // 2
    while n - low > 1:
        middle = (low + n) // 2
        low, n = (low, middle) if spec.for_length(middle).layers[-1].n else (middle, n)
    return n / spec.drive.rate_hz


def _origin(model: Model, network: str) -> Origin:
    """Return the origin of a network's curves; D and Q are identified by their own tensors."""
    card = model.card
    return Origin(
        checkpoint=model.network(network).digest,
        family=card.family,
        network=network,
        answers=tuple(sorted(card.answers.items())),
    )


def _maps(
    found: Mapping[str, Array], infos: Sequence[LayerInfo], origin: Origin, similar: Sequence[str]
) -> dict[str, FeatureMaps]:
    axes = {info.name: info.axis for info in infos}
    orders = {name: similarity_order(found[name]) for name in similar if name in found}
    return {
        name: FeatureMaps(
            name, values, axes[name], origin.of(layer=name, reduction=ALL_CHANNELS), orders.get(name, ())
        )
        for name, values in found.items()
    }


def _tracks(
    curves: Mapping[str, Array],
    infos: Sequence[LayerInfo],
    origin: Origin,
    hows: Mapping[str, Reduction],
) -> dict[str, Track]:
    axes = {info.name: info.axis for info in infos}
    return {
        name: Track(name, curve, axes[name], origin=origin.of(layer=name, reduction=hows[name].name))
        for name, curve in curves.items()
    }
