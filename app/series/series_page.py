"""Two checkpoints, or one run over its training steps, at the point where the model stands."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QEvent, QObject

from app.base.context import Context
from app.base.dialog_host import DialogHost
from app.base.outlets import SoundOutlet
from app.base.panel_table import panel
from app.models.background import BackgroundEngine
from core.faults import Fault
from core.playback.sonification import sonified
from core.probing.drive import LatentPoints
from core.probing.surgery import edits_of
from core.series.compare import Compared, ComparedLayer, CompareTask
from core.series.steps import TrainingStep, steps_of
from core.session.lane_key import GENERATOR
from core.signals.track import Track
from widgets.series.series_page import SeriesPage, SeriesTime
from widgets.theme.praat_numbers import short, short_rate
from widgets.timeline.lane_views import Curve, LaneView

KEY = "checkpoints"
OTHER, DIFFERENCE = "other", "difference"
HINT = "Below each layer stands the difference, other − own"


@panel("checkpoints", "Checkpoints", "page", needs_model=True, lazy=True, hint=HINT)
def make_series(
    context: Context, background: BackgroundEngine, host: DialogHost, sounds: SoundOutlet
) -> SeriesPage:
    """Make the page that compares checkpoints."""
    page = SeriesPage()
    SeriesWiring(context, background, host, sounds, page)
    return page


class SeriesWiring(QObject):
    """Asks for comparisons while the page is visible; lives as long as the page."""

    def __init__(
        self,
        context: Context,
        background: BackgroundEngine,
        host: DialogHost,
        sounds: SoundOutlet,
        page: SeriesPage,
    ) -> None:
        super().__init__(page)
        self._session, self._jobs, self._messages = context.session, context.jobs, context.messages
        self._preferences = context.preferences
        self._background, self._host, self._sounds, self._page = background, host, sounds, page
        self._steps: tuple[TrainingStep, ...] = ()
        self._current = 0
        self._owner = ""
        self._asked: object = None
        self.found: Compared | None = None
        self._open: set[object] = set()
        page.installEventFilter(self)
        self._connect()

    def _connect(self) -> None:
        session, page = self._session, self._page
        session.card_changed.connect(self._refresh)
        session.focus_changed.connect(self._refresh)
        session.snapshot_changed.connect(lambda before, after: self._refresh())
        session.view_changed.connect(self._show_time)
        page.step_wanted.connect(self._choose)
        page.other_wanted.connect(self._ask_other)
        page.play_wanted.connect(self._play)
        page.fold_wanted.connect(self._fold)
        page.cursor_wanted.connect(session.set_cursor)
        page.selection_wanted.connect(session.set_selection)
        page.range_wanted.connect(session.set_range)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show:
            self._refresh()
            self._show_time()
        return False

    # --- which checkpoint -------------------------------------------------------------------------

    def _settle(self) -> None:
        """Find the steps of the run of the model in focus, the last but one chosen first."""
        card = self._session.card
        assert card is not None
        if card.digest + card.path == self._owner:
            return
        self._owner, self.found, self._asked = card.digest + card.path, None, None
        self._steps = steps_of(Path(card.path))
        own = next((k for k, step in enumerate(self._steps) if step.path == card.path), 0)
        self._current = own - 1 if own else min(1, len(self._steps) - 1)

    def _choose(self, place: int) -> None:
        if place != self._current:
            self._current = place
            self._refresh()

    def _ask_other(self) -> None:
        """Compare with any other checkpoint."""
        path = self._host.ask_open("Compare with a checkpoint", "All files (*)")
        if path:
            chosen = path.removesuffix(".index")
            self._steps, self._current = steps_of(Path(chosen)), 0
            self._current = next(k for k, step in enumerate(self._steps) if step.path == chosen)
            self._refresh()

    # --- what is asked and shown ------------------------------------------------------------------

    def _refresh(self) -> None:
        card, session = self._session.card, self._session
        if not self._page.isVisible() or card is None:
            return
        if card.generator is None:
            self._page.show_steps((), 0, "Only generators are compared: this network hears a sound.")
            self._page.show_lanes(())
            return
        self._settle()
        step, at = self._steps[self._current], session.at(session.model)
        self._page.show_steps([one.name for one in self._steps], self._current, self._note())
        edits = edits_of(GENERATOR, at.edits)
        asked = (session.model, card.digest, step.path, at.point, edits)
        if asked == self._asked:
            return
        self._asked = asked
        points = LatentPoints((at.point,))
        task = CompareTask(session.model, step.path, points, dict(card.answers), edits)
        future = self._background.ask(task, KEY, urgent=True)
        self._jobs.follow(KEY, future, self._arrived, self._refused, stream=True)

    def _note(self) -> str:
        """Return what is compared in words."""
        card, count = self._session.card, len(self._steps)
        if count < 2:
            return "the only checkpoint of this run; open another to compare"
        own = Path(card.path).name if card is not None else ""
        return f"{self._current + 1} of {count} checkpoints, over {own} (own)"

    def _arrived(self, found: Compared) -> None:
        self.found = found
        self._page.show_lanes(tuple(view for one in found.layers for view in self._views(one)))
        self._show_time()

    def _refused(self, fault: Fault) -> None:
        """Say why the checkpoints cannot be compared; what was compared before goes."""
        self.found = None
        self._page.show_lanes(())
        self._messages.faulted.emit(fault)

    def _views(self, one: ComparedLayer) -> list[LaneView]:
        """Return the lane of both curves, and the one of their difference."""
        name = {"fc": "FC"}.get(one.name, one.name.capitalize())
        own = Curve(one.own, label="own", name="own", key="own")
        shown = [own]
        if one.other is not None:
            shown.append(Curve(one.other, label="other", role="merged", key=OTHER, name="other"))
        first = _view(one.name, name, one.own, tuple(shown))
        if one.difference is None:
            return [first]
        share = f"Δ {100 * one.share:.3g} % of RMS"
        second = _view(
            (one.name, DIFFERENCE), f"Δ {name}", one.difference, (Curve(one.difference, name=share),)
        )
        folded = (one.name, DIFFERENCE) not in self._open
        return [replace(first, meta=share), replace(second, meta=share, collapsed=folded)]

    def _fold(self, key: object) -> None:
        self._open ^= {key}
        if self.found is not None:
            self._arrived(self.found)

    def _show_time(self) -> None:
        session = self._session
        if self._page.isVisible():
            times = session.visible, session.whole, session.cursor_s, session.selection
            self._page.show_time(SeriesTime(*times))

    def _play(self, key: object) -> None:
        """Play the other's curve of a layer, or the difference."""
        layers = self.found.layers if self.found is not None else ()
        one = next((one for one in layers if key in (one.name, (one.name, DIFFERENCE))), None)
        card = self._session.card
        if one is None or card is None or not card.sounds:
            return
        track: Track | None = one.difference if isinstance(key, tuple) else one.other
        if track is not None:
            made = sonified(track, card.out_axis, self._preferences.values.sound)
            self._sounds.play_apart(
                made.samples, made.rate_hz, f"{track.name}, other checkpoint: {made.words}"
            )


def _view(key: object, title: str, track: Track, curves: tuple[Curve, ...]) -> LaneView:
    axis = track.axis
    return LaneView(
        key=key,  # type: ignore[arg-type]
        title=title,
        badge=f"≤ {short(axis.rate_hz / 2)} Hz",
        short_badge=f"≤ {short_rate(axis.rate_hz / 2)}",
        curves=curves,
        audible=axis.rate_hz >= 100.0,
    )
