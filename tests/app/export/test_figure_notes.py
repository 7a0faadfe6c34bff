"""What is on a picture stays for the next one: notes, arrows and the choice of lanes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.base.preference_store import PreferenceStore
from app.export.figure_notes import FigureNotes
from core.session.preferences import load, save
from core.signals.axis import Range
from tests.app.conftest import save_small_model
from tests.support.keys import G, recording
from widgets.figures.figure_dialog import FigureDialog
from widgets.figures.figure_files import Paper
from widgets.figures.figure_layout import Note, Spot


def opened(window) -> FigureDialog:
    window.menus.run("file.save_picture")
    found = [one for one in window.findChildren(FigureDialog) if one.isVisible()]
    return found[-1]


def test_notes_and_lanes_are_there_again_in_the_next_picture(window):
    dialog = opened(window)
    dialog.preview.placed.emit(Spot(0.5, G("out"), 0.5), Spot(0.6, G("out"), 0.2))
    item = dialog.lanes.item(2)
    item.setCheckState(item.checkState().Unchecked)
    dialog.reject()
    again = opened(window)
    assert [note.at.lane for note in window.figures.current(Paper()).notes] == [G("out")]
    assert again.notes.count() == 1
    assert window.figures.current(Paper()).hidden == frozenset({G("conv3")})
    again.reject()


def test_a_cursor_is_printed_only_where_one_was_placed(window):
    session = window.on.session
    assert window.figures.current(Paper()).stack.cursor_s is None
    session.set_cursor(0.3)
    assert window.figures.current(Paper()).stack.cursor_s == 0.3
    window.on.model_loader.open(session.card.path)
    assert window.figures.current(Paper()).stack.cursor_s is None
    session.set_selection(Range(0.2, 0.4))
    assert window.figures.current(Paper()).stack.selection == Range(0.2, 0.4)


def test_every_turned_knob_is_in_the_caption(window):
    session = window.on.session
    for index in range(10, 25):
        session.set_value(index, 2.5)
    words = " ".join(window.figures.current(Paper()).caption)
    assert all(f"z{index + 1} = 2.5" in words for index in range(10, 25))


def test_a_note_is_drawn_where_it_was(window):
    note = Note("burst", Spot(0.5, G("conv2"), 0.5))
    figure = replace(window.figures.current(Paper()), notes=(note,))
    assert figure.notes[0].at.lane in [lane.key for lane in figure.lanes]


@pytest.fixture
def notes(services) -> FigureNotes:
    return FigureNotes(services.context)


BURST = Note("burst", Spot(0.5, G("conv2"), 0.5), Spot(0.6, G("out"), 0.2))


def test_notes_survive_the_program(services, notes, tmp_path):
    notes.keep([BURST])
    save(services.preferences.values, tmp_path / "settings.json")
    again = PreferenceStore(load(tmp_path / "settings.json"))
    assert again.values.figure_notes == services.preferences.values.figure_notes
    assert FigureNotes(replace(services.context, preferences=again)).known == (BURST,)


def test_notes_stay_with_their_checkpoint(services, notes, small_model, tmp_path):
    notes.keep([BURST])
    services.model_loader.open(save_small_model(tmp_path / "bits.safetensors", "bits"))
    services.session.models[services.session.model] = replace(services.session.card, digest="another")
    assert notes.known == ()
    notes.keep([Note("other", Spot(0.1, G("out"), 0.5))])
    services.model_loader.open(small_model)
    assert notes.known == (BURST,), "what is not open is not touched"
    notes.keep([])
    assert notes.known == ()


def test_two_copies_of_a_checkpoint_have_their_own_notes(services, notes, small_model):
    services.model_loader.open_beside(small_model)
    second = replace(BURST, at=replace(BURST.at, lane=services.session.output), to=None)
    notes.keep([second, BURST])
    assert notes.known == (second, BURST)


def test_a_note_on_a_recording_is_there_while_that_is_open(services, notes, buzz):
    services.recordings.open(buzz)
    note = Note("onset", Spot(0.2, recording("buzz.wav"), 0.5))
    notes.keep([note])
    assert notes.known == (note,)
    services.recordings.close(recording("buzz.wav"))
