"""Transcripts are found beside recordings, in tables and in TextGrids; what lacks one is named."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from core.annotation.textgrid import write_textgrid
from core.annotation.tiers import Annotation, Tier
from core.faults import Fault
from core.train.letters.recipe import LetterRecipe
from core.train.letters.transcripts import find_transcribed, pieces, read_text
from core.train.letters.utterances import Utterances, load_utterances

RATE = 16000
CHANCE = np.random.default_rng(0)


def sound(path: Path, seconds: float = 0.5) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, 0.1 * CHANCE.standard_normal(round(seconds * RATE)), RATE)
    return path


def words_tier(labels: list[str], step_s: float = 0.1, name: str = "words") -> Tier:
    times = tuple(step_s * k for k in range(len(labels) + 1))
    return Tier(name, "interval", 0.0, times[-1], times, tuple(labels))


def grid(path: Path, *tiers: Tier) -> None:
    write_textgrid(path, Annotation(tiers, 0.0, tiers[0].end_s))


def texts(data: Path, tier: str = "") -> dict[str, str]:
    return {one.name: one.text for one in find_transcribed(data, tier)[0]}


def reasons(data: Path, tier: str = "") -> dict[str, str]:
    return {one.name: one.reason for one in find_transcribed(data, tier)[1]}


def test_a_text_beside_a_recording_is_its_transcript(tmp_path: Path) -> None:
    sound(tmp_path / "a.wav").with_suffix(".txt").write_text("one\ntwo\n")
    sound(tmp_path / "b.flac").with_suffix(".LAB").write_text("three")
    grid(sound(tmp_path / "c.wav").with_suffix(".TextGrid"), words_tier(["", "four", "sil", "five"]))
    assert texts(tmp_path) == {"a.wav": "one two", "b.flac": "three", "c.wav": "four five"}
    assert reasons(tmp_path) == {}


def test_missing_and_empty_transcripts_are_named(tmp_path: Path) -> None:
    sound(tmp_path / "bare.wav")
    sound(tmp_path / "empty.wav").with_suffix(".txt").write_text(" \n")
    grid(sound(tmp_path / "blank.wav").with_suffix(".TextGrid"), words_tier(["", "sil"]))
    two = words_tier(["a"], name="x"), words_tier(["b"], name="y")
    grid(sound(tmp_path / "two.wav").with_suffix(".TextGrid"), *two)
    sound(tmp_path / "broken.wav").with_suffix(".TextGrid").write_text("nonsense")
    found = reasons(tmp_path)
    assert "has no transcript" in found["bare.wav"]
    assert found["empty.wav"] == "Its transcript, “empty.txt”, is empty."
    assert found["blank.wav"] == "Its tier “words” in “blank.TextGrid” is empty."
    assert found["two.wav"].startswith("“two.TextGrid” has “x”, “y”; none is called words.")
    assert "broken.TextGrid" in found["broken.wav"]
    assert texts(tmp_path) == {}


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("Zoë’s\r\n".encode(), "Zoë’s"),
        ("Zoë".encode("utf-8-sig"), "Zoë"),
        ("Zoë".encode("utf-16"), "Zoë"),
        ("Zoë".encode("cp1252"), "Zoë"),
    ],
)
def test_transcripts_are_read_in_the_encodings_that_editors_write(
    tmp_path: Path, data: bytes, text: str
) -> None:
    (tmp_path / "a.txt").write_bytes(data)
    assert read_text(tmp_path / "a.txt") == text


def test_labels_with_times_give_their_labels(tmp_path: Path) -> None:
    (tmp_path / "a.lab").write_text("0 3000000 sil\n3000000 5000000 good\n5000000 9000000 day\n")
    assert read_text(tmp_path / "a.lab") == "good day"
    (tmp_path / "a.txt").write_text("1 2 buckle")
    assert read_text(tmp_path / "a.txt") == "1 2 buckle"


def test_a_table_names_recordings_with_and_without_their_suffix(tmp_path: Path) -> None:
    for name in ("audio/s1/u1.wav", "audio/s2/u2.wav", "audio/s3/u3.wav"):
        sound(tmp_path / name)
    (tmp_path / "utterances.tsv").write_text(
        "utterance\tspeaker\tsplit\ttext\nu1\tanna\ttrain\tone\naudio/s2/u2.wav\tben\ttest\ttwo\nu9\tben\ttrain\tx\n"
    )
    (tmp_path / "phones.tsv").write_text("utterance\tstart\tphone\nu1\t0\tW\n")
    found, skipped = find_transcribed(tmp_path)
    told = [(one.name, one.text, one.speaker, one.held_out) for one in found]
    assert told == [("audio/s1/u1.wav", "one", "anna", False), ("audio/s2/u2.wav", "two", "ben", True)]
    assert [(one.name, one.reason.split(":")[0]) for one in skipped] == [
        ("phones.tsv", "“phones.tsv” has no column of transcripts; its columns are"),
        ("audio/s3/u3.wav", "It has no transcript"),
        ("u9", "row 4 of “utterances.tsv”"),
    ]


def test_a_table_can_be_what_is_trained_on(tmp_path: Path) -> None:
    sound(tmp_path / "clips" / "a.wav")
    other = sound(tmp_path / "elsewhere" / "b.wav")
    table = tmp_path / "clips" / "list.csv"
    table.write_text(f'client_id,path,sentence\nx,a.wav,"Yes, one"\ny,{other},two\nz,c.wav,three\nz,a.wav,\n')
    found, skipped = find_transcribed(table)
    assert [(one.text, one.speaker) for one in found] == [("Yes, one", "x"), ("two", "y")]
    assert [one.reason for one in skipped] == [
        "row 4 of “list.csv”: There is no such recording.",
        "Its transcript, row 5 of “list.csv”, is empty.",
    ]


def test_recordings_of_one_name_in_several_folders_are_told_apart(tmp_path: Path) -> None:
    for name in ("anna/1.wav", "ben/1.wav", "clips/2.wav", "x/3.wav", "y/3.wav"):
        sound(tmp_path / name)
    table = tmp_path / "list.tsv"
    rows = ["file\ttext", "anna/1.wav\tone", "ben/1.wav\tuno", "2.wav\ttwo", "3.wav\tthree"]
    table.write_text("\n".join(rows))
    told = {"anna/1.wav": "one", "ben/1.wav": "uno"}
    found, skipped = find_transcribed(table)
    assert {one.name: one.text for one in found} == told | {"2.wav": "two"}
    assert [one.reason for one in skipped] == [
        "row 5 of “list.tsv”: 2 recordings have that name; give their folders."
    ]
    assert texts(tmp_path) == told | {"clips/2.wav": "two"}
    assert list(reasons(tmp_path)) == ["x/3.wav", "y/3.wav", "3.wav"]


def test_a_table_without_a_column_is_refused_by_name(tmp_path: Path) -> None:
    table = tmp_path / "list.tsv"
    table.write_text("file\tphone\na.wav\tW\n")
    with pytest.raises(Fault, match="no column of transcripts; its columns are: file, phone"):
        find_transcribed(table)
    table.write_text("")
    with pytest.raises(Fault, match="no column of recordings; its columns are: none"):
        find_transcribed(table)
    table.write_bytes(b"file\ttext\na.wav\t\xff\xff\n")
    with pytest.raises(Fault, match="not in UTF-8"):
        find_transcribed(table)
    with pytest.raises(Fault, match="is not a table"):
        find_transcribed(sound(tmp_path / "a.wav"))
    with pytest.raises(Fault, match="in a column"):
        find_transcribed(table, "words")
    with pytest.raises(Fault, match="does not exist"):
        find_transcribed(tmp_path / "nowhere")


def test_the_lists_of_librispeech_are_read(tmp_path: Path) -> None:
    for name in ("84/1/84-1-0000.flac", "84/1/84-1-0001.flac", "90/2/90-2-0000.flac"):
        sound(tmp_path / name)
    (tmp_path / "84/1/84-1.trans.txt").write_text("84-1-0000 GO DO YOU HEAR\n84-1-0001 BUT IN\n")
    (tmp_path / "90/2/90-2.trans.txt").write_text("90-2-0000 AT LAST\n")
    found, skipped = find_transcribed(tmp_path)
    assert [(one.speaker, one.text) for one in found] == [
        ("84", "GO DO YOU HEAR"),
        ("84", "BUT IN"),
        ("90", "AT LAST"),
    ]
    assert skipped == []


@pytest.mark.parametrize(
    ("names", "speakers"),
    [
        (["anna/1.wav", "ben/1.wav"], ["anna", "ben"]),
        (["audio/anna/x/1.wav", "audio/ben/y/1.wav"], ["anna", "ben"]),
        (["1.wav", "2.wav"], [None, None]),
        (["one/1.wav", "one/2.wav"], [None, None]),
        (["1.wav", "ben/2.wav"], [None, None]),
    ],
)
def test_speakers_are_known_by_their_folders(
    tmp_path: Path, names: list[str], speakers: list[str | None]
) -> None:
    for name in names:
        sound(tmp_path / name).with_suffix(".txt").write_text("yes")
    assert [one.speaker for one in find_transcribed(tmp_path)[0]] == speakers


def test_the_tier_of_words_is_found_or_chosen(tmp_path: Path) -> None:
    phones, words = words_tier(["n", "o"], name="phones"), words_tier(["no", ""], name="anna - words")
    grid(sound(tmp_path / "a.wav").with_suffix(".TextGrid"), phones, words)
    assert texts(tmp_path) == {"a.wav": "no"}
    assert texts(tmp_path, "Phones") == {"a.wav": "n o"}
    assert reasons(tmp_path, "gloss") == {"a.wav": "“a.TextGrid” has no interval tier “gloss”."}


def test_a_chosen_tier_goes_before_every_other_transcript(tmp_path: Path) -> None:
    sound(tmp_path / "a.wav").with_suffix(".txt").write_text("text")
    grid(tmp_path / "a.TextGrid", words_tier(["tier"]))
    sound(tmp_path / "b.wav").with_suffix(".txt").write_text("text")
    assert texts(tmp_path) == {"a.wav": "text", "b.wav": "text"}
    assert texts(tmp_path, "words") == {"a.wav": "tier"}
    assert reasons(tmp_path, "words") == {"b.wav": "It has no TextGrid with a tier “words”."}


def test_a_long_recording_is_cut_at_pauses_of_its_tier() -> None:
    labels = ["a"] * 7 + ["", "b", "b", "b"] + ["c"] * 19  # a second each
    cut = pieces(words_tier(labels, 1.0), "long.TextGrid")
    spans = [(within.start_s, within.end_s) for _, within in cut if within is not None]
    assert spans == [(0, 7), (7, 17), (17, 27), (27, 30)]
    assert cut[0][0] == " ".join("a" * 7)
    assert " ".join(text for text, _ in cut).split() == [label for label in labels if label]


def test_pieces_are_cut_from_the_sound(tmp_path: Path) -> None:
    path = tmp_path / "long.wav"
    times = np.arange(24 * RATE) / RATE
    soundfile.write(path, 0.5 * np.sin(2 * np.pi * 100 * times) * (times >= 12), RATE)
    tier = words_tier(["", "yes", "no"], 8.0)
    grid(path.with_suffix(".TextGrid"), tier)
    loaded = load_utterances(tmp_path, LetterRecipe(held_out=0.0))
    assert [(one.text, len(one.sound) / RATE) for one in loaded.training] == [("yes", 8.0), ("no", 8.0)]
    assert not loaded.training[0].sound[: 4 * RATE - 1].any()
    assert loaded.training[0].sound[4 * RATE + 10 :].any()


def folder_of(tmp_path: Path, speakers: dict[str, int]) -> Path:
    for speaker, count in speakers.items():
        for k in range(count):
            sound(tmp_path / speaker / f"{k}.wav").with_suffix(".txt").write_text(f"yes {speaker}")
    return tmp_path


def names_of(loaded: Utterances) -> tuple[set[str | None], set[str | None]]:
    return {one.speaker for one in loaded.training}, {one.speaker for one in loaded.held_out}


def test_whole_speakers_are_held_out(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, dict.fromkeys("abcdefghij", 2))
    loaded = load_utterances(folder, LetterRecipe(held_out=0.2))
    taught, tested = names_of(loaded)
    assert (len(taught), len(tested), taught & tested) == (8, 2, set())
    assert loaded.by_speaker
    assert names_of(load_utterances(folder, LetterRecipe(held_out=0.2)))[1] == tested
    others = [names_of(load_utterances(folder, LetterRecipe(held_out=0.2, seed=k)))[1] for k in (1, 2, 3)]
    assert any(one != tested for one in others)


def test_where_speakers_are_unknown_utterances_are_held_out_and_it_is_said(tmp_path: Path) -> None:
    loaded = load_utterances(folder_of(tmp_path, {"a": 10}), LetterRecipe(held_out=0.2))
    assert (len(loaded.training), len(loaded.held_out), loaded.by_speaker) == (8, 2, False)


def test_a_table_decides_what_is_held_out(tmp_path: Path) -> None:
    rows = ["file\tspeaker\tsplit\ttext"]
    for k, (speaker, split) in enumerate([("x", "train"), ("y", "train"), ("z", "dev"), ("z", "test")]):
        sound(tmp_path / f"{k}.wav")
        rows.append(f"{k}.wav\t{speaker}\t{split}\tyes")
    table = tmp_path / "t.tsv"
    table.write_text("\n".join(rows))
    loaded = load_utterances(table, LetterRecipe())
    assert names_of(loaded) == ({"x", "y"}, {"z"})
    assert loaded.by_speaker
    table.write_text("\n".join(rows).replace("\tz\tdev", "\tx\tdev"))
    assert not load_utterances(table, LetterRecipe()).by_speaker


def test_utterances_that_teach_nothing_are_skipped_with_the_reason(tmp_path: Path) -> None:
    for name in ("good", "fine"):
        sound(tmp_path / f"{name}.wav").with_suffix(".txt").write_text(name)
    sound(tmp_path / "signs.wav").with_suffix(".txt").write_text("...")
    sound(tmp_path / "digits.wav").with_suffix(".txt").write_text("room 3")
    sound(tmp_path / "fast.wav", 0.1).with_suffix(".txt").write_text("a long story")
    soundfile.write(tmp_path / "silent.wav", np.zeros(RATE), RATE)
    (tmp_path / "silent.txt").write_text("silence")
    soundfile.write(tmp_path / "long.wav", 0.1 * CHANCE.standard_normal(41 * 8000), 8000)
    (tmp_path / "long.txt").write_text("long")
    (tmp_path / "damaged.wav").write_bytes(b"RIFF")
    (tmp_path / "damaged.txt").write_text("damaged")
    loaded = load_utterances(tmp_path, LetterRecipe(held_out=0.0))
    told = {one.name: one.reason for one in loaded.skipped}
    assert {one.text for one in loaded.training} == {"good", "fine"}
    assert told["signs.wav"] == "Its transcript “...” has no letters."
    assert "contains “3”" in told["digits.wav"]
    assert told["fast.wav"] == "Its transcript has 12 letters, too many for 0.10 s."
    assert told["silent.wav"] == "It is silent."
    assert told["long.wav"].startswith("It lasts 41 s")
    assert "damaged.wav" in told["damaged.wav"]


def test_reading_many_recordings_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.train.letters.utterances.TELL_EVERY_S", -1.0)
    told: list[str] = []
    load_utterances(folder_of(tmp_path, {"a": 3}), LetterRecipe(held_out=0.0), tell=told.append)
    assert told == [f"read {k} of 3 recordings" for k in range(3)]


@pytest.mark.parametrize("count", [0, 1])
def test_too_little_to_learn_from_is_refused(tmp_path: Path, count: int) -> None:
    folder_of(tmp_path, {"a": count})
    sound(tmp_path / "bare.wav")
    said = "only one transcribed recording" if count else "no transcribed recording"
    with pytest.raises(Fault, match=f"{said}.*bare.wav: It has no transcript"):
        load_utterances(tmp_path, LetterRecipe())


def test_a_name_is_the_same_however_a_system_spells_its_accents(tmp_path: Path) -> None:
    composed, decomposed = "Zo\u00eb", "Zoe\u0308"
    sound(tmp_path / f"{decomposed}.wav")
    (tmp_path / "list.tsv").write_text(f"file\ttext\n{composed}.wav\tyes\n", encoding="utf-8")
    assert list(texts(tmp_path).values()) == ["yes"]
    grid(tmp_path / f"{composed}.textgrid", words_tier(["no"]))
    assert list(texts(tmp_path, "words").values()) == ["no"]
