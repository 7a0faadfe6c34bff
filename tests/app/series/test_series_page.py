"""The page of checkpoints: a slider over the steps of a run, both curves and their difference."""

from __future__ import annotations

import shutil

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from core.session.lane_key import LaneKey


@pytest.fixture
def run(tmp_path, small_model):
    """Copies of the small model as two steps of a run: the later one has a louder last layer."""
    from safetensors import safe_open

    shutil.copyfile(small_model, tmp_path / "step-100.safetensors")
    with safe_open(small_model, "numpy") as file:
        card = file.metadata()
    arrays = load_file(small_model)
    arrays["G/upconv_4/conv2d_transpose/kernel"] = arrays["G/upconv_4/conv2d_transpose/kernel"] * np.float32(
        1.5
    )
    save_file(arrays, tmp_path / "step-200.safetensors", card)
    return tmp_path


@pytest.fixture
def page(window, run, qtbot):
    window.on.model_loader.open(run / "step-200.safetensors")
    window.menus.run("view.checkpoints")
    made = window.pages.widget("checkpoints")
    qtbot.waitUntil(lambda: bool(made.lanes))
    return made


def curves(page, key):
    lane = next(lane.lane for lane in page.lanes if lane.lane.key == key)
    return [curve.track.samples for curve in lane.curves]


def test_the_page_begins_with_the_step_before(page, window):
    assert page.slider.maximum() == 1
    assert page.slider.value() == 0
    own, other = curves(page, "out")
    shown = window.on.session.shown.tracks[LaneKey(window.on.session.model, "G", "out")]
    np.testing.assert_array_equal(own, shown.samples)
    np.testing.assert_array_equal(curves(page, ("out", "difference"))[0], other - own)
    assert np.abs(other - own).max() > 0
    assert not curves(page, ("conv4", "difference"))[0].any()


def test_the_slider_goes_to_the_checkpoint_itself_which_differs_by_exactly_0(page, qtbot):
    page.slider.setValue(1)
    qtbot.waitUntil(lambda: not curves(page, ("out", "difference"))[0].any())
    for lane in page.lanes:
        if isinstance(lane.lane.key, tuple):
            assert not lane.lane.curves[0].track.samples.any()


def test_the_layers_follow_the_knobs(page, window, qtbot):
    before = curves(page, "conv2")[0]
    window.on.session.set_value(5, 3.0)
    qtbot.waitUntil(lambda: bool((curves(page, "conv2")[0] != before).any()))


def test_a_click_plays_the_other_checkpoint(page, window):
    page.play_wanted.emit("out")
    samples = window.on.player.heard[-1][0]
    np.testing.assert_allclose(samples, np.clip(curves(page, "out")[1], -1, 1), atol=1e-6)


def test_a_checkpoint_of_another_kind_is_refused_in_a_sentence(page, window, run, monkeypatch, qtbot):
    faults = []
    window.on.messages.faulted.connect(faults.append)
    (run / "strange.safetensors").write_bytes(b"nothing")
    monkeypatch.setattr(window.host, "ask_open", lambda *_: str(run / "strange.safetensors"))
    page.other_wanted.emit()
    qtbot.waitUntil(lambda: bool(faults))
    assert not page.lanes
