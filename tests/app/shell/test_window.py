"""The window as a user meets it: what is turned, clicked and typed is what is shown and heard."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import replace

import numpy as np
import pytest
import soundfile
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from app.base.command_table import MENUS, all_commands, command, default_keys
from app.base.panel_table import all_panels
from core.families.registry import open_model
from core.faults import Fault
from core.networks.latent import draw
from core.playback.sonification import published
from core.probing.forward import generate
from core.processes.praat_pool import InlinePool
from core.signals.axis import Range
from tests.support.keys import G, Q, recording
from tests.support.screen import pixels, status
from widgets.controls.dialog import SmallDialog
from widgets.shell.shortcut_sheet import KeyLine, ShortcutSheet
from widgets.theme.control_paint import Words

OUT = G("out")


def shown(window, key=OUT):
    return window.on.session.shown.tracks[key].samples


def test_opening_shows_every_layer_from_the_last_to_the_first(window):
    assert [lane.lane.key for lane in window.stack.lanes] == [
        G("out"),
        G("conv4"),
        G("conv3"),
        G("conv2"),
        G("conv1"),
        G("fc"),
    ]
    assert window.pages.page == "stack"


def test_a_turned_knob_changes_every_layer_as_the_network_itself_does(window, small_model):
    window.latent.value_wanted.emit(10, -15.0, True)
    model = open_model(small_model)
    truth = generate(model, draw(model.card.layout, 0, changes={"z11": -15.0}))
    for layer, track in truth.items():
        np.testing.assert_array_equal(shown(window, G(layer)), track.samples)


def test_a_turn_leaves_a_ghost_of_where_it_started(window):
    before = shown(window)
    for value in (1.0, 2.0):
        window.latent.value_wanted.emit(10, value, False)
    window.latent.value_wanted.emit(10, 3.0, True)
    np.testing.assert_array_equal(window.on.session.shown.ghosts[G("out")].samples, before)
    window.menus.run("edit.undo")
    np.testing.assert_array_equal(shown(window), before)


def test_overlays_follow_the_curve_they_belong_to(window):
    first = window.on.session.shown.overlays[G("out"), "intensity"][0]
    window.latent.value_wanted.emit(0, 4.0, True)
    then = window.on.session.shown.overlays[G("out"), "intensity"][0]
    assert then.origin.point == window.on.session.point.z
    assert not np.array_equal(first.samples, then.samples)
    assert not window.on.session.shown.stale


def test_what_a_rate_cannot_carry_is_refused_in_the_lane_and_never_computed(window):
    lane = next(lane.lane for lane in window.stack.lanes if lane.lane.key == G("conv2"))
    assert "Nyquist is 125 Hz" in lane.refusals["pitch"]
    window.on.session.set_active(G("conv2"))
    window.menus.run("pitch.show")
    assert (G("conv2"), "pitch") not in window.on.session.shown.overlays


def test_tab_plays_the_selection_of_the_active_lane_as_published(qtbot, window):
    window.on.session.set_active(G("conv4"))
    window.on.session.set_selection(Range(0.1, 0.3))
    with qtbot.waitActive(window):
        window.activateWindow()
    window.stack.setFocus()
    qtbot.keyClick(window.stack, Qt.Key.Key_Tab)
    samples, rate_hz, start_s, _ = window.on.player.heard[-1]
    card = window.on.session.card
    whole = published(window.on.session.shown.tracks[G("conv4")], card.out_axis).samples
    assert (rate_hz, start_s) == (16000, pytest.approx(0.1, abs=1e-4))
    np.testing.assert_array_equal(samples, whole[1600:4800])


def test_a_bar_plays_soloed_lanes_and_no_muted_one(window):
    window.on.session.set_lane(G("conv3"), "solo", soloed=True)
    window.stack.play_wanted.emit(None, Range(0, 0.5))
    assert window.on.playback.keys == (G("conv3"),)
    window.on.session.set_lane(G("conv3"), "mute", muted=True)
    window.on.playback.stop()
    window.stack.play_wanted.emit(None, Range(0, 0.5))
    assert window.on.playback.keys == ()


def test_a_knob_swaps_the_sound_of_a_running_loop(window):
    window.menus.run("play.loop")
    window.menus.run("play.window")
    window.latent.value_wanted.emit(10, 9.0, False)
    assert window.on.player.heard[-1][3] is True
    assert len(window.on.player.swapped) == 1
    assert not np.array_equal(window.on.player.swapped[0], window.on.player.heard[-1][0])


def test_praats_keys_zoom_and_scroll(qtbot, window):
    session = window.on.session
    window.menus.run("time.in")
    assert session.visible.length_s == pytest.approx(0.512)
    window.menus.run("time.page_forward")
    assert session.visible.start_s == pytest.approx(0.256 + 0.8 * 0.512 - 0.1536)
    window.menus.run("time.all")
    assert session.visible == session.whole
    session.set_selection(Range(0.2, 0.4))
    window.menus.run("time.selection")
    assert session.visible == Range(0.2, 0.4)
    window.menus.run("time.back")
    assert session.visible == session.whole


def test_a_refused_file_leaves_what_was_open(window, tmp_path):
    before = window.on.session.card
    (tmp_path / "broken.pt").write_bytes(b"no checkpoint")
    window.on.model_loader.open(tmp_path / "broken.pt")
    assert window.on.session.card is before
    assert "broken.pt" in window.banner.shown.sentence


def test_q_hears_the_output_and_a_recording(window, tmp_path):
    window.on.sound_driven.listen("Q")
    assert {Q("conv1"), Q("conv5"), Q("logits")} <= set(window.on.session.shown.tracks)
    first = shown(window, Q("logits"))
    window.latent.value_wanted.emit(3, 5.0, True)
    assert not np.array_equal(first, shown(window, Q("logits")))
    soundfile.write(tmp_path / "hum.wav", np.sin(np.arange(8000) / 20).astype(np.float32), 8000)
    window.on.model_loader.open(tmp_path / "hum.wav")
    assert shown(window, recording("hum.wav")).shape == (8000,)
    window.on.sound_driven.listen("Q", recording("hum.wav"))
    after = shown(window, Q("logits"))
    window.latent.value_wanted.emit(3, -5.0, True)
    np.testing.assert_array_equal(after, shown(window, Q("logits")))


def test_a_network_of_sound_does_not_hear_articulation(window):
    card = window.on.session.card
    silent = replace(card.generator, output=replace(card.generator.output, audible=False))
    session = window.on.session
    session.models[session.model] = replace(card, networks={**card.networks, "G": silent})
    window.on.sound_driven.listen("Q")
    assert "articulation" in window.banner.shown.sentence
    assert Q("logits") not in window.on.session.shown.tracks


def test_a_lane_dragged_onto_another_shares_its_axes(window):
    window.stack.merge_wanted.emit(G("conv4"), G("out"))
    window.wiring.show_stack()
    assert [lane.lane.key for lane in window.stack.lanes][:2] == [G("out"), G("conv3")]
    assert [curve.key for curve in window.stack.lanes[0].lane.curves] == [G("out"), G("conv4")]
    window.menus.run("edit.undo")
    window.wiring.show_stack()
    assert len(window.stack.lanes) == 6


def test_the_contact_sheet_draws_every_code_and_opens_one_in_the_stack(window):
    window.menus.run("view.sheet")
    items = window.on.contact_sheet.items
    assert len(items) == 3 * 12
    chosen = next(one for one in items.values() if one.code == (0, 1, 0) and one.seed == 5)
    window.pages.widget("sheet").open_wanted.emit(chosen.key)
    assert window.pages.page == "stack"
    np.testing.assert_allclose(shown(window), chosen.samples, atol=1e-4)


def test_a_star_belongs_to_one_model_at_one_point(window):
    window.menus.run("view.sheet")
    sheet, preferences = window.pages.widget("sheet"), window.on.preferences
    key = next(iter(window.on.contact_sheet.items))
    point = window.on.contact_sheet.items[key].point.z
    preferences.change(starred=(("of another model", point, "seed 0"),))
    sheet.star_wanted.emit(key, True)
    own = (window.on.session.card.digest, point, "seed 0")
    assert preferences.values.starred == (("of another model", point, "seed 0"), own)
    sheet.star_wanted.emit(key, False)
    assert preferences.values.starred == (("of another model", point, "seed 0"),)


def test_points_are_kept_by_name_and_compared_as_a_and_b(window):
    here = window.on.session.point
    window.named_points.keep("falling")
    window.on.session.redraw(9)
    window.named_points.go("falling")
    assert window.on.session.point == here
    window.latent.ab_wanted.emit("B")
    window.on.session.redraw(12)
    there = window.on.session.point
    window.latent.ab_wanted.emit("A")
    assert window.on.session.point == here
    window.latent.ab_wanted.emit("B")
    assert window.on.session.point == there


def test_the_legend_stays_and_what_is_hidden_is_never_stale(window):
    window.menus.run("formants.show")
    window.on.session.redraw(4)
    window.wiring.show_stack()
    out = window.stack.lanes[0].lane
    assert [line.text for line in out.legend if line.kind == "formants"] == ["hidden"]
    assert not out.stale


def test_weights_that_are_no_numbers_are_told_in_a_sentence(window, small_model):
    from safetensors import safe_open
    from safetensors.numpy import load_file, save_file

    with safe_open(small_model, "numpy") as kept:
        metadata = kept.metadata()
    arrays = load_file(small_model)
    arrays["G/upconv_1/conv2d_transpose/bias"][:] = np.nan
    save_file(arrays, small_model.with_name("failed.safetensors"), metadata)
    window.on.model_loader.open(small_model.with_name("failed.safetensors"))
    assert "contains values that are not finite numbers" in window.banner.shown.sentence
    assert "earlier step" in window.banner.shown.hint


def test_a_second_wish_for_a_picture_shows_the_dialog_that_is_open(window):
    from widgets.figures.figure_dialog import FigureDialog

    for _ in range(2):
        window.menus.run("file.save_picture")
    assert len(window.findChildren(FigureDialog)) == 1
    window.findChildren(FigureDialog)[0].reject()


def test_the_dock_fits_a_screen_of_800_lines_with_a_banner(window):
    """800 less title 24, menus 32, toolbar 40, banner 32 and status 24."""
    assert window.dock.minimumSizeHint().height() <= 648


def test_a_curve_laid_over_another_keeps_a_gain_of_its_own(window):
    window.stack.merge_wanted.emit(G("conv3"), G("conv4"))
    window.stack.lane_wanted.emit(G("conv4"), "merged_gain", (G("conv3"), 20.0))
    window.wiring.show_stack()
    lane = next(lane.lane for lane in window.stack.lanes if lane.lane.key == G("conv4"))
    assert [curve.label for curve in lane.curves] == ["Conv4", "Conv3 ×20"]
    assert lane.gain == 1


def test_naming_a_point_leaves_the_comparison_of_a_and_b_as_it_was(window):
    here = window.on.session.point
    window.latent.ab_wanted.emit("B")
    window.on.session.redraw(12)
    window.named_points.keep("the second")
    window.latent.ab_wanted.emit("A")
    assert window.on.session.point == here


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_both_themes_paint_without_a_word(window, theme):
    window.themes.use(theme)
    window.pages.show_page("stack")
    window.wiring.show_stack()
    image = window.grab().toImage()
    assert not image.isNull()
    assert image.pixelColor(1110, 40) == window.theme.chrome


def test_what_opens_sounds_and_checkpoints_is_titled_open(window, monkeypatch):
    asked = []
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *words: asked.append(words[1:]) or ("", ""))
    window.menus.run("file.open")
    title, _, kinds = asked[0]
    assert title == "Open"
    assert "*.wav" in kinds


def test_an_id_or_a_key_used_twice_raises(monkeypatch):
    monkeypatch.setitem(default_keys(), "time.again", "Ctrl+A")
    with pytest.raises(ValueError, match="two commands"):
        command("time.all", "Show all", "Time")(lambda window: None)
    with pytest.raises(ValueError, match="belongs to another"):
        command("time.again", "Show all", "Time")(lambda window: None)
    assert "time.again" not in all_commands()


def test_every_command_explains_itself_and_can_be_found(window):
    rows = window.menus.rows()
    assert {row.id for row in rows} == set(all_commands())
    assert list(dict.fromkeys(row.menu for row in rows)) == list(MENUS)
    assert all(found.help.endswith((".", "…")) for found in all_commands().values())


def test_commands_that_make_no_sense_now_are_off(window):
    assert not window.menus.actions["edit.undo"].isEnabled()
    assert not window.menus.actions["time.selection"].isEnabled()
    window.on.session.set_selection(Range(0.1, 0.2))
    assert window.menus.actions["time.selection"].isEnabled()
    assert not window.menus.actions["layers.through_d"].isEnabled()
    assert window.menus.actions["layers.through_q"].isEnabled()


@pytest.mark.parametrize(("height_px", "fills"), [(1080, False), (1000, True)])
def test_a_first_window_fills_a_screen_too_small_for_it(window, monkeypatch, height_px, fills):
    """At 1600 x 1000 a title bar has no room on a screen of 1600 x 1000."""
    from PySide6.QtCore import QSize

    from app.launch import show

    asked: list[str] = []
    for name in ("show", "showMaximized"):
        monkeypatch.setattr(window, name, lambda name=name: asked.append(name))
    screen = type("Screen", (), {"availableSize": lambda self: QSize(1600, height_px)})()
    monkeypatch.setattr(window, "screen", lambda: screen)
    show(window, restored=False)
    assert asked == ["showMaximized" if fills else "show"]


def test_the_dock_waits_for_a_wide_window_until_somebody_chooses(window):
    window.resize(1300, 800)
    assert not window.dock.isVisible()
    window.menus.run("view.dock")
    assert window.dock.isVisible()
    assert window.pages.widget("latent").isVisible()
    window.menus.run("view.dock")
    window.resize(1600, 900)
    assert not window.dock.isVisible()


def test_in_a_narrow_window_the_panel_gives_way_to_the_dock(window):
    window.resize(1024, 700)
    assert window.pages.widget("latent").isVisible()
    window.menus.run("view.dock")
    assert window.dock.isVisible()
    assert not window.pages.widget("latent").isVisible()
    assert window.width() == 1024
    window.menus.run("view.dock")
    assert window.pages.widget("latent").isVisible()


def test_a_silent_device_is_forgotten_once_it_plays(window):
    window.on.playback.failed(Fault("The sound device stopped responding."))
    window.menus.run("play.toggle")
    assert window.banner.isVisible()
    for time_s in (0.1, 0.1, 0.2):
        window.on.player.position_s = time_s
        window.playhead.step()
    assert window.banner.isHidden()


def test_what_the_sheet_plays_is_named_and_stands_in_no_lane(window):
    window.menus.run("view.sheet")
    window.pages.widget("sheet").play_wanted.emit("0")
    assert status(window) == "c1, seed 0: as generated"
    assert window.on.playback.keys == ()
    without = pixels(window.stack.lanes[0].plot)
    window.on.player.position_s = 0.3
    window.playhead.step()
    np.testing.assert_array_equal(pixels(window.stack.lanes[0].plot), without)


def test_the_menus_keep_their_place_before_the_corners_words(window):
    window.resize(1900, 800)
    assert window.menus.corner.words.isVisible()
    window.resize(1200, 800)
    assert not window.menus.corner.words.isVisible()


def test_every_page_is_one_click_away_also_in_a_narrow_window(window):
    corner, tabs = window.menus.corner, {one.id: one.tab for one in all_panels().values() if one.tab}
    assert list(tabs) == ["stack", "sweep", "maps", "profiles", "generate", "sheet"]
    window.resize(1900, 800)
    assert (corner.pages.isVisible(), corner.page_list.isVisible()) == (True, False)
    window.resize(1100, 800)
    assert (corner.pages.isVisible(), corner.page_list.isVisible()) == (False, True)
    assert [corner.page_list.itemText(k) for k in range(corner.page_list.count())] == list(tabs.values())
    corner.page_list.wanted.emit("sheet")
    assert (window.pages.page, corner.page_list.currentData()) == ("sheet", "sheet")


def _tab_stops(window):
    """Give the accessible names in the order in which Tab goes through them."""
    here, names = window.nextInFocusChain(), []
    while here is not window:
        takes = here.focusPolicy() & Qt.FocusPolicy.TabFocus and here.isEnabled()
        if takes and here.isVisible() and here.focusProxy() is None:
            names.append(here.accessibleName())
        here = here.nextInFocusChain()
    return names


def test_tab_reaches_the_stack_and_goes_down_the_panel_as_it_stands(window):
    names = _tab_stops(window)
    assert "Stack of layers" in names
    panel = ["Seed", "One-hot", "Free", "c1", "c3", "Filter the latent variables", "Latent z"]
    places = [names.index(name) for name in panel]
    assert places == sorted(places)
    assert all(names)


def test_open_dialogs_follow_the_colours(window):
    window.menus.run("help.shortcuts")
    sheet = next(one for one in window.findChildren(ShortcutSheet) if one.isVisible())
    lines = sheet.findChildren(KeyLine)
    light = [pixels(line) for line in lines]
    window.menus.run("view.dark")
    assert len(lines) > 20
    assert not any(np.array_equal(pixels(line), before) for line, before in zip(lines, light, strict=True))


class Unanswered(InlinePool):
    """A pool that never answers."""

    def submit(self, name, track, settings=None, key=""):
        return Future()

    def submit_many(self, asks, key="", patient=False):
        return Future()


def test_the_docks_rows_have_their_place_before_anything_is_known(window, small_model):
    window.dock_view.show()
    known = window.dock.table.sizeHint()
    window.on.pool.current = Unanswered()
    window.on.model_loader.open(small_model)
    assert window.dock.table.sizeHint() == known
    assert {cell.text for row in window.dock.table.rows for cell in row.cells} == {"…"}
    window.dock_view.show()
    assert window.dock.table.sizeHint() == known
    assert window.dock.plot.view.reason == ""


def test_no_dialog_is_larger_than_its_screen(window):
    room = window.screen().availableSize()
    for id in ("file.save_picture", "help.shortcuts", "help.card", "file.train"):
        window.menus.run(id)
    opened = [one for one in window.findChildren(QWidget) if one.isWindow() and one.isVisible()]
    assert len(opened) >= 4
    for one in opened:
        assert one.minimumSizeHint().height() < 660, one
        assert one.width() <= room.width(), one
        assert one.height() <= room.height(), one
        one.close()


def test_about_says_whose_method_it_is_and_stops_nothing(window):
    window.menus.run("help.about")
    about = next(
        one for one in window.findChildren(SmallDialog) if one.windowTitle().startswith("Phonoscope")
    )
    said = " ".join(words.text() for words in about.findChildren(Words))
    assert "Beguš and Zhou" in said
    assert not about.isModal()
    about.close()


def test_title_and_card_name_the_runs_folder_except_of_the_built_in_model(window, small_model):
    folder = small_model.parent.name
    assert window.windowTitle() == f"Small in {folder} – Phonoscope"
    assert any(words.text() == f"in {folder}" for words in window.card.findChildren(Words))
    window.on.model_loader.open_demo()
    assert window.windowTitle() == f"{window.on.session.card.title} – Phonoscope"
