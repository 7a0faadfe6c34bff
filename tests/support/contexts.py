"""Contexts for tests of services: everything happens at once, in the calling thread."""

from __future__ import annotations

from app.base.clock import Clock
from app.base.context import Context, make_context
from core.session.preferences import Preferences


def inline_context(preferences: Preferences | None = None) -> Context:
    """Give a context whose calls and jobs run at once."""
    return make_context(Clock(lambda call: call(), lambda call: call()), preferences)
