"""The dialogs of queries: a formant's number, a frequency."""

from __future__ import annotations

from app.base.dialog_host import DialogHost
from app.queries.queries import Queries
from core.analyses.measures import MOST_FORMANTS
from core.session.session import Session


def ask_formant(host: DialogHost, queries: Queries, title: str, letter: str) -> None:
    """Ask which formant's frequency (f) or bandwidth (b) to query, and query it."""
    host.ask_count(title, "Formant number:", MOST_FORMANTS, lambda number: queries.ask(f"{letter}{number}"))


def ask_frequency(session: Session, host: DialogHost, queries: Queries) -> None:
    """Ask where to set the frequency cursor."""
    at_hz = session.frequency_hz
    now = f"{500.0 if at_hz is None else at_hz:g}"
    host.ask_number("Move frequency cursor", "Frequency (Hz):", now, queries.to_frequency)
