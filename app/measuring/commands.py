"""Measurement commands: labelled intervals into a table, and Praat in the loop."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication

from app.base.command_table import command, has_curve, is_open
from app.base.dialog_host import DialogHost
from app.base.messages import Messages
from app.base.picture_saver import PictureSaver
from app.measuring.measurement import Measurement
from app.measuring.open_in_praat import PraatExchange
from app.measuring.settings import MeasureSettings, measure_choices
from core.session.session import Session

if TYPE_CHECKING:
    from core.measures.correlation import Pair
    from widgets.results.layer_plots import PlotSheet


@command("analyses.measure", "Measure…", "Analyses", is_open, separator=True)
def measure(host: DialogHost, measurement: Measurement) -> None:
    """Measure the labelled intervals of every layer, and of recordings, into one long table for R."""
    _ask(host, measurement, "Measure", lambda asked: _to_table(host, measurement, asked))


def has_pairs(measurement: Measurement) -> bool:
    """Layers have been measured along with the output."""
    return bool(measurement.pairs)


@command("analyses.compare", "Compare layers with the output", "Analyses", has_pairs)
def compare(host: DialogHost, saver: PictureSaver, measurement: Measurement, messages: Messages) -> None:
    """Compare each layer with the output in the last measurement: scatter with r, and courses in time."""
    from widgets.results.layer_plots import PlotsDialog

    origin = measurement.record  # the dialog stays open while another measurement may arrive

    def save(sheet: PlotSheet) -> None:
        saver.save_plot(sheet, "Each layer against the output", "comparison.pdf", origin)

    dialog = PlotsDialog(measurement.pairs, save, host.parent)
    dialog.copy_wanted.connect(lambda pairs: _copy_r(messages, pairs))
    dialog.table_wanted.connect(lambda pairs: host.guard(lambda: _save_r(host, messages, pairs, origin)))
    host.show(dialog)


def _copy_r(messages: Messages, pairs: Sequence[Pair]) -> None:
    """Copy r of each layer and measure as tab-separated text."""
    from core.measures.correlation_table import as_text

    QGuiApplication.clipboard().setText(as_text(pairs))
    messages.noted.emit(f"Copied r of {len(pairs)} layers and measures as tab-separated text")


def _save_r(host: DialogHost, messages: Messages, pairs: Sequence[Pair], record: str) -> None:
    """Ask for a file and write r of each layer and measure, with the record of the measurement."""
    from core.measures.correlation_table import write

    name, _ = host.ask_save("Save r", "r.csv", "Tables for R (*.csv)")
    if name:
        path = Path(name) if Path(name).suffix else Path(f"{name}.csv")
        write(path, pairs, record)
        messages.noted.emit(f"Saved {path.name}: r of {len(pairs)} layers and measures")


@command("analyses.open_in_praat", "Open this layer in Praat", "Analyses", has_curve)
def open_in_praat(session: Session, host: DialogHost, praat_exchange: PraatExchange) -> None:
    """Start Praat with the active lane, at its own rate and true times, and with the tiers."""
    host.guard(lambda: praat_exchange.open(session.active))


@command("analyses.praat_script", "Write a Praat script…", "Analyses", is_open)
def praat_script(host: DialogHost, measurement: Measurement) -> None:
    """Write the sounds and a Praat script that measures every value of the table again."""
    _ask(host, measurement, "Write a Praat script", lambda asked: _to_script(host, measurement, asked))


def _ask(
    host: DialogHost, measurement: Measurement, title: str, use: Callable[[MeasureSettings], None]
) -> None:
    from widgets.results.measure_form import MeasureAnswers, MeasureChoices, MeasureForm

    standards = MeasureSettings(what=measurement.usual)
    answers = MeasureAnswers(measurement.wrong, measurement.remark)
    choices = MeasureChoices(measurement.tiers, measurement.offered, measure_choices())
    form = MeasureForm(title, f"{title}…", measurement.fitting, standards, host.parent, choices, answers)
    form.wanted.connect(use)
    host.show(form)


def _to_table(host: DialogHost, measurement: Measurement, asked: MeasureSettings) -> None:
    name, _ = host.ask_save("Measure into a table", "measures.csv", "Tables (*.csv)")
    if name:
        path = Path(name)
        measurement.start(asked, path if path.suffix else path.with_suffix(".csv"))


def _to_script(host: DialogHost, measurement: Measurement, asked: MeasureSettings) -> None:
    name = host.ask_save_folder("Write a Praat script and its sounds to a folder")
    if name:
        measurement.start(asked, None, Path(name))
