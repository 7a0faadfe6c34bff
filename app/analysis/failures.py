"""Failures of what is on the screen, each told once for as long as it lasts."""

from __future__ import annotations

from collections.abc import Mapping

from app.base.messages import Messages
from core.processes.requests import Key
from core.processes.results import BROKEN, Failed, State


class FailureNotices:
    """Tells a failure when it is first seen; one that is gone and comes back is told again."""

    def __init__(self, messages: Messages) -> None:
        self._messages = messages
        self._told: frozenset[Key] = frozenset()

    def tell(self, states: Mapping[Key, State | None]) -> None:
        """Tell what is new among all that is on the screen; a bug was reported where it happened."""
        failed = {key: state.fault for key, state in states.items() if isinstance(state, Failed)}
        fresh = {fault.sentence: fault for key, fault in failed.items() if key not in self._told}
        self._told = frozenset(failed)
        for fault in fresh.values():
            if fault is not BROKEN:
                self._messages.faulted.emit(fault)
