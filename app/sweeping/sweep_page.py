"""The page of sweeps: one variable moves, and every layer shows what that does."""

from __future__ import annotations

from dataclasses import replace

from psygnal import Signal
from PySide6.QtCore import QTimer

from app.analysis.settings import AnalysisSettings
from app.base.context import Context
from app.base.dialog_host import DialogHost
from app.base.outlets import SoundOutlet
from app.base.panel_table import panel
from app.base.picture_saver import PictureSaver
from app.models.named_points import NamedPoints
from app.playback.interruptions import Interruptions
from app.sweeping.dose_page import DosePage
from app.sweeping.dose_run import DoseRun
from app.sweeping.effect_page import EffectPage
from app.sweeping.effect_run import EffectRun
from app.sweeping.grid_choice import (
    AXES,
    PATH,
    RANGE,
    GridChoice,
    choice_of,
    first_choice,
    published,
    variables,
)
from app.sweeping.step_sound import StepSound
from app.sweeping.sweep_run import SweepRun
from app.sweeping.sweep_views import DRAWN, swept
from core.faults import Fault
from core.session.session import Snapshot
from widgets.sweep.layer_area import DIFFERENCE, WATERFALL
from widgets.sweep.sweep_panel import SweepPanel

FOLLOW_MS = 250  # how long the knobs rest before the sweep is run from where they are
SHOW_MS = 60  # steps that arrive within this time are drawn together
OTHERS = ((RANGE, "from, to, step"), ("ab", "from A to B"), (PATH, "through kept points…"))
SEVERAL = ((AXES, "several variables…"),)


@panel(
    "sweep", "Sweep", "page", needs_model=True, needs_generator=True, lazy=True, tab="Sweep",
    hint="Click a trace to hear it and set the knobs to it · drag the steps to hear them",
)  # fmt: skip
def make_sweep(
    context: Context,
    host: DialogHost,
    sweep_run: SweepRun,
    sounds: SoundOutlet,
    named_points: NamedPoints,
    saver: PictureSaver,
    interruptions: Interruptions,
    analysis_settings: AnalysisSettings,
    dose_run: DoseRun,
    effect_run: EffectRun,
) -> SweepPanel:
    """Make the page; it sweeps when it is first shown."""
    page = SweepPanel()
    made = SweepPage(context, host, sweep_run, sounds, named_points, saver, page)
    dose = DosePage(context, analysis_settings, sweep_run, dose_run, saver, page.dose)
    effects = EffectPage(
        context, host, analysis_settings, effect_run, sounds, saver, page.effects, made.sweep_variable
    )
    page.tab_changed.connect(lambda key: dose.shown())
    for offer in (dose.offer, effects.offer):
        made.offered.connect(offer)
    for stop in (sweep_run.cancel, dose_run.cancel, effect_run.cancel, made.sound.stop):
        interruptions.add(stop)
    return page


class SweepPage:
    """Connects the page with the sweep; lives as long as the page. `offered` follows another model."""

    offered = Signal()

    def __init__(
        self,
        context: Context,
        host: DialogHost,
        sweep_run: SweepRun,
        sounds: SoundOutlet,
        named_points: NamedPoints,
        saver: PictureSaver,
        page: SweepPanel,
    ) -> None:
        self._context, self._session, self._host = context, context.session, host
        self._run, self._points, self._saver, self._page = sweep_run, named_points, saver, page
        self.sound = StepSound(context, sweep_run, sounds)
        self.choice: GridChoice | None = None
        self._owner: object = None
        self._running_own = False
        self._mode, self._baseline, self._visible = WATERFALL, DRAWN, False
        self._follow = QTimer(page, singleShot=True, interval=FOLLOW_MS)
        self._follow.timeout.connect(self.sweep_again)
        self._soon = QTimer(page, singleShot=True, interval=SHOW_MS)
        self._soon.timeout.connect(self.show)
        self._from_services()
        self._from_page()

    # --- what happens elsewhere -----------------------------------------------------------------

    def _from_services(self) -> None:
        self._run.began.connect(self._began)
        self._run.stepped.connect(lambda step: self._soon.isActive() or self._soon.start())
        self._run.ended.connect(self.show)
        self._run.current_changed.connect(lambda step: self.show())
        self._session.snapshot_changed.connect(self._moved)
        self._session.view_changed.connect(self._selection_changed)
        self._session.focus_changed.connect(self._other_model)
        self._session.card_changed.connect(self._other_model)
        self.sound.turned.connect(self._turned)

    def _turned(self, turning: bool) -> None:
        self._page.steps.turn.setCheckable(True)
        self._page.steps.turn.setChecked(turning)

    def _shown(self, visible: bool) -> None:
        self._visible = visible
        if not visible:
            self.sound.stop()
        elif self._session.card is not None:
            self._offer()
            if self._is_old():
                self.sweep_again()
            self.show()

    def _other_model(self) -> None:
        if self._visible and self._session.card is not None:
            self._offer()
            self.sweep_again()

    def _is_old(self) -> bool:
        """Return whether the sweep is not the one that the bar and the knobs ask for now."""
        state = self._run.state
        if state is None or state.model != self._session.model or self.choice is None:
            return True
        edited = state.base.edits != self._session.snapshot.edits
        return edited or state.grid.points(self._session.point) != state.points

    def _moved(self, before: Snapshot, after: Snapshot) -> None:
        """Sweep again once the knobs rest, unless only the sweep's own variables were moved."""
        if self._visible and self._session.card is not None and self._is_old():
            self._follow.start()
        elif self._visible and before.point != after.point:
            self._soon.start()

    def _selection_changed(self) -> None:
        if self._visible and not self._soon.isActive():
            self._soon.start()

    def _began(self) -> None:
        state = self._run.state
        if state is None:
            return
        if not self._running_own:  # a sweep that was opened
            self.choice, self._owner = choice_of(state.grid), state.card
            self._offer()
        steps = self._page.steps
        layers = [(one.name, one.title) for one in reversed(state.card.layers["G"])]
        if self.sound.layer not in dict(layers):
            self.sound.layer = state.card.output
        steps.layer.show_options(layers, self.sound.layer)
        if self._baseline != DRAWN and int(self._baseline) >= len(state.points):
            self._baseline = DRAWN
        words = [(str(k), word) for k, word in enumerate(state.positions.words)]
        steps.baseline.show_options([(DRAWN, "the draw"), *words], self._baseline)
        self.show()

    # --- what the page wants --------------------------------------------------------------------

    def _from_page(self) -> None:
        page, bar, steps = self._page, self._page.bar, self._page.steps
        page.shown_changed.connect(self._shown)
        bar.variable_wanted.connect(self.sweep_variable)
        bar.range_wanted.connect(lambda *ends: self._choose(kind=RANGE, ends=ends))
        bar.grid_wanted.connect(self._set_grid)
        bar.mode_wanted.connect(self._set_mode)
        bar.again_wanted.connect(self.sweep_again)
        bar.cancel_wanted.connect(self._run.cancel)
        bar.save_wanted.connect(self.save)
        page.plot.step_clicked.connect(self._clicked)
        page.plot.play_clicked.connect(self.sound.play)
        page.scrubber.step_wanted.connect(self._scrubbed)
        page.scrubber.set_wanted.connect(self.set_knobs)
        steps.play_wanted.connect(self.sound.play)
        steps.turn_wanted.connect(self.sound.toggle_turn)
        steps.compare_wanted.connect(self.sound.compare)
        steps.set_wanted.connect(self.set_knobs)
        steps.layer_wanted.connect(self._set_layer)
        steps.baseline_wanted.connect(self._set_baseline)

    def _offer(self) -> None:
        """Offer the variables and grids of the model in focus."""
        session, bar = self._session, self._page.bar
        layout = session.layout
        state = self._run.state
        if self.choice is None or self._owner is not session.card:
            opened = state is not None and state.model == session.model
            first = (
                choice_of(state.grid)
                if state is not None and opened
                else first_choice(layout, session.snapshot.pins)
            )
            self.choice, self._owner = first, session.card
        bar.show_variables(variables(layout), self.choice.variable)
        bar.show_grids((*OTHERS, *SEVERAL, *published(layout)), self.choice.kind)
        bar.show_range(self.choice.shown_ends)
        self.offered.emit()

    def sweep(self, choice: GridChoice) -> None:
        """Sweep a grid from where the knobs are."""
        self.choice, self._owner = choice, self._session.card
        self._offer()
        self.sweep_again()

    def sweep_again(self) -> None:
        """Run the sweep from where the knobs are now; a grid that makes no sense is told."""
        self._follow.stop()
        card = self._session.card
        if card is None or card.generator is None or self.choice is None:
            return
        self._running_own = True
        try:
            self._run.run(self.choice.grid(self._session.layout))
        except Fault as fault:
            self._context.messages.faulted.emit(fault)
        finally:
            self._running_own = False

    def _choose(self, **changes: object) -> None:
        if self.choice is not None:
            self.sweep(replace(self.choice, **changes))  # type: ignore[arg-type]

    def sweep_variable(self, name: str) -> None:
        """Sweep a variable through the same values, or through the papers' first grid."""
        kind = self.choice.kind if self.choice is not None and self.choice.kind not in (AXES, PATH) else RANGE
        self._choose(variable=name, kind=kind)

    def _set_grid(self, key: str) -> None:
        from app.sweeping.dialogs import ask_axes, ask_path

        if key in ("ab", PATH):
            both = dict(zip("AB", self._points.both, strict=True))
            known = both if key == "ab" else {one.name: one.point for one in self._points.named}
            ask_path(
                self._host, known, lambda points, steps: self._choose(kind=PATH, points=points, steps=steps)
            )
            self._offer()  # until the dialog is answered, the list shows what is swept
        elif key == AXES:
            texts = self.choice.texts if self.choice is not None else ()
            ask_axes(
                self._host, texts, self._session.layout, lambda texts: self._choose(kind=AXES, texts=texts)
            )
            self._offer()
        else:
            self._choose(kind=key)

    def _set_mode(self, mode: str) -> None:
        self._mode = mode
        self.show()

    def _set_layer(self, layer: str) -> None:
        self.sound.layer = layer
        self.show()

    def _set_baseline(self, baseline: str) -> None:
        self._baseline = baseline
        self.show()

    def _clicked(self, step: int) -> None:
        """Go to a step whose trace was clicked: its sound, and the knobs."""
        self.sound.stop()
        self._run.choose(step)
        self.sound.play()
        self.set_knobs()

    def _scrubbed(self, step: int) -> None:
        self.sound.stop()
        self._run.choose(step)
        self.sound.play()

    def set_knobs(self) -> None:
        """Set the knobs to the current step; one step of undo."""
        state, session = self._run.state, self._session
        if state is None or state.model != session.model:
            return
        point = state.points[state.current]
        if point != session.point:
            words = f"{state.positions.name} = {state.positions.words[state.current]}"
            session.change(f"set {words}", point=point)

    def save(self) -> None:
        """Save the plots as a figure, with what they were made from."""
        from app.sweeping.sweep_record import origin_text

        state = self._run.state
        if state is not None:
            title = f"{state.card.title}: {state.positions.name}"
            origin = origin_text(state, self._mode, self._baseline)
            self._saver.save_plot(self._page.plot, title, f"sweep_{self._mode}.pdf", origin)

    # --- what is shown --------------------------------------------------------------------------

    def show(self) -> None:
        """Show what is computed of the sweep."""
        state = self._run.state
        if state is None or not self._visible:
            return
        baseline = self._baseline if self._mode == DIFFERENCE else None
        view = swept(state, self._session.selection, baseline)
        self._page.show_sweep(view, self._mode, self.sound.layer)
        self._page.bar.show_running(self._run.running)
