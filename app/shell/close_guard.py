"""What is asked before the window closes: whatever would be lost without a word."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from core.annotation.tiers import Kept
from widgets.controls.dialog import SmallDialog
from widgets.theme.control_paint import Words

if TYPE_CHECKING:
    from app.shell.window import Window

Ways = tuple[tuple[str, Callable[[], object]], ...]


class CloseGuard:
    """Asks one question at a time; the window closes once nothing is left to ask."""

    def __init__(self, window: Window) -> None:
        self._window = window
        self.dialog: SmallDialog | None = None
        window.on.measurement.ended.connect(self._measured)

    def may_close(self) -> bool:
        """Tell whether nothing would be lost; else ask, and close when that is answered."""
        self._window.stack.tiers.editor.finish()  # a label that is being written is a change, too
        if self._measures():
            self._ask(
                "A measurement is running",
                "Without its end nothing of it is written.",
                (("Stop it", self._stop), ("Go on", self._stay)),
            )
            return False
        for kept in self._window.on.tier_editor.files.edited:
            self._ask_to_save(kept)
            return False
        return True

    def _ask(self, title: str, words: str, ways: Ways) -> None:
        self._stay()
        self.dialog = SmallDialog(title, self._window)
        self.dialog.body.addWidget(Words(words, 12, 400))
        self.dialog.add_buttons((), ways)
        self.dialog.set_look(self._window.look)
        self._window.asks.keep(self.dialog)

    def _stay(self) -> None:
        dialog, self.dialog = self.dialog, None
        if dialog is not None:
            dialog.close()

    # --- TextGrids ----------------------------------------------------------------------------

    def _ask_to_save(self, kept: Kept) -> None:
        name = Path(kept.file).name
        ways = (("Cancel", self._stay), ("Keep here only", lambda: self._keep(kept)))
        words = "They come back at the next start all the same; other programs see them once they are saved."
        self._ask(f"Save the changes to {name}?", words, (*ways, ("Save", lambda: self._save(kept))))

    def _keep(self, kept: Kept) -> None:
        self._window.on.tier_editor.files.keep_here(kept)
        self._stay()
        self._window.close()

    def _save(self, kept: Kept) -> None:
        self._stay()
        self._window.on.tier_editor.files.write(kept, kept.file, self._window.close)

    # --- measuring ----------------------------------------------------------------------------

    def _measures(self) -> bool:
        desk = self._window.on.jobs
        return desk.waits("measure") or desk.waits("measure points")

    def _stop(self) -> None:
        self._window.on.measurement.cancel()
        self._stay()
        self._window.close()

    def _measured(self) -> None:
        """Take a question back that is no longer one."""
        if self.dialog is not None and not self._measures():
            self._stay()
