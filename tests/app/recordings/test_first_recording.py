"""A recording opened alone: what undo takes back, and that the window always shows what there is."""

from __future__ import annotations

from tests.app.recordings.test_open_recordings import bare, hum  # noqa: F401
from tests.support.annotating import cut
from tests.support.commands import run
from tests.support.keys import recording


def open_alone(services, tmp_path, *names):
    for name in names:
        hum(tmp_path / name)
        services.model_loader.open(tmp_path / name)


def opened(window, tmp_path, *names):
    open_alone(window.on, tmp_path, *names)
    window.wiring.show_stack()
    return window


def test_opening_the_first_recording_is_no_step_of_undo(fresh, tmp_path):
    open_alone(fresh, tmp_path, "a.wav")
    assert fresh.session.history.undo_words == ""
    run(fresh, "edit.undo")
    assert fresh.session.lane(recording("a.wav")) is not None


def test_undo_after_typing_leaves_the_recording_and_its_tiers_usable(fresh, tmp_path):
    open_alone(fresh, tmp_path, "a.wav")
    fresh.tier_editor.new_tiers(("phones",), ())
    cut(fresh, 0.3)
    for _ in range(5):
        run(fresh, "edit.undo")
    assert fresh.session.lane(recording("a.wav")) is not None
    run(fresh, "edit.redo")
    run(fresh, "edit.redo")
    assert list(fresh.tier_editor.tiers[0].times_s) == [0.0, 0.3, 0.9]


def test_undo_of_a_second_recording_makes_the_first_the_active_one(fresh, tmp_path):
    open_alone(fresh, tmp_path, "a.wav", "b.wav")
    assert fresh.session.active == recording("b.wav")
    run(fresh, "edit.undo")
    assert fresh.session.active == recording("a.wav")
    assert [lane.key for lane in fresh.session.lanes] == [recording("a.wav")]


def test_closing_the_only_recording_shows_the_start_page_and_undo_the_recording(bare, tmp_path):  # noqa: F811
    window = opened(bare, tmp_path, "a.wav")
    window.on.recordings.close(recording("a.wav"))
    assert (window.pages.page, window.windowTitle()) == ("start", "Phonoscope")
    assert not window.menus.actions["file.new_tiers"].isEnabled()
    window.menus.run("edit.undo")
    assert (window.pages.page, window.windowTitle()) == ("stack", "a.wav – Phonoscope")
    assert window.menus.actions["file.new_tiers"].isEnabled()
    window.wiring.show_stack()
    assert [lane.lane.key for lane in window.stack.lanes] == [recording("a.wav")]


def test_a_recording_opened_after_all_were_closed_is_a_step_that_ends_at_the_start_page(bare, tmp_path):  # noqa: F811
    window = opened(bare, tmp_path, "a.wav")
    window.on.recordings.close(recording("a.wav"))
    opened(window, tmp_path, "b.wav")
    window.menus.run("edit.undo")
    assert window.pages.page == "start"
    window.menus.run("edit.undo")
    assert [lane.key for lane in window.on.session.lanes] == [recording("a.wav")]
