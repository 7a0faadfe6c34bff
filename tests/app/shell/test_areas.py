"""Ctrl+Tab goes from area to area, and on arrival one can see where the focus is."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt

from tests.support.screen import pixels


def test_every_area_shows_on_arrival_that_it_has_the_focus(qtbot, window):
    window.menus.run("view.dock") if not window.dock.isVisible() else None
    with qtbot.waitActive(window):
        window.activateWindow()
    window.stack.setFocus()
    areas = [window.stack, window.latent, window.dock.table, window.menus.toolbar]
    for area in (*areas[1:], areas[0]):
        before = pixels(area)
        window.menus.run("view.next_area")
        focus = window.focusWidget()
        assert focus is area or area.isAncestorOf(focus)
        assert focus.focusPolicy() & Qt.FocusPolicy.TabFocus
        assert np.any(pixels(area) != before), area.accessibleName()


def test_the_areas_are_a_ring_in_both_directions(qtbot, window):
    with qtbot.waitActive(window):
        window.activateWindow()
    window.stack.setFocus()
    there = [window.focusWidget()]
    for _ in range(4):
        window.menus.run("view.next_area")
        there.append(window.focusWidget())
    assert there[-1] is there[0]
    window.menus.run("view.previous_area")
    assert window.focusWidget() is there[-2]
