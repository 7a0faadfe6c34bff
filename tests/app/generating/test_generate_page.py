"""The page of searches in the window: what is searched, shown, heard, opened and saved."""

from __future__ import annotations

import csv
from dataclasses import replace

import numpy as np
import pytest
import soundfile
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent

from app.generating.blind_listening import BlindListening
from app.generating.generation_run import GenerationAsked
from app.generating.save import write_search
from app.generating.views import example_of, settings_view, tile_rows
from core.generation.grid import Grid
from core.session.lane_key import LOGITS, LaneKey
from core.train.model_file import save_model
from core.train.voice.network import VoiceNetwork
from tests.support.commands import can_run, dialog_host, run

SMALL = Grid((1, 2), (0.1,), (0.1, 0.01), 3)


@pytest.fixture
def recordings(tmp_path):
    folder = tmp_path / "real"
    folder.mkdir()
    for k, hz in enumerate((150, 220, 330, 440)):
        tone = 0.3 * np.sin(2 * np.pi * hz * np.arange(12000) / 16000)
        soundfile.write(folder / f"tone{k}.wav", tone, 16000)
    return folder


@pytest.fixture
def page(window):
    window.pages.show_page("generate")
    return window.pages.widget("generate")


@pytest.fixture
def searched(window, page, recordings, qtbot):
    """Give the page after a small search of what drives the first code of Q."""
    made = window.on.generation_run
    made.choice = replace(made.choice, grid=SMALL, folder=str(recordings), top=3).fitted(
        window.on.session.models
    )
    page.choices.start.click()
    qtbot.waitUntil(lambda: not made.running and bool(page.tiles.rows) and bool(page.tiles.rows[-1].tiles))
    return made


def press(widget, at):
    viewport = widget.viewport() if hasattr(widget, "viewport") else widget
    where = QPointF(viewport.mapToGlobal(at.toPoint()))
    left = Qt.MouseButton.LeftButton
    event = QMouseEvent(QEvent.Type.MouseButtonPress, at, where, left, left, Qt.KeyboardModifier.NoModifier)
    widget.mousePressEvent(event)


def check_choices(page):
    view = page.choices
    assert view.network.count() == 1
    assert view.network.itemText(0) == "Small: Q"
    assert view.prior.itemText(0) == "Small"
    assert view.unit.count() == 3
    assert view.start.isEnabled()


def check_table_and_rows(searched, page):
    state = searched.state
    view = page.table.view
    assert len(view.cells) == SMALL.count == 4
    assert all(cell.value is not None for cell in view.cells)
    assert {cell.mark for cell in view.cells} >= {"best", "median", "worst"}
    assert "N 3 against 3 of 4" in view.floor_words
    assert [row.key for row in page.tiles.rows] == ["max", "min", "real"]
    assert [len(row.tiles) for row in page.tiles.rows] == [3, 3, 3]
    top = [float(example_of(state, f"max/{one.number}").value) for one in state.examples[1]]
    assert top == sorted(top, reverse=True)
    assert state.search.done_steps == SMALL.total_steps


def check_cell(searched, page, qtbot):
    worst = next(cell for cell in page.table.view.cells if cell.mark == "worst")
    press(page.table, page.table.place(worst.key).center())
    qtbot.waitUntil(lambda: any(c.shown and c.key == worst.key for c in page.table.view.cells))
    setting = searched.state.shown[1]
    assert (SMALL.steps.index(setting.steps), SMALL.penalties.index(setting.course.penalty)) == worst.key[::2]


def check_tiles(searched, page, window):
    key = page.tiles.rows[0].tiles[1].key
    press(page.tiles, QPointF(page.tiles.place(key).center()))
    one = example_of(searched.state, key)
    heard, rate_hz, _, _ = window.on.player.heard[-1]
    np.testing.assert_array_equal(heard, one.samples)
    assert rate_hz == 16000
    assert page.tiles.current == key
    page.findings.nearest_wanted.emit(0)
    real = window.on.player.heard[-1][0]
    assert any(np.array_equal(real, other.samples) for other in searched.state.real[1])
    press(page.tiles, QPointF(page.tiles.all_place("min").center()))
    assert len(window.on.player.heard[-1][0]) > 3 * 16384


def check_opened(searched, page, window):
    key = page.tiles.rows[1].tiles[0].key
    press(page.tiles, QPointF(page.tiles.place(key).center()))
    page.tiles.keyPressEvent(
        QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier)
    )
    session = window.on.session
    assert session.point.z == pytest.approx(tuple(example_of(searched.state, key).z))
    assert window.pages.page == "stack"
    assert any(isinstance(lane.key, LaneKey) and lane.key.network == "Q" for lane in session.lanes)


def check_results(searched, page, window):
    key = page.tiles.rows[0].tiles[0].key
    press(page.tiles, QPointF(page.tiles.place(key).center()))
    before = len(window.on.queries.results.rows)
    page.findings.keep.click()
    rows = window.on.queries.results.rows[before:]
    assert rows[0].answer.value == pytest.approx(example_of(searched.state, key).value)
    assert "F0" in [row.answer.measure for row in rows]


def check_saved(searched, tmp_path):
    write_search(tmp_path / "out", searched.state)
    with (tmp_path / "out" / "settings.csv").open() as file:
        assert len(list(csv.DictReader(file))) == 2 * SMALL.count
    with (tmp_path / "out" / "examples.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert {row["sign"] for row in rows} == {"max", "min"}
    assert (tmp_path / "out" / rows[0]["sound"]).is_file()


def check_layers(searched, page, qtbot):
    page.bar.distance_wanted.emit("diagonal")
    qtbot.waitUntil(lambda: not searched.running and "tr" not in page.table.view.formula)
    row = next(iter(searched.state.search.rows(1)))
    assert row.distance.kind == "diagonal"
    assert row.distance.d == 3
    assert "d 3" in settings_view(searched.state, 1).floor_words


def check_judging(searched, window):
    host = dialog_host(window.on, window)
    session = BlindListening(host, window.on.playback, searched.state, 1)
    session.open()
    assert len(session.order) == 6
    for one in list(session.order):
        session.dialog.judge("real" if len(one.z) else "made")
    lines = session.result(tuple(session.dialog.answers))
    assert "3 of 3 were taken for real" in lines[0]
    assert "0 of 3 were taken for real" in lines[1]
    assert "floor" in lines[2]
    session.dialog.close()


def test_a_stopped_search_keeps_what_it_found_and_goes_on(services):
    made = services.generation_run
    choice = replace(made.choice, grid=SMALL).fitted(services.session.models)
    pair = choice.pair(services.session.models)
    stops = []

    def stop_early():
        if made.state is not None and made.state.search.done_steps >= 3 and not stops:
            stops.append(made.state.search.done_steps)
            made.cancel()

    made.changed.connect(stop_early)
    made.start(GenerationAsked(pair, SMALL, 16384, 16000))
    assert not made.running
    assert stops
    assert made.done_steps < SMALL.total_steps
    kept = made.done_steps
    made.resume()
    assert not made.running
    assert made.done_steps == SMALL.total_steps > kept
    assert "no recordings" in settings_view(made.state, 1).floor_words.lower()
    assert len(tile_rows(made.state)) == 2


def test_what_drives_this_goes_from_a_lane_to_the_page(services):
    assert not can_run(services, "layers.what_drives")
    session = services.session
    services.sound_driven.listen("Q", session.output)
    heard = [one.key for one in session.lanes if isinstance(one.key, LaneKey) and one.key.network == "Q"]
    shown = []

    class Pages:
        def show_page(self, id):
            shown.append(id)

    for key in (heard[0], next(key for key in heard if key.layer == LOGITS)):
        session.set_active(key)
        run(services, "layers.what_drives", Pages())
        choice = services.generation_run.choice
        assert choice.network == "Q"
        assert (choice.kind, choice.layer) == ("layer", key.layer) or (key.layer, choice.kind) == (
            LOGITS,
            "unit",
        )
    assert shown == ["generate", "generate"]


def check_closing(searched, window):
    searched.state = searched.state
    window.on.session.model_closed.emit(window.on.session.model)
    assert searched.state is None
    assert settings_view(None, 1).cells == ()


def test_a_search_is_seen_heard_kept_saved_judged_and_opened(searched, page, window, qtbot, tmp_path):
    check_choices(page)
    check_table_and_rows(searched, page)
    check_cell(searched, page, qtbot)
    check_tiles(searched, page, window)
    check_results(searched, page, window)
    check_saved(searched, tmp_path)
    check_judging(searched, window)
    check_layers(searched, page, qtbot)
    check_opened(searched, page, window)
    check_closing(searched, window)


def test_a_network_alone_gets_the_built_in_generator_as_its_prior(window, tmp_path, qtbot):
    path = tmp_path / "model.safetensors"
    save_model(path, VoiceNetwork.fresh(0).arrays(), {"family": "schlueter-grill"})
    window.on.model_loader.open(path)
    window.pages.show_page("generate")
    page = window.pages.widget("generate")
    assert not page.choices.start.isEnabled()
    assert "no prior" in page.choices.reason.text()
    page.choices.built_in.click()
    qtbot.waitUntil(lambda: page.choices.start.isEnabled())
    assert page.choices.network.itemText(page.choices.network.currentIndex()).endswith("detector")
    assert page.choices.prior.currentText().startswith("Mandarin")
