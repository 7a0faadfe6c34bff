"""Events in groups, from tiers, names, folders and tables; what cannot be grouped is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.faults import Fault
from core.profiles.grouping import corpus_of
from tests.support.tiny.letters import corpus, recording


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return corpus(tmp_path / "c")


def test_phones_lose_their_stress_and_silences_are_no_group(folder: Path):
    recording(folder / "s1" / "x.wav", (200, 300, 400), ("sil", "AH0", ""))
    assert corpus_of(folder, "phones").counts() == {"AA": 4, "AH": 1, "IY": 4, "M": 4, "S": 4}


def test_recordings_without_the_tier_are_named_and_so_are_labels_in_one_file(folder: Path):
    recording(folder / "s1" / "x.wav", (200,), ("ZH",))
    (folder / "s1" / "0_take.TextGrid").unlink()
    found = corpus_of(folder, "phones")
    assert "1 recording has no tier “phones”: s1/0_take.wav." in found.notes
    assert any("In one recording only" in note and "ZH" in note for note in found.notes)


def test_speakers_names_and_any_tier(folder: Path):
    assert corpus_of(folder, "speakers").counts() == {"s1": 2, "s2": 2}
    assert corpus_of(folder, r"name:/(\d)_").counts() == {"0": 2, "1": 2}
    with pytest.raises(Fault, match="no tier “tones”"):
        corpus_of(folder, "tones")


def test_a_table_gives_events_and_its_bad_lines_are_named(folder: Path, tmp_path: Path):
    table = tmp_path / "groups.csv"
    rows = ("file,start_s,end_s,group", "s1/0_take.wav,0.1,0.3,up", "s2/1_take.wav,,,down", "none.wav,0,1,up")
    table.write_text("\n".join((*rows, "s1/0_take.wav,0.3,0.1,up", "s1/0_take.wav,x,1,up")))
    found = corpus_of(folder, str(table))
    assert found.counts() == {"down": 1, "up": 1}
    assert [note.split("left out: ")[1] for note in found.notes[:3]] == [
        "there is no recording “none.wav”.",
        "0.3 to 0.1 s is no stretch of time.",
        "“x” and “1” are not two times in seconds.",
    ]


def test_what_cannot_be_compared_is_refused(folder: Path, tmp_path: Path):
    one = tmp_path / "one"
    recording(one / "a.wav", (200, 200), ("a", "a"))
    with pytest.raises(Fault, match="in one group, “a”"):
        corpus_of(one, "phones")
    for path in folder.rglob("*.TextGrid"):
        path.unlink()
    with pytest.raises(Fault, match=r"No recording has an event.*4 recordings have no tier"):
        corpus_of(folder, "phones")
    with pytest.raises(Fault, match="is not a pattern"):
        corpus_of(folder, "name:(")
    with pytest.raises(Fault, match="no folder"):
        corpus_of(tmp_path / "nothing", "phones")
    (tmp_path / "empty").mkdir()
    with pytest.raises(Fault, match="holds no sound files"):
        corpus_of(tmp_path / "empty", "phones")
