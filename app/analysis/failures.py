"""Failures of what is on screen, each reported once while it lasts."""

from __future__ import annotations

from collections.abc import Mapping

from app.base.messages import Messages
from core.processes.requests import Key
from core.processes.results import BROKEN, Failed, State


class FailureNotices:
    """Reports a failure when it first appears; one that returns after disappearing is reported again."""

    def __init__(self, messages: Messages) -> None:
        self._messages = messages
        self._told: frozenset[Key] = frozenset()

    def tell(self, states: Mapping[Key, State | None]) -> None:
        """Report new failures among those on screen; bugs were reported where they happened."""
        failed = {key: state.fault for key, state in states.items() if isinstance(state, Failed)}
        fresh = {fault.sentence: fault for key, fault in failed.items() if key not in self._told}
        self._told = frozenset(failed)
        for fault in fresh.values():
            if fault is not BROKEN:
                self._messages.faulted.emit(fault)
