"""Query commands for pitch, intensity, formants, spectrogram and pulses: Praat's queries, listings and cursor
moves.

All of them refer to the active lane, at the cursor or over the selection.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from app.analysis.commands import settings_command
from app.annotation.tier_commands import has_tier
from app.annotation.tier_editor import TierEditor
from app.base.command_table import command, has_selection, is_open
from app.base.dialog_host import DialogHost
from app.base.messages import Messages
from app.explain.commands import has_map
from app.explain.explanations import Explanations
from app.queries.dialogs import ask_formant, ask_frequency
from app.queries.dock import DockView
from app.queries.listing_windows import ListingWindows
from app.queries.queries import Queries
from app.queries.result_list import ResultList
from core.analyses.measures import MEASURES
from core.explain.check_listing import check_listing
from core.queries.queries import Answer
from core.queries.results_table import Results
from core.session.session import Session
from core.signals.axis import Range

if TYPE_CHECKING:
    from core.analyses.measures import Statistic


def has_frequency(session: Session) -> bool:
    """The frequency cursor is set."""
    return is_open(session) and session.frequency_hz is not None


def has_cross(session: Session) -> bool:
    """There is a cursor cross: a time without a selection, and a frequency."""
    return has_frequency(session) and session.selection is None


def _query(id: str, title: str, menu: str, measure: str, statistic: Statistic = "mean",
           separator: bool = False) -> None:  # fmt: skip
    def run(queries: Queries) -> None:
        queries.ask(measure, statistic)

    over = statistic != "mean"
    words = title.removeprefix("Get ")
    where = "over the selection" if over else "at the cursor, or its mean over the selection"
    run.__doc__ = f"Put the {words} of the active lane, {where}, into the results."
    command(id, title, menu, has_selection if over else is_open, separator=separator)(run)


def _listing(analysis: str, title: str, menu: str, separator: bool = False) -> None:
    def run(listing_windows: ListingWindows) -> None:
        listing_windows.show(analysis)

    run.__doc__ = (
        f"List the {analysis} of the active lane: every frame of the selection, or the value at the cursor."
    )
    command(f"{analysis}.listing", title, menu, is_open, separator=separator)(run)


@command(
    "spectrogram.frequency",
    "Get frequency at frequency cursor",
    "Spectrogram",
    has_frequency,
    separator=True,
)
def frequency(queries: Queries) -> None:
    """Put the frequency of the frequency cursor into the results."""
    queries.tell_frequency()


@command("spectrogram.power", "Get spectral power at cursor cross", "Spectrogram", has_cross)
def power(queries: Queries) -> None:
    """Put the power density of the active lane at the cursor's time and frequency into the results."""
    queries.tell_power()


@command("spectrogram.to_frequency", "Move frequency cursor to…", "Spectrogram", is_open)
def to_frequency(session: Session, host: DialogHost, queries: Queries) -> None:
    """Move the frequency cursor to a frequency that you enter."""
    ask_frequency(session, host, queries)


@command("spectrogram.slice", "View spectral slice", "Spectrogram", is_open, separator=True)
def spectral_slice(dock_view: DockView) -> None:
    """Show the spectra of all layers at the cursor or over the selection in their own window."""
    dock_view.show_large()


_listing("pitch", "Pitch listing", "Pitch", separator=True)
_query("pitch.get", "Get pitch", "Pitch", "f0")
_query("pitch.minimum", "Get minimum pitch", "Pitch", "f0", "minimum")
_query("pitch.maximum", "Get maximum pitch", "Pitch", "f0", "maximum")


@command("pitch.to_minimum", "Move cursor to minimum pitch", "Pitch", has_selection, separator=True)
def to_minimum(queries: Queries) -> None:
    """Move the cursor to the lowest pitch of the active lane within the selection."""
    queries.move_to("f0", "minimum")


@command("pitch.to_maximum", "Move cursor to maximum pitch", "Pitch", has_selection)
def to_maximum(queries: Queries) -> None:
    """Move the cursor to the highest pitch of the active lane within the selection."""
    queries.move_to("f0", "maximum")


_listing("intensity", "Intensity listing", "Intensity", separator=True)
_query("intensity.get", "Get intensity", "Intensity", "intensity")
_query("intensity.minimum", "Get minimum intensity", "Intensity", "intensity", "minimum")
_query("intensity.maximum", "Get maximum intensity", "Intensity", "intensity", "maximum")

_listing("formants", "Formant listing", "Formants", separator=True)
for _number, _ordinal in enumerate(("first", "second", "third", "fourth"), 1):
    _query(f"formants.f{_number}", f"Get {_ordinal} formant", "Formants", f"f{_number}",
           separator=_number == 1)  # fmt: skip
    _query(f"formants.b{_number}", f"Get {_ordinal} bandwidth", "Formants", f"b{_number}")


@command("formants.formant", "Get formant…", "Formants", is_open)
def formant(host: DialogHost, queries: Queries) -> None:
    """Put a formant of the active lane, by number, into the results."""
    ask_formant(host, queries, "Get formant", "f")


@command("formants.bandwidth", "Get bandwidth…", "Formants", is_open)
def bandwidth(host: DialogHost, queries: Queries) -> None:
    """Put the bandwidth of a formant, by number, into the results."""
    ask_formant(host, queries, "Get bandwidth", "b")


def _list_of(analysis: str, id: str, title: str, menu: str, what: str, separator: bool = False) -> None:
    def run(listing_windows: ListingWindows) -> None:
        listing_windows.list_of(analysis)

    run.__doc__ = f"{what} of the active lane, over the selection or the whole."
    command(id, title, menu, is_open, separator=separator)(run)


_list_of("voice report", "pulses.voice_report", "Voice report", "Pulses",
         "Report pitch, pulses, voicing, jitter, shimmer and harmonicity", separator=True)  # fmt: skip
_list_of("pulses", "pulses.listing", "Pulse listing", "Pulses", "List the times of the glottal pulses")
_list_of("ltas", "spectrogram.ltas", "Ltas listing", "Spectrogram",
         "List the long-term average spectrum", separator=True)  # fmt: skip
_list_of("moments", "spectrogram.moments", "Spectral moments listing", "Spectrogram",
         "List centre of gravity, standard deviation, skewness and kurtosis in slices")  # fmt: skip
_query("analyses.amplitude", "Get amplitude", "Analyses", "activation", separator=True)
_list_of("zero crossings", "analyses.zero_crossings", "Zero crossings listing", "Analyses",
         "List the zero crossings of the curve")  # fmt: skip
_list_of("envelope peaks", "analyses.envelope_peaks", "Envelope peaks listing", "Analyses",
         "List the envelope peaks, with their latencies relative to the output's,")  # fmt: skip
settings_command("zero crossings", "Zero crossings settings…", "Analyses", separator=True)
settings_command("envelope peaks", "Envelope peaks settings…", "Analyses")


def _moment(key: str, separator: bool = False) -> None:
    def run(queries: Queries) -> None:
        queries.tell_moment(key)

    title = MEASURES[key].title.lower()
    run.__doc__ = f"Put the {title} of the active lane's spectrum over the selection into the results."
    id = f"spectrogram.{title.replace(' ', '_')}"
    command(id, f"Get {title}", "Spectrogram", is_open, separator=separator)(run)


_moment("cog", separator=True)
_moment("sd")
_moment("skewness")
_moment("kurtosis")


_query("harmonicity.get", "Get harmonicity", "Pulses", "harmonicity", separator=True)
_listing("harmonicity", "Harmonicity listing", "Pulses")


@command("time.cursor", "Get cursor", "Time", is_open, separator=True)
def cursor(queries: Queries) -> None:
    """Put the cursor's time, or the middle of the selection, into the results."""
    queries.tell_time()


@command("time.length", "Get selection length", "Time", has_selection)
def length(queries: Queries) -> None:
    """Put the length of the selection into the results."""
    queries.tell_length()


def _crossing(id: str, title: str, edge: str) -> None:
    def run(queries: Queries) -> None:
        queries.to_crossing(edge)

    words = {"cursor": "the cursor", "start": "the selection's start", "end": "the selection's end"}[edge]
    run.__doc__ = f"Move {words} to the nearest zero crossing of the active lane."
    when = is_open if edge == "cursor" else has_selection
    command(id, title, "Time", when, separator=edge == "cursor")(run)


_crossing("time.cursor_to_zero", "Move cursor to nearest zero crossing", "cursor")
_crossing("time.start_to_zero", "Move start of selection to nearest zero crossing", "start")
_crossing("time.end_to_zero", "Move end of selection to nearest zero crossing", "end")


@command("edit.undo_result", "Undo the last result", "Edit", separator=True)
def undo_result(results: Results) -> None:
    """Undo the last change of the results table."""
    results.undo()


@command("edit.redo_result", "Redo the last result", "Edit")
def redo_result(results: Results) -> None:
    """Redo the last undone change of the results table."""
    results.redo()


@command("edit.clear_results", "Clear results", "Edit")
def clear_results(result_list: ResultList) -> None:
    """Remove every row from the results table; Undo the last result brings them back."""
    result_list.export("clear")


@command("edit.copy_layers", "Copy the table of all layers", "Edit", is_open)
def copy_layers(dock_view: DockView) -> None:
    """Copy every layer's values at the cursor or over the selection as tab-separated text."""
    dock_view.copy_table()


def _interval_query(id: str, title: str, value: Callable[[Range], float], separator: bool = False) -> None:
    def run(messages: Messages, queries: Queries, session: Session, tier_editor: TierEditor) -> None:
        annotating = tier_editor
        tier, index = annotating.tier, annotating.index
        if tier is None or index is None:
            messages.noted.emit("No interval is chosen: click one first")
            return
        where, label = tier.range_of(index), tier.labels[index]
        words = f"{title.removeprefix('Get ').capitalize()} “{label}”"
        answer = Answer(tier.name, words, where.start_s, where.end_s, value(where), "s", digits=6)
        queries.tell(session.active, answer)

    what = title.removeprefix("Get ").replace("of interval", "of the chosen interval")
    run.__doc__ = f"Put the {what} into the results."
    command(f"interval.{id}", title, "Interval", has_tier, separator=separator)(run)


_interval_query("start", "Get starting point of interval", lambda where: where.start_s, True)
_interval_query("end", "Get end point of interval", lambda where: where.end_s)
_interval_query("duration", "Get duration of interval", lambda where: where.length_s)


@command("explain.checks", "List the checks of this map", "Explain", has_map)
def checks(explanations: Explanations, listing_windows: ListingWindows) -> None:
    """List what the map adds up to, layer by layer, how faithful it is, and what shuffled weights leave."""
    if explanations.explanation is not None:
        listing_windows.open(check_listing(explanations.explanation, explanations.steps))
