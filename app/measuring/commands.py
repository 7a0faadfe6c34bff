"""Analyses: measuring labelled intervals into a table, and Praat in the loop."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from app.base.command_table import command, is_open

if TYPE_CHECKING:
    from app.measuring.measurement import MeasureSettings
    from app.shell.instrument import Instrument
    from app.shell.window import Window
    from widgets.results.layer_plots import PlotSheet


def has_curve(on: Instrument) -> bool:
    """The active lane has a curve."""
    return on.session.active in on.session.shown.tracks


@command("analyses.measure", "Measure…", "Analyses", "Ctrl+M", is_open, separator=True)
def measure(window: Window) -> None:
    """Measure the labelled intervals of every layer, and of recordings, into one long table, ready for R."""
    _ask(window, "Measure", lambda asked: _to_table(window, asked))


def has_pairs(on: Instrument) -> bool:
    """Layers were measured beside the output."""
    return bool(on.measurement.pairs)


@command("analyses.compare", "Compare layers with the output", "Analyses", "", has_pairs)
def compare(window: Window) -> None:
    """Show the last measurement of each layer against the output: scatter with r, and courses in time."""
    from widgets.results.layer_plots import PlotsDialog

    measured = window.on.measurement
    origin = measured.record  # the dialog stays open while another measurement may come
    dialog = PlotsDialog(measured.pairs, lambda sheet: _save(window, sheet, origin), window)
    dialog.set_look(window.look)
    window.asks.keep(dialog)


@command("analyses.open_in_praat", "Open this layer in Praat", "Analyses", "", has_curve)
def open_in_praat(window: Window) -> None:
    """Start Praat with the active lane, at its own rate and true times, and with the tiers."""
    from core.faults import Fault

    try:
        window.on.praat_exchange.open(window.on.session.active)
    except Fault as fault:
        window.on.messages.faulted.emit(fault)


@command("analyses.praat_script", "Write a Praat script…", "Analyses", "", is_open)
def praat_script(window: Window) -> None:
    """Write the sounds and a Praat script that measures every number of the table anew."""
    _ask(window, "Write a Praat script", lambda asked: _to_script(window, asked))


def _ask(window: Window, title: str, use) -> None:
    from app.measuring.measurement import MeasureSettings
    from widgets.results.measure_form import MeasureAnswers, MeasureChoices, MeasureForm

    measuring = window.on.measurement
    standards = MeasureSettings(what=measuring.usual)
    words = MeasureAnswers(measuring.wrong, measuring.remark)
    there = MeasureChoices(measuring.tiers, measuring.offered)
    form = MeasureForm(title, f"{title}…", measuring.fitting, standards, window, there, words)
    form.set_look(window.look)
    form.wanted.connect(use)
    window.asks.keep(form)


def _save(window: Window, sheet: PlotSheet, origin: str) -> None:
    from app.base.plot_files import save_plot

    save_plot(window, sheet, "Each layer against the output", "comparison.pdf", origin)


def _to_table(window: Window, asked: MeasureSettings) -> None:
    from app.base.file_locations import ask_file

    name, _ = ask_file(window, "Measure into a table", "measures.csv", "Tables (*.csv)")
    if name:
        path = Path(name)
        window.on.measurement.start(asked, path if path.suffix else path.with_suffix(".csv"))


def _to_script(window: Window, asked: MeasureSettings) -> None:
    from app.base.file_locations import ask_folder

    name = ask_folder(window, "Write a Praat script and its sounds to a folder")
    if name:
        window.on.measurement.start(asked, None, Path(name))
