"""The page of feature maps in the window: browsing, sorting, what sounds, and how it follows the session."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QGraphicsSceneMouseEvent

from core.annotation.editing import set_label
from core.playback.sonification import sonified
from core.session.lane_key import LaneKey
from core.signals.axis import Range
from widgets.theme.theme import PRINT


@pytest.fixture
def page(window, qtbot):
    window.menus.run("view.maps")
    made = window.pages.widget("maps")
    qtbot.waitUntil(lambda: made.plot.heat.view is not None)
    return made


def choose(page, qtbot, **fields):
    """Choose in the bar, and wait until the page shows what was asked for."""
    for field, value in fields.items():
        page.bar.wanted.emit(field, value)
        qtbot.waitUntil(lambda field=field, value=value: getattr(page.bar.view, field) == value)


def numbers(page):
    return [row.channel for row in page.plot.heat.view.rows]


def test_the_page_begins_with_a_layer_of_several_maps(page):
    assert page.plot.heat.view.maps.name == "conv2"
    assert numbers(page) == [0, 1, 2, 3]
    assert page.bar.layer_row.current == "conv2"
    assert page.notice.isHidden()


def test_another_layer_and_another_order_are_shown(page, qtbot):
    choose(page, qtbot, layer="fc", contour="conv4", sort="r")
    view = page.plot.heat.view
    assert view.maps.name == "fc"
    assert len(view.rows) == 16
    sizes = [abs(row.r) for row in view.rows if np.isfinite(row.r)]
    assert sizes == sorted(sizes, reverse=True)


def test_clusters_are_shown_with_their_means(page, qtbot):
    choose(page, qtbot, layer="fc", sort="cluster", clusters=3)
    view = page.plot.heat.view
    assert [row.cluster for row in view.rows] == sorted(row.cluster for row in view.rows)
    assert sum(row.count for row in view.clusters) == 16
    assert len(page.plot.clusters) == len(view.clusters) > 1


def test_maps_are_sorted_by_their_distance_to_a_kept_point(page, window, qtbot):
    window.named_points.keep("here")
    window.on.session.set_value(5, 3.0)
    choose(page, qtbot, sort="distance")
    distances = [row.distance for row in page.plot.heat.view.rows]
    assert distances == sorted(distances)
    assert distances[-1] > 0


def test_a_turned_knob_gives_other_maps(page, window, qtbot):
    before = page.plot.heat.view.maps.values
    window.on.session.set_value(0, 4.0)
    qtbot.waitUntil(lambda: page.plot.heat.view.maps.values is not before)
    assert np.abs(page.plot.heat.view.maps.values - before).max() > 0
    assert page.plot.heat.view.maps.origin.point == window.on.session.point.z


def test_soloing_all_maps_gives_the_layers_lane_exactly(page, window, qtbot):
    choose(page, qtbot, layer="conv1")
    whole = window.on.session.shown.tracks[LaneKey(window.on.session.model, "G", "conv1")]
    for channel in range(8):
        page.plot.heat.field_wanted.emit(channel, "soloed")
    qtbot.waitUntil(lambda: all(row.soloed for row in page.plot.heat.view.rows))
    np.testing.assert_array_equal(page.lanes[0].lane.curves[0].track.samples, whole.samples)


def test_a_muted_map_is_left_out_of_the_average_and_undone_by_a_second_click(page, qtbot):
    page.plot.heat.field_wanted.emit(1, "muted")
    qtbot.waitUntil(lambda: page.lanes[0].lane.meta == "3 of 4 maps")
    maps = page.plot.heat.view.maps.values
    np.testing.assert_allclose(
        page.lanes[0].lane.curves[0].track.samples, maps[:, [0, 2, 3]].mean(1), rtol=1e-5, atol=1e-7
    )
    page.plot.heat.field_wanted.emit(1, "muted")
    qtbot.waitUntil(lambda: page.lanes[0].lane.meta == "4 of 4 maps")


def test_what_was_muted_in_a_layer_is_still_muted_on_the_way_back(page, qtbot):
    page.plot.heat.field_wanted.emit(1, "muted")
    choose(page, qtbot, layer="conv1")
    assert not any(row.muted for row in page.plot.heat.view.rows)
    choose(page, qtbot, layer="conv2")
    assert [row.channel for row in page.plot.heat.view.rows if row.muted] == [1]


def test_a_click_on_a_map_plays_it(page, window, qtbot):
    session = window.on.session
    page.plot.heat.play_wanted.emit(1)
    samples, rate_hz, _, loop = window.on.player.heard[-1]
    track = session.shown.tracks[LaneKey(session.model, "G", "out")]
    view = page.plot.heat.view
    own = replace(track, samples=view.maps.values[:, 1], axis=view.maps.axis)
    expected = sonified(own, track.axis, window.on.preferences.values.sound, track)
    np.testing.assert_array_equal(samples, expected.samples)
    assert rate_hz == 16000
    assert not loop


def test_only_the_selection_of_a_map_is_played(page, window):
    window.on.session.set_selection(Range(0.25, 0.5))
    page.plot.heat.play_wanted.emit(0)
    assert len(window.on.player.heard[-1][0]) == 4000


def send(box, kind, at, button=Qt.MouseButton.LeftButton):
    """Send a mouse event to a view box, in its own pixels."""
    event = QGraphicsSceneMouseEvent(kind)
    event.setPos(at)
    event.setButton(button)
    box.scene().sendEvent(box, event)


def test_a_drag_over_the_maps_selects_time(page, window):
    box = page.plot.heat.box
    kinds = QEvent.Type
    send(box, kinds.GraphicsSceneMousePress, QPointF(box.width() * 0.25, 20))
    send(box, kinds.GraphicsSceneMouseMove, QPointF(box.width() * 0.5, 20))
    send(box, kinds.GraphicsSceneMouseRelease, QPointF(box.width() * 0.5, 20))
    selection, whole = window.on.session.selection, window.on.session.whole
    assert selection is not None
    assert selection.start_s == pytest.approx(0.25 * whole.end_s, abs=1e-3)
    assert selection.end_s == pytest.approx(0.5 * whole.end_s, abs=1e-3)


def test_the_columns_are_those_of_the_stack(page, window):
    session, box = window.on.session, page.plot.heat.box
    session.set_range(Range(0.1, 0.6))
    left, right = box.viewRange()[0]
    assert (left, right) == pytest.approx((0.1, 0.6))
    columns = page.columns
    assert box.mapToScene(QPointF(0, 0)).x() == pytest.approx(columns.left_px)
    assert box.width() == pytest.approx(columns.width_px)


def test_rows_are_zoomed_and_scrolled_within_the_maps(page, qtbot):
    choose(page, qtbot, layer="fc")
    heat = page.plot.heat
    assert len(heat.seen_rows) == 16
    heat.zoom_rows(4, 8.0)
    seen = len(heat.seen_rows)
    assert seen < 12
    heat.move_rows(10)
    assert heat.seen_rows[-1] == 15
    heat.zoom_rows(-20, 8.0)
    assert len(heat.seen_rows) == 16


def test_small_multiples_show_every_map(page, qtbot):
    choose(page, qtbot, layer="fc", sort="cluster", looks="curves")
    assert not page.plot.heat.isVisible()
    tiles = page.plot.multiples.tiles()
    assert [row.channel for row, _ in tiles] == numbers(page)
    image = QImage(page.plot.size(), QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    with QPainter(image) as painter:
        page.plot.paint(painter, PRINT)
    assert len({image.pixel(x, y) for x in range(0, image.width(), 3) for y in range(0, 90, 3)}) > 3


def test_a_network_that_a_sound_drives_has_maps_once_it_hears_one(page, window, qtbot):
    assert page.bar.network.isHidden()
    window.on.sound_driven.listen("Q")
    qtbot.waitUntil(lambda: not page.bar.network.isHidden())
    choose(page, qtbot, network="Q", layer="conv2")
    assert page.plot.heat.view.maps.channels == 2
    q = LaneKey(window.on.session.model, "Q", "conv2")
    mean = page.plot.heat.view.maps.values.mean(1)
    np.testing.assert_allclose(mean, window.on.session.shown.tracks[q].samples, atol=1e-6)


def test_nothing_is_asked_while_the_page_is_hidden(page, window, monkeypatch):
    window.menus.run("view.stack")
    asked = []
    monkeypatch.setattr(window.on.background, "ask", lambda *more: asked.append(more))
    window.on.session.set_value(0, 2.0)
    assert not asked


def test_the_layer_is_compared_with_itself_over_labelled_intervals(page, tiers, qtbot):
    for index, label in enumerate(("ma", "na", "ma")):
        tiers.on.tier_editor.change(
            "label", lambda note, own, k=index, text=label: set_label(note, own, k, text)
        )
    choose(page, qtbot, looks="similarity")
    qtbot.waitUntil(lambda: page.plot.similarity.view is not None)
    view = page.plot.similarity.view
    n = page.plot.heat.view.maps.axis.n
    assert view.values.shape == (n, n)
    np.testing.assert_allclose(view.values, view.values.T, atol=1e-6)
    assert view.of == "Conv2 (4 maps)"
    assert [label for _, label in view.intervals] == ["ma", "na", "ma"]
    assert view.pairs is not None
    assert view.pairs.shape == (3, 3)
    assert page.plot.similarity.isVisible()
    choose(page, qtbot, layer="out")
    qtbot.waitUntil(lambda: page.plot.similarity.view.of == "Out (spectra)")


def test_the_page_begins_with_the_layer_of_the_active_lane(page, window, qtbot):
    window.menus.run("view.stack")
    window.on.session.set_active(LaneKey(window.on.session.model, "G", "conv1"))
    window.menus.run("view.maps")
    qtbot.waitUntil(lambda: page.plot.heat.view.maps.name == "conv1")
