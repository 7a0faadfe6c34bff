"""Where the steps of a grid stand, what they are called, and how steps are compared."""

from __future__ import annotations

import numpy as np
import pytest

from core.networks.latent import LatentLayout
from core.signals.axis import TimeAxis
from core.signals.track import Track
from core.sweeps.difference import less_step
from core.sweeps.grid import grid_of
from core.sweeps.positions import positions, shares

LAYOUT = LatentLayout(100, 3, "one-hot")


@pytest.mark.parametrize(
    ("texts", "name", "places", "words"),
    [
        (["z11=-1:1:1"], "z11", (-1.0, 0.0, 1.0), ("-1", "0", "1")),
        (["c1,c2=0:1:0.5"], "c1, c2", (0.0, 0.5, 1.0), ("0", "0.5", "1")),
        (["c1,c2=0/0,0/2"], "c2", (0.0, 2.0), ("0", "2")),
        (["z11=3:3:1"], "z11", (3.0,), ("3",)),
    ],
)
def test_steps_stand_at_the_value_that_moves(texts, name, places, words):
    found = positions(grid_of(texts, LAYOUT))
    assert (found.name, found.places, found.words, found.is_value) == (name, places, words, True)


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        (["z5=0,1", "z6=2,3"], ("0, 2", "0, 3", "1, 2", "1, 3")),
        (["c1,c2=1/0,0/1"], ("1, 0", "0, 1")),
        (["z5,z6,z7,z8=1/2/3/4,0/0/0/1"], ("1", "2")),
        (["z5=0,1,0"], ("0", "1", "0")),
    ],
)
def test_other_steps_are_numbered(texts, words):
    found = positions(grid_of(texts, LAYOUT))
    assert found.words == words
    assert found.places == tuple(float(k + 1) for k in range(len(words)))
    assert not found.is_value


def test_shares_go_from_0_to_1():
    assert shares((-15.0, 5.0, -5.0)) == (0.0, 1.0, 0.5)
    assert shares((3.0,)) == (0.5,)


def test_a_step_less_itself_is_exactly_0():
    axis = TimeAxis.of_sound(100.0, 3)
    chance = np.random.default_rng(1)
    steps = [{"out": Track("out", chance.normal(size=3).astype(np.float32), axis)} for _ in range(2)]
    none, zero, other = less_step([None, *steps], 1)
    assert none is None
    assert zero is not None
    assert other is not None
    assert not zero["out"].samples.any()
    np.testing.assert_array_equal(other["out"].samples, steps[1]["out"].samples - steps[0]["out"].samples)
    assert less_step([None, *steps], 0) == (None, None, None)
