"""Which TextGrid belongs to which recording of a corpus, and which file is a recording at all."""

from __future__ import annotations

from pathlib import Path
from unicodedata import normalize

import pytest

from core.annotation.corpus import GridSearch, sounds_in, textgrid_of
from core.faults import Fault


def made(folder: Path, *names: str) -> list[Path]:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    return [folder / name for name in names]


def pairs(folder: Path, sounds: list[Path], grids: str) -> dict[str, str]:
    """Return the TextGrid of each sound below a folder, or why there is none."""
    search, found = GridSearch(sounds, folder / grids), dict[str, str]()
    for sound in sounds:
        try:
            found[sound.relative_to(folder).as_posix()] = search.grid_of(sound).relative_to(folder).as_posix()
        except Fault as fault:
            found[sound.relative_to(folder).as_posix()] = fault.sentence
    return found


def test_sounds_are_found_in_subfolders_without_what_a_mac_hides(tmp_path):
    made(
        tmp_path,
        "b.wav",
        "s1/a.wav",
        "s1/._a.wav",
        ".trash/c.wav",
        "s2/deep/d.m4a",
        "s2/notes.txt",
        "s1/x.pt",
    )
    found = [path.relative_to(tmp_path).as_posix() for path in sounds_in(tmp_path)]
    assert found == ["b.wav", "s1/a.wav", "s2/deep/d.m4a"]


def test_folders_of_speakers_are_matched_by_their_names(tmp_path):
    sounds = made(tmp_path, "corpus/s1/w.wav", "corpus/s2/w.wav")
    made(tmp_path, "out/s1/w.TextGrid", "out/s2/w.TextGrid")
    assert pairs(tmp_path, sounds, "out") == {
        "corpus/s1/w.wav": "out/s1/w.TextGrid",
        "corpus/s2/w.wav": "out/s2/w.TextGrid",
    }


def test_textgrids_beside_their_sounds_are_theirs(tmp_path):
    sounds = made(tmp_path, "c/s1/w.wav", "c/s2/w.wav", "c/w.wav")
    made(tmp_path, "c/s1/w.TextGrid", "c/s2/w.textgrid", "c/w.TEXTGRID")
    assert list(pairs(tmp_path, sounds, "c").values()) == [
        "c/s1/w.TextGrid",
        "c/s2/w.textgrid",
        "c/w.TEXTGRID",
    ]


def test_sounds_of_one_folder_find_their_textgrids_in_subfolders(tmp_path):
    sounds = made(tmp_path, "flat/a.wav", "flat/b.wav")
    made(tmp_path, "out/s1/a.TextGrid", "out/s2/b.TextGrid")
    assert list(pairs(tmp_path, sounds, "out").values()) == ["out/s1/a.TextGrid", "out/s2/b.TextGrid"]


def test_one_textgrid_does_not_serve_two_recordings(tmp_path):
    sounds = made(tmp_path, "s1/w.wav", "s2/w.wav")
    made(tmp_path, "s1/w.TextGrid")
    found = pairs(tmp_path, sounds, "s1")
    assert found["s1/w.wav"] == "s1/w.TextGrid"
    assert "belongs to another recording of that name" in found["s2/w.wav"]
    made(tmp_path, "flat/w.TextGrid")
    found = pairs(tmp_path, sounds, "flat")
    assert all("would also serve another recording" in why for why in found.values())


def test_one_textgrid_serves_one_recording_in_two_formats(tmp_path):
    sounds = made(tmp_path, "c/w.wav", "c/w.flac")
    made(tmp_path, "out/w.TextGrid")
    assert set(pairs(tmp_path, sounds, "out").values()) == {"out/w.TextGrid"}


def test_of_two_textgrids_none_is_guessed(tmp_path):
    sounds = made(tmp_path, "c/w.wav")
    made(tmp_path, "out/a/w.TextGrid", "out/b/w.TextGrid")
    assert "not clear which belongs to it" in pairs(tmp_path, sounds, "out")["c/w.wav"]
    assert "There is no v.TextGrid" in pairs(tmp_path, made(tmp_path, "c/v.wav"), "out")["c/v.wav"]


@pytest.mark.parametrize(("sound", "grid"), [("NFD", "NFC"), ("NFC", "NFD")])
def test_names_written_on_a_mac_and_elsewhere_are_equal(tmp_path, sound, grid):
    sounds = made(tmp_path, f"{normalize(sound, 'piñata é')}.wav")
    made(tmp_path, f"{normalize(grid, 'piñata é')}.TextGrid")
    assert GridSearch(sounds, tmp_path).grid_of(sounds[0]).suffix == ".TextGrid"
    assert textgrid_of(sounds[0], tmp_path) is not None
