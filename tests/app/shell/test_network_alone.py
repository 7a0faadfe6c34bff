"""A Q network without a generator in the window: it opens, and has lanes once a sound goes through it."""

from __future__ import annotations

import numpy as np

from tests.support.commands import run
from tests.support.keys import G
from tests.support.tiny import nets
from tests.support.tiny.files import save_state


def test_a_lone_q_opens_and_a_recording_goes_through_it(window, faults, buzz, tmp_path):
    window.on.model_loader.open(save_state(tmp_path / "epoch1_step2_Q.pt", nets.port_listener(3)))
    session = window.on.session
    assert faults == []
    assert (list(session.card.networks), session.lanes) == (["Q"], ())
    window.wiring.show_stack()
    window.on.model_loader.open(buzz)
    window.menus.run("layers.through_q")
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
