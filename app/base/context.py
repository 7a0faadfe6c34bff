"""The context that every service starts from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.base.clock import Clock
from app.base.messages import Messages
from app.base.preference_store import PreferenceStore
from core.processes.latest_wins import Jobs
from core.session.preferences import Preferences
from core.session.session import Session


@dataclass(frozen=True)
class Context:
    """The state and tools that services share; it holds no service."""

    session: Session
    preferences: PreferenceStore
    jobs: Jobs
    messages: Messages
    clock: Clock


def make_context(
    clock: Clock,
    preferences: Preferences | None = None,
    on_bug: Callable[[BaseException], None] | None = None,
) -> Context:
    """Return a context with a new session; a bug in a job is raised unless `on_bug` takes it."""
    messages = Messages()
    jobs = Jobs(clock.post, messages.faulted.emit, on_bug or _raise)
    return Context(Session(), PreferenceStore(preferences), jobs, messages, clock)


def _raise(bug: BaseException) -> None:
    raise bug
