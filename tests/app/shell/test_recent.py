"""Recent files: in the File menu, in a list that can be searched, on the start page."""

from __future__ import annotations

from PySide6.QtWidgets import QMenu

from widgets.model.start_page import RecentRow
from widgets.shell.command_palette import CommandPalette
from widgets.shell.recent_menu import RecentMenu


def menu_of(window) -> RecentMenu:
    """Give the submenu as it stands in the File menu, filled as it opens."""
    file = next(menu for menu in window.findChildren(QMenu) if menu.title().replace("&", "") == "File")
    found = next(action.menu() for action in file.actions() if action.menu() is not None)
    found.aboutToShow.emit()
    return found


def test_the_file_menu_lists_what_was_opened_and_opens_it_again(window, small_model, buzz):
    window.on.recordings.open(buzz)
    window.on.model_loader.open_demo()
    menu = menu_of(window)
    wanted = [f"{path.name} in {path.parent.name}" for path in (buzz, small_model)]
    assert [action.text() for action in menu.actions()][:2] == wanted
    menu.actions()[1].trigger()
    assert window.on.session.card.path == str(small_model)


def test_the_list_can_be_cleared(qtbot, window):
    menu = menu_of(window)
    next(action for action in menu.actions() if action.text() == "Clear this list").trigger()
    assert window.on.preferences.values.recent == ()
    qtbot.waitUntil(lambda: not window.start.findChildren(RecentRow))
    assert [action.isEnabled() for action in menu_of(window).actions()] == [False]


def test_the_searchable_list_opens_a_file(window, small_model, buzz):
    window.on.recordings.open(buzz)
    window.menus.run("file.recent")
    palette = next(one for one in window.findChildren(CommandPalette) if one.isVisible())
    palette.run_wanted.emit(str(small_model))
    assert window.on.session.card.path == str(small_model)
