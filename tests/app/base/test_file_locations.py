"""Where files are proposed to go, and what Ctrl+S saves."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QPushButton

from app.base.command_table import all_commands
from app.base.picture_saver import PictureSaver
from app.export.figure import Figures
from core.signals.axis import Range
from tests.app.recordings.test_open_recordings import hum
from tests.support.commands import dialog_host, run
from tests.support.keys import Q
from tests.support.screen import dialogs
from widgets.figures.figure_dialog import FigureDialog
from widgets.tiers.tiers import Tiers


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
def corpus(fresh, tmp_path):
    """Give the services with a recording alone."""
    (tmp_path / "speech").mkdir()
    hum(tmp_path / "speech" / "a.corpus.wav")
    fresh.model_loader.open(tmp_path / "speech" / "a.corpus.wav")
    return fresh


@pytest.fixture
def beside(corpus, parent):
    """Give what asks for files while the recording is open."""
    return dialog_host(corpus, parent)


def test_a_recordings_sound_goes_beside_it_under_one_suffix_and_not_over_it(
    corpus, beside, proposed, tmp_path
):
    run(corpus, "file.save_sound", beside)
    corpus.session.set_selection(Range(0.1, 0.2))
    run(corpus, "file.save_selected", beside)
    folder = tmp_path / "speech"
    assert proposed.paths == [folder / "a.corpus_copy.wav", folder / "a.corpus_selected.wav"]


def test_the_kind_that_was_chosen_counts_and_no_other_file_is_written_over(
    corpus, beside, monkeypatch, tmp_path
):
    told = []
    corpus.messages.faulted.connect(told.append)
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
        run(corpus, "file.save_sound", beside)
        assert (tmp_path / written).read_text().startswith("File type")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "a.wav"), kind))
    run(corpus, "file.save_sound", beside)
    assert [fault.sentence for fault in told] == ["“a.Sound” already exists; nothing was written."]


def test_every_file_begins_beside_the_checkpoint_that_is_open(services, host, parent, proposed, tmp_path):
    context, saver = services.context, PictureSaver(services.context, host)
    settings, views, export = services.analysis_settings, services.stack_views, services.file_export
    run(services, "file.save_sound", host)
    run(services, "latent.export_point", host)
    run(services, "file.save_layers", host)
    run(services, "file.save_picture", Figures(context, host, settings, views, export, saver))
    (dialog,) = dialogs(parent, FigureDialog)
    next(one for one in dialog.findChildren(QPushButton) if one.text() == "Save picture…").click()
    assert proposed.paths[:3] == [tmp_path / "out.wav", tmp_path / "point.json", tmp_path]
    assert proposed.paths[3:] == [tmp_path / "stack.pdf"]


def test_a_layer_with_a_dot_in_its_name_keeps_it(services, host, proposed, tmp_path):
    services.sound_driven.listen("Q")
    services.session.set_active(Q("conv1"))
    services.session.set_selection(Range(0.1, 0.2))
    run(services, "file.save_selected", host)
    assert proposed.paths == [tmp_path / "Q.conv1_selected.wav"]


def test_the_next_file_begins_in_the_folder_last_used_until_something_else_is_opened(
    corpus, beside, proposed, tmp_path
):
    (tmp_path / "mine").mkdir()
    proposed.answer.with_path = str(tmp_path / "mine" / "x.wav")
    run(corpus, "file.save_sound", beside)
    proposed.answer.with_path = ""
    run(corpus, "file.save_sound", beside)
    assert proposed.paths[-1] == tmp_path / "mine" / "a.corpus_copy.wav"
    hum(tmp_path / "b.wav")
    corpus.model_loader.open(tmp_path / "b.wav")
    run(corpus, "file.save_sound", beside)
    assert proposed.paths[-1] == tmp_path / "b_copy.wav"


def test_what_is_made_with_the_built_in_model_never_goes_into_the_programs_folder(services, host, proposed):
    services.model_loader.open_demo()
    run(services, "file.save_sound", host)
    assert proposed.paths == [Path.home() / "out.wav"]


def test_ctrl_s_saves_the_textgrid_as_in_praat(corpus, beside, parent, proposed, tmp_path):
    corpus.tier_editor.new_tiers(("phones",), ())
    by_key = {command.key: id for id, command in all_commands().items() if command.key}
    assert by_key["Ctrl+S"] == "file.save_textgrid"
    assert by_key["Ctrl+Shift+S"] == "file.save_sound"
    run(corpus, by_key["Ctrl+S"], beside, Tiers(parent))
    assert proposed.paths == [tmp_path / "speech" / "a.corpus.TextGrid"]
