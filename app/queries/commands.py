"""Pitch, intensity, formants, spectrogram, pulses: Praat's queries, listings and moves of the cursor.

All of them ask the active lane, at the cursor or over the selection.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.analysis.commands import settings_command
from app.base.command_table import command, has_selection, is_open
from core.analyses.measures import MEASURES

if TYPE_CHECKING:
    from app.shell.instrument import Instrument
    from app.shell.window import Window
    from core.analyses.measures import Statistic


def has_frequency(on: Instrument) -> bool:
    """The horizontal frequency cursor is there."""
    return is_open(on) and on.session.frequency_hz is not None


def has_cross(on: Instrument) -> bool:
    """There is a cursor cross: a time without a selection, and a frequency."""
    return has_frequency(on) and on.session.selection is None


def _query(id: str, title: str, menu: str, measure: str, key: str = "", statistic: Statistic = "mean",
           separator: bool = False) -> None:  # fmt: skip
    def run(window: Window) -> None:
        window.dock_view.queries.ask(measure, statistic)

    over = statistic != "mean"
    words = title.removeprefix("Get ")
    where = "over the selection" if over else "at the cursor, or its mean over the selection"
    run.__doc__ = f"Put the {words} of the active lane, {where}, into the results."
    command(id, title, menu, key, has_selection if over else is_open, separator=separator)(run)


def _listing(analysis: str, title: str, menu: str, separator: bool = False) -> None:
    def run(window: Window) -> None:
        window.dock_view.lists.show(analysis)

    run.__doc__ = (
        f"List the {analysis} of the active lane: every frame of the selection, or the cursor's value."
    )
    command(f"{analysis}.listing", title, menu, "", is_open, separator=separator)(run)


@command(
    "spectrogram.frequency",
    "Get frequency at frequency cursor",
    "Spectrogram",
    "",
    has_frequency,
    separator=True,
)
def frequency(window: Window) -> None:
    """Put the frequency of the horizontal cursor into the results."""
    window.dock_view.queries.tell_frequency()


@command("spectrogram.power", "Get spectral power at cursor cross", "Spectrogram", "F7", has_cross)
def power(window: Window) -> None:
    """Put the power density of the active lane at the cursor's time and frequency into the results."""
    window.dock_view.queries.tell_power()


@command("spectrogram.to_frequency", "Move frequency cursor to…", "Spectrogram", "", is_open)
def to_frequency(window: Window) -> None:
    """Put the horizontal frequency cursor at a frequency that is typed."""
    window.asks.frequency()


@command("spectrogram.slice", "View spectral slice", "Spectrogram", "Ctrl+L", is_open, separator=True)
def spectral_slice(window: Window) -> None:
    """Show the spectra of all layers at the cursor or over the selection in a window of their own."""
    window.dock_view.show_large()


_listing("pitch", "Pitch listing", "Pitch", separator=True)
_query("pitch.get", "Get pitch", "Pitch", "f0", "F5")
_query("pitch.minimum", "Get minimum pitch", "Pitch", "f0", "Alt+F5", "minimum")
_query("pitch.maximum", "Get maximum pitch", "Pitch", "f0", "Shift+F5", "maximum")


@command(
    "pitch.to_minimum", "Move cursor to minimum pitch", "Pitch", "Ctrl+Shift+L", has_selection, separator=True
)
def to_minimum(window: Window) -> None:
    """Put the cursor where the active lane's pitch is lowest within the selection."""
    window.dock_view.queries.move_to("f0", "minimum")


@command("pitch.to_maximum", "Move cursor to maximum pitch", "Pitch", "Ctrl+Shift+H", has_selection)
def to_maximum(window: Window) -> None:
    """Put the cursor where the active lane's pitch is highest within the selection."""
    window.dock_view.queries.move_to("f0", "maximum")


_listing("intensity", "Intensity listing", "Intensity", separator=True)
_query("intensity.get", "Get intensity", "Intensity", "intensity", "F8")
_query("intensity.minimum", "Get minimum intensity", "Intensity", "intensity", "", "minimum")
_query("intensity.maximum", "Get maximum intensity", "Intensity", "intensity", "", "maximum")

_listing("formants", "Formant listing", "Formants", separator=True)
for _number, _ordinal in enumerate(("first", "second", "third", "fourth"), 1):
    _query(f"formants.f{_number}", f"Get {_ordinal} formant", "Formants", f"f{_number}", f"F{_number}",
           separator=_number == 1)  # fmt: skip
    _query(f"formants.b{_number}", f"Get {_ordinal} bandwidth", "Formants", f"b{_number}")


@command("formants.formant", "Get formant…", "Formants", "", is_open)
def formant(window: Window) -> None:
    """Put the formant of a number that is typed, of the active lane, into the results."""
    window.asks.formant("Get formant", "f")


@command("formants.bandwidth", "Get bandwidth…", "Formants", "", is_open)
def bandwidth(window: Window) -> None:
    """Put the bandwidth of the formant of a number that is typed into the results."""
    window.asks.formant("Get bandwidth", "b")


def _list_of(analysis: str, id: str, title: str, menu: str, what: str, separator: bool = False) -> None:
    def run(window: Window) -> None:
        window.dock_view.lists.list_of(analysis)

    run.__doc__ = f"{what} of the active lane, over the selection or the whole."
    command(id, title, menu, "", is_open, separator=separator)(run)


_list_of("voice report", "pulses.voice_report", "Voice report", "Pulses",
         "Report pitch, pulses, voicing, jitter, shimmer and harmonicity", separator=True)  # fmt: skip
_list_of("pulses", "pulses.listing", "Pulse listing", "Pulses", "List the times of the glottal pulses")
_list_of("ltas", "spectrogram.ltas", "Ltas listing", "Spectrogram",
         "List the long-term average spectrum", separator=True)  # fmt: skip
_list_of("moments", "spectrogram.moments", "Spectral moments listing", "Spectrogram",
         "List centre of gravity, standard deviation, skewness and kurtosis in slices")  # fmt: skip
_query("analyses.amplitude", "Get amplitude", "Analyses", "activation", separator=True)
_list_of("zero crossings", "analyses.zero_crossings", "Zero crossings listing", "Analyses",
         "List where the curve passes through zero")  # fmt: skip
_list_of("envelope peaks", "analyses.envelope_peaks", "Envelope peaks listing", "Analyses",
         "List the peaks of the envelope, and how much later than the output's they come,")  # fmt: skip
settings_command("zero crossings", "Zero crossings settings…", "Analyses", separator=True)
settings_command("envelope peaks", "Envelope peaks settings…", "Analyses")


def _moment(key: str, separator: bool = False) -> None:
    def run(window: Window) -> None:
        window.dock_view.queries.tell_moment(key)

    title = MEASURES[key].title.lower()
    run.__doc__ = f"Put the {title} of the active lane's spectrum over the selection into the results."
    id = f"spectrogram.{title.replace(' ', '_')}"
    command(id, f"Get {title}", "Spectrogram", "", is_open, separator=separator)(run)


_moment("cog", separator=True)
_moment("sd")
_moment("skewness")
_moment("kurtosis")


_query("harmonicity.get", "Get harmonicity", "Pulses", "harmonicity", separator=True)
_listing("harmonicity", "Harmonicity listing", "Pulses")


@command("time.cursor", "Get cursor", "Time", "F6", is_open, separator=True)
def cursor(window: Window) -> None:
    """Put the cursor's time, or the middle of the selection, into the results."""
    window.dock_view.queries.tell_time()


@command("time.length", "Get selection length", "Time", "", has_selection)
def length(window: Window) -> None:
    """Put the length of the selection into the results."""
    window.dock_view.queries.tell_length()


def _crossing(id: str, title: str, key: str, edge: str) -> None:
    def run(window: Window) -> None:
        window.dock_view.queries.to_crossing(edge)

    words = {"cursor": "the cursor", "start": "the selection's start", "end": "the selection's end"}[edge]
    run.__doc__ = f"Move {words} to where the active lane's curve next passes through zero."
    when = is_open if edge == "cursor" else has_selection
    command(id, title, "Time", key, when, separator=edge == "cursor")(run)


_crossing("time.cursor_to_zero", "Move cursor to nearest zero crossing", "Ctrl+0", "cursor")
_crossing("time.start_to_zero", "Move start of selection to nearest zero crossing", "Ctrl+,", "start")
_crossing("time.end_to_zero", "Move end of selection to nearest zero crossing", "Ctrl+.", "end")


@command("edit.undo_result", "Undo the last result", "Edit", "", separator=True)
def undo_result(window: Window) -> None:
    """Take back the last change of the results table."""
    window.dock_view.results.undo()


@command("edit.redo_result", "Redo the last result", "Edit")
def redo_result(window: Window) -> None:
    """Bring back what was last taken back in the results table."""
    window.dock_view.results.redo()


@command("edit.clear_results", "Clear results", "Edit")
def clear_results(window: Window) -> None:
    """Take every row out of the results table; Undo the last result brings them back."""
    window.dock_view.list.export("clear")


@command("edit.copy_layers", "Copy the table of all layers", "Edit", "Ctrl+Shift+C", is_open)
def copy_layers(window: Window) -> None:
    """Copy every layer's values at the cursor or over the selection as tab-separated text."""
    window.dock_view.copy_table()


@command("view.dock", "All layers", "View", "F9", checked=lambda on: on.dock_visibility.shown, separator=True)
def dock(window: Window) -> None:
    """Show or hide the right dock: all layers at one cursor, the spectral slice, the results."""
    window.on.dock_visibility.toggle()
    window.show_dock()
