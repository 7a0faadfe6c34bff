"""A Q network without a generator in the window: it opens, and has lanes once a recording is open."""

from __future__ import annotations

import numpy as np
import pytest
import soundfile
from PySide6.QtCore import QRectF

from core.session.lane_key import RecordingKey
from tests.core.families.test_hearing_networks import crepe_shapes, drawn, musicnn_shapes
from tests.core.families.test_wav2letter import names as layer_names
from tests.core.families.test_wav2letter import weights as wav2letter
from tests.support.commands import run
from tests.support.keys import G
from tests.support.tiny import nets
from tests.support.tiny.files import save_state
from widgets.drawing.classifier import class_places


def test_a_lone_q_opens_and_a_recording_goes_through_it(window, faults, buzz, tmp_path):
    window.on.model_loader.open(save_state(tmp_path / "epoch1_step2_Q.pt", nets.port_listener(3)))
    session = window.on.session
    assert faults == []
    assert (list(session.card.networks), session.lanes) == (["Q"], ())
    window.wiring.show_stack()
    window.on.model_loader.open(buzz)
    assert faults == []
    (logits,) = (t for k, t in session.shown.tracks.items() if t.origin.layer == "logits")
    (first,) = (t for t in session.shown.tracks.values() if (t.origin.network, t.name) == ("Q", "conv1"))
    assert (logits.samples.shape, first.samples.shape) == ((3,), (4096,))
    assert np.ptp(first.samples) > 0
    window.on.contact_sheet.draw(2)
    assert window.on.contact_sheet.items == {}


def test_a_lone_q_without_a_sound_says_what_it_needs(services, faults, tmp_path):
    services.model_loader.open(save_state(tmp_path / "epoch1_step2_Q.pt", nets.port_listener(3)))
    run(services, "layers.through_q")
    assert "no generator" in faults[-1].sentence


def test_a_generator_opens_after_a_lone_q(services, faults, small_model, tmp_path):
    services.model_loader.open(save_state(tmp_path / "epoch1_step2_Q.pt", nets.port_listener(3)))
    services.model_loader.open(small_model)
    assert faults == []
    assert services.session.active == G("out")
    assert services.session.shown.tracks[G("out")].samples.size == 16384


@pytest.mark.parametrize(
    ("name", "tensors", "role"),
    [
        ("letters.pt", wav2letter(128, layer_names("layers.", 2)), "recogniser"),
        ("vgg.pt", drawn(musicnn_shapes()), "tagger"),
        ("crepe.pt", drawn(crepe_shapes()), "pitch"),
    ],
)
def test_a_network_that_hears_sound_opens_with_its_card(
    window, faults, small_model, buzz, tmp_path, name, tensors, role
):
    """It has no lanes until a recording is open, which it then hears; everything else goes on."""
    window.on.model_loader.open(save_state(tmp_path / name, tensors))
    session = window.on.session
    assert faults == []
    assert (list(session.card.networks), session.lanes) == ([role], ())
    window.wiring.show_stack()
    window.on.model_loader.open(buzz)
    assert faults == []
    for command in ("layers.through_q", "layers.through_d"):
        window.menus.run(command)  # not for this network, so nothing happens
    window.on.contact_sheet.draw(2)
    window.on.model_loader.open(small_model)
    assert faults == []
    assert session.active == G("out")


def test_a_network_of_a_fixed_length_shows_the_whole_recording_too(fresh, tmp_path):
    soundfile.write(tmp_path / "long.wav", np.random.default_rng(0).uniform(-0.1, 0.1, 80000), 16000)
    network = save_state(tmp_path / "vgg.pt", drawn(musicnn_shapes()))
    for path in (tmp_path / "long.wav", network):
        fresh.model_loader.open(path)
    assert fresh.session.visible.length_s == pytest.approx(5.0)
    (lane,) = (one for one in fresh.stack_views.view().lanes if one.classifier is not None)
    assert lane.meta == "50 classes · sigmoid"
    places = class_places(QRectF(0, 0, 700, 91), lane.classifier)
    assert [one.label for one, _ in places] == [one.label for one in lane.classifier.ranked[: len(places)]]
    assert 5 <= len(places) < 50
    assert len({(cell.left(), cell.top()) for _, cell in places}) == len(places)


@pytest.mark.parametrize("network_first", [True, False])
def test_a_network_of_any_length_and_a_recording_show_the_whole_recording(
    fresh, buzz, tmp_path, network_first
):
    network = save_state(tmp_path / "letters.pt", wav2letter(128, layer_names("layers.", 2)))
    session, seen = fresh.session, []
    session.view_changed.connect(lambda: seen.append(session.visible.length_s))
    for path in (network, buzz) if network_first else (buzz, network):
        fresh.model_loader.open(path)
    track = session.shown.tracks[RecordingKey(buzz.name)]
    assert session.visible == session.whole == track.axis.extent
    assert min(seen) > 0, "a window of no time cannot be painted"
