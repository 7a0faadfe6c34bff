"""Made-up tracks and views for the tests of the stack: every layer rate of a 16,384-sample generator."""

from __future__ import annotations

import numpy as np

from core.signals.axis import Range, TimeAxis
from core.signals.track import Image, Track
from widgets.timeline.lane_views import Curve, LaneView, LegendLine, StackView

RATE_HZ = 16000.0
WHOLE = Range(0.0, 1.024)
RATIOS = {"out": 1, "conv4": 4, "conv3": 16, "conv2": 64, "conv1": 256, "fc": 1024}


def layer_axis(ratio: int) -> TimeAxis:
    """The axis of a layer whose step m has its impulse centred at output sample r*m + (r-1)/2."""
    return TimeAxis(RATE_HZ / ratio, 16384 // ratio, ((ratio - 1) / 2 + 0.5) / RATE_HZ)


def bump(name: str, at_s: float, ratio: int | None = None, width_s: float = 0.02) -> Track:
    """A curve with its only peak at one time, whatever its rate."""
    axis = layer_axis(RATIOS[name] if ratio is None else ratio)
    return Track(name, np.exp(-(((axis.times() - at_s) / width_s) ** 2)).astype(np.float32), axis)


def tone(name: str = "out") -> Track:
    axis = layer_axis(RATIOS.get(name, 16))
    times = axis.times()
    samples = 0.6 * np.sin(2 * np.pi * 20 * times) * np.sin(np.pi * times / 1.024)
    return Track(name, samples.astype(np.float32), axis)


def frames(name: str, values: list[float], step_s: float = 0.01, unit: str = "Hz") -> Track:
    return Track(name, np.array(values, np.float32), TimeAxis(1 / step_s, len(values), 0.02), unit)


def greys(at_frame: int | None = None) -> Image:
    """A spectrogram of 1000 frames and 100 bins to 5000 Hz: grey, or white with one black frame."""
    values = np.full((1000, 100), 0.5 if at_frame is None else 0.0, np.float32)
    if at_frame is not None:
        values[at_frame] = 1.0
    return Image("spectrogram", values, TimeAxis.of_sound(1000 / 1.024, 1000), 25.0, 50.0)


def lane(key: str, track: Track | None = None, **values: object) -> LaneView:
    role = "sound" if key == "out" else "curve"
    curves = (Curve(track or tone(key), 1.0, key, role, key, key),)
    settings: dict[str, object] = {
        "title": key.capitalize(),
        "meta": "1 × 16384 · 16000 Hz",
        "curves": curves,
    }
    return LaneView(key, **(settings | values))  # type: ignore[arg-type]


def full_out() -> LaneView:
    """The output with its spectrogram and all overlays."""
    pitch = frames("pitch", [120.0 + k % 5 for k in range(98)])
    formants = tuple(frames(f"f{n}", [500.0 * (2 * n - 1)] * 98) for n in (1, 2, 3, 4))
    return lane(
        "out",
        spectrogram=greys(),
        overlays={
            "pitch": (pitch,),
            "formants": formants,
            "intensity": (frames("intensity", [70.0] * 98, unit="dB"),),
        },
        shown=frozenset({"pitch", "formants", "intensity", "spectrogram"}),
        legend=(LegendLine("pitch", "75–500 Hz"), LegendLine("pulses", "hidden")),
        badge="≤ 8000 Hz",
        active=True,
    )


def view(*lanes: LaneView, **values: object) -> StackView:
    settings: dict[str, object] = {"whole": WHOLE, "visible": WHOLE, "overview": tone()}
    return StackView(tuple(lanes), **(settings | values))  # type: ignore[arg-type]
