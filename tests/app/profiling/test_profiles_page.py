"""The page of profiles in the window: from a folder to figures, units, and excerpts to hear."""

from __future__ import annotations

import numpy as np
import pytest
import soundfile
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QImage, QMouseEvent, QPainter

from core.families.registry import open_model
from core.profiles.grouping import corpus_of
from core.profiles.profile_set import contrasts
from core.profiles.run import ProfileRun
from core.profiles.settings import ProfileSettings
from tests.support.tiny.letters import corpus, letter_network
from widgets.profiles.painting import heat_rects, map_rect
from widgets.theme.theme import PRINT


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    return letter_network(tmp_path_factory.mktemp("network"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return corpus(tmp_path_factory.mktemp("sounds"), 3, 2)


@pytest.fixture
def page(window, network, qtbot):
    window.on.model_loader.open(network)
    window.menus.run("view.profiles")
    made = window.pages.widget("profiles")
    qtbot.waitUntil(made.isVisible)
    return made


@pytest.fixture
def heard(page, window, folder, qtbot, monkeypatch):
    """Give the page with the folder heard, in groups of phones."""
    monkeypatch.setattr(window.host, "ask_open_folder", lambda title: str(folder))
    page.side.folder.click()
    profiling = window.on.profiling
    qtbot.waitUntil(lambda: not profiling.running and page.heat.view is not None, timeout=60_000)
    qtbot.waitUntil(lambda: bool(page.unit.rows.rows))
    return page


def press(widget, place, modifiers=Qt.KeyboardModifier.NoModifier):
    button = Qt.MouseButton.LeftButton
    event = QMouseEvent(
        QEvent.Type.MouseButtonPress, place, widget.mapToGlobal(place), button, button, modifiers
    )
    widget.mousePressEvent(event)


def test_a_folder_becomes_profiles_that_the_core_gives_and_that_are_written(
    heard, window, network, folder, tmp_path, monkeypatch
):
    found = window.on.profiling.figures
    assert found.groups == ("AA", "IY", "M", "S")
    assert found.layer == "conv10"
    run = ProfileRun(
        open_model(network), "recogniser", corpus_of(folder, "phones"), ProfileSettings(), ("conv10",)
    )
    while not run.over:
        run.step()
    means = run.profiles().layers["conv10"].means()
    expected = contrasts(means, np.full(4, 0.25))
    np.testing.assert_allclose(found.profiles, expected, atol=1e-6)
    assert heard.side.chips.groups == (("ɑ", 6), ("i", 6), ("m", 6), ("s", 6))
    assert "6 of 6 files" in heard.side.progress.text()
    monkeypatch.setattr(window.host, "ask_save_folder", lambda title: str(tmp_path / "out"))
    heard.export.click()
    assert {"profiles.npz", "counts.csv", "layers.csv"} <= {one.name for one in (tmp_path / "out").iterdir()}
    blank = QImage(400, 300, QImage.Format.Format_ARGB32)
    blank.fill(Qt.GlobalColor.white)
    for plot in heard.plots:  # figures are painted on paper too
        picture = blank.copy()
        with QPainter(picture) as painter:
            plot.paint(painter, picture.rect().toRectF(), PRINT)
        assert (picture != blank) == (plot is not heard.other_tree or plot.view is not None)


def test_layers_groups_and_units_are_chosen_by_clicks(heard, window, qtbot):
    heard.layers.layer_wanted.emit("conv2")
    qtbot.waitUntil(lambda: "Conv2" in heard.heat.view.facts)
    heard.side.chips.group_wanted.emit("s")
    qtbot.waitUntil(lambda: heard.heat.view.title == "NAP of s")
    heat = heat_rects(heard.heat.rect().toRectF())[1]
    press(heard.heat, heat.center())
    unit = heard.heat.at(heat.center())[0]
    qtbot.waitUntil(lambda: heard.unit.title.text() == f"Unit {unit + 1}")
    tree = heard.tree.view
    assert set(tree.names) == {"ɑ", "i", "m", "s"}
    before = len(heard.curves.view.curves)
    heard.tree.group_added.emit("m")
    qtbot.waitUntil(lambda: len(heard.curves.view.curves) != before)

    rect = map_rect(heard.maps.rect().toRectF(), 0, len(heard.maps.view.maps))
    across, up = heard.maps.view.places[3]
    place = QPointF(rect.left() + across * rect.width() * 0.99, rect.bottom() - max(up, 0.01) * rect.height())
    assert heard.maps.at(place) == (0, 3)
    before = len(window.on.player.heard)
    press(heard.maps, place)
    qtbot.waitUntil(lambda: heard.unit.title.text() == "Unit 4")
    qtbot.waitUntil(lambda: len(window.on.player.heard) > before)  # a click lets hear what drives it most
    np.testing.assert_array_equal(window.on.player.heard[-1][0], heard.unit.rows.rows[0].wave)
    view = heard.layers.view
    assert len(view.dotted) == len(view.layers)
    assert max(view.dotted) > 0.6  # four tones
    assert heard.unit.pattern.isHidden()
    heard.layers.layer_wanted.emit("conv1")
    qtbot.waitUntil(lambda: not heard.unit.pattern.isHidden())
    assert heard.unit.pattern.view.pattern.shape == (12, 8)
    rows = heard.unit.rows
    values = [one.activation for one in rows.rows]
    assert values == sorted(values, reverse=True)
    rows.play_wanted.emit(0)
    samples, rate_hz, *_ = window.on.player.heard[-1]
    assert rate_hz == 8000
    np.testing.assert_array_equal(samples, rows.rows[0].wave)
    assert rows.row_at(rows.sizeHint().height() + 999) == -1
    said = []
    window.on.messages.noted.connect(said.append)
    heard.unit.tiers.click()
    assert "None of these recordings is open" in said[-1]
    rows.open_wanted.emit(0)
    heard.unit.tiers.click()
    tier = window.on.tier_editor.tiers[-1]
    assert (tier.name, tier.kind) == (f"conv1 {heard.unit.title.text().lower()}", "point")
    assert rows.rows[0].at_s in tier.times


def test_another_method_hears_the_folder_again(heard, window, qtbot):
    before = window.on.profiling.figures.profiles
    heard.wanted.emit("method", "gradnap")
    profiling = window.on.profiling
    qtbot.waitUntil(lambda: not profiling.running and profiling.figures is not None, timeout=60_000)
    assert profiling.choice.settings.mask == "hard"
    assert not np.array_equal(profiling.figures.profiles, before)
    heard.wanted.emit("less", "plain")
    qtbot.waitUntil(lambda: profiling.figures.profiles.min() >= 0)


def test_what_cannot_have_profiles_is_a_sentence(services, network, tmp_path):
    """The small model's Q network hears sound; a folder without labels has no groups."""
    profiling = services.profiling
    assert profiling.network == "Q"
    assert "Choose a folder" in profiling.why_none
    services.model_loader.open(network)
    soundfile.write(tmp_path / "a.wav", np.zeros(8000, np.float32), 8000)
    profiling.choose(folder=str(tmp_path))
    profiling.start()
    assert "No recording has an event" in profiling.why_none
    assert not profiling.running
