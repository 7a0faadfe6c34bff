"""A network as a chain of pure steps: linear parts, activations, pools and sums, each by itself.

Methods of relevance need what lies inside a layer: the linear part, the batch normalisation that follows it,
the activation. Nothing here changes the module or hangs a hook on it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, cast

from core.faults import Fault
from core.networks.operations import Activation

if TYPE_CHECKING:
    from torch import Tensor

    from core.networks.torch_layers import TorchLayer, TorchNorm
    from core.networks.torch_module import NetworkModule

LinearKind = Literal["kernel", "dense", "norm", "standardise", "pool", "sum"]
Apply = Callable[["Tensor", "Tensor"], "Tensor"]
Trace = list["Tensor"]
IMAGE = "image"
"""The name, among the layers, of what the front end gives to the first layer."""


@dataclass(frozen=True, eq=False)
class Linear:
    """y = apply(x, weight) + bias; `bias` broadcasts over [items, time, channels]."""

    layer: str
    kind: LinearKind
    apply: Apply
    weight: Tensor
    bias: Tensor | None = None

    def __call__(self, x: Tensor) -> Tensor:
        y = self.apply(x, self.weight)
        return y if self.bias is None else y + self.bias

    def at(self, x: Tensor) -> Linear:
        """Return the linear part as it acts on this input: itself."""
        return self


@dataclass(frozen=True, eq=False)
class NormOfInput:
    """A normalisation by the statistics of its own input; around one input it is linear."""

    layer: str
    norm: TorchNorm

    def __call__(self, x: Tensor) -> Tensor:
        return self.norm(x)

    def at(self, x: Tensor) -> Linear:
        """Return the normalisation with the statistics of this input."""
        mean = x.mean((0, 1), keepdim=True)
        variance = (x - mean).square().mean((0, 1), keepdim=True)
        scale = self.norm.scale.detach() / (variance + self.norm.op.epsilon).sqrt()
        return Linear(self.layer, "norm", _scaled, scale, self.norm.shift.detach() - mean * scale)


@dataclass(frozen=True, eq=False)
class Bend:
    """An activation."""

    layer: str
    activation: Activation
    function: Callable[[Tensor], Tensor]

    def __call__(self, x: Tensor) -> Tensor:
        return self.function(x)


@dataclass(frozen=True, eq=False)
class Most:
    """The maximum over neighbours."""

    layer: str
    function: Callable[[Tensor], Tensor]

    def __call__(self, x: Tensor) -> Tensor:
        return self.function(x)


@dataclass(frozen=True, eq=False)
class Opaque:
    """A layer that no rule of relevance passes, and what it is: gradients alone do."""

    layer: str
    what: str
    function: Callable[[Tensor], Tensor]

    def __call__(self, x: Tensor) -> Tensor:
        return self.function(x)


@dataclass(frozen=True, eq=False)
class Sum:
    """The sum with the maps of an earlier layer."""

    layer: str
    earlier: str


Step = Linear | NormOfInput | Bend | Most | Opaque | Sum


Walk = Callable[["Tensor", Mapping[str, Callable[["Tensor"], "Tensor"]]], Iterator["tuple[str, Tensor]"]]


@dataclass(frozen=True, eq=False)
class Steps:
    """The steps of a network in order, and the place of the last step of each layer.

    A network that is no chain of operations runs as its own `walk` does; its layers are opaque.
    """

    all: tuple[Step, ...]
    ends: Mapping[str, int] = field(default_factory=dict[str, int])
    walk: Walk | None = None

    def before_activation(self, layer: str) -> int:
        """Return the place of a layer's last step without its activation."""
        end = self.ends[layer]
        bent = isinstance(self.all[end], Bend) and end > 0 and self.all[end - 1].layer == layer
        return end - bent

    def after(self, layer: str) -> int:
        """Return the place of the first step after a layer; 0 for the input image."""
        return self.ends[layer] + 1 if layer in self.ends else 0


def run(
    steps: Steps,
    maps: Tensor,
    first: int = 0,
    last: int | None = None,
    kept: Mapping[str, Tensor] | None = None,
) -> Trace:
    """Return what each step from `first` to `last` takes, and at the end what the last one gives.

    `kept` holds the maps of earlier layers that a sum adds, where the steps do not begin at the input, and
    the input image itself.
    """
    last = len(steps.all) - 1 if last is None else last
    if steps.walk is not None:
        return _walked(steps, steps.walk, maps, (first, last), kept or {})
    known, trace = dict(kept or {}), [maps]
    for place in range(first, last + 1):
        step = steps.all[place]
        maps = maps + known[step.earlier] if isinstance(step, Sum) else step(maps)
        if steps.ends[step.layer] == place:
            known[step.layer] = maps
        trace.append(maps)
    return trace


def _walked(
    steps: Steps, walk: Walk, maps: Tensor, places: tuple[int, int], kept: Mapping[str, Tensor]
) -> Trace:
    """Run a network that brings its own walk; where it does not begin at the input, the maps are put in."""
    first, last = places
    names, trace = [step.layer for step in steps.all], [maps]
    image = kept[IMAGE].expand(len(maps), *kept[IMAGE].shape[1:]) if first else maps

    def given(_: Tensor) -> Tensor:
        return maps

    put = {names[first - 1]: given} if first else {}
    for place, (_, found) in enumerate(walk(image, put)):
        if place >= first:
            trace.append(found)
        if place == last:
            break
    return trace


def kept_before(steps: Steps, trace: Sequence[Tensor], first: int) -> dict[str, Tensor]:
    """Return the image and the maps of the layers that end before a place, from a trace of all steps."""
    kept = {layer: trace[end + 1].detach() for layer, end in steps.ends.items() if end < first}
    return {**kept, IMAGE: trace[0]}


def steps_of(module: NetworkModule) -> Steps:
    """Return a network's steps. Raises Fault for a layer with numbers that are not finite."""
    from core.networks.torch_module import ChainModule

    found: list[Step] = []
    ends: dict[str, int] = {}
    for name, layer in module.layers.items():
        _check_finite(name, layer)
    if not isinstance(module, ChainModule):
        found = [Opaque(name, _what(layer), layer) for name, layer in module.layers.items()]
        return Steps(tuple(found), {name: k for k, name in enumerate(module.layers)}, module.walk_features)
    for name, layer in module.layers.items():
        found += _of_layer(name, layer)
        ends[name] = len(found) - 1
    return Steps(tuple(found), ends)


def _check_finite(name: str, layer: Any) -> None:
    import torch

    for values in layer.parameters():
        if not bool(torch.isfinite(values).all()):
            raise Fault(
                f"The weights of {name} contain numbers that are not finite: there is no relevance.",
                "Open a checkpoint that was saved before the training diverged.",
            )


def _of_layer(name: str, layer: Any) -> list[Step]:
    from core.networks import torch_layers, torch_maps, torch_module

    made: dict[type[Any], Callable[[str, Any], list[Step]]] = {
        torch_layers.TorchConv: _conv,
        torch_layers.TorchDense: _dense,
        torch_layers.TorchUpsample: _upsample,
        torch_layers.TorchFir: _fir,
        torch_layers.TorchLogits: _logits,
        torch_layers.TorchPool: _pool,
        torch_layers.TorchNorm: lambda name, norm: [_norm(name, norm)],
        torch_maps.TorchConv2d: _conv2d,
        torch_maps.TorchPool2d: lambda name, pool: [Most(name, pool)],
        torch_maps.TorchFlat: _flat,
        torch_maps.TorchMemory: _memory,
        torch_maps.TorchStandardise: _standardise,
        torch_module.Sum: lambda name, add: [Sum(name, add.op.layer)],
    }
    if type(layer) in made:
        return made[type(layer)](name, layer)
    return [Opaque(name, OPAQUE.get(type(layer).__name__, "a layer of another kind"), layer)]


def _what(layer: Any) -> str:
    """Return what a layer of an encoder is, in words."""
    kinds = {type(part).__name__ for part in layer.modules()}
    attends = any("Attention" in kind for kind in kinds)
    return "a transformer layer with attention" if attends else "part of an encoder with GELU"


OPAQUE = {
    "TorchRecurrent": "recurrent",
    "TorchChunkSpectrum": "a magnitude spectrum",
}


def _scaled(x: Tensor, weight: Tensor) -> Tensor:
    return x * weight


def _finished(
    name: str, layer: TorchLayer | Any, kind: LinearKind, apply: Apply, weight: Tensor, bias: Tensor, out: int
) -> list[Step]:
    """Return a linear step with its batch normalisation folded in where it can be, then the activation.

    `out` is the axis of `weight` that holds the output maps; `bias` has one number for each of them.
    """
    found: list[Step] = []
    norm = cast("TorchNorm | None", layer.norm)
    if norm is not None and norm.op.is_stored:
        scale, shift = norm.scale.detach(), norm.shift.detach()
        shape = [1] * weight.ndim
        shape[out] = -1
        many = weight.shape[out] // len(scale)  # a dense layer's outputs are time by channels
        weight = weight * scale.repeat(many).reshape(shape)
        bias = bias * scale.repeat(many) + shift.repeat(many)
        norm = None
    found.append(Linear(name, kind, apply, weight, _bias_of(layer, bias)))
    if norm is not None:
        found.append(NormOfInput(name, norm))
    return [*found, *_bend(name, layer)]


def _bias_of(layer: Any, bias: Tensor) -> Tensor:
    """Return a bias as it broadcasts over [items, time, channels]."""
    bins = getattr(layer.op, "bins_out", 1)
    steps = getattr(layer.op, "steps", 1)
    if bins > 1:
        return bias.repeat_interleave(bins)
    return bias.view(steps, -1) if steps > 1 else bias


def _bend(name: str, layer: Any) -> list[Step]:
    from core.networks.torch_layers import activated

    activation = cast(Activation, layer.activation if hasattr(layer, "activation") else layer.op.activation)
    if activation.kind == "linear" and activation.gain == 1:
        return []
    return [Bend(name, activation, lambda x: activated(x, activation, layer.how))]


def _conv(name: str, layer: Any) -> list[Step]:
    from torch.nn.functional import pad

    op, how = layer.op, layer.how

    def whole(x: Tensor, weight: Tensor) -> Tensor:
        return how.down(pad(x, (0, 0, *op.pads)), weight, op.stride)

    def in_chunks(x: Tensor, weight: Tensor) -> Tensor:
        items, n, width = x.shape
        cut = x[:, : n // op.chunk * op.chunk].reshape(-1, op.chunk, width)
        return whole(cut, weight).reshape(items, -1, len(weight))

    kind: LinearKind = "dense" if op.taps == 1 else "kernel"
    apply = in_chunks if op.chunk else whole
    return _finished(name, layer, kind, apply, layer.weight.detach(), layer.bias.detach(), 0)


def _dense(name: str, layer: Any) -> list[Step]:
    steps = layer.op.steps

    def apply(x: Tensor, weight: Tensor) -> Tensor:
        return (x @ weight).view(len(x), steps, -1)

    return _finished(name, layer, "dense", apply, layer.weight.detach(), layer.bias.detach(), 1)


def _logits(name: str, layer: Any) -> list[Step]:
    def apply(x: Tensor, weight: Tensor) -> Tensor:
        return (x.flatten(1) @ weight).unsqueeze(1)

    return _finished(name, layer, "dense", apply, layer.weight.detach(), layer.bias.detach(), 1)


def _upsample(name: str, layer: Any) -> list[Step]:
    from torch.nn.functional import pad

    rise, how = layer.op.rise, layer.how

    def apply(x: Tensor, weight: Tensor) -> Tensor:
        n = rise.length(x.shape[1])
        if rise.repeat:
            repeated = x.repeat_interleave(rise.repeat, 1)
            right = (n - 1) * rise.stride + rise.taps - rise.left - repeated.shape[1]
            return how.down(pad(repeated, (0, 0, rise.left, right)), weight, rise.stride)
        whole = how.up(x, weight, rise.stride)
        missing = max(0, rise.left + n - whole.shape[1])
        return pad(whole, (0, 0, 0, missing))[:, rise.left : rise.left + n]

    out = 0 if rise.repeat else 2
    return _finished(name, layer, "kernel", apply, layer.weight.detach(), layer.bias.detach(), out)


def _fir(name: str, layer: Any) -> list[Step]:
    from torch.nn.functional import pad

    op, how = layer.op, layer.how

    def apply(x: Tensor, weight: Tensor) -> Tensor:
        return how.down(pad(x, (0, 0, op.left, op.taps - 1 - op.left)), weight, 1)

    return _finished(name, layer, "kernel", apply, layer.weight.detach(), layer.bias.detach(), 0)


def _pool(name: str, layer: Any) -> list[Step]:
    import torch

    if layer.op.kind == "max":
        return [Most(name, layer)]

    def apply(x: Tensor, weight: Tensor) -> Tensor:
        return x.unfold(1, layer.op.width, layer.op.stride) @ weight.to(x.dtype)

    return [Linear(name, "pool", apply, torch.full((layer.op.width,), 1 / layer.op.width))]


def _norm(name: str, norm: TorchNorm) -> Step:
    if not norm.op.is_stored:
        return NormOfInput(name, norm)
    scale, shift = (one.detach().repeat_interleave(norm.op.bins) for one in (norm.scale, norm.shift))
    return Linear(name, "norm", _scaled, scale, shift)


def _conv2d(name: str, layer: Any) -> list[Step]:
    from torch.nn.functional import conv2d, pad

    from core.networks.torch_maps import folded, unfolded

    op = layer.op

    def apply(x: Tensor, weight: Tensor) -> Tensor:
        padded = pad(unfolded(x, op.bins), (*op.pads[1], *op.pads[0]))
        return folded(conv2d(padded, weight, None, op.stride, 0, (op.dilation, 1)))

    kind: LinearKind = "dense" if op.taps == (1, 1) else "kernel"
    return _finished(name, layer, kind, apply, layer.weight.detach(), layer.bias.detach(), 0)


def _flat(name: str, layer: Any) -> list[Step]:
    from torch.nn.functional import conv1d

    def apply(x: Tensor, weight: Tensor) -> Tensor:
        kernel = weight.transpose(1, 2)
        return conv1d(x.transpose(1, 2), kernel, dilation=layer.op.dilation).transpose(1, 2)

    return _finished(name, layer, "dense", apply, layer.weight.detach(), layer.bias.detach(), 0)


def _memory(name: str, layer: Any) -> list[Step]:
    """Return the memory as one kernel: past, the sample itself and what lies ahead."""
    import torch
    from torch.nn.functional import conv1d, pad

    before, ahead = layer.op.taps
    weight = torch.cat((layer.back.detach(), layer.ahead.detach()), 2).clone()
    weight[:, :, before - 1] += 1

    def apply(x: Tensor, weight: Tensor) -> Tensor:
        padded = pad(x.transpose(1, 2), (before - 1, ahead))
        return conv1d(padded, weight, groups=x.shape[2]).transpose(1, 2)

    return [Linear(name, "kernel", apply, weight)]


def _standardise(name: str, layer: Any) -> list[Step]:
    scale = layer.deviation.detach() if layer.op.inverse else 1 / layer.deviation.detach()
    return [Linear(name, "standardise", _scaled, scale, -layer.mean.detach() * scale)]
