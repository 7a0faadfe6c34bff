"""Which variable does this? A planted effect is found, by a measure, by a TextGrid and by ear."""

from __future__ import annotations

import numpy as np
import pytest
import soundfile
from PySide6.QtCore import Qt

from app.sweeping.effect_run import Items, MeasureOfItems
from core.annotation.textgrid import read_textgrid, write_textgrid
from core.annotation.tiers import Annotation, Tier
from core.faults import Fault
from core.measures.plan import plan_of
from core.networks.latent import draw
from core.probing.forward import generate_many
from core.sweeps.effects import Effect, Effects
from core.sweeps.item_labels import item_tiers, labels_in
from widgets.sweep.ear_dialog import EarDialog
from widgets.sweep.effect_panel import ABOVE, EAR, TEXTGRID

COUNT = 110


@pytest.fixture(autouse=True)
def by_correlation(monkeypatch):
    """Rank variables by their correlation; how effects are found has a test of its own."""

    def quick(z, y, variables, method="linear", **more):
        sizes = np.abs(np.corrcoef(z.T, y)[-1, :-1])
        order = np.argsort(-sizes)
        ranked = tuple(Effect(variables[k], float(sizes[k]), 0.0, 1.0, bool(sizes[k] > 0.5)) for k in order)
        return Effects(ranked, 0.5, 0.9, len(y), method)

    monkeypatch.setattr("core.sweeps.item_tasks.effects", quick)


@pytest.fixture
def items(services) -> Items:
    card = services.session.card
    return Items(services.session.model, card, COUNT, services.session.point.z[: card.layout.code])


def planted(items: Items, name: str = "z20") -> np.ndarray:
    """Give labels that say whether a variable is positive."""
    index = items.card.layout.index(name)
    return np.array([float(point.z[index] > 0) for point in items.points()])


def asked(items: Items) -> MeasureOfItems:
    return MeasureOfItems(items, "out", plan_of(("activation",), 1))


def test_a_planted_label_finds_its_variable(services, items):
    services.effect_run.explain(asked(items), planted(items), "logistic")
    state = services.effect_run.state
    assert state.effects.ranked[0].variable == "z20"
    assert state.left_out == ("c1", "c2", "c3")


def test_another_method_measures_nothing_again(services, items, monkeypatch):
    run, told = services.effect_run, []
    run.changed.connect(lambda: told.append(run.state.done))
    run.run(asked(items), "linear", None)
    values, first = run.state.values, run.state.effects
    assert np.isfinite(values).all()
    assert max(told) == COUNT
    monkeypatch.setattr(services.background, "ask", lambda task, *more: _no_points(services, task, *more))
    run.run(asked(items), "logistic", float(np.median(values)))
    assert run.state.values is values
    assert (first.method, run.state.effects.method) == ("linear", "logistic")


def _no_points(services, task, *more):
    assert type(task).__name__ == "Regress"
    return type(services.background).ask(services.background, task, *more)


def test_a_label_that_holds_for_all_is_a_sentence(services, items):
    services.effect_run.run(asked(items), "logistic", -1e9)
    state = services.effect_run.state
    assert "holds for all of the 110 items" in state.says
    assert state.effects is None


def test_the_layer_that_cannot_have_the_measure_is_told(services, items):
    services.effect_run.run(MeasureOfItems(items, "fc", plan_of(("f0",), 1)), "linear", None)
    assert "Nyquist" in services.effect_run.state.refusal
    assert not services.effect_run.running


def test_too_few_items_are_a_sentence(services, items):
    faults = []
    services.messages.faulted.connect(faults.append)
    few = Items(items.model, items.card, 3, items.code)
    services.effect_run.run(asked(few), "linear", None)
    assert faults[0].sentence == "3 items are not possible here."


def test_the_page_finds_ranks_and_sends_the_winner_to_the_sweep(qtbot, made, items):
    panel = made.page.effects
    made.page.tabs.wanted.emit("effects")
    panel.items.show_value(COUNT)
    panel.measure_wanted.emit("activation")
    panel.kind.show_current(ABOVE)
    panel.kind_wanted.emit(ABOVE)
    assert panel.method.currentData() == "logistic"
    faults = []
    made.on.messages.faulted.connect(faults.append)
    panel.run_wanted.emit()
    assert faults[0].sentence == "There is no threshold."
    made.on.effect_run.run(asked(items), "linear", None)
    panel.threshold.show_value(float(np.median(made.on.effect_run.state.values)))
    panel.run_wanted.emit()
    qtbot.waitUntil(lambda: len(panel.table.rows) == 97, timeout=30_000)
    first = made.on.effect_run.state.effects.ranked[0].variable
    qtbot.mouseClick(panel.sweep, Qt.MouseButton.LeftButton)
    assert made.on.sweep_run.state.positions.name == first


def test_items_are_labelled_in_a_textgrid(qtbot, made, items, tmp_path, monkeypatch):
    panel, sound = made.page.effects, tmp_path / "items.wav"
    panel.items.show_value(COUNT)
    panel.kind.show_current(TEXTGRID)
    panel.kind_wanted.emit(TEXTGRID)
    monkeypatch.setattr(made.host, "ask_save", lambda *asked: (str(sound), "WAV (*.wav)"))
    panel.write_wanted.emit()
    samples, _ = soundfile.read(sound, dtype="float32")
    layout = items.card.layout
    third = generate_many(_model(made), [draw(layout, 2, items.code)])[0]
    np.testing.assert_allclose(samples[2 * 16384 : 3 * 16384], np.clip(third, -1, 1), atol=1e-3)
    grid = tmp_path / "items.TextGrid"
    found = read_textgrid(grid).annotation
    labels = tuple("s" if one else "" for one in planted(items))
    tiers = (found.tiers[0], Tier("labels", "interval", 0.0, found.end_s, found.tiers[1].times, labels))
    write_textgrid(grid, Annotation(tiers, found.start_s, found.end_s))
    monkeypatch.setattr(made.host, "ask_open", lambda *asked: str(grid))
    panel.read_wanted.emit()
    assert made.on.effect_run.state.effects.ranked[0].variable == "z20"


def _model(made):
    from core.families.registry import open_model

    return open_model(made.on.session.card.path, {})


def test_items_are_labelled_by_ear_with_one_key_each(qtbot, made, items):
    panel = made.page.effects
    panel.items.show_value(COUNT)
    panel.kind.show_current(EAR)
    panel.kind_wanted.emit(EAR)
    panel.listen_wanted.emit()
    dialog = next(one for one in made.host.parent.findChildren(EarDialog) if one.isVisible())
    heard = made.on.player.heard
    assert len(heard) == 1
    qtbot.keyClick(dialog, Qt.Key.Key_Y)
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert dialog.item.text() == "The label holds for all of the 1 items."
    qtbot.keyClick(dialog, Qt.Key.Key_Backspace)
    qtbot.keyClick(dialog, Qt.Key.Key_Space)
    for yes in planted(items):
        qtbot.keyClick(dialog, Qt.Key.Key_Right if yes else Qt.Key.Key_N)
    assert made.on.effect_run.state.effects.ranked[0].variable == "z20"
    outputs = generate_many(_model(made), [draw(items.card.layout, COUNT - 1, items.code)])
    np.testing.assert_allclose(heard[-1][0], outputs[0], atol=1e-3)


def test_labels_lie_within_their_items():
    tiers = item_tiers(3, 1.0)
    points = Tier("labels", "point", 0.0, 3.0, (0.5, 2.9), ("s", "t"))
    grid = Annotation((tiers.tiers[0], points), 0.0, 3.0)
    assert labels_in(grid, 3, 1.0).tolist() == [1.0, 0.0, 1.0]
    assert labels_in(grid, 3, 1.0, "t").tolist() == [0.0, 0.0, 1.0]
    for count, wanted, said in ((5, "", "lasts 3 s"), (3, "x", "holds for none of the 3 items")):
        with pytest.raises(Fault, match=said):
            labels_in(grid, count, 1.0, wanted)
