"""The most probable path of CTC through a given text (Graves et al. 2006), by dynamic programming."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.faults import Fault

Floats = NDArray[np.float64]


def best_path(log_p: Floats, labels: Sequence[int], blank: int) -> list[tuple[int, int, int]]:
    """Return for each label its first and last frame and its most probable one.

    `log_p` are log probabilities [frames, outputs]. A blank may stand between any two labels, and must
    between equal ones. Raises Fault if there are too few frames for the text.
    """
    states = [blank]
    for label in labels:
        states += [label, blank]
    frames, count = len(log_p), len(states)
    emitted = log_p[:, states]
    may_skip = np.zeros(count, bool)
    may_skip[3::2] = [states[k] != states[k - 2] for k in range(3, count, 2)]
    score = np.full(count, -np.inf)
    score[:2] = emitted[0, :2] if frames else -np.inf
    came = np.zeros((frames, count), np.int8)
    for frame in range(1, frames):
        options = np.full((3, count), -np.inf)
        options[0] = score
        options[1, 1:] = score[:-1]
        options[2, 2:] = np.where(may_skip[2:], score[:-2], -np.inf)
        came[frame] = options.argmax(0)
        score = options.max(0) + emitted[frame]
    if not frames or not np.isfinite(score[-2:]).any():
        raise Fault(
            f"The recording has {frames} frames, too few for its {len(labels)} letters.",
            "Check that the transcript belongs to it.",
        )
    return _back(came, emitted, int(count - 1 if score[-1] >= score[-2] or count < 2 else count - 2))


def _back(came: NDArray[np.int8], emitted: Floats, state: int) -> list[tuple[int, int, int]]:
    """Return the frames of every label, going back from the last state."""
    path = np.zeros(len(came), int)
    for frame in range(len(came) - 1, -1, -1):
        path[frame] = state
        state -= int(came[frame, state])
    found: list[tuple[int, int, int]] = []
    for label in range(1, emitted.shape[1], 2):
        frames = np.flatnonzero(path == label)
        peak = int(frames[emitted[frames, label].argmax()])
        found.append((int(frames[0]), int(frames[-1]), peak))
    return found
