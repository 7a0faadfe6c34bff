"""Preferences are on the disk as soon as they change, and a disk that refuses them is told of once."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.base.settings_file import SettingsFile
from core.session.preferences import Preferences, load
from tests.support.contexts import inline_context


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "config" / "settings.json"


def test_a_star_is_on_the_disk_before_the_window_closes(place: Path) -> None:
    context = inline_context()
    file = SettingsFile(context, place)
    star = ("digest", (0.5, -0.25), "seed 3")
    context.preferences.change(starred=(star,))
    assert load(place).starred == (star,)
    context.preferences.change(volume_db=-20.0)
    file.close()
    assert load(place) == Preferences(starred=(star,), volume_db=-20.0)


def test_a_disk_that_refuses_is_told_of_once_and_closing_raises_nothing(place: Path) -> None:
    context, told = inline_context(), []
    context.messages.faulted.connect(told.append)
    place.parent.write_text("a file where a folder should be")
    file = SettingsFile(context, place)
    for level_db in (-1.0, -2.0, -3.0):
        context.preferences.change(volume_db=level_db)
    file.close()
    assert len(told) == 1
    place.parent.unlink()
    file = SettingsFile(context, place)
    context.preferences.change(volume_db=-4.0)
    file.close()
    assert load(place).volume_db == -4.0


def test_nothing_is_written_while_nothing_changes(place: Path) -> None:
    SettingsFile(inline_context(), place).close()
    assert not place.exists()
