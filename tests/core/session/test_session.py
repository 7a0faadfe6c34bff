"""The session: one undo for every change, one range inside the whole, and no empty news."""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.families.card import Card, NetworkCard
from core.faults import Fault
from core.networks.latent import LatentLayout, draw
from core.networks.layer_info import LayerInfo
from core.networks.spec import FramesOutput, SoundDrive
from core.processes.latest_wins import Jobs
from core.session import lanes as lane_tools
from core.session.history import History
from core.session.lanes import Lane
from core.session.preferences import Preferences, load, save
from core.session.session import Session
from core.signals.axis import Range, TimeAxis
from tests.support.cards import generator
from tests.support.keys import G, recording


def card(code=3, kind="one-hot"):
    axis = TimeAxis.of_sound(16000, 16384)
    return Card(
        "a.pt",
        "a",
        "toy",
        "00",
        (),
        (),
        {"G": generator((LayerInfo("out", 1, axis),), LatentLayout(100, code, kind))},
    )


@pytest.fixture
def session():
    made = Session()
    made.open(card(), (Lane(G("out")), Lane(G("conv4")), Lane(G("conv3"))), seed=3)
    return made


def test_a_drag_is_one_undo_step(session):
    before = session.point
    for value in (0.1, 0.2, 0.3):
        session.set_value(10, value, final=False)
    session.set_value(10, 0.4)
    session.undo()
    assert session.point == before
    session.redo()
    assert session.point.z[10] == 0.4


def test_two_turns_of_the_same_knob_are_two_steps(session):
    session.set_value(10, 0.4)
    session.set_value(10, 0.8)
    session.undo()
    assert session.point.z[10] == 0.4


def test_a_new_seed_keeps_the_code_and_reset_returns_to_the_draw(session):
    session.set_value(1, 7.5)
    session.redraw(12)
    assert session.point.z[1] == 7.5
    assert session.point.z[3:] == draw(session.layout, 12).z[3:]
    session.set_value(20, 9.0)
    session.reset(20)
    assert session.point == session.snapshot.drawn


def test_setting_the_same_value_tells_nothing(session):
    heard = []
    session.snapshot_changed.connect(lambda *_: heard.append(1))
    session.set_value(10, session.point.z[10])
    session.set_cursor(session.cursor_s)
    assert not heard


def test_zoom_back_returns_through_every_range(session):
    ranges = [Range(0.1, 0.5), Range(0.2, 0.3)]
    for wanted in ranges:
        session.set_range(wanted)
    session.zoom_back()
    assert session.visible == ranges[0]
    session.zoom_back()
    assert session.visible == session.whole


@given(st.floats(-5, 5), st.floats(0, 9))
def test_the_visible_range_never_leaves_the_whole(start, length):
    session = Session()
    session.open(card(), (Lane(G("out")),))
    session.set_range(Range(start, start + length))
    assert session.whole.start_s <= session.visible.start_s < session.visible.end_s <= session.whole.end_s


def test_merged_lanes_share_axes_and_come_apart_again():
    lanes = (Lane(G("out")), Lane(G("conv4"), gain=10), Lane(G("conv3")))
    once = lane_tools.merged(lane_tools.merged(lanes, G("conv4"), G("out"), 10), G("conv3"), G("out"), 7)
    assert [(lane.key, lane.merged) for lane in once] == [(G("out"), ((G("conv4"), 10), (G("conv3"), 7)))]
    apart = lane_tools.unmerged(once, G("out"), G("conv4"))
    assert [lane.key for lane in apart] == [G("out"), G("conv4")]
    assert apart[0].merged == ((G("conv3"), 7),)
    assert lane_tools.unmerged(apart, G("out"), G("conv3"))[0] == Lane(G("out"))


def test_a_lane_taken_off_shared_axes_is_set_as_it_was():
    carried = Lane(G("conv3"), gain=2, shown=frozenset({"pitch"}), scale="whole", collapsed=True)
    lanes = (Lane(G("out")), Lane(G("conv4"), shown=frozenset({"intensity"})), carried)
    nested = lane_tools.merged(lane_tools.merged(lanes, G("conv3"), G("conv4"), 2), G("conv4"), G("out"), 5)
    assert lane_tools.unmerged(nested, G("out"), G("conv3"))[1] == carried
    assert lane_tools.unmerged(nested, G("out"), G("conv4"))[1] == lanes[1]
    louder = lane_tools.with_gain(nested, G("out"), G("conv3"), 8)
    assert lane_tools.unmerged(louder, G("out"), G("conv3"))[1] == replace(carried, gain=8)


def test_soloed_lanes_sound_and_muted_ones_never_do():
    lanes = (Lane(G("out"), soloed=True), Lane(G("conv4"), soloed=True, muted=True), Lane(G("conv3")))
    assert [lane.key for lane in lane_tools.sounding(lanes, G("conv3"))] == [G("out")]
    assert lane_tools.sounding((Lane(G("out"), muted=True),), G("out")) == ()


def test_history_forgets_the_future_after_a_change():
    history = History(0)
    history.put(1, "one")
    history.undo()
    history.put(2, "two")
    assert (history.redo(), history.undo()) == (2, 0)


class Told:
    def __init__(self) -> None:
        self.posts: list[Callable[[], None]] = []
        self.answers, self.faults, self.bugs = [], [], []
        self.jobs = Jobs(self.posts.append, self.faults.append, self.bugs.append)

    def run(self) -> None:
        while self.posts:
            self.posts.pop(0)()


def test_a_late_answer_is_dropped():
    told = Told()
    first, second = Future(), Future()
    told.jobs.follow("probe", first, told.answers.append)
    told.jobs.follow("probe", second, told.answers.append)
    second.set_result("new")
    first.set_result("late")
    told.run()
    assert told.answers == ["new"]


def test_questions_are_told_apart_by_any_value():
    told = Told()
    overlays, slices = Future(), Future()
    told.jobs.follow(("overlays", recording("a.wav")), overlays, told.answers.append)
    told.jobs.follow(("slices", recording("a.wav")), slices, told.answers.append)
    overlays.set_result("pitch")
    slices.set_result("spectrum")
    told.run()
    assert told.answers == ["pitch", "spectrum"]


def test_a_stream_shows_every_answer_in_order_and_none_twice():
    told = Told()
    asked = [Future(), Future(), Future()]
    for future in asked:
        told.jobs.follow("knob", future, told.answers.append, stream=True)
    asked[0].set_result(0)
    asked[2].set_result(2)
    asked[1].set_result("late")
    told.run()
    assert told.answers == [0, 2]
    assert not told.jobs.waits("knob")


def test_a_dropped_key_wants_no_answer_under_way():
    told = Told()
    future = Future()
    told.jobs.follow("knob", future, told.answers.append, stream=True)
    told.jobs.drop("knob")
    future.set_result(1)
    told.run()
    assert told.answers == []


def test_a_fault_is_shown_and_a_bug_is_never_silent():
    told = Told()
    fault, bug = Future(), Future()
    told.jobs.follow("a", fault, told.answers.append)
    told.jobs.follow("b", bug, told.answers.append)
    fault.set_exception(Fault("No."))
    bug.set_exception(KeyError("x"))
    told.run()
    assert [str(f) for f in told.faults] == ["No."]
    assert isinstance(told.bugs[0], KeyError)


def test_settings_survive_and_nonsense_costs_only_its_own_field(tmp_path):
    file = tmp_path / "deep" / "settings.json"
    save(Preferences(theme="dark", volume_db=-12.0).with_recent("/a/b.pt"), file)
    assert load(file) == Preferences(theme="dark", volume_db=-12.0, recent=("/a/b.pt",))
    file.write_text('{"theme": "mauve", "volume_db": -3, "unheard": 1}')
    assert load(file) == Preferences(volume_db=-3.0)
    file.write_text("{")
    assert load(file) == Preferences()


def test_a_selection_outside_the_sound_is_refused_and_changes_nothing(session):
    session.set_selection(Range(0.1, 0.2))
    with pytest.raises(Fault, match=r"5 to 9 s is outside the sound \(0 to 1\.024 s\)"):
        session.set_selection(Range(5.0, 9.0))
    assert session.selection == Range(0.1, 0.2)
    with pytest.raises(Fault, match="is outside the sound"):
        session.set_selection(Range(-3.0, -1.0))
    session.set_selection(Range(0.9, 9.0))
    assert session.selection == Range(0.9, 1.024)


def test_without_a_selection_the_cursor_stays_at_0_where_a_recording_begins_earlier(session):
    session.set_whole(Range(-1.0, 1.024))
    session.set_selection(Range(0.0, 0.5))
    session.set_selection(None)
    assert (session.selection, session.cursor_s) == (None, 0.0)


def test_a_selection_that_only_touches_the_sounds_end_is_a_cursor_there(session):
    session.set_selection(Range(1.024, 2.0))
    assert (session.selection, session.cursor_s) == (None, 1.024)


def test_a_selection_beyond_a_sound_that_became_shorter_goes(session):
    session.set_whole(Range(0.0, 3.0))
    session.set_selection(Range(2.0, 2.5))
    session.set_whole(Range(0.0, 1.024))
    assert (session.selection, session.cursor_s) == (None, 1.024)


def test_where_the_active_lane_is_undone_another_becomes_the_active_one(session):
    session.set_lanes((*session.lanes, Lane(recording("a.wav"))), "open a.wav")
    session.set_active(recording("a.wav"))
    session.undo()
    assert session.active == G("out")


def test_a_network_without_a_length_of_its_own_leaves_the_time_range_as_it_is():
    """A window of no time has no pixels per second, and painting it divides by zero."""
    session = Session()
    session.set_whole(Range(0.0, 3.5))
    listener = NetworkCard("Q", SoundDrive(16000.0), (), FramesOutput(("a", "b")))
    session.open(replace(card(), networks={"Q": listener}), ())
    assert session.whole == session.visible == Range(0.0, 3.5)


def test_a_time_range_of_no_length_is_a_bug(session):
    with pytest.raises(ValueError, match="no length"):
        session.set_whole(Range(0.0, 0.0))
