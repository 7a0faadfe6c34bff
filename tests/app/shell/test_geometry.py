"""A remembered window fits the screen it comes back on, whatever its size and scale factor."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRect, QSize

from app.shell.window import LEAST_PX, Window
from widgets.controls.dialog import AROUND_PX

FULL_HD = QRect(0, 0, 1920, 1080)


class Screen:
    """A screen of some size in logical pixels."""

    def __init__(self, geometry: QRect) -> None:
        self._geometry = geometry

    def availableGeometry(self) -> QRect:
        return self._geometry


def remembered(window: Window) -> str:
    return bytes(window.saveGeometry().toBase64().data()).decode()


@pytest.mark.parametrize(
    "room", [FULL_HD, QRect(0, 30, 1280, 690), QRect(0, 0, 960, 540), QRect(-1366, 0, 1366, 768)]
)
@pytest.mark.parametrize("size", [QSize(1600, 1000), QSize(1900, 1070), QSize(1000, 600), QSize(3800, 2100)])
def test_a_restored_window_lies_inside_its_screen(qapp, qtbot, monkeypatch, room, size):
    before = Window()
    qtbot.addWidget(before)
    before.resize(size)
    before.move(400, 300)
    kept = remembered(before)
    after = Window()
    qtbot.addWidget(after)
    monkeypatch.setattr(Window, "screen", lambda self: Screen(room))
    restored = after.restore(kept)
    framed = QRect(after.pos(), after.size() + AROUND_PX)
    assert after.width() <= room.width() - AROUND_PX.width()
    assert after.height() <= room.height() - AROUND_PX.height()
    assert not restored or room.contains(framed)


def test_the_smallest_window_fits_a_laptop_at_one_and_a_half(qapp):
    assert (LEAST_PX + AROUND_PX).boundedTo(QSize(1280, 720)) == LEAST_PX + AROUND_PX


def test_senseless_geometry_is_not_restored(qapp, qtbot):
    window = Window()
    qtbot.addWidget(window)
    assert not window.restore("bm9uc2Vuc2U=")
    assert not window.restore("")
