"""What Q and D give comes into view at once: probabilities with logits, or a score and its meaning."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QFontMetrics, QGuiApplication

from core.session.lane_key import LaneKey
from tests.app.conftest import save_small_model
from tests.support.keys import D, G, Q
from tests.support.tiny import nets
from tests.support.tiny.files import save_state
from widgets.drawing.classifier import SCORE, short_words
from widgets.stack.lane_header import NAME_X_PX
from widgets.stack.lane_menu import lane_menu
from widgets.theme.theme import font
from widgets.timeline.columns import HEADER_PX


def lane_of(window, key):
    window.wiring.show_stack()
    return next(lane for lane in window.stack.lanes if lane.lane.key == key)


def test_the_answer_stands_below_the_sound_and_in_view(window):
    window.resize(1280, 720)
    window.on.session.set_active(G("fc"))
    window.menus.run("layers.through_q")
    answer = lane_of(window, Q("logits"))
    keys = [lane.key for lane in window.on.session.lanes]
    assert keys[:2] == [G("out"), Q("logits")]
    assert answer.visibleRegion().boundingRect().height() == answer.height()


def test_it_holds_labelled_probabilities_that_sum_to_one(window):
    window.menus.run("layers.through_q")
    output = lane_of(window, Q("logits")).lane.classifier
    logits = window.on.session.shown.tracks[Q("logits")].samples
    assert [one.label for one in output.classes] == ["c1", "c2", "c3"]
    assert sum(one.probability for one in output.classes) == pytest.approx(1)
    np.testing.assert_array_equal([one.logit for one in output.classes], logits.astype(np.float64))


def test_a_bit_code_gives_sigmoids(window, tmp_path):
    window.on.model_loader.open(save_small_model(tmp_path / "bits.safetensors", "bits"))
    window.menus.run("layers.through_q")
    lane = lane_of(window, Q("logits")).lane
    assert (lane.classifier.rule, lane.meta) == ("sigmoid", "3 bits · sigmoid")


def test_the_code_that_was_given_is_marked_while_it_is_a_category(window):
    session = window.on.session
    window.menus.run("layers.through_q")
    session.change("code", point=session.point.with_code((0.0, 1.0, 0.0)))
    assert lane_of(window, Q("logits")).lane.given == {"c2"}
    session.change("code", point=session.point.with_code((0.0, 0.7, 0.0)))
    assert lane_of(window, Q("logits")).lane.given == frozenset()


def test_nothing_is_played_or_measured_there(window):
    window.menus.run("layers.through_q")
    header = lane_of(window, Q("logits")).header
    buttons = (header.play, header.mute, header.solo, header.gain, *header.measures.values())
    assert all(button.isHidden() for button in buttons)
    menu = lane_menu(header.lane, (0.0, 1.0), lambda *_: None, lambda _: None, window)
    words = [action.text() for action in menu.actions() if action.text()]
    assert words == ["Collapse", "What drives this?", "Close this lane"]


def test_one_note_says_what_is_heard(window):
    window.menus.run("layers.through_q")
    window.wiring.show_stack()
    told = [lane.lane.key for lane in window.stack.lanes if "hears" in lane.lane.note]
    assert told == [Q("logits")]


def test_the_table_has_the_answer_too_and_unfolds_to_its_classes(window):
    window.menus.run("layers.through_q")
    window.wiring.show_stack()
    window.dock_view.show()
    row = next(row for row in window.dock.table.rows if row.key == Q("logits"))
    output = lane_of(window, Q("logits")).lane.classifier
    assert (row.title, row.words) == ("Q answer", short_words(output, 3))
    window.dock_view.fold(Q("logits"))
    row = next(row for row in window.dock.table.rows if row.key == Q("logits"))
    assert [below.name for below in row.below] == ["c1", "c2", "c3"]
    assert all("logit" in below.words for below in row.below)
    window.dock.grab()


def test_a_class_is_kept_in_the_results(window):
    window.menus.run("layers.through_q")
    output = lane_of(window, Q("logits")).lane.classifier
    window.dock.table.ask_wanted.emit(Q("logits"), 2, 0)
    answer = window.on.queries.results.rows[-1].answer
    assert (answer.layer, answer.measure) == ("Q answer", "Probability of c2")
    assert answer.value == output.classes[1].probability
    window.dock.table.ask_wanted.emit(Q("logits"), 0, 0)
    assert window.on.queries.results.rows[-1].answer.measure == f"Probability of {output.ranked[0].label}"


def test_a_score_has_a_word_on_what_it_means(window, buzz, tmp_path):
    window.on.model_loader.open(save_state(tmp_path / "epoch1_step2_D.pt", nets.port_listener(1)))
    window.on.model_loader.open(buzz)
    session = window.on.session
    key = next(lane.key for lane in session.lanes if isinstance(lane.key, LaneKey) and lane.key.is_logits)
    lane = lane_of(window, key).lane
    assert (key.network, lane.classifier.rule, lane.title) == ("D", "score", "Answer")
    window.dock_view.show()
    row = next(row for row in window.dock.table.rows if row.key == key)
    assert row.words == short_words(lane.classifier)
    assert SCORE in row.tip
    assert not lane.playable


def test_layers_without_a_sound_have_no_play_buttons(window, buzz, tmp_path):
    """A lone D makes no sound: its layers have curves, but nothing plays them."""
    window.on.model_loader.open(save_state(tmp_path / "epoch1_step2_D.pt", nets.port_listener(1)))
    window.on.model_loader.open(buzz)
    header = lane_of(window, D("conv1")).header
    assert header.play.isHidden()
    assert header.mute.isHidden()
    assert not header.gain.isHidden()


def test_q_again_takes_its_lanes_away(window):
    before = [lane.key for lane in window.on.session.lanes]
    window.menus.run("layers.through_q")
    window.menus.run("layers.through_q")
    assert [lane.key for lane in window.on.session.lanes] == before


def test_sent_through_from_a_recording_the_answer_moves_below_it(window, buzz):
    window.menus.run("layers.through_q")
    window.on.model_loader.open(buzz)
    session = window.on.session
    session.set_active(session.lanes[-1].key if session.lanes[-1].key != Q("conv5") else session.active)
    recording = next(lane.key for lane in session.lanes if not isinstance(lane.key, LaneKey))
    window.on.sound_driven.listen("Q", recording)
    keys = [lane.key for lane in session.lanes]
    assert keys[keys.index(recording) + 1] == Q("logits")
    assert lane_of(window, Q("logits")).lane.note.startswith("Q hears buzz.wav, 0.000000–")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_both_kinds_are_painted_open_and_folded(window, theme):
    window.themes.use(theme)
    window.menus.run("layers.through_q")
    answer = lane_of(window, Q("logits"))
    picture = answer.plot.grab().toImage()
    assert len({picture.pixel(x, 40) for x in range(picture.width())}) > 3
    window.on.session.set_lane(Q("logits"), "fold", collapsed=True)
    folded = lane_of(window, Q("logits"))
    assert folded.plot.grab().toImage() != picture


def test_the_copied_table_holds_the_answer_too(window):
    window.menus.run("layers.through_q")
    window.wiring.show_stack()
    window.menus.run("edit.copy_layers")
    layers, answer = QGuiApplication.clipboard().text().split("\n\n")
    rows = [line.split("\t")[1:] for line in answer.splitlines()]
    output = lane_of(window, Q("logits")).lane.classifier
    assert rows[0] == ["lane", "class", "probability", "logit"]
    assert [row[:2] for row in rows[1:]] == [["Q answer", one.label] for one in output.classes]
    assert [float(row[2]) for row in rows[1:]] == pytest.approx([one.probability for one in output.classes])
    assert layers.startswith("model\tlayer")


def test_the_lanes_of_d_and_q_keep_their_rate_badge(window):
    """“Q Conv4” left no room for “≤ 31.25 Hz” in a header of 136 px."""
    window.menus.run("layers.through_q")
    for layer, words in (("conv1", "≤ 2 kHz"), ("conv4", "≤ 31 Hz"), ("conv5", "≤ 7.8 Hz")):
        lane = lane_of(window, Q(layer))
        assert lane.lane.short_badge == words
        room_px = HEADER_PX - lane.header.name_width() - NAME_X_PX - 4
        assert QFontMetrics(font(11, numbers=True)).horizontalAdvance(words) + 5 <= room_px
        assert lane.lane.badge.removeprefix("≤ ") in lane.header.toolTip()
