"""Feature visualisation against closed forms: a linear unit, the effect of blur, the same seed."""

from __future__ import annotations

import numpy as np
import pytest

from core.explain.targets import unit_of
from core.explain.visualise import SNAPSHOTS, VisualiseSettings, frames_for, visualise
from core.faults import Fault
from tests.support.planted_networks import conv, network, recogniser, state


def test_a_linear_unit_with_an_l2_penalty_gives_its_weights_over_two_lambda() -> None:
    made = network([conv("logits", 3, 5)], biases=0)
    (*_, last) = visualise(made, "logits", 1, VisualiseSettings(l2=2.0, steps=400))
    expected = made.layers["logits"].weight.detach()[1].numpy() / 4  # type: ignore[index,operator]
    np.testing.assert_allclose(last.values, expected, atol=1e-3)


@pytest.mark.parametrize("fourier", [False, True])
def test_it_repeats_and_leaves_the_network(fourier: bool) -> None:
    made = recogniser()
    before = state(made)
    settings = VisualiseSettings(steps=40, jitter=2, shift=1, gain=0.1, l1=0.01, fourier=fourier)
    one, other = (visualise(made, "conv3", 2, settings) for _ in range(2))
    assert [snapshot.step for snapshot in one] == [1, 32, 40]
    assert all((a.values == b.values).all() for a, b in zip(one, other, strict=True))
    assert one[-1].activation > one[0].activation
    assert one[-1].values.shape == (frames_for(made, "conv3"), 24) == (20, 24)
    after = state(made)
    assert all((before["values"][key] == value).all() for key, value in after["values"].items())
    assert before["grads"] == after["grads"]


def test_more_blur_leaves_less_high_frequency() -> None:
    made = recogniser()

    def roughness(blur: float) -> float:
        values = visualise(made, "conv2", 1, VisualiseSettings(steps=60, blur=blur))[-1].values
        power = np.abs(np.fft.fft2(values)) ** 2
        return float(power[4:-4, 6:-6].sum() / power.sum())

    found = [roughness(blur) for blur in (0.0, 1.0, 10.0)]
    assert found == sorted(found, reverse=True)


def test_units_are_named_as_targets_are() -> None:
    made = recogniser()
    assert unit_of(made.spec, "t") == ("logits", 1)
    assert unit_of(made.spec, "conv2:3") == ("conv2", 2)
    with pytest.raises(Fault, match="there is no channel 99"):
        unit_of(made.spec, "conv2:99")
    assert SNAPSHOTS[-1] == VisualiseSettings().steps
