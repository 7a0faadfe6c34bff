"""Where files are proposed to go, and what Ctrl+S saves."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QPushButton

from core.signals.axis import Range
from tests.app.recordings.test_open_recordings import bare, hum  # noqa: F401
from tests.support.keys import Q
from tests.support.screen import dialogs
from widgets.figures.figure_dialog import FigureDialog


@pytest.fixture
def proposed(monkeypatch):
    """Give the list of what every save dialog proposes; each is answered with `answers`, else cancelled."""
    asked = []

    def answer(window, title, wanted="", *kinds):
        asked.append(Path(wanted))
        return answer.with_path, ""

    answer.with_path = ""
    asked_folder = lambda window, title, wanted="": asked.append(Path(wanted)) or ""  # noqa: E731
    monkeypatch.setattr(QFileDialog, "getSaveFileName", answer)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", asked_folder)
    return type("Proposed", (), {"paths": asked, "answer": answer})


@pytest.fixture
def corpus(bare, tmp_path):  # noqa: F811
    (tmp_path / "speech").mkdir()
    hum(tmp_path / "speech" / "a.corpus.wav")
    bare.on.model_loader.open(tmp_path / "speech" / "a.corpus.wav")
    return bare


def test_a_recordings_sound_goes_beside_it_under_one_suffix_and_not_over_it(corpus, proposed, tmp_path):
    corpus.menus.run("file.save_sound")
    corpus.on.session.set_selection(Range(0.1, 0.2))
    corpus.menus.run("file.save_selected")
    folder = tmp_path / "speech"
    assert proposed.paths == [folder / "a.corpus_copy.wav", folder / "a.corpus_selected.wav"]


def test_the_kind_that_was_chosen_counts_and_no_other_file_is_written_over(corpus, monkeypatch, tmp_path):
    told = []
    corpus.on.messages.faulted.connect(told.append)
    kind = "Praat text Sound, own rate and true start (*.Sound)"
    for name, written in (
        ("a.wav", "a.Sound"),
        ("b", "b.Sound"),
        ("c.Sound", "c.Sound"),
        ("v1.2", "v1.2.Sound"),
    ):
        monkeypatch.setattr(
            QFileDialog, "getSaveFileName", lambda *_, name=name: (str(tmp_path / name), kind)
        )
        corpus.menus.run("file.save_sound")
        assert (tmp_path / written).read_text().startswith("File type")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "a.wav"), kind))
    corpus.menus.run("file.save_sound")
    assert [fault.sentence for fault in told] == ["“a.Sound” already exists; nothing was written."]


def test_every_file_begins_beside_the_checkpoint_that_is_open(window, proposed, tmp_path):
    window.menus.run("file.save_sound")
    window.menus.run("latent.export_point")
    window.menus.run("file.save_layers")
    window.menus.run("file.save_picture")
    (dialog,) = dialogs(window, FigureDialog)
    next(one for one in dialog.findChildren(QPushButton) if one.text() == "Save picture…").click()
    assert proposed.paths[:3] == [tmp_path / "out.wav", tmp_path / "point.json", tmp_path]
    assert proposed.paths[3:] == [tmp_path / "stack.pdf"]


def test_a_layer_with_a_dot_in_its_name_keeps_it(window, proposed, tmp_path):
    window.on.sound_driven.listen("Q")
    window.on.session.set_active(Q("conv1"))
    window.on.session.set_selection(Range(0.1, 0.2))
    window.menus.run("file.save_selected")
    assert proposed.paths == [tmp_path / "Q.conv1_selected.wav"]


def test_the_next_file_begins_in_the_folder_last_used_until_something_else_is_opened(
    corpus, proposed, tmp_path
):
    (tmp_path / "mine").mkdir()
    proposed.answer.with_path = str(tmp_path / "mine" / "x.wav")
    corpus.menus.run("file.save_sound")
    proposed.answer.with_path = ""
    corpus.menus.run("file.save_sound")
    assert proposed.paths[-1] == tmp_path / "mine" / "a.corpus_copy.wav"
    hum(tmp_path / "b.wav")
    corpus.on.model_loader.open(tmp_path / "b.wav")
    corpus.menus.run("file.save_sound")
    assert proposed.paths[-1] == tmp_path / "b_copy.wav"


def test_what_is_made_with_the_built_in_model_never_goes_into_the_programs_folder(window, proposed):
    window.on.model_loader.open_demo()
    window.menus.run("file.save_sound")
    assert proposed.paths == [Path.home() / "out.wav"]


def test_ctrl_s_saves_the_textgrid_as_in_praat(corpus, proposed, tmp_path):
    corpus.on.tier_editor.new_tiers(("phones",), ())
    by_key = {action.shortcut().toString(): id for id, action in corpus.menus.actions.items()}
    assert by_key["Ctrl+S"] == "file.save_textgrid"
    assert by_key["Ctrl+Shift+S"] == "file.save_sound"
    corpus.menus.run(by_key["Ctrl+S"])
    assert proposed.paths == [tmp_path / "speech" / "a.corpus.TextGrid"]
