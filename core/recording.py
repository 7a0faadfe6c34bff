"""Reading a recording: any format, any rate, any number of channels, into one track's samples."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.axis import TimeAxis
from core.faults import Fault


def read_sound(path: Path, rate_hz: float = 0.0) -> tuple[NDArray[np.float32], TimeAxis, tuple[str, ...]]:
    """Give samples float32 [n], their axis, and sentences on what was changed on the way.

    Channels are averaged; with `rate_hz` the sound is resampled to it (soxr, very high quality).
    Raises Fault where the file is no sound that can be read.
    """
    import soundfile  # pyright: ignore[reportMissingTypeStubs]

    try:
        samples, own_hz = soundfile.read(path, dtype="float32", always_2d=True)
    except (soundfile.LibsndfileError, OSError, ValueError) as error:
        raise Fault(
            f"“{path.name}” cannot be read as a sound.", "Use WAV, FLAC, AIFF, Ogg or MP3."
        ) from error
    if samples.shape[0] == 0 or samples.shape[1] == 0:
        raise Fault(f"“{path.name}” holds no samples.")
    done: list[str] = []
    if not np.isfinite(samples).all():
        raise Fault(f"“{path.name}” holds values that are not numbers.", "Export it again from its source.")
    if samples.shape[1] > 1:
        done.append(f"{samples.shape[1]} channels averaged")
    mono = samples.mean(axis=1, dtype=np.float32)
    if rate_hz and own_hz != rate_hz:
        import soxr  # pyright: ignore[reportMissingTypeStubs]

        mono = np.asarray(soxr.resample(mono, own_hz, rate_hz, quality="VHQ"), dtype=np.float32)
        done.append(f"resampled from {own_hz:g} to {rate_hz:g} Hz")
    rate = rate_hz or float(own_hz)
    return mono, TimeAxis.of_sound(rate, len(mono)), tuple(done)
