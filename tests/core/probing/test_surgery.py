"""Edits between layers: what is done, where, and what the network makes of it."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from core.families.registry import Model, open_model
from core.faults import Fault
from core.networks.latent import draw
from core.networks.numpy_runner import NumpyRunner
from core.networks.reductions import Reduction
from core.probing import forward
from core.probing.surgery import (
    Copy,
    Fill,
    FromPoint,
    Hold,
    LayerEdit,
    Move,
    Multiply,
    NetworkEdit,
    Replace,
    Shift,
    WeightColumn,
    edit_from,
    edits_of,
)
from tests.support.tiny import nets
from tests.support.tiny.bundles import write_bundle

MAPS = np.arange(24, dtype=np.float32).reshape(1, 6, 4)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    folder = tmp_path_factory.mktemp("tiny")
    return open_model(write_bundle(folder / "model.ckpt-5", nets.tensorflow(dim=2, classes=3)))


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        (Fill(), lambda part: part * 0),
        (Fill(2.5), lambda part: part * 0 + 2.5),
        (Multiply(-2), lambda part: part * -2),
        (Shift(0.5), lambda part: part + 0.5),
        (Replace.by(np.full((2, 2), 7)), lambda part: part * 0 + 7),
        (Hold(), lambda part: np.stack([part[:, 0]] * 2, 1)),
        (Move(1), lambda part: np.stack([part[:, 0] * 0, part[:, 0]], 1)),
        (Move(-1), lambda part: np.stack([part[:, 1], part[:, 0] * 0], 1)),
        (Move(5), lambda part: part * 0),
        (Copy(0), lambda part: part - 8),
    ],
)
def test_an_edit_changes_its_place_and_nothing_else(action, expected) -> None:  # type: ignore[no-untyped-def]
    before = MAPS.copy()
    changed = LayerEdit("conv1", action, channels=(1, 3), first=2, last=4)(MAPS)
    inside = np.ix_([0], [2, 3], [1, 3])
    np.testing.assert_array_equal(changed[inside], expected(MAPS[inside]))
    changed[inside] = MAPS[inside]
    np.testing.assert_array_equal(changed, MAPS)
    np.testing.assert_array_equal(MAPS, before)


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (LayerEdit("a", Fill(), channels=(4,)), "no channel 5"),
        (LayerEdit("a", Fill(), channels=(-1,)), "no channel 0"),
        (LayerEdit("a", Fill(), first=5, last=7), "6 samples"),
        (LayerEdit("a", Fill(), first=3, last=3), "6 samples"),
        (LayerEdit("a", Replace.by(np.zeros((6, 3)))), "6 × 3"),
        (LayerEdit("a", Copy(3), first=0, last=4), "6 samples"),
    ],
)
def test_an_edit_outside_its_layer_is_refused(edit: LayerEdit, words: str) -> None:
    with pytest.raises(Fault, match=words):
        edit(MAPS)


def test_an_edit_of_an_unknown_layer_is_refused(model: Model) -> None:
    with pytest.raises(Fault, match="no layer “conv9”"):
        forward.generate(model, draw(model.card.layout), edits=(LayerEdit("conv9", Fill()),))


@pytest.mark.parametrize("layer", ["fc", "conv2", "out"])
def test_a_layer_replaced_by_itself_changes_no_bit(model: Model, layer: str) -> None:
    point = draw(model.card.layout, 4)
    own = LayerEdit(layer, Replace.by(forward.maps(model, point, layer).T))
    for name, track in forward.generate(model, point).items():
        edited = forward.generate(model, point, edits=(own,))[name]
        np.testing.assert_array_equal(edited.samples, track.samples)


def test_an_edit_changes_its_own_layer_and_those_after_it(model: Model) -> None:
    point = draw(model.card.layout, 4)
    plain, silent = (forward.generate(model, point, edits=edits) for edits in ((), (SILENT,)))
    for name in ("fc", "conv1"):
        np.testing.assert_array_equal(silent[name].samples, plain[name].samples)
    assert not silent["conv2"].samples.any()
    for name in ("conv3", "out"):
        assert np.abs(silent[name].samples - plain[name].samples).max() > 1e-3
    assert silent["out"].origin == plain["out"].origin.of(edits=(SILENT.plain(),))


SILENT = LayerEdit("conv2", Fill())


def test_replacing_by_another_points_layer_gives_that_points_sound(model: Model) -> None:
    here, there = draw(model.card.layout, 4), draw(model.card.layout, 5)
    taken = LayerEdit("conv3", Replace.by(forward.maps(model, there, "conv3").T))
    heard = forward.generate(model, here, edits=(taken,))["out"].samples
    np.testing.assert_array_equal(heard, forward.generate(model, there)["out"].samples)


def test_a_shift_before_linear_layers_has_their_analytic_response(model: Model) -> None:
    """Before the tanh the last layer is linear: its change is the kernel's, summed over the channels."""
    point, amount = draw(model.card.layout, 4), 0.01
    edit = LayerEdit("conv4", Shift(amount), channels=(0,), first=100, last=101)
    first = Reduction("channel", 0)
    plain, moved = (
        forward.generate(model, point, edits=edits, reduction=first)["out"].samples.astype(np.float64)
        for edits in ((), (edit,))
    )
    runner = model.network("G")
    assert isinstance(runner, NumpyRunner)
    impulse = np.zeros((1, 4096, 2), np.float32)
    last = runner.steps[-1][1]
    silent = np.arctanh(last(impulse.copy()).astype(np.float64))
    impulse[0, 100, 0] = amount
    response = (np.arctanh(last(impulse).astype(np.float64)) - silent)[0, :, 0]
    assert np.abs(response).max() > 1e-4
    np.testing.assert_allclose(np.arctanh(moved) - np.arctanh(plain), response, atol=2e-6)


def test_edits_are_values(model: Model) -> None:
    values = np.random.default_rng(0).standard_normal((4, 2)).astype(np.float32)
    one = LayerEdit("conv1", Replace.by(values), channels=(0, 2), first=1, last=5)
    same = pickle.loads(pickle.dumps(one))
    assert one == same
    assert len({one, same}) == 1
    other = LayerEdit("conv1", Replace.by(values + 1), channels=(0, 2), first=1, last=5)
    assert one.plain() == same.plain() != other.plain()
    assert dict(one.plain())["channels"] == "1 3"


def test_edits_run_in_their_order(model: Model) -> None:
    point = draw(model.card.layout, 4)
    scaled = (LayerEdit("conv1", Shift(1.0)), LayerEdit("conv1", Multiply(2.0)))
    plain = forward.maps(model, point, "conv1")
    np.testing.assert_allclose(forward.maps(model, point, "conv1", scaled), (plain + 1) * 2, rtol=1e-6)


def test_a_change_sets_in_and_out_along_a_cosine() -> None:
    maps = np.ones((1, 8, 2), np.float32)
    found = LayerEdit("a", Fill(), first=1, last=7, edge=2)(maps)[0, :, 0]
    rise = 0.5 - 0.5 * np.cos(np.pi * np.array([0.25, 0.75]))
    np.testing.assert_allclose(found[1:7], 1 - np.array([*rise, 1, 1, *rise[::-1]]), atol=1e-7)
    assert found[[0, 7]].tolist() == [1, 1]


def test_another_points_range_is_taken_from_there(model: Model) -> None:
    here, there = draw(model.card.layout, 4), draw(model.card.layout, 5)
    edit = LayerEdit("conv2", FromPoint(there.z, "five"), channels=(1,), first=10, last=40)
    plain, other = (forward.maps(model, point, "conv2") for point in (here, there))
    found = forward.maps(model, here, "conv2", (edit,))
    np.testing.assert_array_equal(found[1, 10:40], other[1, 10:40])
    found[1, 10:40] = plain[1, 10:40]
    np.testing.assert_array_equal(found, plain)


@pytest.mark.parametrize("edge", [0, 3])
def test_a_range_replaced_by_its_own_point_changes_no_bit(model: Model, edge: int) -> None:
    point = draw(model.card.layout, 4)
    own = LayerEdit("conv2", FromPoint(point.z), first=20, last=60, edge=edge)
    for name, track in forward.generate(model, point).items():
        edited = forward.generate(model, point, edits=(own,))[name]
        np.testing.assert_array_equal(edited.samples, track.samples)


def test_a_point_of_another_size_is_refused(model: Model) -> None:
    edit = LayerEdit("conv2", FromPoint((0.0,) * 3))
    with pytest.raises(Fault, match="10 values"):
        forward.generate(model, draw(model.card.layout), edits=(edit,))


def test_the_column_of_a_variable_is_what_it_adds_before_the_activation(model: Model) -> None:
    """Where the layer is above 0, one more of the variable adds its column of weights."""
    point = draw(model.card.layout, 4)
    low, high = (forward.maps(model, point.set(7, point.z[7] + by), "fc") for by in (0.0, 1e-2))
    column = forward.maps(model, point, "fc", (LayerEdit("fc", WeightColumn(7)),))
    active = (low > 1e-3) & (high > 1e-3)
    assert active.sum() > 100
    np.testing.assert_allclose((high - low)[active] * 100, column[active], atol=2e-3)
    assert (column < 0).any()


def test_only_the_fully_connected_layer_has_columns(model: Model) -> None:
    point = draw(model.card.layout)
    with pytest.raises(Fault, match="Only the fully connected layer"):
        forward.generate(model, point, edits=(LayerEdit("conv1", WeightColumn(0)),))
    with pytest.raises(Fault, match="no variable 11"):
        forward.generate(model, point, edits=(LayerEdit("fc", WeightColumn(10)),))


@pytest.mark.parametrize(
    "action",
    [
        Fill(0.25),
        Multiply(-2.0),
        Shift(1e-3),
        Move(-4),
        Hold(),
        Copy(7),
        FromPoint((0.1, -3.0), "b"),
        WeightColumn(2),
    ],
)
def test_a_kept_edit_is_read_again_as_it_was(action) -> None:  # type: ignore[no-untyped-def]
    kept = NetworkEdit("G", LayerEdit("conv1", action, (0, 3), 5, 9, 2))
    assert edit_from(dict(kept.plain())) == kept
    whole = NetworkEdit("D", LayerEdit("conv1", action))
    assert edit_from(dict(whole.plain())) == whole
    assert edits_of("G", (whole, kept)) == (kept.edit,)


@pytest.mark.parametrize(
    "broken", [{"action": "run"}, {"factor": "nan"}, {"first": 9}, {"channels": "x"}, {"last": "z"}]
)
def test_a_damaged_edit_is_refused(broken) -> None:  # type: ignore[no-untyped-def]
    kept = dict(NetworkEdit("G", LayerEdit("conv1", Multiply(2.0), (0,), 5, 9)).plain())
    with pytest.raises((ValueError, KeyError)):
        edit_from({**kept, **broken})
