"""The dock: rows, slices and results made from the session and the answers, and actions passed back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication

from app.analysis.overlays import Overlays
from app.base.context import Context
from app.base.dialog_host import DialogHost
from app.base.picture_saver import PictureSaver
from app.models.latent_driven import LatentDriven
from app.models.sound_driven import SoundDriven
from app.queries.layer_results import LayerResults
from app.queries.queries import Queries, value_text
from app.queries.slice_view import SliceSource
from core.analyses.measures import MEASURES, Measure, Statistic
from core.probing.classifier_output import ClassifierOutput
from core.queries.layer_table import BANDWIDTHS, SHOWN, answers_as_text, as_text, bandwidths, row
from core.queries.queries import Answer, Layer, ask
from core.session.lane_key import Key, LaneKey
from core.session.lane_names import lane_name, model_label, model_names
from core.session.lanes import keys_of
from core.signals.axis import Range
from widgets.drawing.classifier import SCORE, class_words, probability_words, short_words
from widgets.results.dock import Dock
from widgets.results.layer_rows import Below, Cell, LayerRow
from widgets.results.slice_views import SliceView
from widgets.theme.copy_value import copy_number
from widgets.theme.praat_numbers import NONE, activation, seconds, signed

if TYPE_CHECKING:
    from widgets.plots.view import PlotView
    from widgets.results.slice_plot import SliceDialog

REST_MS = 45  # after the overlays are requested: a moving knob comes first
UNDER_WAY = "In progress"
MOST_CLASSES = 3  # in one line of the table
WIDEST = 5  # longer texts run into the next column
WIDEST_ACTIVATION = 7  # before the names
HIGH_HZ = 5000.0
LINES: tuple[tuple[str, Statistic | None], ...] = (
    ("min", "minimum"),
    ("max", "maximum"),
    ("bandwidth", None),
)


class DockView:
    """Keeps the dock up to date; remembers which rows are unfolded and their last values."""

    def __init__(
        self,
        context: Context,
        host: DialogHost,
        dock: Dock,
        overlays: Overlays,
        latent_driven: LatentDriven,
        slice_source: SliceSource,
        layer_results: LayerResults,
        queries: Queries,
        saver: PictureSaver,
        sound_driven: SoundDriven,
    ) -> None:
        self._saver = saver
        self._sound_driven = sound_driven
        self._session = context.session
        self._messages = context.messages
        self._host = host
        self._dock = dock
        self._overlays = overlays
        self._latent_driven = latent_driven
        self._slice_source = slice_source
        self._layer_results = layer_results
        self._queries = queries
        self._rest = QTimer(dock, singleShot=True, interval=REST_MS)
        self._repaint = QTimer(dock, singleShot=True, interval=0)
        self._later = QTimer(dock, singleShot=True, interval=REST_MS)
        self.unfolded: set[Key] = set()
        self._said: dict[tuple[Key, int, int], str] = {}
        self._held = False
        self._asked_for: tuple[object, ...] = ()
        self._large: SliceDialog | None = None
        self._shown = self._awaits = False
        self._rest.timeout.connect(layer_results.refresh)
        self._repaint.timeout.connect(self.show)
        self._later.timeout.connect(self.show)
        layer_results.settle_wanted.connect(self._settle)
        self._from_session()
        self._from_dock()

    def _from_session(self) -> None:
        session = self._session
        session.view_changed.connect(self._view)
        session.card_changed.connect(self._new_model)
        session.snapshot_changed.connect(lambda before, after: self._later.start())
        self._layer_results.changed.connect(self._changed)
        self._layer_results.sliced.connect(self.show_slices)

    def _from_dock(self) -> None:
        dock = self._dock
        dock.mode_wanted.connect(self._set_mode)
        dock.copy_wanted.connect(self.copy_table)
        dock.table.copy_wanted.connect(self.copy_table)
        dock.table.row_wanted.connect(self._session.set_active)
        dock.table.fold_wanted.connect(self.fold)
        dock.table.ask_wanted.connect(self._keep)
        dock.table.value_wanted.connect(self._copy)
        dock.slice_wanted.connect(self.show_large)

    def _changed(self) -> None:
        """Show the current values once nothing has changed for a while; grey the dock until then."""
        if self._latent_driven.waiting:
            self._dock.fade()
        self._later.start()

    def _settle(self, anew: bool) -> None:
        if anew or not self._rest.isActive():
            self._rest.start()

    # --- showing ---------------------------------------------------------------------------------

    def set_shown(self, on: bool) -> None:
        """Set whether the dock is visible; nothing is computed for a hidden dock."""
        if on == self._shown:
            return
        self._shown = on
        self._follow_viewers()
        if on:
            self._repaint.start()
            self._rest.start()
        self._tell()

    def _follow_viewers(self) -> None:
        self._layer_results.wanted = self._shown or self._large is not None

    def _new_model(self) -> None:
        output = self._session.output
        self.unfolded = {output} if output is not None else set()
        self._said = {}
        self._dock.show_rows([self._awaited(lane.key) for lane in self._session.lanes])

    def _awaited(self, key: Key) -> LayerRow:
        """Return a layer's row before any of its values is known, so that nothing moves when they arrive."""
        cells = (Cell("…", "awaited", UNDER_WAY),) * len(SHOWN)
        below = (Below(LINES[-1][0], cells),) if key in self.unfolded else ()
        return LayerRow(key, lane_name(self._session.models, key), cells, below, group=self._group(key))

    def _view(self) -> None:
        held = self._session.selection is not None
        if held != self._held:
            self._held, self._layer_results.at_cursor = held, False
        asked = (self._layer_results.table_place, self._session.active, held)
        if asked != self._asked_for:  # scrolling and zooming change no number
            self._asked_for = asked
            self._repaint.start()

    def _set_mode(self, mode: str) -> None:
        self._layer_results.at_cursor = mode == "cursor"
        self._rest.start()
        self._repaint.start()

    def show(self) -> None:
        """Show the current table of layers."""
        dock = self._dock
        if not self._layer_results.wanted or not self._session.lanes:
            return
        place = self._layer_results.table_place
        dock.show_mode("selection" if isinstance(place, Range) else "cursor", self._held)
        dock.where.show_pieces(_where(place))
        rows = self._rows()
        dock.show_rows(rows)
        self.show_slices()
        awaits = any(cell.tip == UNDER_WAY for one in rows for cell in one.cells)
        if awaits != self._awaits:
            self._awaits = awaits
            self._tell()

    def _tell(self) -> None:
        """Let the status bar check again whether something is being computed."""
        self._messages.busy_changed.emit(self._overlays.busy)

    @property
    def state(self) -> str:
        """Return whether values of the table are still missing, as text for the status bar."""
        awaits = self._awaits and self._layer_results.wanted  # values of a hidden dock do not count
        return "Measuring for the table…" if awaits else "All layers and analyses up to date"

    def _rows(self) -> list[LayerRow]:
        """Return the rows in the order of the lanes: layers, and between them what D and Q give."""
        layers = {layer.key: layer for layer in self._layer_results.layers()}
        found: list[LayerRow] = []
        for key in keys_of(self._session.lanes):
            output = self._sound_driven.output(key)
            if key in layers:
                found.append(self._row(layers[key]))
            elif output is not None:
                found.append(self._answer_row(key, output))
        return found

    def _row(self, layer: Layer) -> LayerRow:
        place, models = self._layer_results.table_place, self._session.models
        cells = self._cells(layer, 0, row(layer, place))
        below = self._below(layer) if layer.key in self.unfolded else ()
        return LayerRow(
            layer.key,
            lane_name(models, layer.key),
            cells,  # type: ignore[arg-type]
            below,
            layer.key == self._session.active,
            group=self._group(layer.key),
        )

    def _group(self, key: Key) -> str:
        """Return the heading of a row: its model's title, if several are open."""
        models = self._session.models
        several = len(models) > 1 and isinstance(key, LaneKey)
        return model_names(models).get(key.model, "") if several and isinstance(key, LaneKey) else ""

    def _answer_row(self, key: Key, output: ClassifierOutput) -> LayerRow:
        """Return the row of what D or Q gives: the most probable classes; unfolded all, with their logits."""
        classes = output.classes if output.rule != "score" else ()
        below = tuple(Below(one.label, words=probability_words(one)) for one in classes)
        tip = "\n".join(class_words(one) for one in classes) or SCORE
        return LayerRow(
            key,
            lane_name(self._session.models, key),
            below=below if key in self.unfolded else (),
            active=key == self._session.active,
            words=short_words(output, MOST_CLASSES),
            tip=f"{tip}\nDouble-click to keep in the results",
            group=self._group(key),
        )

    def _below(self, layer: Layer) -> tuple[Below, ...]:
        place = self._layer_results.table_place
        lines: list[Below] = []
        for number, (name, statistic) in enumerate(LINES, 1):
            if statistic is None:
                lines.append(Below(name, self._cells(layer, number, bandwidths(layer, place))))
            elif isinstance(place, Range):
                lines.append(Below(name, self._cells(layer, number, row(layer, place, statistic))))
        return tuple(lines)

    def _cells(self, layer: Layer, line: int, answers: tuple[Answer | None, ...]) -> tuple[Cell | None, ...]:
        return tuple(
            self._cell((layer.key, line, column), answer, measure) if answer else None
            for column, (answer, measure) in enumerate(zip(answers, SHOWN, strict=True))
        )

    def _cell(self, where: tuple[Key, int, int], answer: Answer, measure: Measure) -> Cell:
        """Return an answer as a cell; while it is computed, its last value stays, in a quiet ink."""
        if answer.refusal:
            return Cell("", "refused", answer.refusal)
        if answer.awaited:
            before = self._said.get(where, NONE)
            known = before != NONE
            return Cell(before if known else "…", "value" if known else "awaited", UNDER_WAY, stale=True)
        text = short_text(answer, measure)
        self._said[where] = text
        name = f"{answer.measure} of {answer.layer}"
        noted = "".join(f"{words}\n" for words in (answer.notice, answer.caution) if words)
        if not answer.defined:
            return Cell(text, "none", f"{name}: not found here\n{noted}".strip())
        return Cell(
            text,
            "value",
            f"{name}: {value_text(answer)}\n{noted}Click to copy, double-click to keep in the results",
            doubtful=bool(answer.caution),
        )

    def show_slices(self) -> None:
        """Show the spectral slices that have arrived."""
        where = "selection" if isinstance(self._layer_results.table_place, Range) else "at cursor"
        where += "…" if self._layer_results.slices_stale else ""
        self._dock.show_slices(self._slice_view(HIGH_HZ), f"{where}, 0–{HIGH_HZ:g} Hz")
        if self._large is not None:
            high_hz = max((one.nyquist_hz for one in self._slice_view(HIGH_HZ).slices), default=HIGH_HZ)
            words = "".join(text for text, _ in _where(self._layer_results.table_place)[:3]).split(" s,")[0]
            self._large.show_view(self._slice_view(high_hz), f"{where}, {words} s, 0–{high_hz:g} Hz")

    def _slice_view(self, high_hz: float) -> SliceView:
        return self._slice_source.view(high_hz)

    # --- actions ---------------------------------------------------------------------------------

    def fold(self, key: Key) -> None:
        """Fold or unfold a row."""
        self.unfolded ^= {key}
        self.show()

    def _asked(self, line: int, column: int) -> tuple[str, Statistic]:
        """Return the measure and the statistic of a cell."""
        lines: list[Statistic | None] = ["mean"]
        selected = isinstance(self._layer_results.table_place, Range)
        lines.extend(statistic for _, statistic in LINES if statistic is None or selected)
        statistic, measure = lines[line], SHOWN[column].key
        return (BANDWIDTHS[measure].key, "mean") if statistic is None else (measure, statistic)

    def _keep(self, key: Key, line: int, column: int) -> None:
        """Put the query behind a cell into the results."""
        output = self._sound_driven.output(key)
        if output is not None:
            self._queries.tell_class(key, output, line)
            return
        self._queries.ask(*self._asked(line, column), key, self._layer_results.table_place)

    def _copy(self, key: Key, line: int, column: int) -> None:
        """Copy the number of a cell, with the digits used in the results."""
        layer, (measure, statistic) = self._layer_results.layer(key), self._asked(line, column)
        if layer is None:
            return
        answer = ask(layer, MEASURES[measure], self._layer_results.table_place, statistic)
        if answer.defined and not answer.awaited:
            self._messages.noted.emit(copy_number(value_text(answer)))

    def copy_table(self) -> None:
        """Copy the table of layers to the clipboard, as tab-separated text."""
        layers, place = self._layer_results.layers(), self._layer_results.table_place
        models = {layer.key: model_label(self._session.models, layer.key) for layer in layers}
        QGuiApplication.clipboard().setText(as_text(layers, place, models) + self._answers_text())
        awaited = sum(1 for layer in layers for answer in row(layer, place) if answer and answer.awaited)
        rest = f"; {awaited} values are still being computed and are empty" if awaited else ""
        self._messages.noted.emit(f"Copied {len(layers)} layers as tab-separated text{rest}")

    def _answers_text(self) -> str:
        """Return what D and Q give as text."""
        models = self._session.models
        outputs = ((key, self._sound_driven.output(key)) for key in keys_of(self._session.lanes))
        return answers_as_text(
            [
                (model_label(models, key), lane_name(models, key), output)
                for key, output in outputs
                if output is not None
            ]
        )

    def show_large(self) -> None:
        """Show the spectral slice in its own window, up to the output's Nyquist frequency."""
        from widgets.results.slice_plot import SliceDialog

        if self._large is None:
            self._large = SliceDialog(self._save_slices, self._host.parent)
            self._large.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            self._large.finished.connect(self._large_closed)
        self._large.set_theme(self._host.theme)
        self._large.show()
        self._follow_viewers()
        self._large.raise_()
        self._rest.start()
        self.show_slices()

    def _large_closed(self) -> None:
        self._large = None
        self._follow_viewers()

    def _save_slices(self, plot: PlotView) -> None:
        self._saver.save_plot(plot, "Spectral slice", "slice.pdf", self._layer_results.slices_record())


def _where(place: float | Range) -> tuple[tuple[str, str], ...]:
    if isinstance(place, Range):
        start, end, length = (seconds(one) for one in (place.start_s, place.end_s, place.length_s))
        return (start, "cursor"), (" to ", "ink2"), (end, "cursor"), (f" s, mean of {length} s", "ink2")
    return (seconds(place), "cursor"), (" s, interpolated", "ink2")


def short_text(answer: Answer, measure: Measure) -> str:
    """Return a value short enough for a column of the table."""
    if not answer.defined:
        return NONE
    if measure.key == "activation":
        text = activation(answer.value)
        mantissa, exponent = f"{answer.value:.1e}".split("e")
        return text if len(text) <= WIDEST_ACTIVATION else signed(f"{mantissa}e{int(exponent)}")
    text = f"{answer.value:.{max(0, measure.digits - 1)}f}"
    return signed(text if len(text) <= WIDEST else f"{answer.value:.0f}")
