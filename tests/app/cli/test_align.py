"""`phonoscope align`: a TextGrid for each recording, kept ones, skipped ones, and the distances."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.cli.main import main
from core.annotation.textgrid import read_textgrid
from core.phonemes.pronunciation import Pronouncer
from tests.support.tiny.letters import letter_network, recording


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str, Path]:
    words = {"cab": (("K", "AE1", "B"),), "a": (("AH0",),)}
    monkeypatch.setattr(Pronouncer, "words", lambda self: words)
    for name, text in (("one", "A cab."), ("two", "cab"), ("three", "a zebra")):
        recording(tmp_path / "c" / "s1" / f"{name}.wav", (300.0,) * 4, ("K", "AE1", "B", ""))
        (tmp_path / "c" / "s1" / f"{name}.txt").write_text(text)
    return str(letter_network(tmp_path)), str(tmp_path / "c"), tmp_path / "out"


def test_transcripts_become_tiers(corpus: tuple[str, str, Path], capsys: pytest.CaptureFixture[str]):
    network, folder, out = corpus
    assert main(["align", network, folder, "--out", str(out)]) == 0
    said = capsys.readouterr()
    tiers = read_textgrid(out / "s1" / "one.TextGrid").annotation.tiers
    assert [tier.name for tier in tiers] == ["words", "phones"]
    assert [label for label in tiers[0].labels if label] == ["a", "cab"]
    assert [label for label in tiers[1].labels if label] == ["AH0", "K", "AE1", "B"]
    assert tiers[0].end_s == pytest.approx(0.8)
    assert "three.wav is skipped" in said.err
    assert "phones: boundaries lie" in said.out
    assert main(["align", network, folder, "--out", str(out)]) == 0
    assert "two.wav: kept from before" in capsys.readouterr().out


def test_nothing_to_align_is_a_sentence(
    corpus: tuple[str, str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    (tmp_path / "empty").mkdir()
    assert main(["align", corpus[0], str(tmp_path / "empty"), "--out", str(corpus[2])]) == 2
    assert "no recording with a transcript" in capsys.readouterr().err
