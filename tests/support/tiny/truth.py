"""The families' forward passes, straight from their descriptions, in torch's own operations."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 - torch's own name for it

Layers = dict[str, np.ndarray]


def _as_torch(weights: Mapping[str, np.ndarray]) -> dict[str, torch.Tensor]:
    return {name: torch.from_numpy(np.array(value)) for name, value in weights.items()}


def _kept(x: torch.Tensor) -> np.ndarray:
    return x.numpy()[0]


def tf_norm(w: Mapping[str, torch.Tensor], scope: str, x: torch.Tensor, live: bool = False) -> torch.Tensor:
    base = f"{scope}/batch_normalization"
    if f"{base}/gamma" not in w:
        return x
    mean, variance = w[f"{base}/moving_mean"], w[f"{base}/moving_variance"]
    gamma, beta = w[f"{base}/gamma"], w[f"{base}/beta"]
    return F.batch_norm(x, None if live else mean, None if live else variance, gamma, beta, live, 0.0, 1e-3)


def tf_generator(weights: Mapping[str, np.ndarray], z: np.ndarray, strides: tuple[int, ...]) -> Layers:
    w = _as_torch(weights)
    kernel, bias = w["G/z_project/dense/kernel"], w["G/z_project/dense/bias"]
    x = (torch.from_numpy(z[None]) @ kernel + bias).view(1, 16, -1).transpose(1, 2)
    x = F.relu(tf_norm(w, "G/z_project", x))
    found = {"fc": _kept(x)}
    for i, stride in enumerate(strides):
        scope, n = f"G/upconv_{i}", x.shape[2]
        if f"{scope}/conv1d/kernel" in w:
            x = F.interpolate(x, scale_factor=stride, mode="nearest")
            x = F.conv1d(
                x, w[f"{scope}/conv1d/kernel"].permute(2, 1, 0), w[f"{scope}/conv1d/bias"], padding=12
            )
        else:
            k = w[f"{scope}/conv2d_transpose/kernel"][0].permute(2, 1, 0)
            x = F.conv_transpose1d(x, k, w[f"{scope}/conv2d_transpose/bias"], stride=stride)
            left = max((n - 1) * stride + 25 - n * stride, 0) // 2
            x = x[..., left : left + n * stride]
        last = i == len(strides) - 1
        x = torch.tanh(x) if last else F.relu(tf_norm(w, scope, x))
        found["out" if last else f"conv{i + 1}"] = _kept(x)
    if "G/pp_filt/conv1d/kernel" in w:
        x = F.conv1d(F.pad(x, (255, 256)), w["G/pp_filt/conv1d/kernel"].permute(2, 1, 0))
        found["pp"] = _kept(x)
    return found


def tf_listener(
    weights: Mapping[str, np.ndarray], name: str, sound: np.ndarray, strides: tuple[int, ...]
) -> tuple[Layers, np.ndarray]:
    w, q = _as_torch(weights), "Q" if name == "Q" else ""
    x, found = torch.from_numpy(sound[None, None]), Layers()
    for i, stride in enumerate(strides):
        scope, n = f"{name}/{q}downconv_{i}", x.shape[2]
        total = max((-(-n // stride) - 1) * stride + 25 - n, 0)
        x = F.pad(x, (total // 2, total - total // 2))
        x = F.conv1d(
            x, w[f"{scope}/conv1d/kernel"].permute(2, 1, 0), w[f"{scope}/conv1d/bias"], stride=stride
        )
        x = F.leaky_relu(tf_norm(w, scope, x, live=True), 0.2)
        found[f"conv{i + 1}"] = _kept(x)
    flat = x.transpose(1, 2).reshape(1, -1)
    dense = f"{name}/{q}output/dense"
    return found, (flat @ w[f"{dense}/kernel"] + w[f"{dense}/bias"]).numpy()[0]


def norm(w: Mapping[str, torch.Tensor], scope: str, x: torch.Tensor) -> torch.Tensor:
    if f"{scope}.running_mean" not in w:
        return x
    mean, variance = w[f"{scope}.running_mean"], w[f"{scope}.running_var"]
    return F.batch_norm(x, mean, variance, w[f"{scope}.weight"], w[f"{scope}.bias"], False, 0.0, 1e-5)


def first(w: Mapping[str, torch.Tensor], scope: str, z: np.ndarray) -> torch.Tensor:
    return F.linear(torch.from_numpy(z[None]), w[f"{scope}.weight"], w[f"{scope}.bias"]).view(1, -1, 16)


def port_generator(weights: Mapping[str, np.ndarray], z: np.ndarray, count: int) -> Layers:
    w = _as_torch(weights)
    x = norm(w, "z_batchnorm", first(w, "z_project", z))
    found = {"fc": _kept(x)}
    for i in range(count):
        scope = f"upconv{i}.conv"
        x = F.conv_transpose1d(
            x, w[f"{scope}.weight"], w[f"{scope}.bias"], stride=4, padding=11, output_padding=1
        )
        x = norm(w, f"upconv{i}.batch_norm", x)
        x = torch.tanh(x) if i == count - 1 else F.relu(x)
        found["out" if i == count - 1 else f"conv{i + 1}"] = _kept(x)
    return found


def articulation_generator(weights: Mapping[str, np.ndarray], z: np.ndarray) -> Layers:
    w = _as_torch(weights)
    x = first(w, "z_project", z)
    found = {"fc": _kept(x)}
    for i, stride in enumerate((2, 2, 2, 1, 2)):
        scope = f"upconv{i}.conv"
        x = F.conv_transpose1d(
            x, w[f"{scope}.weight"], w[f"{scope}.bias"], stride=stride, padding=3, output_padding=stride - 1
        )
        x = 3 * torch.tanh(x) if i == 4 else F.relu(x)
        found["out" if i == 4 else f"conv{i + 1}"] = _kept(x)
    return found


def torch_listener(
    weights: Mapping[str, np.ndarray],
    sound: np.ndarray,
    scopes: list[str],
    dense: str,
    slope: float,
    norms: list[str] | None = None,
    strides: tuple[int, ...] = (4,) * 6,
) -> tuple[Layers, np.ndarray]:
    w, found = _as_torch(weights), Layers()
    x = torch.from_numpy(sound[None, None])
    for i, scope in enumerate(scopes):
        x = F.conv1d(x, w[f"{scope}.weight"], w[f"{scope}.bias"], stride=strides[i], padding=11)
        x = norm(w, norms[i], x) if norms else x
        x = F.leaky_relu(x, slope)
        found[f"conv{i + 1}"] = _kept(x)
    return found, F.linear(x.reshape(1, -1), w[f"{dense}.weight"], w[f"{dense}.bias"]).numpy()[0]


def torch_wavegan(
    weights: Mapping[str, np.ndarray],
    z: np.ndarray,
    scopes: list[str],
    nearest: bool,
    fc: str = "fc1",
    norms: list[str] | None = None,
    last_stride: int = 4,
    filter_scope: str = "",
) -> Layers:
    """The generators of the other PyTorch WaveGANs: channels first, ReLU after the first layer."""
    w = _as_torch(weights)
    x = first(w, fc, z)
    x = F.relu(norm(w, "bn1", x) if norms else x)
    found = {"fc": _kept(x)}
    for i, scope in enumerate(scopes):
        last = i == len(scopes) - 1
        stride = last_stride if last else 4
        k, b = w[f"{scope}.weight"], w[f"{scope}.bias"]
        if nearest:
            x = F.interpolate(x, scale_factor=4, mode="nearest")
            x = F.conv1d(F.pad(x, (12, 12)), k, b, stride=4 // stride)
        else:
            x = F.conv_transpose1d(x, k, b, stride=stride, padding=11, output_padding=1)
        x = norm(w, norms[i], x) if norms else x
        x = torch.tanh(x) if last else F.relu(x)
        found["out" if last else f"conv{i + 1}"] = _kept(x)
    if filter_scope:
        x = F.conv1d(F.pad(x, (256, 255)), w[f"{filter_scope}.weight"], w[f"{filter_scope}.bias"])
        found["pp"] = _kept(x)
    return found
