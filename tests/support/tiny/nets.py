"""Random weights of every family, from the keys and shapes of its published code."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

import numpy as np

Tensors = dict[str, np.ndarray]
STRIDES = {16384: (4,) * 5, 32768: (4, 4, 4, 4, 4, 2), 65536: (4,) * 6}


class Maker:
    """Draws weights of a size that keeps signals alive through the layers."""

    def __init__(self, seed: int = 0) -> None:
        self.chance = np.random.default_rng(seed)

    def weight(self, *shape: int, fan: int) -> np.ndarray:
        return (self.chance.standard_normal(shape) * 1.6 / np.sqrt(fan)).astype(np.float32)

    def bias(self, n: int) -> np.ndarray:
        return (self.chance.standard_normal(n) * 0.1).astype(np.float32)

    def positive(self, n: int) -> np.ndarray:
        return self.chance.uniform(0.5, 1.5, n).astype(np.float32)


def channels_up(slice_len: int, dim: int, out: int = 1) -> list[int]:
    count = len(STRIDES[slice_len])
    first = dim * (16 if slice_len == 16384 else 32)
    return [first // 2**i for i in range(count)] + [out]


def channels_down(slice_len: int, dim: int) -> list[int]:
    return [1, *(dim * 2**i for i in range(len(STRIDES[slice_len])))]


def tf_norm(make: Maker, scope: str, n: int) -> Tensors:
    base = f"{scope}/batch_normalization"
    return {
        f"{base}/gamma": make.positive(n),
        f"{base}/beta": make.bias(n),
        f"{base}/moving_mean": make.bias(n),
        f"{base}/moving_variance": make.positive(n),
    }


def tensorflow(
    slice_len: int = 16384,
    dim: int = 1,
    latent: int = 10,
    nearest: bool = False,
    normed: bool = False,
    filtered: bool = False,
    classes: int = 0,
    seed: int = 0,
) -> Tensors:
    """G and D, and Q with `classes`, in TensorFlow's names and layouts."""
    make, up = Maker(seed), channels_up(slice_len, dim)
    found: Tensors = {
        "G/z_project/dense/kernel": make.weight(latent, 16 * up[0], fan=latent),
        "G/z_project/dense/bias": make.bias(16 * up[0]),
        "global_step": np.array(77, np.int64),
    }
    if normed:
        found |= tf_norm(make, "G/z_project", up[0])
    for i, (before, after) in enumerate(itertools.pairwise(up)):
        scope = f"G/upconv_{i}/{'conv1d' if nearest else 'conv2d_transpose'}"
        shape = (25, before, after) if nearest else (1, 25, after, before)
        found[f"{scope}/kernel"] = make.weight(*shape, fan=before * (25 if nearest else 6))
        found[f"{scope}/bias"] = make.bias(after)
        if normed and after != up[-1]:
            found |= tf_norm(make, f"G/upconv_{i}", after)
    if filtered:
        found["G/pp_filt/conv1d/kernel"] = make.weight(512, 1, 1, fan=512)
    found |= {f"D/{name}": value for name, value in _tf_listener(make, "", slice_len, dim, 1, normed).items()}
    if classes:
        listener = _tf_listener(make, "Q", slice_len, dim, classes, normed)
        found |= {f"Q/{name}": value for name, value in listener.items()}
    return found


def _tf_listener(make: Maker, prefix: str, slice_len: int, dim: int, classes: int, normed: bool) -> Tensors:
    down, found = channels_down(slice_len, dim), Tensors()
    for i, (before, after) in enumerate(itertools.pairwise(down)):
        scope = f"{prefix}downconv_{i}"
        found[f"{scope}/conv1d/kernel"] = make.weight(25, before, after, fan=25 * before)
        found[f"{scope}/conv1d/bias"] = make.bias(after)
        if normed and i > 0:
            found |= tf_norm(make, scope, after)
    found[f"{prefix}output/dense/kernel"] = make.weight(16 * down[-1], classes, fan=16 * down[-1])
    found[f"{prefix}output/dense/bias"] = make.bias(classes)
    return found


def torch_norm(make: Maker, scope: str, n: int) -> Tensors:
    return {
        f"{scope}.weight": make.positive(n),
        f"{scope}.bias": make.bias(n),
        f"{scope}.running_mean": make.bias(n),
        f"{scope}.running_var": make.positive(n),
        f"{scope}.num_batches_tracked": np.array(5, np.int64),
    }


def dense(make: Maker, name: str, before: int, after: int) -> Tensors:
    return {f"{name}.weight": make.weight(after, before, fan=before), f"{name}.bias": make.bias(after)}


def conv(make: Maker, name: str, before: int, after: int, taps: int = 25) -> Tensors:
    weight = make.weight(after, before, taps, fan=before * taps)
    return {f"{name}.weight": weight, f"{name}.bias": make.bias(after)}


def rising(make: Maker, name: str, before: int, after: int, taps: int = 25, stride: int = 4) -> Tensors:
    weight = make.weight(before, after, taps, fan=before * taps // stride)
    return {f"{name}.weight": weight, f"{name}.bias": make.bias(after)}


def port_generator(slice_len: int = 16384, dim: int = 1, latent: int = 10, normed: bool = False) -> Tensors:
    make, up = Maker(1), channels_up(slice_len, dim)
    found = dense(make, "z_project", latent, 16 * up[0])
    if normed:
        found |= torch_norm(make, "z_batchnorm", up[0])
    for i, (before, after) in enumerate(itertools.pairwise(up)):
        found |= rising(make, f"upconv{i}.conv", before, after)
        if normed:
            found |= torch_norm(make, f"upconv{i}.batch_norm", after)
    return found


def port_listener(classes: int, n: int = 16384, dim: int = 1, normed: bool = False) -> Tensors:
    make, found = Maker(2 + classes), Tensors()
    down = [1, *(dim * 2**i for i in range(5))]
    for i, (before, after) in enumerate(itertools.pairwise(down)):
        found |= conv(make, f"downconv_{i}.conv", before, after)
        if normed:
            found |= torch_norm(make, f"downconv_{i}.batchnorm", after)
    return found | dense(make, "fc_out", down[-1] * n // 4**5, classes)


ARTICULATION = ((32, 16, 2), (16, 16, 2), (16, 8, 2), (8, 8, 1), (8, 13, 2))


def articulation_generator(latent: int = 10) -> Tensors:
    make = Maker(3)
    found = dense(make, "z_project", latent, 16 * 32)
    for i, (before, after, stride) in enumerate(ARTICULATION):
        found |= rising(make, f"upconv{i}.conv", before, after, 7, stride)
    return found


def elaraby(slice_len: int = 16384, nearest: bool = True, normed: bool = False) -> Tensors:
    """Both networks in one nested file, as "generator/.." and "discriminator/.."."""
    make, up = Maker(4), channels_up(slice_len, 1)
    generator = dense(make, "fc1", 10, 16 * up[0]) | torch_norm(make, "bn1", up[0])
    for i, (before, after) in enumerate(itertools.pairwise(up)):
        scope = f"deconv_list.{i}.transpose_ops"
        generator |= (conv if nearest else rising)(make, f"{scope}.{int(nearest)}", before, after)
        if normed and i < len(up) - 2:
            generator |= torch_norm(make, f"{scope}.{int(nearest) + 1}", after)
    down, critic = channels_down(slice_len, 1), Tensors()
    for i, (before, after) in enumerate(itertools.pairwise(down)):
        critic |= conv(make, f"conv_layers.{i}.conv1d", before, after)
        critic |= torch_norm(make, f"conv_layers.{i}.batch_norm", after)
    critic |= dense(make, "fc1", down[-1] * (15 if slice_len == 32768 else 16), 1)
    nested = {f"generator/{name}": value for name, value in generator.items()}
    return nested | {f"discriminator/{name}": value for name, value in critic.items()}


def cramer_generator(nearest: bool = True) -> Tensors:
    make, up = Maker(5), channels_up(16384, 1)
    found = dense(make, "fc1.module", 10, 16 * up[0])
    for i, (before, after) in enumerate(itertools.pairwise(up), 1):
        name = f"upSampConv{i}.module.conv1d" if nearest else f"tconv{i}.module"
        found |= (conv if nearest else rising)(make, name, before, after)
    return found | conv(make, "ppfilter1.module", 1, 1, 512)


def cramer_listener(classes: int = 1, module: str = ".module") -> Tensors:
    make, down = Maker(6 + classes), channels_down(16384, 1)
    found = Tensors()
    for i, (before, after) in enumerate(itertools.pairwise(down), 1):
        found |= conv(make, f"conv{i}{module}", before, after)
    return found | dense(make, f"fc1{module}", down[-1] * 16, classes)


def mazzzystar_generator(latent: int = 10) -> Tensors:
    make, up = Maker(7), channels_up(16384, 1)
    found = dense(make, "fc1", latent, 16 * up[0])
    for i, (before, after) in enumerate(itertools.pairwise(up), 1):
        found |= conv(make, f"deconv_{i}.conv1d", before, after)
        found |= rising(make, f"deconv_{i}.Conv1dTrans", before, after)
    return found | conv(make, "ppfilter1", 1, 1, 512)


def nested(flat: Mapping[str, object]) -> dict[str, object]:
    """Turn "generator/fc1.weight" into dictionaries inside one."""
    found: dict[str, object] = {}
    for name, value in flat.items():
        scope, _, last = name.rpartition("/")
        inner = found.setdefault(scope, {}) if scope else found
        assert isinstance(inner, dict)
        inner[last] = value
    return found
