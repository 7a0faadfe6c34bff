"""Strided convolutions along time that can be differentiated any number of times at full speed.

PyTorch's own second derivative of a convolution calls convolutions with kernels as long as the
sound. The three maps below (down, its adjoint up, and the kernel's gradient) are each bilinear,
and the derivative of each one is another of the three, so that a gradient penalty costs what a
forward pass costs. Sounds are [batch, time, channels], kernels [out, taps, in].
"""

from __future__ import annotations

from typing import Any, cast

import torch
from torch import Tensor


def _image(rows: Tensor) -> Tensor:
    """View [n, time, channels] as an image of one row, [n, channels, 1, time], channels last."""
    return rows.permute(0, 2, 1).unsqueeze(2)


def _rows(image: Tensor) -> Tensor:
    return image.squeeze(2).permute(0, 2, 1)


def _applied(function: type[torch.autograd.Function], *values: Any) -> Tensor:
    return cast(Tensor, function.apply(*values))  # pyright: ignore[reportUnknownMemberType]


class _Down(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, sound: Tensor, kernel: Tensor, stride: int) -> Tensor:
        ctx.save_for_backward(sound, kernel)
        ctx.stride = stride
        return _rows(torch.conv2d(_image(sound), _image(kernel), stride=(1, stride)))

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, Tensor | None, None]:
        sound, kernel = ctx.saved_tensors
        (grad,) = grads
        to_sound = up(grad, kernel, ctx.stride) if ctx.needs_input_grad[0] else None
        to_kernel = _spread(sound, grad, ctx.stride) if ctx.needs_input_grad[1] else None
        return to_sound, to_kernel, None


class _Up(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, small: Tensor, kernel: Tensor, stride: int) -> Tensor:
        ctx.save_for_backward(small, kernel)
        ctx.stride = stride
        if kernel.shape[2] == 1 and small.device.type == "cpu":
            return _up_to_one(small, kernel, stride)
        return _rows(torch.conv_transpose2d(_image(small), _image(kernel), stride=(1, stride)))

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, Tensor | None, None]:
        small, kernel = ctx.saved_tensors
        (grad,) = grads
        to_small = down(grad, kernel, ctx.stride) if ctx.needs_input_grad[0] else None
        to_kernel = _spread(grad, small, ctx.stride) if ctx.needs_input_grad[1] else None
        return to_small, to_kernel, None


class _Spread(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, sound: Tensor, small: Tensor, stride: int) -> Tensor:
        ctx.save_for_backward(sound, small)
        ctx.stride = stride
        taps = sound.shape[1] - (small.shape[1] - 1) * stride
        shape = sound.new_empty((small.shape[2], taps, sound.shape[2]))
        only_kernel = [False, True, False]
        grads = torch.ops.aten.convolution_backward(
            *(_image(small), _image(sound), _image(shape), None),
            *([1, stride], [0, 0], [1, 1], False, [0, 0], 1, only_kernel),
        )
        return _rows(grads[1])

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, Tensor | None, None]:
        sound, small = ctx.saved_tensors
        (grad,) = grads
        to_sound = up(small, grad, ctx.stride) if ctx.needs_input_grad[0] else None
        to_small = down(sound, grad, ctx.stride) if ctx.needs_input_grad[1] else None
        return to_sound, to_small, None


def _up_to_one(small: Tensor, kernel: Tensor, stride: int) -> Tensor:
    """Compute `up` to a single channel as one matrix product and an overlapping sum (three times as fast)."""
    batch, length, out = small.shape
    taps = kernel.shape[1]
    blocks = -(-taps // stride)
    padded = torch.nn.functional.pad(kernel[:, :, 0], (0, blocks * stride - taps))
    parts = (small.reshape(-1, out) @ padded).view(batch, length, blocks, stride)
    whole = small.new_zeros(batch, length + blocks - 1, stride)
    for block in range(blocks):
        whole[:, block : block + length] += parts[:, :, block]
    return whole.view(batch, -1, 1)[:, : (length - 1) * stride + taps]


class _Leaky(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, values: Tensor, slope: float) -> Tensor:
        ctx.slope = slope
        shown = torch.nn.functional.leaky_relu(values, slope)
        ctx.save_for_backward(shown)
        return shown

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, None]:
        (shown,) = ctx.saved_tensors
        return _applied(_LeakyGate, grads[0], shown.detach(), ctx.slope), None


class _LeakyGate(torch.autograd.Function):
    """`slope` times the gradient where the values are negative; its own derivative is itself."""

    @staticmethod
    def forward(ctx: Any, grad: Tensor, shown: Tensor, slope: float) -> Tensor:
        ctx.slope = slope
        ctx.save_for_backward(shown)
        return torch.ops.aten.leaky_relu_backward(grad, shown, slope, True)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, None, None]:
        (shown,) = ctx.saved_tensors
        return _applied(_LeakyGate, grads[0], shown, ctx.slope), None, None


def leaky(values: Tensor, slope: float) -> Tensor:
    """Leaky ReLU whose second derivative, zero almost everywhere, is not computed."""
    return _applied(_Leaky, values, slope)


def down(sound: Tensor, kernel: Tensor, stride: int) -> Tensor:
    """Convolve without padding: [n, (L - 1) * stride + taps, in] gives [n, L, out]."""
    return _applied(_Down, *_alike(sound, kernel), stride)


def up(small: Tensor, kernel: Tensor, stride: int) -> Tensor:
    """The adjoint of `down`: [n, L, out] gives [n, (L - 1) * stride + taps, in]."""
    if kernel.shape[2] == 1:  # the waveform itself is worth full precision
        return _applied(_Up, small.float(), kernel.float(), stride)
    return _applied(_Up, *_alike(small, kernel), stride)


def _spread(sound: Tensor, small: Tensor, stride: int) -> Tensor:
    """Return the gradient of `down` with respect to its kernel."""
    return _applied(_Spread, sound, small, stride)


def _alike(values: Tensor, kernel: Tensor) -> tuple[Tensor, Tensor]:
    """Return both tensors in the number format of mixed precision, if it is on."""
    kind = values.device.type
    if not torch.is_autocast_enabled(kind):
        return values, kernel
    wanted = torch.get_autocast_dtype(kind)
    return values.to(wanted), kernel.to(wanted)
