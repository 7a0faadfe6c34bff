"""Encoders of speech from a local folder as `transformers` saves it: wav2vec 2.0, HuBERT, WavLM, Whisper's.

The class is told by config.json and the tensors' names, the front end by preprocessor_config.json, the
letters of a CTC head by vocab.json. They are read as data; nothing in the folder is run.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.checkpoint.pretrained import CONFIG, PREPROCESSOR, TOKENIZER, VOCABULARY, read_json
from core.families.card import Choice, Question
from core.families.family import Description, Family, Parts
from core.families.questions import Inquiry, ask_labels
from core.faults import Fault
from core.frontends.compression import Log
from core.frontends.frontend import FrontEnd
from core.frontends.log_mel import LogMel
from core.frontends.normalised_waveform import NormalisedWaveform
from core.frontends.registry import words
from core.frontends.spectrum import Spectrum
from core.frontends.waveform import WAVEFORM
from core.networks.map_operations import Placed
from core.networks.map_specs import placed
from core.networks.spec import FeaturesOutput, FramesOutput, LayerSpec, NetworkSpec, SoundDrive
from core.networks.weights import Weights

if TYPE_CHECKING:
    from core.networks.torch_encoder import EncoderKind

ENCODER, RECOGNISER = "encoder", "recogniser"
HEAD = "lm_head.weight"
WAVE, MEL = "feature_extractor.conv_layers.0.conv.weight", "encoder.conv1.weight"
ROOTS: Mapping[str, EncoderKind] = {
    "": "wav2vec2",
    "wav2vec2.": "wav2vec2",
    "hubert.": "hubert",
    "wavlm.": "wavlm",
}
TITLES: Mapping[EncoderKind, str] = {
    "wav2vec2": "wav2vec 2.0",
    "hubert": "HuBERT",
    "wavlm": "WavLM",
    "whisper": "Whisper's encoder",
}
STRIDES = (5, 2, 2, 2, 2, 2, 2)
SPARE = (
    r"(.*\.)?(masked_spec_embed|quantizer|project_hid|project_q|label_embeddings_concat|final_proj|decoder"
    r"|proj_out|classifier|projector|layer_weights)(\..*)?"
)
NORMALISED = Question(
    "normalised",
    "Was every recording normalised to mean 0 and variance 1 in training?",
    (Choice("yes", "Yes (large models; wav2vec 2.0 and HuBERT base)"), Choice("no", "No (WavLM base)")),
    "yes",
)
LANGUAGE = "language"
SPECIAL = {"|": "space", " ": "space", "[PAD]": "blank", "<pad>": "blank"}


def sort(groups: Sequence[Weights]) -> Parts | None:
    """Find a whole file with the first convolution of an encoder, and one of its transformer layers."""
    for group in groups:
        if "/" in group.label:
            continue  # a part of the file, which the head may lie outside of
        prefix = _prefix(group)
        if prefix is not None and any(name.startswith(f"{prefix}encoder.layers.0.") for name in group.names):
            return {RECOGNISER if HEAD in group else ENCODER: group}
    return None


def _prefix(group: Weights) -> str | None:
    """Return what the names of the encoder's tensors begin with, None if it is no encoder."""
    return next((root for root in (*ROOTS, "model.") if root + WAVE in group or root + MEL in group), None)


def describe(parts: Parts, inquiry: Inquiry) -> Description:
    """Describe the encoder: each convolution and each transformer layer, and the letters of its head."""
    role, weights = next(iter(parts.items()))
    folder = weights.tensors.path.parent
    config = read_json(folder / CONFIG)
    prefix = _prefix(weights) or ""
    kind = _kind(config, weights, prefix, folder)
    inquiry.fact("Kind", TITLES[kind], "read", ", ".join(map(str, config.get("architectures") or ())))
    _check(kind, config, prefix, weights)
    processor = read_json(folder / PREPROCESSOR)
    rate_hz = _rate(inquiry, processor)
    describe_one = _whisper if kind == "whisper" else _wave_encoder
    drive, layers = describe_one(config, processor, prefix, weights, rate_hz, inquiry)
    inquiry.fact("Input", words(drive.frontend), "read" if processor else "assumed")
    output = FeaturesOutput() if role == ENCODER else _letters(weights, config, folder, inquiry)
    spec = NetworkSpec(role, drive, layers, output)
    root = f"{prefix}encoder." if kind == "whisper" else prefix
    build = partial(_build, kind, config, root)
    spec = spec if drive.n is None else spec.for_length(drive.n)
    return Description((spec,), folder.name, {role: build})


def _build(
    kind: EncoderKind, config: Mapping[str, Any], root: str, spec: NetworkSpec, weights: Weights
) -> Any:
    from core.networks.torch_encoder import encoder_module

    return encoder_module(kind, config, root, spec, weights)


def _kind(config: Mapping[str, Any], weights: Weights, prefix: str, folder: Path) -> EncoderKind:
    """Return the class of encoder that config.json names."""
    if not config:
        raise Fault(
            f"“{weights.tensors.path.name}” holds an encoder of speech, but there is no {CONFIG} beside it.",
            f"Copy {CONFIG}, {PREPROCESSOR} and {VOCABULARY} from where the weights come from into "
            f"“{folder.name}”.",
        )
    if prefix + MEL in weights:
        told: EncoderKind | None = "whisper"
    else:
        told = ROOTS[prefix] if prefix else None
    architecture = next(iter(config.get("architectures") or ()), "")
    named = str(config.get("model_type") or "").lower()
    kinds: list[EncoderKind] = [
        one for one in TITLES if named == one or str(architecture).lower().startswith(one)
    ]
    kind = kinds[0] if kinds else None
    if kind is None or told not in (None, kind):
        raise Fault(
            f"{CONFIG} names “{architecture or named}”, which is not the encoder in "
            f"“{weights.tensors.path.name}”.",
            f"Phonoscope opens {', '.join(TITLES.values())}, each with its own {CONFIG}.",
        )
    return kind


def _check(kind: EncoderKind, config: Mapping[str, Any], prefix: str, weights: Weights) -> None:
    """Raise Fault, with both numbers, where config.json contradicts the tensors; note those that are used."""
    from core.networks.torch_encoder import MAY_BE_MISSING, OF_ANOTHER, needed, skeleton

    root = f"{prefix}encoder." if kind == "whisper" else prefix
    for name, shape in needed(skeleton(kind, config)).items():
        full = root + name
        if full in weights:
            stored = weights.tensors.specs[weights.names[full]].shape
            weights.used.add(full)
            if stored != shape:
                raise Fault(
                    f"“{full}” is {_times(stored)} in the weights, but {_times(shape)} by {CONFIG}.",
                    OF_ANOTHER,
                )
        elif name not in MAY_BE_MISSING:
            raise Fault(
                f"The weights have no “{full}”, which {CONFIG} describes.",
                f"The file is incomplete, or {CONFIG} belongs to another network: copy both again.",
            )
    extra = _layers_stored(root, weights) - int(
        config.get("num_hidden_layers", config.get("encoder_layers", 0)) or 0
    )
    if extra > 0 and kind != "whisper" and "num_hidden_layers" in config:
        raise Fault(
            f"The weights have {_layers_stored(root, weights)} transformer layers, but {CONFIG} describes "
            f"{config['num_hidden_layers']}.",
            OF_ANOTHER,
        )


def _layers_stored(root: str, weights: Weights) -> int:
    begin = f"{root}layers." if root.endswith("encoder.") else f"{root}encoder.layers."
    return len({name.removeprefix(begin).split(".")[0] for name in weights.names if name.startswith(begin)})


def _times(shape: Sequence[int]) -> str:
    return " × ".join(map(str, shape)) or "one number"


def _rate(inquiry: Inquiry, processor: Mapping[str, Any]) -> float:
    rate_hz = processor.get("sampling_rate", 16000)
    if not isinstance(rate_hz, int | float) or isinstance(rate_hz, bool) or not 0 < rate_hz < math.inf:
        raise Fault(f"The sampling rate in {PREPROCESSOR} is “{rate_hz}”.", "Correct it there.")
    source = "read" if "sampling_rate" in processor else "inferred"
    inquiry.settle("rate", rate_hz)
    inquiry.fact("Sampling rate", f"{rate_hz:g} Hz", source)
    return float(rate_hz)


Described = tuple[SoundDrive, tuple[LayerSpec, ...]]


def _wave_encoder(
    config: Mapping[str, Any],
    processor: Mapping[str, Any],
    prefix: str,
    weights: Weights,
    rate_hz: float,
    inquiry: Inquiry,
) -> Described:
    """Return what drives wav2vec 2.0, HuBERT or WavLM, and its layers."""
    place, rows = Placed(), list[tuple[str, Placed, int]]()
    for k, stride in enumerate(config.get("conv_stride") or STRIDES):
        name = f"{prefix}feature_extractor.conv_layers.{k}.conv.weight"
        channels, _, taps = weights.shape(name, None, None, None)
        place = place.conv(taps, int(stride))
        rows.append((f"conv{k + 1}", place, channels))
    width = weights.shape(f"{prefix}feature_projection.projection.weight", None, None)[0]
    positions = weights.shape(f"{prefix}encoder.pos_conv_embed.conv.weight", width, None, None)[2]
    embedded = Placed(place.stride, place.spare, place.offset, place.reach + place.step * (positions - 1))
    rows += [("projected", place, width), ("embedded", embedded, width)]
    everywhere = place.everywhere()
    stored = _layers_stored(prefix, weights)
    rows += [(f"layer{k}", everywhere, width) for k in range(1, stored + 1)]
    if config.get("do_stable_layer_norm"):
        rows.append(("normed", everywhere, width))
    if config.get("add_adapter"):
        for _ in range(int(config.get("num_adapter_layers", 3))):
            taps, stride = int(config.get("adapter_kernel_size", 3)), int(config.get("adapter_stride", 2))
            everywhere = everywhere.conv(taps, stride, 1, 1)
        rows.append(("adapter", everywhere, int(config.get("output_hidden_size") or width)))
    if HEAD in weights:
        rows.append(("logits", everywhere, weights.shape(HEAD, None, None)[0]))
        weights.shape(HEAD.replace("weight", "bias"), rows[-1][2])
    return SoundDrive(rate_hz, None, _waveform(processor, inquiry)), placed(rows)


def _waveform(processor: Mapping[str, Any], inquiry: Inquiry) -> FrontEnd:
    """Return the waveform as it is or normalised, as the front end's file says, or the user."""
    if "do_normalize" in processor:
        return NormalisedWaveform() if processor["do_normalize"] else WAVEFORM
    return NormalisedWaveform() if inquiry.ask(NORMALISED, "Normalised") == "yes" else WAVEFORM


def _whisper(
    config: Mapping[str, Any],
    processor: Mapping[str, Any],
    prefix: str,
    weights: Weights,
    rate_hz: float,
    inquiry: Inquiry,
) -> Described:
    """Return what drives Whisper's encoder, always one stretch of the same length, and its layers."""
    fft, hop = int(processor.get("n_fft", 400)), int(processor.get("hop_length", 160))
    width, bands, _ = weights.shape(f"{prefix}{MEL}", None, None, 3)
    said = processor.get("feature_size", bands)
    if said != bands:
        raise Fault(
            f"{PREPROCESSOR} says that the network takes {said} mel bands, but its weights take {bands}.",
            f"Copy {PREPROCESSOR} and the weights from the same place.",
        )
    log = Log(1 / (4 * math.log(10)), gain=1e4, floor=1e-6, range_db=2.0)
    frontend = LogMel(rate_hz, Spectrum(fft, hop), bands, 0.0, 8000.0, "slaney", log, True, dropped=1)
    frames = 2 * int(config.get("max_source_positions", 1500))
    inquiry.settle("slice", frames * hop)
    first = Placed().conv(3, 1, 1, 1)
    second = first.conv(3, 2, 1, 1)
    rows = [("conv1", first, width), ("conv2", second, width), ("embedded", second, width)]
    everywhere, stored = second.everywhere(), _layers_stored(f"{prefix}encoder.", weights)
    rows += [(f"layer{k}", everywhere, width) for k in range(1, stored + 1)]
    rows.append(("normed", everywhere, width))
    return SoundDrive(rate_hz, frames * hop, frontend), placed(rows)


def _letters(weights: Weights, config: Mapping[str, Any], folder: Path, inquiry: Inquiry) -> FramesOutput:
    """Return the letters of a CTC head: those of vocab.json, or the user's."""
    count, _ = weights.shape(HEAD, None, None)
    places = _vocabulary(read_json(folder / VOCABULARY), read_json(folder / TOKENIZER), inquiry)
    blank = config.get("pad_token_id", 0)
    if not places:
        inquiry.fact("Letters", f"no {VOCABULARY}", "read", "Copy it into the folder, or name the labels.")
        return FramesOutput(ask_labels(inquiry, count), "softmax", blank)
    if len(places) != count and max(places.values()) >= count:
        raise Fault(
            f"{VOCABULARY} names {len(places)} letters, but the network has {count} outputs.",
            f"Copy {VOCABULARY} and the weights from the same place.",
        )
    by_place = {place: SPECIAL.get(token, token) for token, place in places.items()}
    labels = tuple(by_place.get(k, str(k + 1)) for k in range(count))
    inquiry.fact("Labels", " ".join(labels), "read", f"From {VOCABULARY}.")
    return FramesOutput(labels, "softmax", blank if isinstance(blank, int) else None)


def _vocabulary(
    vocabulary: Mapping[str, Any], tokenizer: Mapping[str, Any], inquiry: Inquiry
) -> Mapping[str, int]:
    """Return the place of each token; of several languages' vocabularies that of the one chosen."""
    languages = [name for name, value in vocabulary.items() if isinstance(value, dict)]
    if not languages:
        return {str(token): place for token, place in vocabulary.items() if isinstance(place, int)}
    told = tokenizer.get("target_lang")
    assumed = told if told in languages else languages[0]
    choices = tuple(Choice(name, name) for name in languages)
    question = Question(LANGUAGE, "For which language does the head write letters?", choices, assumed)
    return vocabulary[str(inquiry.ask(question, "Language", inferred=told if told in languages else None))]


FAMILY = Family("encoder", "wav2vec 2.0, HuBERT, WavLM and Whisper's encoder", sort, describe, SPARE)
