"""Menus, toolbar and keys, made from the one table of commands."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QMenu, QMenuBar, QWidget

from app.base.command_table import MENUS, Command, all_commands, default_keys, search_words
from app.base.context import Context
from app.base.injection import Injector
from app.base.panel_table import all_panels
from app.base.preference_store import PreferenceStore
from app.models.model_loader import ModelLoader
from core.faults import Fault
from widgets.controls.combo import ComboBox
from widgets.controls.segmented import Segmented
from widgets.shell.command_palette import PaletteRow
from widgets.shell.recent_menu import RecentMenu
from widgets.shell.toolbar import Toolbar
from widgets.stack.stack import Stack
from widgets.theme.control_paint import Words, pass_theme
from widgets.theme.theme import Theme

MENU_PX = 32
AROUND_PX = 40
PAGES = "Visible page"


class Corner(QWidget):
    """The right end of the menu bar: what is open, and the pages; in a narrow window as a drop-down list."""

    words_changed = Signal()
    page_wanted = Signal(str)

    def __init__(self, tabs: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self.words = Words("", 12, 400, "ink2")
        self.pages = Segmented(tabs, PAGES)
        self.page_list = ComboBox(PAGES, height_px=24)
        self.page_list.show_options(tabs, tabs[0][0])
        self._has_pages = False
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 3, 8, 3)
        row.setSpacing(12)
        for part in (self.words, self.pages, self.page_list):
            row.addWidget(part)
        for chooser in (self.pages, self.page_list):
            chooser.wanted.connect(self.page_wanted)

    def show_page(self, page: str, model: bool) -> None:
        """Show which page is visible; without a model there is only the start page."""
        self._has_pages = model
        self.pages.show_current(page)
        self.page_list.show_current(page)
        self.words_changed.emit()

    def enable(self, generator: bool) -> None:
        """Make the pages faint that a network which makes no sound cannot have."""
        tabs = [panel for panel in all_panels().values() if panel.tab]
        for panel in tabs:
            if panel.needs_generator:
                self.pages.enable(panel.id, generator, f"No {panel.title}: this network makes no sound.")
        listed = [(one.id, one.tab) for one in tabs if generator or not one.needs_generator]
        self.page_list.show_options(listed, self.pages.current)

    def show_words(self, words: str) -> None:
        """Show what is open."""
        self.words.setText(words)
        self.words_changed.emit()

    def fit(self, room_px: int) -> None:
        """Show what fits into a width: first the words give way, then the pages become a list."""
        pages_px, words_px = self.pages.sizeHint().width() + AROUND_PX, self.words.sizeHint().width()
        self.words.setVisible(room_px >= pages_px + words_px)
        self.pages.setVisible(self._has_pages and room_px >= pages_px)
        self.page_list.setVisible(self._has_pages and room_px < pages_px)

    def set_theme(self, theme: Theme) -> None:
        """Use the colours of another theme."""
        pass_theme(self, theme)


class MenuRow(QWidget):
    """The menu bar with its corner, which takes the room that the menus leave."""

    def __init__(self, bar: QMenuBar, corner: Corner) -> None:
        super().__init__()
        self._bar, self._corner = bar, corner
        self.setObjectName("menus")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(MENU_PX)
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(bar, 1)
        row.addWidget(corner)

    def resizeEvent(self, event: object) -> None:
        self.fit()

    def fit(self) -> None:
        """Fit the corner to the room beside the menus."""
        self._corner.fit(self.width() - self._bar.sizeHint().width())


class Menus:
    """The window's actions, one per command, kept up to date."""

    def __init__(self, context: Context, injector: Injector, window: QWidget, stack: Stack) -> None:
        self._messages = context.messages
        self._session = context.session
        self._injector = injector
        self._window = window
        self._stack = stack
        self._keys = {**default_keys(), **context.preferences.values.keys}
        self.before_run: Callable[[], object] = lambda: None
        self.actions = {id: self._action(command) for id, command in all_commands().items()}
        self.recent = self._recent_menu(context.preferences)
        self.toolbar = Toolbar(self.actions)
        self.corner = Corner([(one.id, one.tab) for one in all_panels().values() if one.tab])
        self.corner.page_wanted.connect(lambda page: self.run(f"view.{page}"))
        self.row = MenuRow(self._bar(), self.corner)  # QMenuBar's own corner keeps its first size
        self.corner.words_changed.connect(self.row.fit)

    def _bar(self) -> QMenuBar:
        bar = QMenuBar()
        menus = {name: bar.addMenu(text) for name, text in MENUS.items()}
        for id, command in all_commands().items():
            menu = menus[command.menu]
            if command.separator and menu.actions():
                menu.addSeparator()
            menu.addMenu(self.recent) if id == "file.recent" else menu.addAction(self.actions[id])
        return bar

    def _recent_menu(self, preferences: PreferenceStore) -> RecentMenu:
        """Return the submenu that stands in the File menu in place of the command “Open a recent file…”."""
        menu = RecentMenu("Recent", self._window)
        menu.aboutToShow.connect(lambda: menu.show_paths(preferences.values.recent))
        menu.open_wanted.connect(lambda path: self._injector.get(ModelLoader).open(path))
        menu.clear_wanted.connect(lambda: preferences.change(recent=()))
        return menu

    def key(self, command: Command) -> str:
        """Return the key of a command: the user's own, or its default; "" if it has none."""
        return self._keys.get(command.id, "")

    def rows(self) -> tuple[PaletteRow, ...]:
        """Return every command, menu by menu, for the palette and the shortcut sheet."""
        menus, words = list(MENUS), search_words()
        commands = sorted(all_commands().values(), key=lambda command: menus.index(command.menu))
        return tuple(
            PaletteRow(
                one.id,
                one.title,
                one.menu,
                self.key(one),
                one.help,
                self.actions[one.id].isEnabled(),
                f"possible when {one.condition}",
                words.get(one.id, ""),
            )
            for one in commands
        )

    def run(self, id: str) -> None:
        """Run a command by its id, if it is possible now."""
        command = all_commands()[id]
        if self._injector.call(command.when):
            self.before_run()
            try:
                self._injector.call(command.run)
            except Fault as fault:
                self._messages.faulted.emit(fault)
            self.refresh()

    def refresh(self) -> None:
        """Enable and tick the actions for the session's current state."""
        for id, command in all_commands().items():
            action = self.actions[id]
            action.setEnabled(bool(self._injector.call(command.when)))
            if command.checked is not None:
                action.setChecked(bool(self._injector.call(command.checked)))
        self.refresh_history()

    def refresh_history(self) -> None:
        """Show in undo and redo what they would do."""
        history = self._session.history
        for id, word, words in (
            ("edit.undo", "Undo", history.undo_words),
            ("edit.redo", "Redo", history.redo_words),
        ):
            self.actions[id].setText(f"{word} {words}".strip())
            self.actions[id].setEnabled(bool(words))

    def open_menu(self, ids: Sequence[str], place: QPoint) -> None:
        """Open a menu of some commands at a place on screen; "" is a line."""
        menu = QMenu(self._window)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for id in ids:
            menu.addAction(self.actions[id]) if id else menu.addSeparator()
        self.refresh()
        menu.popup(place)

    def _action(self, command: Command) -> QAction:
        action, key = QAction(command.title, self._window), self.key(command)
        action.setObjectName(command.id)
        action.setToolTip(f"{command.help} ({key})" if key else command.help)
        action.setStatusTip(command.help)
        action.setCheckable(command.checked is not None)
        action.triggered.connect(lambda _=False, id=command.id: self.run(id))
        if key:
            action.setShortcut(QKeySequence(key))
        if command.stack_only:
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            self._stack.addAction(action)
        else:
            self._window.addAction(action)
        return action
