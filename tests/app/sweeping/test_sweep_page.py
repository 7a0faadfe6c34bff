"""Sweeps in the window: the steps equal the knobs, and the page follows what happens elsewhere."""

from __future__ import annotations

import json

import numpy as np

from core.probing.surgery import Fill, LayerEdit, NetworkEdit
from core.session.lane_key import GENERATOR, LaneKey
from core.sweeps.grid import grid_of
from tests.support.figure_origin import origin_in_figure
from widgets.sweep.grid_dialogs import PathDialog
from widgets.sweep.layer_area import DIFFERENCE


def grid(services, text: str = "z11=-15:5:10"):
    return grid_of([text], services.session.layout)


def test_each_step_is_the_knob_set_by_hand_bit_for_bit(services):
    session, sweep = services.session, services.sweep_run
    session.redraw(5)
    sweep.run(grid(services))
    state = sweep.state
    for step, value in enumerate((-15.0, -5.0, 5.0)):
        session.set_value(10, value)
        for name, track in state.steps[step].items():
            by_hand = session.shown.tracks[LaneKey(session.model, GENERATOR, name)]
            np.testing.assert_array_equal(track.samples, by_hand.samples)
            assert track.origin == by_hand.origin
    assert (state.done, sweep.running) == (3, False)


def test_a_cut_layer_is_cut_in_every_step(services):
    session, sweep = services.session, services.sweep_run
    session.set_edits((NetworkEdit(GENERATOR, LayerEdit("conv2", Fill(), (), 10, 40)),), "silence")
    sweep.run(grid(services, "z11=2:2:1"))
    session.set_value(10, 2.0)
    by_hand = session.shown.tracks[LaneKey(session.model, GENERATOR, "out")]
    track = sweep.state.steps[0]["out"]
    np.testing.assert_array_equal(track.samples, by_hand.samples)
    assert track.origin.edits == by_hand.origin.edits != ()


def test_a_cancelled_sweep_keeps_its_steps_and_asks_for_no_more(services):
    sweep, told = services.sweep_run, []
    sweep.stepped.connect(lambda step: (told.append(step), sweep.cancel()))
    sweep.run(grid(services, "z11=0:9:1"))
    assert told == [0]
    assert (sweep.state.done, sweep.running) == (1, False)


def test_more_steps_than_a_window_holds_are_a_sentence(services):
    faults = []
    services.messages.faulted.connect(faults.append)
    services.sweep_run.run(grid(services, "z11=0:600:1"))
    assert "601 steps" in faults[0].sentence
    assert services.sweep_run.state is None


def test_the_page_sweeps_when_it_is_shown_and_a_click_sets_the_knobs(services, page):
    session, sweep = services.session, services.sweep_run
    assert sweep.state.grid.names == ("z11",)
    assert sweep.state.done == 11
    base = session.point
    page.plot.step_clicked.emit(4)
    assert session.point == base.set(10, -7.0)
    assert sweep.state.base.point == base
    assert len(services.player.heard) == 1
    session.undo()
    assert session.point == base


def test_a_turn_of_another_knob_runs_the_sweep_anew(qtbot, services, page):
    session, sweep = services.session, services.sweep_run
    page.plot.step_clicked.emit(4)
    before = sweep.state.points
    session.set_value(50, 3.0)
    qtbot.waitUntil(lambda: sweep.state.points != before, timeout=30_000)
    assert {point.z[50] for point in sweep.state.points} == {3.0}


def test_the_bar_chooses_variable_range_and_grid(made, page):
    services = made.on
    state = lambda: services.sweep_run.state  # noqa: E731
    page.bar.variable_wanted.emit("z49")
    page.bar.range_wanted.emit(-1.0, 1.0, 0.5)
    assert (state().positions.name, state().positions.places) == ("z49", (-1.0, -0.5, 0.0, 0.5, 1.0))
    page.bar.grid_wanted.emit("-4.5 to 4.5 by 0.5")
    assert len(state().points) == 19
    assert page.bar.ends[0].value == -4.5
    made.points.switch()
    services.session.set_value(60, 2.0)
    page.bar.grid_wanted.emit("ab")
    dialog = next(one for one in made.host.parent.findChildren(PathDialog) if one.isVisible())
    dialog.chosen.emit(dialog.ticked(), 4)
    assert len(state().points) == 5
    assert state().grid.names == ("z61",)
    assert state().points[-1] == services.session.point


def test_a_grid_that_makes_no_sense_is_told_and_the_sweep_stays(services, page):
    faults, before = [], services.sweep_run.state
    services.messages.faulted.connect(faults.append)
    for ends in ((0.0, 1.0, 0.0), (0.0, 1.0, -1.0), (0.0, 1.0, 1e-9)):
        page.bar.range_wanted.emit(*ends)
    assert [fault.sentence.split(" ", 1)[1][:12] for fault in faults] == [
        "has a step o", "leads away f", "has 1,000,00",
    ]  # fmt: skip
    assert services.sweep_run.state is before


def test_the_difference_from_a_step_is_0_there(services, page):
    page.bar.mode_wanted.emit(DIFFERENCE)
    page.steps.baseline_wanted.emit("3")
    (flat,) = [item for item in page.plot.areas[0].items if item.base == 3.0]
    assert not (flat.ys - 3.0).any()
    assert any((item.ys - item.base).any() for item in page.plot.areas[0].items)


def test_the_steps_are_played_the_draw_first_where_it_is_compared(services, page):
    heard, rate = services.player.heard, services.session.card.rate_hz
    page.scrubber.step_wanted.emit(2)
    page.steps.compare_wanted.emit()
    lengths = [len(samples) for samples, *_ in heard]
    assert lengths == [16384, 2 * 16384 + round(0.15 * rate)]


def test_the_figure_holds_what_it_was_made_from(made, page, tmp_path, monkeypatch):
    path = tmp_path / "sweep.svg"
    monkeypatch.setattr(made.host, "ask_save", lambda *asked: (str(path), "SVG (*.svg)"))
    page.bar.save_wanted.emit()
    kept = json.loads(origin_in_figure(path))
    state = made.on.sweep_run.state
    assert kept["checkpoint"] == state.card.digest
    assert kept["axes"][0]["values"][0] == [-15.0]
    assert kept["draws"][0]["z"] == list(state.base.point.z)


def test_a_path_through_kept_points_goes_through_them(made, page):
    points, session = made.points, made.on.session
    kept = []
    for name in ("first", "second", "third"):
        session.redraw(len(kept) + 1)
        points.keep(name)
        kept.append(session.point)
    page.bar.grid_wanted.emit("path")
    dialog = next(one for one in made.host.parent.findChildren(PathDialog) if one.isVisible())
    dialog.chosen.emit(("first", "third"), 2)
    assert made.on.sweep_run.state.points[0] == kept[0]
    assert made.on.sweep_run.state.points[-1] == kept[2]
    assert dialog.ticked() == ("first", "second", "third")
