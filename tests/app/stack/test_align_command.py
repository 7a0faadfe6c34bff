"""Ctrl+D: a transcript beside a recording, or typed, becomes tiers of words and phones."""

from __future__ import annotations

import pytest

from app.stack.align_commands import pronouncer
from core.phonemes.pronunciation import Pronouncer
from tests.support.commands import dialog_host, run
from tests.support.tiny.letters import letter_network, recording


@pytest.fixture
def heard(fresh, tmp_path, monkeypatch):
    words = {"cab": (("K", "AE1", "B"),), "a": (("AH0",),)}
    pronouncer.cache_clear()
    monkeypatch.setattr(Pronouncer, "words", lambda self: words)
    recording(tmp_path / "one.wav", (300.0,) * 4, ("",) * 4)
    (tmp_path / "one.txt").write_text("A cab.")
    fresh.model_loader.open(letter_network(tmp_path))
    fresh.recordings.open(tmp_path / "one.wav")
    return fresh


def test_a_transcript_becomes_tiers(heard, monkeypatch, qtbot):
    from PySide6.QtWidgets import QWidget

    parent = QWidget()
    qtbot.addWidget(parent)
    host = dialog_host(heard, parent)
    asked = []
    monkeypatch.setattr(
        host, "ask_text", lambda title, label, use, text="": (asked.append(text), use("a cab"))
    )
    run(heard, "textgrid.align", host)
    assert asked == ["A cab."]
    words, phones = heard.tier_editor.tiers[-2:]
    assert (words.name, phones.name) == ("words", "phones")
    assert [label for label in words.labels if label] == ["a", "cab"]
    assert [label for label in phones.labels if label] == ["AH0", "K", "AE1", "B"]
    faults = []
    heard.messages.faulted.connect(faults.append)
    monkeypatch.setattr(host, "ask_text", lambda title, label, use, text="": use("zebra"))
    run(heard, "textgrid.align", host)
    assert "not among the letters" in str(faults[0])
