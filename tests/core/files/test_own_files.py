"""The program's own files: whatever stands in them, reading goes on, and nothing in them is lost."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from core.annotation.store import read_annotations
from core.files.path_text import path_of, path_text, shown
from core.queries.results_store import read_kept
from core.session import preferences
from core.session.named_points import read_points
from core.session.preferences import Preferences

READERS: dict[str, Callable[..., object]] = {
    "settings": preferences.load,
    "results": read_kept,
    "points": lambda path, tell: read_points(path, 0, tell),
    "tiers": lambda path, tell: read_annotations(path, 0, tell=tell),
}
NOTHING = {"settings": Preferences(), "results": (), "points": (), "tiers": ()}
DAMAGE = {
    "a byte that is no UTF-8": b'[{"name": "\xff", "z": [0.0]}]\n',
    "deep nesting": b"[" * 100_000,
    "deep nesting that ends": b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    "half a file": b'{"theme": "da',
    "another type": b'"text"',
    "zeros": bytes(300),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
@pytest.mark.parametrize("kind", READERS)
def test_a_damaged_file_is_set_aside_and_said(tmp_path: Path, kind: str, damage: bytes) -> None:
    path, said = tmp_path / "own.json", list[str]()
    path.write_bytes(damage)
    assert READERS[kind](path, said.append) == NOTHING[kind]
    (aside,) = tmp_path.glob("own.json.damaged*")
    assert aside.read_bytes() == damage
    assert str(aside) in said[0]


@pytest.mark.parametrize("kind", READERS)
def test_a_file_that_is_missing_or_a_folder_stops_nothing(tmp_path: Path, kind: str) -> None:
    said: list[str] = []
    assert READERS[kind](tmp_path / "none.json", said.append) == NOTHING[kind]
    assert said == []


@pytest.mark.parametrize("kind", ["settings", "results", "tiers"])
@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
def test_a_named_pipe_or_a_folder_in_place_of_a_file_is_said(tmp_path: Path, kind: str, make) -> None:
    said: list[str] = []
    make(tmp_path / "own.json")
    assert READERS[kind](tmp_path / "own.json", said.append) == NOTHING[kind]
    assert len(said) == 1
    assert "own.json" in said[0]


def test_good_points_beside_damaged_ones_stay_and_the_file_is_copied_once(tmp_path: Path) -> None:
    path, said = tmp_path / "points.json", list[str]()
    good = {"name": "a", "z": [0.5, 1.0]}
    path.write_text(json.dumps([good, {"name": 3}, {"name": "far", "z": [1e308, 0.0]}]))
    for _ in range(2):
        assert [one.name for one in read_points(path, 2, said.append)] == ["a"]
    assert [file.name for file in tmp_path.glob("*.damaged*")] == ["points.json.damaged"]
    assert said[0].startswith("2 of the named points could not be read")
    assert path.exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("volume_db", 1e308),
        ("volume_db", -1e308),
        ("volume_db", True),
        ("figure_dpi", 1e308),
        ("figure_dpi", 0),
        ("figure_width_mm", -170.0),
        ("results_mb", 1 << 60),
        ("theme", "pink"),
        ("recent", [1]),
    ],
)
def test_a_value_outside_sense_falls_back_to_its_default(tmp_path: Path, name: str, value: object) -> None:
    path = tmp_path / "settings.json"
    path.write_text(json.dumps({name: value, "follow": False}))
    assert preferences.load(path) == Preferences(follow=False)


def test_what_two_windows_change_is_kept_of_both(tmp_path: Path) -> None:
    path, before = tmp_path / "settings.json", Preferences()
    preferences.save_changes(before, Preferences(follow=False), path)
    preferences.save_changes(before, Preferences(volume_db=-20.0), path)
    assert preferences.load(path) == Preferences(follow=False, volume_db=-20.0)


def test_a_name_with_any_byte_comes_back_from_the_settings(tmp_path: Path) -> None:
    odd = os.fsdecode(b"/data/run\xff 1.pt")
    assert path_of(path_text(odd)) == odd
    assert shown(odd) == "/data/run\ufffd 1.pt"
    path = tmp_path / "settings.json"
    preferences.save(Preferences(recent=(odd, "/a.pt")), path)
    assert preferences.load(path).recent == (odd, "/a.pt")
