"""What every figure is compared with, measured in the same run: the same work done the plainest way.

A time alone says as much about the computer as about the program. A ratio to such a yardstick does not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
from PySide6.QtCore import QEvent
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QApplication, QWidget

Seconds = tuple[float, ...]

FORWARD = "PyTorch's forward"
IMAGE = "one cached image"
BARE_WINDOW = "an empty window"
PRAAT = "Praat's own calls"

WARM, ROUNDS = 3, 20


def seconds(call: Callable[[], object], rounds: int = ROUNDS, warm: int = WARM) -> Seconds:
    """Return the time of each of several calls, after some that do not count."""
    for _ in range(warm):
        call()
    return tuple(_timed(call) for _ in range(rounds))


def _timed(call: Callable[[], object]) -> float:
    start_s = perf_counter()
    call()
    return perf_counter() - start_s


def torch_forward(path: Path, rounds: int = ROUNDS) -> Seconds:
    """Return the times of one run of the benchmarks' generator in PyTorch, with the average of every layer.

    The user's own script: `conv_transpose1d`, a ReLU and a mean over channels, layer by layer.
    """
    import torch

    forward = plain_forward(path)
    z = torch.rand(1, 100)
    with torch.inference_mode():
        return seconds(lambda: forward(z), rounds)


def plain_forward(path: Path) -> Callable[[Any], list[Any]]:
    """Return a function from z [1, size] to the averages of the layers and the output, in PyTorch."""
    import torch
    from safetensors.torch import load_file
    from torch.nn.functional import conv_transpose1d, relu

    stored = load_file(path)
    dense, bias = (stored[f"G/z_project/dense/{name}"] for name in ("kernel", "bias"))
    names = sorted({name.rpartition("/")[0] for name in stored if "upconv" in name})
    kernels = [stored[f"{name}/kernel"][0].permute(2, 1, 0).contiguous() for name in names]
    biases = [stored[f"{name}/bias"] for name in names]

    def forward(z: Any) -> list[Any]:
        x = relu(z @ dense + bias).unflatten(1, (16, -1)).transpose(1, 2)
        averages = [x.mean(1)]
        for kernel, shift in zip(kernels, biases, strict=True):
            x = conv_transpose1d(x, kernel, shift, stride=4)[..., 10:-11]
            x = torch.tanh(x) if kernel is kernels[-1] else relu(x)
            averages.append(x.mean(1))
        return averages

    return forward


class CachedImage(QWidget):
    """A widget that paints one image, and nothing else."""

    def __init__(self, image: QPixmap) -> None:
        super().__init__()
        self._image = image
        self.is_shown = False
        self.resize(image.deviceIndependentSize().toSize())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._image)
        painter.end()

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() == QEvent.Type.UpdateRequest:  # painted, and handed to the screen
            self.is_shown = True
        return done


def repainted(widget: QWidget, rounds: int = ROUNDS) -> Seconds:
    """Return the times in which the same pixels as a widget's are painted from one cached image."""
    image = CachedImage(widget.grab())
    image.show()

    def paint() -> None:
        image.is_shown = False
        image.update()
        while not image.is_shown:
            QApplication.processEvents()

    try:
        return seconds(paint, rounds)
    finally:
        image.close()
        image.deleteLater()


BARE = """
import sys, time
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow
class Window(QMainWindow):
    def paintEvent(self, event):
        QTimer.singleShot(0, lambda: (print(time.monotonic()), app.quit()))
app = QApplication([])
window = Window()
window.resize(1600, 1000)
window.show()
app.exec()
"""
"""A program that shows an empty PySide6 window and prints when it was painted."""


def bare_window(environment: dict[str, str], rounds: int) -> Seconds:
    """Return the times from the start of a process to an empty, painted PySide6 window."""
    return tuple(_bare(environment) for _ in range(rounds + 1))[1:]  # the first one fills the disk's cache


def _bare(environment: dict[str, str]) -> float:
    import subprocess
    import sys
    from time import monotonic

    start_s = monotonic()
    said = subprocess.run(
        [sys.executable, "-c", BARE], env=environment, capture_output=True, text=True, check=True
    ).stdout
    return float(said.split()[0]) - start_s


def praat_calls(calls: Callable[[], Iterator[object]], rounds: int = ROUNDS, warm: int = WARM) -> Seconds:
    """Return the times of some bare parselmouth calls, one after the other in one process."""
    return seconds(lambda: list(calls()), rounds, warm)


def median(times: Seconds) -> float:
    """Return the median."""
    return float(np.median(times))
