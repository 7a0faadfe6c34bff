"""Grids are read as they are written, with their ends, and refused with the reason."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.faults import Fault
from core.networks.latent import LatentLayout, Point, draw
from core.sweeps.grid import MOST_STEPS, PUBLISHED, grid_of, path_grid, read_values, through

LAYOUT = LatentLayout(100, 3, "one-hot")


@pytest.mark.parametrize(
    ("text", "count", "first", "last"),
    [("-15:5:2", 11, -15, 5), ("0:2:0.25", 9, 0, 2), ("1.5:0:-0.125", 13, 1.5, 0), ("0:1:0.3", 4, 0, 0.9),
     ("2:2:1", 1, 2, 2), ("−5:5:0.5", 21, -5, 5)],
)  # fmt: skip
def test_a_range_has_its_end_if_a_step_falls_on_it(text, count, first, last):
    values = read_values(text)
    assert (len(values), values[0], values[-1]) == (count, first, last)


def test_a_range_has_the_decimals_as_written():
    assert read_values("0:1:0.1") == (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
    assert read_values("1,2,3,5,15") == (1.0, 2.0, 3.0, 5.0, 15.0)


@given(
    st.integers(-2000, 2000), st.integers(0, 400), st.integers(1, 50).map(lambda k: k * (1 if k % 2 else -1))
)
def test_the_steps_of_a_range_are_those_of_exact_arithmetic(start, count, step):
    """In hundredths, so that binary fractions would miss many ends."""
    text = ":".join(f"{number / 100:.2f}" for number in (start, start + count * step, step))
    exact = [Fraction(start + k * step, 100) for k in range(count + 1)]
    assert read_values(text) == tuple(float(one) for one in exact)


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        (["z11"], "moves nothing"),
        ([], "No variable moves"),
        (["z11=0:5:0"], "step of 0"),
        (["z11=0:5:-1"], "wrong sign"),
        (["z11=0:1:0.000000001"], "1,000,000,001 steps"),
        (["z11=0:nan:1"], "not a finite number"),
        (["z11=a"], "not a number"),
        (["z11=1:2"], "not a range"),
        (["z101=0,1"], "There is no z101"),
        (["c4=0,1"], "There is no c4"),
        (["z11=0,1", "z[10]=2,3"], "z11 moves twice"),
        (["z11,z11=0,1"], "z11 moves twice"),
        (["z5=0:200:1", "z6=0:200:1"], "40,401 steps"),
    ],
)
def test_a_grid_that_makes_no_sense_is_refused_with_the_reason(texts, said):
    with pytest.raises(Fault, match=said):
        grid_of(texts, LAYOUT)


def test_several_axes_make_all_combinations_the_last_one_fastest():
    grid = grid_of(["c1,c2=0,2", "z11=-1,0,1"], LAYOUT)
    assert len(grid) == 6
    assert grid.names == ("c1", "c2", "z11")
    assert grid.values()[1] == {"c1": 0.0, "c2": 0.0, "z11": 0.0}
    assert grid.values()[3] == {"c1": 2.0, "c2": 2.0, "z11": -1.0}


def test_everything_else_stays_frozen():
    base = draw(LAYOUT, 3)
    points = grid_of(["z11=-15:5:2"], LAYOUT).points(base)
    assert [point.z[10] for point in points] == list(range(-15, 6, 2))
    assert {point.z[:10] + point.z[11:] for point in points} == {base.z[:10] + base.z[11:]}
    assert len(grid_of([f"z11=0:{MOST_STEPS - 1}:1"], LAYOUT)) == MOST_STEPS


def test_a_path_goes_exactly_through_its_points():
    corners = [Point((1.5, 0.0)), Point((0.0, 0.0)), Point((0.0, 1.5))]
    path = through(corners, 12)
    assert len(path) == 25
    assert (path[0], path[12], path[24]) == tuple(corners)
    assert path[1].z == pytest.approx((1.375, 0.0))
    for points, steps in (([corners[0]], 3), (corners, 0), ([corners[0], Point((1.0,))], 3)):
        with pytest.raises(Fault):
            through(points, steps)


def test_the_papers_grids_can_be_read():
    axes = {name: [axis.format("z11") for axis in one.axes] for name, one in PUBLISHED.items()}
    counts = {name: len(grid_of(texts, LAYOUT)) for name, texts in axes.items()}
    assert list(counts.values()) == [11, 21, 19, 9, 5, 40, 20, 9, 25]
    for name, ends in (
        ("-12.5 to 12.5 in 40 values", (-12.5, 12.5, 40)),
        ("-0.9 to 12.5 in 20 values", (-0.9, 12.5, 20)),
    ):
        (axis,) = grid_of(axes[name], LAYOUT).axes
        np.testing.assert_array_equal([step[0] for step in axis.steps], np.linspace(*ends))
    (across,) = grid_of(axes["c1, c2: 1.5, 0 over 0, 0 to 0, 1.5"], LAYOUT).axes
    corners = [Point((1.5, 0.0)), Point((0.0, 0.0)), Point((0.0, 1.5))]
    assert across.steps == tuple(point.z for point in through(corners, 12))


def test_variables_that_move_together_can_have_values_of_their_own():
    (axis,) = grid_of(["c1,c2=1.5/0,0/0,0/-1.5"], LAYOUT).axes
    assert axis.steps == ((1.5, 0.0), (0.0, 0.0), (0.0, -1.5))
    with pytest.raises(Fault, match="2 values"):
        grid_of(["c1,c2=1/0,0"], LAYOUT)


def test_a_grid_along_a_path_moves_only_what_differs():
    start = draw(LAYOUT, 3)
    end = start.set(10, 5.0).set(20, -1.0)
    grid = path_grid([start, end], 4, LAYOUT)
    assert grid.names == ("z11", "z21")
    assert grid.points(start) == through([start, end], 4)
    for points, steps, said in (
        ([start, start], 3, "the same"),
        ([start, end], 10**9, "1,000,000,001 steps"),
    ):
        with pytest.raises(Fault, match=said):
            path_grid(points, steps, LAYOUT)
