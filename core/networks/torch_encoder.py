"""Encoders of speech as torch modules that run layer by layer. Import it only where torch is needed.

The layers themselves are those of `transformers`, made from numbers alone: nothing is downloaded, and no code
of a checkpoint is run.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal, cast

import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize

from core.faults import Fault
from core.networks.spec import NetworkSpec
from core.networks.torch_module import NOTHING, Bend, NetworkModule
from core.networks.weights import Weights

EncoderKind = Literal["wav2vec2", "hubert", "wavlm", "whisper"]
CLASSES: Mapping[EncoderKind, tuple[str, str]] = {
    "wav2vec2": ("Wav2Vec2Config", "Wav2Vec2Model"),
    "hubert": ("HubertConfig", "HubertModel"),
    "wavlm": ("WavLMConfig", "WavLMModel"),
    "whisper": ("WhisperConfig", "WhisperEncoder"),
}
HEAD = "lm_head"
MAY_BE_MISSING = ("masked_spec_embed",)  # used in training alone
OF_ANOTHER = "Copy config.json and the weights from the same place: they belong to different networks."
MOST_FRAMES: Mapping[EncoderKind, int] = {
    "wav2vec2": 15_000,
    "hubert": 15_000,
    "wavlm": 4_000,
    "whisper": 1_500,
}
"""Of one run: every frame attends to every other, and WavLM keeps a number for each pair and head."""


def skeleton(kind: EncoderKind, config: Mapping[str, Any]) -> nn.Module:
    """Return the encoder without values, as `transformers` makes it from the numbers of config.json.

    Raises Fault for numbers that make no network.
    """
    names = CLASSES[kind]
    package = f"transformers.models.{kind}"
    made_config = getattr(importlib.import_module(f"{package}.configuration_{kind}"), names[0])
    made = getattr(importlib.import_module(f"{package}.modeling_{kind}"), names[1])
    known = set(made_config().to_dict()) - {"dtype", "torch_dtype"}
    try:
        numbers = made_config(**{name: value for name, value in config.items() if name in known})
        with torch.device("meta"):
            network = made(numbers)
    except Exception as flaw:  # whatever a library raises for numbers that do not fit together
        raise Fault(
            f"config.json describes no {names[1]}: {flaw}", "Copy it again from its source."
        ) from flaw
    _unfold(network)
    return network


def _unfold(network: nn.Module) -> None:
    """Make every kernel that is stored in parts a plain one: our readers give it as one tensor."""
    for part in network.modules():
        if parametrize.is_parametrized(part, "weight"):
            parametrize.remove_parametrizations(part, "weight", leave_parametrized=True)


def needed(network: nn.Module) -> dict[str, tuple[int, ...]]:
    """Return the shapes of the tensors that a network needs, by their names."""
    return {name: tuple(value.shape) for name, value in network.state_dict().items()}


def encoder_module(
    kind: EncoderKind, config: Mapping[str, Any], prefix: str, spec: NetworkSpec, weights: Weights
) -> NetworkModule:
    """Return an encoder with its weights, ready to run; `prefix` is what its tensors' names begin with."""
    network = skeleton(kind, config)
    state = {
        name: torch.from_numpy(weights.read(prefix + name).copy())  # pyright: ignore[reportUnknownMemberType]
        if prefix + name in weights
        else torch.zeros(shape)
        for name, shape in needed(network).items()
    }
    cast(Any, network).load_state_dict(state, assign=True)
    return (WhisperModule if kind == "whisper" else WaveEncoderModule)(spec, kind, network, _head(weights))


def _head(weights: Weights) -> nn.Linear | None:
    if f"{HEAD}.weight" not in weights:
        return None
    kernel, bias = (torch.from_numpy(weights.read(f"{HEAD}.{part}").copy()) for part in ("weight", "bias"))  # pyright: ignore[reportUnknownMemberType]
    head = nn.Linear(kernel.shape[1], kernel.shape[0], device="meta")
    cast(Any, head).load_state_dict({"weight": kernel, "bias": bias}, assign=True)
    return head


class EncoderModule(NetworkModule):
    """An encoder whose hidden states are layers; `head` gives letters, if there is one."""

    def __init__(
        self, spec: NetworkSpec, kind: EncoderKind, network: nn.Module, head: nn.Linear | None
    ) -> None:
        super().__init__(spec)
        self.kind: EncoderKind = kind
        self.network: Any = network
        self.head = head

    @property
    def read_out_layers(self) -> tuple[str, ...]:
        """The layers whose hidden states the head can read."""
        return ()

    def read_out(self, maps: Tensor) -> Tensor:
        """Return the logits that the head makes of any layer's hidden states [items, frames, channels]."""
        raise NotImplementedError

    def _check(self, frames: int) -> None:
        if frames > MOST_FRAMES[self.kind]:
            rate = self.spec.infos()[-1].axis.rate_hz
            raise Fault(
                f"This encoder hears at most {MOST_FRAMES[self.kind] / rate:.0f} s at once, because each of "
                f"its frames attends to all others; the sound has {frames / rate:.0f} s.",
                "Use a shorter part of it.",
            )


class WaveEncoderModule(EncoderModule):
    """wav2vec 2.0, HuBERT or WavLM: convolutions on the waveform, then transformer layers."""

    def __init__(
        self, spec: NetworkSpec, kind: EncoderKind, network: nn.Module, head: nn.Linear | None
    ) -> None:
        super().__init__(spec, kind, network, head)
        encoder = self.network.encoder
        self.normed = bool(self.network.config.do_stable_layer_norm)
        parts = [*self.network.feature_extractor.conv_layers, self.network.feature_projection]
        parts += [encoder.pos_conv_embed, *encoder.layers]
        parts += [encoder.layer_norm] if self.normed else []
        parts += [self.network.adapter] if self._adapter is not None else []
        parts += [head] if head is not None else []
        for layer, part in zip(spec.layers, parts, strict=True):
            self.layers[layer.name] = part

    @property
    def _adapter(self) -> Any:
        return getattr(self.network, "adapter", None)

    @property
    def read_out_layers(self) -> tuple[str, ...]:
        if self.head is None or self._adapter is not None:
            return ()
        count = len(self.network.encoder.layers)
        return ("embedded", *(f"layer{k}" for k in range(1, count + 1)))

    def read_out(self, maps: Tensor) -> Tensor:
        assert self.head is not None
        return self.head(self.network.encoder.layer_norm(maps) if self.normed else maps)

    def walk_features(
        self, maps: Tensor, after: Mapping[str, Bend] = NOTHING
    ) -> Iterator[tuple[str, Tensor]]:
        """Yield each layer's name and maps, in the order of `Wav2Vec2Model.forward` and its sisters."""
        state = maps
        for name, step in zip(self.layers, self._steps(), strict=True):
            state = step(state)
            if name in after:
                state = after[name](state)
            yield name, state

    def _steps(self) -> Iterator[Callable[[Tensor], Tensor]]:
        network, encoder = self.network, self.network.encoder
        for part in network.feature_extractor.conv_layers:
            yield lambda maps, part=part: part(maps.transpose(1, 2)).transpose(1, 2)
        yield lambda maps: _first(network.feature_projection(maps))
        yield self._embedded
        biases: list[Tensor | None] = [None]
        for place, part in enumerate(encoder.layers):
            yield lambda maps, part=part, place=place: self._attended(part, maps, biases, place)
        if self.normed:
            yield encoder.layer_norm
        if self._adapter is not None:
            yield self._adapter
        if self.head is not None:
            yield self.head

    def _embedded(self, maps: Tensor) -> Tensor:
        self._check(maps.shape[1])
        encoder = self.network.encoder
        found: Tensor = maps + encoder.pos_conv_embed(maps)
        return found if self.normed else encoder.layer_norm(found)

    def _attended(self, part: nn.Module, maps: Tensor, biases: list[Tensor | None], place: int) -> Tensor:
        """Return what a transformer layer makes of the maps; WavLM hands its first layer's biases on."""
        if self.kind != "wavlm":
            return _first(part(maps))
        found = part(maps, position_bias=biases[0], index=place)
        biases[0] = found[1]
        return found[0]


class WhisperModule(EncoderModule):
    """Whisper's encoder: two convolutions on mel bands, then transformer layers."""

    def __init__(
        self, spec: NetworkSpec, kind: EncoderKind, network: nn.Module, head: nn.Linear | None
    ) -> None:
        super().__init__(spec, kind, network, None)
        parts = (self.network.conv1, self.network.conv2, self.network.embed_positions)
        for layer, part in zip(
            spec.layers, (*parts, *self.network.layers, self.network.layer_norm), strict=True
        ):
            self.layers[layer.name] = part

    def walk_features(
        self, maps: Tensor, after: Mapping[str, Bend] = NOTHING
    ) -> Iterator[tuple[str, Tensor]]:
        """Yield each layer's name and maps, in the order of `WhisperEncoder.forward`."""
        state = maps
        for name, part in self.layers.items():
            if isinstance(part, nn.Conv1d):
                state = nn.functional.gelu(part(state.transpose(1, 2))).transpose(1, 2)
            elif isinstance(part, nn.Embedding):
                state = state + part.weight
            else:
                state = _first(part(state, None) if name.startswith("layer") else part(state))
            if name in after:
                state = after[name](state)
            yield name, state


def _first(found: Any) -> Tensor:
    """Return a part's maps; some parts give more beside them."""
    return cast("tuple[Tensor, ...]", found)[0] if isinstance(found, tuple) else found
