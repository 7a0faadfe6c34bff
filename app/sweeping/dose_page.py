"""The dock of dose-response: what is measured of the sweep, in one draw or in many."""

from __future__ import annotations

from itertools import islice

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from app.analysis.settings import AnalysisSettings
from app.base.context import Context
from app.base.picture_saver import PictureSaver
from app.sweeping.dose_run import DRAW, DoseAsked, DoseRun, DoseState
from app.sweeping.dose_values import dose_view
from app.sweeping.measure_options import FIRST_MEASURE, measure_options, plan_for
from app.sweeping.sweep_run import SweepRun, SweepState
from core.faults import Fault
from core.probing.surgery import edits_of
from core.session.lane_key import GENERATOR
from core.signals.axis import Range
from core.sweeps.grid import Axis, Grid
from core.sweeps.variables import chosen_variables
from widgets.sweep.dose_panel import DosePanel
from widgets.theme.praat_numbers import copied, seconds

ALL, WHOLE, SELECTION = "", "whole", "selection"
SHOW_MS = 100
MOST_INTERVALS = 60
BASELINES = (
    ("", "none: the measure itself"),
    (DRAW, "the draw"),
    ("-1", "at −1"),
    ("0", "at 0"),
    ("1", "at 1"),
)


class DosePage:
    """Connects the dock with the sweep; lives as long as the page."""

    def __init__(
        self,
        context: Context,
        settings: AnalysisSettings,
        sweep_run: SweepRun,
        dose_run: DoseRun,
        saver: PictureSaver,
        panel: DosePanel,
    ) -> None:
        self._context, self._session, self._settings = context, context.session, settings
        self._sweep, self._run, self._saver, self._panel = sweep_run, dose_run, saver, panel
        self._measure, self._layer, self._baseline, self._variables = FIRST_MEASURE, ALL, "", ""
        self._over: Range | None = None
        self._labelled: dict[str, Range] = {}
        self._options = measure_options(context.session)
        self._soon = QTimer(panel, singleShot=True, interval=SHOW_MS)
        self._soon.timeout.connect(self.show)
        sweep_run.ended.connect(self._swept)
        sweep_run.current_changed.connect(lambda step: self.show())
        dose_run.changed.connect(lambda: self._soon.isActive() or self._soon.start())
        self._session.view_changed.connect(self.offer_stretches)
        self._from_panel()

    def _from_panel(self) -> None:
        panel = self._panel
        panel.measure_wanted.connect(self._set_measure)
        panel.layer_wanted.connect(self._set_layer)
        panel.over_wanted.connect(self._set_over)
        panel.baseline_wanted.connect(self._set_baseline)
        panel.variables_wanted.connect(self._set_variables)
        panel.run_wanted.connect(self.run)
        panel.cancel_wanted.connect(self._run.cancel)
        panel.copy_wanted.connect(self._copy)
        panel.save_wanted.connect(self._save)
        panel.table.row_clicked.connect(self._clicked)

    # --- what there is to choose ----------------------------------------------------------------

    def offer(self) -> None:
        """Offer the measures, answers and layers of what is open."""
        session, panel = self._session, self._panel
        card = session.card
        if card is None or card.generator is None:
            return
        self._options = measure_options(session)
        if self._measure not in dict(self._options.options):
            self._measure = FIRST_MEASURE
        panel.measure.show_options(self._options.options, self._measure)
        layers = [(ALL, "all layers"), *((one.name, one.title) for one in reversed(card.layers[GENERATOR]))]
        if self._layer not in dict(layers):
            self._layer = ALL
        panel.layer.show_options(layers, self._layer)
        panel.baseline.show_options(BASELINES, self._baseline)
        self.offer_stretches()

    def offer_stretches(self) -> None:
        """Offer the whole sound, the selection, labelled intervals, and what is measured now."""
        if not self._panel.isVisible():
            return  # the stack is being scrolled, perhaps over thousands of intervals
        selected, over = self._session.selection, self._over
        options = [(WHOLE, "the whole sound")]
        if over is not None:
            options.append((_key(over), _stretch("", over)))
        if selected is not None and selected != over:
            options.append((SELECTION, _stretch("selection ", selected)))
        intervals = self._intervals()
        self._labelled = {f"{k} {_key(at)}": at for k, (_, _, at) in enumerate(intervals)}
        for (tier, label, at), place in zip(intervals, self._labelled, strict=True):
            options.append((place, _stretch(f"{tier}, {label}  ", at)))
        self._panel.over.show_options(options, WHOLE if over is None else _key(over))

    def _intervals(self) -> list[tuple[str, str, Range]]:
        """Return the first labelled intervals of the output's tiers at this point, with their tiers."""
        owned = self._session.owned_annotation
        tiers = [] if owned is None else [tier for tier in owned.annotation.tiers if tier.is_interval]
        found = (
            (tier.name, label.strip(), tier.range_of(k))
            for tier in tiers
            for k, label in enumerate(tier.labels)
            if label.strip()
        )
        return list(islice(found, MOST_INTERVALS))

    def _set_measure(self, key: str) -> None:
        self._measure = key
        self.run(1)

    def _set_layer(self, layer: str) -> None:
        self._layer = layer
        self.run(1)

    def _set_over(self, key: str) -> None:
        if key in (WHOLE, SELECTION):
            self._over = self._session.selection if key == SELECTION else None
        elif key in self._labelled:
            self._over = self._labelled[key]
        self.offer_stretches()
        self.run(1)

    def _set_baseline(self, baseline: str) -> None:
        state, self._baseline = self._run.state, baseline
        self.run(1 if state is None else state.asked.draws)

    def _set_variables(self, text: str) -> None:
        self._variables = text
        self.run(1)

    # --- what is measured -----------------------------------------------------------------------

    def _swept(self) -> None:
        """Measure the finished sweep where it is visible, unless that is what was measured last."""
        state, dose = self._sweep.state, self._run.state
        if state is None or state.done < len(state.points) or not self._panel.isVisible():
            return
        if dose is not None and self._is_asked(state, dose):
            return
        self.run(1)

    def _is_asked(self, state: SweepState, dose: DoseState) -> bool:
        """Return whether a response is of this sweep, and is measured or under way."""
        try:
            same = self._asked(state, dose.asked.draws) == dose.asked
        except Fault:
            return False
        return same and (dose.done == dose.count or self._run.running)

    def shown(self) -> None:
        """Catch up with what happened while the page was hidden."""
        self.offer()
        self._swept()
        self.show()

    def run(self, draws: int) -> None:
        """Measure the sweep in the draw at the knobs, or its grid in many frozen draws."""
        state = self._sweep.state
        if state is None:
            return
        try:
            asked = self._asked(state, draws)
        except Fault as fault:
            self._context.messages.faulted.emit(fault)
            return
        self._run.run(asked)

    def _asked(self, state: SweepState, draws: int) -> DoseAsked:
        """Return what the dock asks for. Raises Fault for variables that do not fit."""
        layers = tuple(one.name for one in state.card.layers[GENERATOR])
        lines = self._lines(state)
        if self._layer != ALL:
            layers = (self._layer,)
        elif len(lines) > 1:
            layers = (state.card.output,)
        answer = self._options.answers.get(self._measure)
        return DoseAsked(
            state.model, state.card, lines, state.base.point, layers,
            plan_for(self._measure, self._settings), answer, self._over, draws,
            self._baseline, edits_of(GENERATOR, state.base.edits),
        )  # fmt: skip

    def _lines(self, state: SweepState) -> tuple[Grid, ...]:
        """Return the sweep's grid, or its values for each of several variables."""
        if not self._variables:
            return (state.grid,)
        if not state.positions.is_value:
            raise Fault("Only values of one variable can be given to others.", "Choose from, to and step.")
        chosen = chosen_variables(self._variables, state.card.layout)
        values = tuple((value,) for value in state.positions.places)
        return tuple(Grid((Axis((name,), (index,), values),)) for name, index in chosen.items())

    # --- what is shown --------------------------------------------------------------------------

    def show(self) -> None:
        """Show what is measured so far."""
        state = self._run.state
        if state is None or not self._panel.isVisible():
            return
        titles = {one.name: one.title for one in state.asked.card.layers[GENERATOR]}
        sweep = self._sweep.state
        if sweep is not None and sweep.model != state.asked.model:
            sweep = None
        self._panel.show_dose(dose_view(state, sweep, titles, self._run.running))

    def _clicked(self, row: int) -> None:
        step = self._panel.table.rows[row].step
        if step is not None:
            self._sweep.choose(step)

    def _copy(self) -> None:
        """Copy the table with tabs, for a spreadsheet."""
        table = self._panel.table
        lines = ["\t".join(cells) for cells in (table.heads, *(row.cells for row in table.rows))]
        QApplication.clipboard().setText(copied("\n".join(lines)))
        self._context.messages.noted.emit(f"Copied {len(table.rows)} rows")

    def _save(self) -> None:
        from app.sweeping.sweep_record import dose_origin

        state = self._run.state
        if state is not None:
            title = f"{state.asked.card.title}: {self._options.title(self._measure)}"
            self._saver.save_plot(self._panel.plot, title, "dose_response.pdf", dose_origin(state))


def _key(over: Range) -> str:
    return f"{over.start_s!r}-{over.end_s!r}"


def _stretch(words: str, over: Range) -> str:
    return f"{words}{seconds(over.start_s)}–{seconds(over.end_s)} s"
