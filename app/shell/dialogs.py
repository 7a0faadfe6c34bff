"""The dialogs of the Help menu."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.base.dialog_host import DialogHost
from app.base.shipped import SHIPPED
from widgets.controls.dialog import SmallDialog
from widgets.theme.control_paint import Words

if TYPE_CHECKING:
    from app.shell.menus import Menus

ABOUT = (
    "Praat for the inside of a network.",
    "The method, layer averages read as sounds, is that of\nBeguš and Zhou, IEEE/ACM TASLP 30, 2022.",
    "Free software under the GNU General Public License, version 3 or later.",
)


def show_palette(host: DialogHost, menus: Menus) -> None:
    """Open the command search."""
    from widgets.shell.command_palette import CommandPalette

    palette = CommandPalette(menus.rows(), host.parent)
    palette.run_wanted.connect(menus.run)
    host.show(palette)


def show_shortcuts(host: DialogHost, menus: Menus) -> None:
    """Open the sheet of keys and mouse."""
    from widgets.shell.shortcut_sheet import ShortcutSheet

    host.show(ShortcutSheet(menus.rows(), host.parent))


def show_manual(host: DialogHost, page: str) -> None:
    """Open a page of the manual by the name of its file."""
    from widgets.shell.manual_page import ManualPage

    text = (SHIPPED / "manual" / f"{page}.md").read_text(encoding="utf-8")
    host.show(ManualPage(text, host.parent))


def show_about(host: DialogHost) -> None:
    """Show the version of Phonoscope and its licence."""
    from core.files.versions import app_version

    dialog = SmallDialog(f"Phonoscope {app_version()}", host.parent)
    for words in ABOUT:
        dialog.body.addWidget(Words(words, 12, 400))
    dialog.add_buttons((), (("Close", dialog.accept),))
    host.show(dialog)
