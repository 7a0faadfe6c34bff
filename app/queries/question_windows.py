"""One window per question: while the answer is computed, a note that says so; then the answer."""

from __future__ import annotations

from collections.abc import Hashable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QDialog
from shiboken6 import isValid

from app.base.dialog_host import DialogHost
from widgets.controls.progress_dialog import ProgressDialog

LATE_MS = 150  # an answer that comes sooner needs no note


class QuestionWindows:
    """Keeps the windows by question."""

    def __init__(self, host: DialogHost) -> None:
        self._host = host
        self._answers: dict[Hashable, QDialog] = {}
        self._waits: dict[Hashable, tuple[QTimer, ProgressDialog]] = {}

    def ask(self, question: Hashable, title: str, words: str) -> bool:
        """Begin a question; False if it was asked before: then its window comes to the front.

        If the answer takes noticeably long, a window shows `words` and can cancel.
        """
        self._forget_closed()
        known = self._answers.get(question)
        if known is not None:
            known.raise_()
            known.activateWindow()
        if known is not None or question in self._waits:
            return False
        dialog, timer = ProgressDialog(title, self._host.parent), QTimer(self._host.parent, singleShot=True)
        dialog.show_progress(words, 0, 0)
        dialog.rejected.connect(lambda: self.drop(question))
        timer.timeout.connect(lambda: self._host.show(dialog))
        self._waits[question] = timer, dialog
        timer.start(LATE_MS)
        return True

    def waits(self, question: Hashable) -> bool:
        """Return whether a question still waits for its answer, and was not cancelled."""
        return question in self._waits

    def drop(self, question: Hashable) -> None:
        """End the wait for an answer."""
        if question in self._waits:
            timer, dialog = self._waits.pop(question)
            timer.stop()
            timer.deleteLater()
            dialog.hide()
            dialog.deleteLater()

    def answer(self, question: Hashable, window: QDialog) -> None:
        """Keep the window that answers a question."""
        self.drop(question)
        self._answers[question] = window

    def _forget_closed(self) -> None:
        """Forget the windows that were closed, with their answers."""
        self._answers = {
            question: window
            for question, window in self._answers.items()
            if isValid(window) and window.isVisible()
        }
