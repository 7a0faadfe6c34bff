"""A long recording heard part by part, each part on the disk before the next: resumed after a kill, and
memory does not grow with the recording.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from core.answers.hearing import WINDOW_S, HeardSound, stretch_rows, window_rows
from core.answers.label_scores import label_scores
from core.answers.windows import Window, can_be_cut, windows
from core.families.registry import Model
from core.faults import Fault
from core.files.atomic import atomic, folder_for, unwritable
from core.networks.runner import Cancel
from core.networks.spec import NetworkSpec, SoundDrive
from core.signals.axis import TimeAxis

Array = NDArray[np.float32]


@dataclass(frozen=True)
class LongPlan:
    """The parts in which a network hears `n` samples.

    A row of a layer's result stands for `steps` samples; `shapes` are those of the whole results, rows first.
    `answer` names the result that holds the logits.
    """

    n: int
    parts: tuple[Window, ...]
    steps: Mapping[str, int]
    shapes: Mapping[str, tuple[int, ...]]
    answer: str


def long_plan(spec: NetworkSpec, n: int) -> LongPlan | None:
    """Return how a long sound is cut into parts; None if it is short, or has to be heard at once."""
    drive = spec.drive
    if not isinstance(drive, SoundDrive) or n <= 2 * WINDOW_S * drive.rate_hz:
        return None
    most = int(WINDOW_S * drive.rate_hz)
    if drive.n is not None:
        return _of_stretches(spec, drive.n, n, max(1, most // drive.n) * drive.n)
    if not can_be_cut(spec) or spec.answer() is None:
        return None
    whole = spec.for_length(n)
    names = [layer.name for layer in whole.layers]
    shapes: dict[str, tuple[int, ...]] = {layer.name: (layer.n or 0,) for layer in whole.layers}
    shapes[names[-1]] = (whole.layers[-1].n or 0, whole.layers[-1].channels)
    steps = {name: int(step) for name, (step, _) in zip(names, whole.places(), strict=True)}
    return LongPlan(n, windows(spec, n, most), steps, shapes, names[-1])


def _of_stretches(spec: NetworkSpec, length: int, n: int, most: int) -> LongPlan:
    """Return the plan of a network that takes a fixed length: a row per stretch."""
    count = -(-n // length)
    layers, last = spec.layers[:-1], spec.layers[-1]
    shapes: dict[str, tuple[int, ...]] = {layer.name: (count, layer.n or 0) for layer in layers}
    shapes[last.name] = (count, last.channels)
    ends = [(first, min(n, first + most)) for first in range(0, n, most)]
    parts = tuple(Window(first, end, first, end) for first, end in ends)
    return LongPlan(n, parts, dict.fromkeys(shapes, length), shapes, last.name)


def hear_part(
    model: Model, network: str, samples: Array, part: Window, last: bool, cancelled: Cancel = None
) -> dict[str, Array]:
    """Run a network over the samples of one part; return the rows that count, by layer.

    Raises Cancelled between layers.
    """
    spec = model.spec(network)
    drive = spec.drive
    assert isinstance(drive, SoundDrive)
    if drive.n is not None:
        return stretch_rows(model, spec, samples, drive.n, cancelled)
    return window_rows(model, spec, samples, part, last, cancelled)


class _State(msgspec.Struct):
    request: str
    done: int = 0


class PartStore:
    """The results of a `LongPlan` on disk; `done` parts are complete.

    `request` identifies network, sound and settings: what is there of another request is overwritten.
    Raises Fault if the disk is full.
    """

    def __init__(self, folder: Path, request: str, plan: LongPlan) -> None:
        self._folder, self._plan = folder_for(folder), plan
        self._state = self._begun(request)
        self._arrays = {name: self._array(name, shape) for name, shape in plan.shapes.items()}

    @property
    def done(self) -> int:
        """The number of parts that need not be computed again."""
        return self._state.done

    def _begun(self, request: str) -> _State:
        with contextlib.suppress(OSError, msgspec.MsgspecError):
            known = msgspec.json.decode((self._folder / "state.json").read_bytes(), type=_State)
            if known.request == request:
                return known
        return _State(request)

    def _array(self, name: str, shape: tuple[int, ...]) -> NDArray[np.float32]:
        path = self._folder / f"{name}.npy"
        with contextlib.suppress(OSError, ValueError):
            if self.done:
                known: Any = np.lib.format.open_memmap(path, mode="r+")
                if known.shape == shape:
                    return known
        self._state.done = 0
        try:
            return np.lib.format.open_memmap(path, mode="w+", dtype=np.float32, shape=shape)
        except OSError as problem:
            raise unwritable(path, problem) from problem

    def put(self, rows: Mapping[str, Array]) -> None:
        """Store the next part, and bring it to the disk."""
        part = self._plan.parts[self.done]
        for name, values in rows.items():
            first = part.keep // self._plan.steps[name]
            array = self._arrays[name]
            if first + len(values) > len(array):
                raise Fault(f"The layer {name} has more frames than its network says.")
            array[first : first + len(values)] = values
            array.flush()  # type: ignore[attr-defined]
        self._state.done += 1
        with atomic(self._folder / "state.json") as draft:
            draft.write_bytes(msgspec.json.encode(self._state))

    def heard(self, spec: NetworkSpec) -> HeardSound:
        """Return everything as one result, whose arrays stay on the disk."""
        arrays: dict[str, Any] = {
            name: np.load(self._folder / f"{name}.npy", mmap_mode="r") for name in self._plan.shapes
        }
        logits = arrays.pop(self._plan.answer)
        whole = spec.for_length(self._plan.n)
        answer = whole.answer()
        step = self._plan.steps[self._plan.answer]
        axis = answer.axis if answer is not None else TimeAxis.of_sound(spec.rate_hz / step, len(logits))
        axes = {info.name: info.axis for info in whole.infos()}
        return HeardSound(label_scores(spec.output, logits, axis), arrays, axes)

    def remove(self) -> None:
        """Delete the folder; call this once everything is written elsewhere."""
        self._arrays.clear()
        shutil.rmtree(self._folder, ignore_errors=True)
