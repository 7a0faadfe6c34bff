"""The dock's second page, connected: what is explained by which variable."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from app.analysis.settings import AnalysisSettings
from app.base.context import Context
from app.base.dialog_host import DialogHost
from app.base.outlets import SoundOutlet
from app.base.picture_saver import PictureSaver
from app.sweeping.effect_run import EffectRun, EffectState, Items, MeasureOfItems
from app.sweeping.measure_options import FIRST_MEASURE, measure_options, plan_for
from core.analyses.measures import MEASURES
from core.faults import Fault
from core.session.lane_key import GENERATOR
from widgets.sweep.effect_panel import ABOVE, EAR, METHODS, TEXTGRID, EffectPanel
from widgets.sweep.effect_views import EffectRow, EffectView
from widgets.theme.praat_numbers import copied, four_digits

SHOW_MS = 100
TEXTGRIDS = "TextGrids (*.TextGrid *.textgrid);;All files (*)"
SOUND = "WAV (*.wav)"


class EffectPage:
    """Connects the page with the items; `sweep` moves the variable that was found."""

    def __init__(
        self,
        context: Context,
        host: DialogHost,
        settings: AnalysisSettings,
        effect_run: EffectRun,
        sounds: SoundOutlet,
        saver: PictureSaver,
        panel: EffectPanel,
        sweep: Callable[[str], object],
    ) -> None:
        self._context, self._session, self._host = context, context.session, host
        self._settings, self._run, self._sounds = settings, effect_run, sounds
        self._saver, self._panel = saver, panel
        self._measure, self._layer = FIRST_MEASURE, ""
        self._options = measure_options(context.session)
        self._ear: tuple[Items, np.ndarray] | None = None
        self._soon = QTimer(panel, singleShot=True, interval=SHOW_MS)
        self._soon.timeout.connect(self.show)
        effect_run.changed.connect(lambda: self._soon.isActive() or self._soon.start())
        panel.kind_wanted.connect(self._set_kind)
        panel.measure_wanted.connect(self._set_measure)
        panel.layer_wanted.connect(self._set_layer)
        panel.run_wanted.connect(self.run)
        panel.cancel_wanted.connect(effect_run.cancel)
        panel.write_wanted.connect(self._write)
        panel.read_wanted.connect(self._read)
        panel.listen_wanted.connect(self._listen)
        panel.sweep_wanted.connect(sweep)
        panel.copy_wanted.connect(self._copy)
        panel.save_wanted.connect(self._save)

    def offer(self) -> None:
        """Offer the measures and layers of the model in focus."""
        card, panel = self._session.card, self._panel
        if card is None or card.generator is None:
            return
        self._options = measure_options(self._session)
        if self._measure not in dict(self._options.options):
            self._measure = FIRST_MEASURE
        layers = [(one.name, one.title) for one in reversed(card.layers[GENERATOR])]
        if self._layer not in dict(layers):
            self._layer = card.output
        panel.measure.show_options(self._options.options, self._measure)
        panel.layer.show_options(layers, self._layer)

    def _set_kind(self, kind: str) -> None:
        """Labels are explained by logistic regression unless the Lasso was chosen."""
        self._panel.show_kind(kind)
        labelled = kind in (ABOVE, TEXTGRID, EAR)
        if self._method != "lasso":
            self._panel.method.show_current("logistic" if labelled else "linear")

    def _set_measure(self, key: str) -> None:
        self._measure = key

    def _set_layer(self, layer: str) -> None:
        self._layer = layer

    @property
    def _method(self) -> str:
        return str(self._panel.method.currentData())

    def _items(self) -> Items:
        """Return the items asked for. Raises Fault without a generator."""
        card = self._session.card
        if card is None or card.generator is None:
            raise Fault("No generator is open.", "Open a checkpoint first.")
        code = self._session.point.z[: card.layout.code]
        return Items(self._session.model, card, int(self._panel.items.value or 0), code)

    def _asked(self, items: Items) -> MeasureOfItems:
        answer = self._options.answers.get(self._measure)
        layer = items.card.output if answer is not None else self._layer
        return MeasureOfItems(items, layer, plan_for(self._measure, self._settings), answer)

    # --- what is wanted -------------------------------------------------------------------------

    def run(self) -> None:
        """Measure the items and find what explains the measure."""

        def find() -> None:
            threshold = None
            if self._panel.kind.currentData() == ABOVE:
                threshold = self._panel.threshold.value
                if threshold is None:
                    raise Fault("There is no threshold.", "Type the value above which the label holds.")
            self._run.run(self._asked(self._items()), self._method, threshold)  # type: ignore[arg-type]

        self._host.guard(find)

    def _explain(self, items: Items, labels: np.ndarray) -> None:
        self._run.explain(self._asked(items), labels, self._method)  # type: ignore[arg-type]

    def _listen(self) -> None:
        from app.sweeping.ear_labels import EarLabels

        def begin() -> None:
            items = self._items()
            known = self._ear
            labels = known[1] if known is not None and known[0] == items else np.full(items.count, np.nan)
            self._ear = items, labels
            EarLabels(
                self._host, self._run, self._sounds, items, labels, lambda done: self._explain(items, done)
            )

        self._host.guard(begin)

    def _write(self) -> None:
        """Write all items as one sound, with a TextGrid to label."""
        from core.annotation.textgrid import write_textgrid
        from core.files.wav import write_wav
        from core.signals.axis import TimeAxis
        from core.signals.track import Track
        from core.sweeps.item_labels import item_tiers

        name, _ = self._host.ask_save("Write the items", "items.wav", SOUND)
        if not name:
            return

        def arrived(items: Items, outputs: np.ndarray) -> None:
            rate_hz, path = items.card.rate_hz, Path(name)
            samples = np.clip(outputs.reshape(-1), -1.0, 1.0)
            axis = TimeAxis.of_sound(rate_hz, samples.size)
            write_wav(path, Track("items", samples, axis))
            tiers = item_tiers(items.count, items.card.out_axis.duration_s)
            write_textgrid(path.with_suffix(".TextGrid"), tiers)
            self._context.messages.noted.emit(f"Wrote {path.name} and {path.stem}.TextGrid to label")

        def write() -> None:
            items = self._items()
            self._run.outputs(
                items, 0, items.count, lambda outputs: self._host.guard(lambda: arrived(items, outputs))
            )

        self._host.guard(write)

    def _read(self) -> None:
        """Read the labels of the items from a TextGrid, and find what explains them."""
        from core.annotation.textgrid import read_textgrid
        from core.sweeps.item_labels import labels_in

        name = self._host.ask_open("Read labels", TEXTGRIDS)
        if not name:
            return

        def read() -> None:
            items, wanted = self._items(), self._panel.label.text().strip()
            found = read_textgrid(name).annotation
            self._explain(items, labels_in(found, items.count, items.card.out_axis.duration_s, wanted))

        self._host.guard(read)

    # --- what is shown --------------------------------------------------------------------------

    def show(self) -> None:
        """Show what is found so far."""
        state = self._run.state
        if state is not None:
            self._panel.show_effects(effect_view(state, self._run.running))

    def _copy(self) -> None:
        table = self._panel.table
        lines = ["\t".join(cells) for cells in (table.heads, *(row.cells for row in table.rows))]
        QApplication.clipboard().setText(copied("\n".join(lines)))
        self._context.messages.noted.emit(f"Copied {len(table.rows)} rows")

    def _save(self) -> None:
        from app.sweeping.sweep_record import effect_origin

        state = self._run.state
        if state is not None and state.effects is not None:
            title = f"{state.asked.items.card.title}: which variable"
            self._saver.save_plot(self._panel.plot, title, "effects.pdf", effect_origin(state))


def effect_view(state: EffectState, running: bool) -> EffectView:
    """Return what the page shows of the effects, or how far it is."""
    count = len(state.values)
    words = f"{state.done} of {count}" if running and state.done < count else "regressing…" if running else ""
    found = state.effects
    if found is None:
        said = state.refusal or state.says
        return EffectView(told=said, state=words, running=running)
    rows = tuple(
        EffectRow(one.variable, one.beta, one.low, one.high, one.beyond_chance) for one in found.ranked
    )
    return EffectView(rows, found.baseline, found.before_the_drop, _unit(state), _told(state), words, running)


def _unit(state: EffectState) -> str:
    """Return what a coefficient is: log odds per unit of z, or the measure's unit."""
    if state.method == "logistic":
        return "|beta|, log odds per unit"
    if state.asked.answer is not None:
        return f"|beta| of {state.asked.answer.title}"
    row = MEASURES[state.asked.plan.measures[0]]
    return f"|beta|, {row.unit or row.title} per unit"


def _told(state: EffectState) -> str:
    """Return what was found, in sentences: what counts, where the drop is, how much is explained."""
    found = state.effects
    assert found is not None
    beyond = [one.variable for one in found.ranked if one.beyond_chance]
    first = f"Beyond chance: {', '.join(beyond[:8])}." if beyond else "No variable is beyond chance."
    drop = f"The largest drop is after {found.before_the_drop}."
    kind = "of the labels are predicted" if found.method == "logistic" else "of the variance is explained"
    share = f"{found.explained:.0%}" if math.isfinite(found.explained) else four_digits(found.explained)
    left = (
        f" {len(state.values) - found.count} items have no value." if found.count < len(state.values) else ""
    )
    out = f" Left out, the same in all items: {', '.join(state.left_out[:6])}." if state.left_out else ""
    how = dict(METHODS)[found.method]
    return f"{first} {drop} {share} {kind} in cross-validation ({how}, {found.count} items).{left}{out}"
