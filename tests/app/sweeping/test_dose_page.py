"""Dose-response in the window: the numbers of many frozen draws, answers as measures, and what is told."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication

from app.sweeping.dose_run import DRAW, DoseAsked
from core.annotation.editing import set_label
from core.families.registry import open_model
from core.measures.plan import plan_of
from core.networks.latent import draw
from core.probing.forward import generate, listen
from core.signals.axis import Range
from core.sweeps.answer_measures import answer_measures
from core.sweeps.dose_response import dose_response
from core.sweeps.grid import grid_of
from core.sweeps.scalar import scalars
from tests.support.annotating import add_tiers


def asked(services, **changes) -> DoseAsked:
    session = services.session
    card = session.card
    values = {
        "lines": (grid_of(["z11=-2:2:2"], card.layout),), "layers": ("conv3", "out"),
        "plan": plan_of(("activation",), 1), "draws": 3,
    }  # fmt: skip
    return DoseAsked(session.model, card, base=session.point, **{**values, **changes})


def measured(model, seeds, layer, value=None, over=None) -> np.ndarray:
    layout = model.card.layout
    found = []
    for seed in seeds:
        point = draw(layout, seed)
        tracks = generate(model, point if value is None else point.set(10, value))
        found.append(scalars(tracks, plan_of(("activation",), 1), (layer,), over=over)[0].value)
    return np.array(found)


@pytest.mark.parametrize("baseline", [DRAW, "0", "-1"])
def test_the_response_is_that_of_the_frozen_draws(services, small_model, baseline):
    model = open_model(small_model, {})
    services.dose_run.run(asked(services, baseline=baseline))
    found = services.dose_run.state.response(0, "conv3")
    table = np.stack([measured(model, range(3), "conv3", value) for value in (-2.0, 0.0, 2.0)], 1)
    base = measured(model, range(3), "conv3", None if baseline == DRAW else float(baseline))
    expected = dose_response(np.array([-2.0, 0.0, 2.0]), table, base)
    for name in ("mean", "sd", "effect", "effect_sd"):
        np.testing.assert_allclose(getattr(found, name), getattr(expected, name), atol=1e-6)
    assert found.slope == pytest.approx(expected.slope, abs=1e-6)


def test_a_stretch_of_time_is_measured_alone(services, small_model):
    over = Range(0.1, 0.2)
    services.dose_run.run(asked(services, draws=2, over=over))
    found = services.dose_run.state.response(0, "out")
    expected = measured(open_model(small_model, {}), range(2), "out", 2.0, over)
    assert found.mean[2] == pytest.approx(expected.mean(), abs=1e-6)


def test_the_answer_of_a_network_is_a_measure(services, small_model):
    session, model = services.session, open_model(small_model, {})
    measures = answer_measures(session.model, session.card)
    assert [one.title for one in measures][:2] == ["P(c1)", "logit of c1"]
    for place, scale in ((0, "probability"), (2, "logit")):
        answer = next(one for one in measures if (one.place, one.scale) == (place, scale))
        services.dose_run.run(asked(services, draws=1, answer=answer))
        found = services.dose_run.state.response(0, "out")
        for step, value in enumerate((-2.0, 0.0, 2.0)):
            out = generate(model, session.point.set(10, value))["out"]
            _, logits = listen(model, "Q", out.samples, "")
            powers = np.exp(logits - logits.max())
            expected = powers[place] / powers.sum() if scale == "probability" else logits[place]
            assert found.mean[step] == pytest.approx(expected, rel=1e-3)


def test_a_layer_that_cannot_have_the_measure_is_told_and_not_drawn(services):
    services.dose_run.run(asked(services, draws=1, layers=("fc", "out"), plan=plan_of(("f0",), 1)))
    state = services.dose_run.state
    assert state.response(0, "fc") is None
    assert "Nyquist" in state.refusals["fc"]


def test_too_many_draws_are_a_sentence(services):
    faults = []
    services.messages.faulted.connect(faults.append)
    services.dose_run.run(asked(services, draws=2501))
    assert faults[0].sentence == "2,501 draws are not possible here."
    assert services.dose_run.state is None


def test_a_cancelled_response_keeps_what_is_measured(services):
    run = services.dose_run
    run.changed.connect(lambda: run.cancel() if run.state and run.state.done == 2 else None)
    run.run(asked(services, draws=5))
    assert (run.state.done, run.running) == (2, False)
    assert run.state.response(0, "out").count.tolist() == [2, 2, 2]


@pytest.fixture
def dock(qtbot, page):
    page.bar.range_wanted.emit(-2.0, 2.0, 2.0)
    page.dose.measure_wanted.emit("activation")
    qtbot.waitUntil(lambda: len(page.dose.table.rows) == 3, timeout=30_000)
    return page.dose


def test_the_dock_measures_the_sweep_and_a_row_goes_to_its_step(qtbot, services, dock):
    assert dock.table.heads[:2] == ("z11", "Out ")
    assert [row.cells[0] for row in dock.table.rows] == ["2", "0", "−2"]
    dock.table.row_clicked.emit(0)
    assert services.sweep_run.state.current == 2
    dock.copy_wanted.emit()
    assert QApplication.clipboard().text().splitlines()[3].startswith("-2\t")


def test_the_other_page_of_the_dock_measures_nothing_until_it_is_left(services, page, dock):
    page.tabs.wanted.emit("effects")
    before = services.dose_run.state
    page.bar.range_wanted.emit(0.0, 2.0, 1.0)
    assert services.dose_run.state is before
    page.tabs.wanted.emit("dose")
    state = services.dose_run.state
    assert state.positions[0].places == (0.0, 1.0, 2.0)
    page.tabs.wanted.emit("effects")
    page.tabs.wanted.emit("dose")
    assert services.dose_run.state is state, "what is measured is not measured again"


def test_several_variables_are_ranked_by_their_effect(qtbot, services, dock):
    dock.variables_wanted.emit("z11-z13")
    dock.run_wanted.emit(2)
    qtbot.waitUntil(lambda: dock.table.heads[0] == "variable" and len(dock.table.rows) == 3, timeout=30_000)
    state = services.dose_run.state
    slopes = {one.name: state.response(k, "out").slope for k, one in enumerate(state.positions)}
    ranked = sorted(slopes, key=lambda name: -abs(slopes[name]))
    assert [row.cells[0] for row in dock.table.rows] == ranked
    faults = []
    services.messages.faulted.connect(faults.append)
    dock.variables_wanted.emit("z5, z999")
    assert "z999" in faults[0].sentence


def test_a_labelled_interval_can_be_measured(qtbot, services, dock):
    add_tiers(services)
    services.tier_editor.change("label", lambda note, own: set_label(note, own, 1, "a"))
    owned = services.session.owned_annotation
    tier = owned.annotation.tiers[0]
    place = next(k for k, label in enumerate(tier.labels) if label.strip())
    services.session.set_cursor(0.1)
    options = {dock.over.itemText(k): dock.over.itemData(k) for k in range(dock.over.count())}
    words, key = next((words, key) for words, key in options.items() if words.startswith(tier.name))
    assert tier.labels[place].strip() in words
    dock.over_wanted.emit(key)
    assert services.dose_run.state.asked.over == tier.range_of(place)
