"""Measurement in the window: its settings, its items, and the job that measures them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from psygnal import Signal

from app.analysis.settings import AnalysisSettings
from app.annotation.tier_editor import TierEditor
from app.base.context import Context
from app.measuring.items import ItemGathering
from app.measuring.settings import MeasureSettings, What
from core.faults import Fault
from core.measures.correlation import Pair
from core.measures.job import Done, Job, Measurer, ProcessMeasurer

if TYPE_CHECKING:
    from core.measures.measuring import MeasurementItem
    from core.measures.plan import MeasurementPlan

BY_LANE = ("this point", "the active recording")  # the active lane decides which of them is meant

MOST_NAMED = 20

ELSEWHERE = "The tiers on screen belong to another point: this point is measured as one interval."


class Measurement:
    """Measures what is open, one job at a time, without blocking the window; `done` follows each.

    `progressed(words, done, of)` reports progress until `ended`; `of` is 0 if the total is unknown.
    """

    done = Signal()
    progressed = Signal(str, int, int)
    ended = Signal()

    def __init__(
        self,
        context: Context,
        settings: AnalysisSettings,
        tier_editor: TierEditor,
        items: ItemGathering,
        measurer: Measurer | None = None,
    ) -> None:
        self._session = context.session
        self._preferences = context.preferences
        self._jobs = context.jobs
        self._messages = context.messages
        self._clock = context.clock
        self._settings = settings
        self._tier_editor = tier_editor
        self._items = items
        self.measurer = measurer or ProcessMeasurer()
        items.progressed.connect(self.progressed.emit)
        items.ended.connect(self.ended.emit)
        self.settings = MeasureSettings()
        self.pairs: tuple[Pair, ...] = ()
        self.record = ""  # how the pairs were measured, as JSON
        self._over_all = False  # the tiers on screen are not those of the measured point
        self._session.card_changed.connect(self._new_model)

    @property
    def busy(self) -> bool:
        """Whether a measurement is running."""
        return self._jobs.waits("measure")

    @property
    def usual(self) -> What:
        """What is measured by default: what the active lane shows, or without a model every recording."""
        session = self._session
        if session.card is None:
            return "every recording"
        return "the active recording" if session.active in self._tier_editor.sounds else "this point"

    @property
    def fitting(self) -> MeasureSettings:
        """The settings of the last time, as far as what they measure is open."""
        asked = self.settings
        if asked.what in BY_LANE and self._session.card is not None:
            asked = replace(asked, what=self.usual)
        needs_model = "point" in asked.what and self._session.card is None
        needs_sound = "recording" in asked.what and not self._tier_editor.sounds
        return replace(asked, what=self.usual) if needs_model or needs_sound else asked

    @property
    def tiers(self) -> tuple[str, ...]:
        """The names of all tiers, of any point or recording, each once."""
        annotations = self._session.snapshot.tiers
        names = [tier.name for kept in annotations for tier in kept.annotation.tiers]
        return tuple(dict.fromkeys(names))

    def wrong(self, asked: MeasureSettings) -> str | None:
        """Return why the settings cannot be measured, before a file is asked for, or None."""
        from core.measures.plan import check_band

        try:
            plan = self._plan(asked)
            self._items.check(asked)
            check_band(plan, self._items.nyquist_hz(asked))
        except Fault as fault:
            return str(fault).removesuffix(".")
        return None

    @property
    def offered(self) -> tuple[What, ...]:
        """What can be measured: points of the open model, and open recordings."""
        has = {"point": self._session.card is not None, "recording": bool(self._tier_editor.sounds)}
        every = get_args(What)
        return tuple(what for what in every if all(there or word not in what for word, there in has.items()))

    def remark(self, asked: MeasureSettings) -> str:
        """Return a note that the greyed tiers on screen are not those to be measured, or ""."""
        annotating = self._tier_editor
        away = any(not group.own for group in annotating.groups)
        return ELSEWHERE if away and asked.what.startswith("this point") else self._namesakes(asked)

    def _namesakes(self, asked: MeasureSettings) -> str:
        """Return that several tiers of one annotation have the chosen name, or ""."""
        from core.measures.measuring import IntervalChoice, namesakes

        choice = IntervalChoice(asked.tier.strip())
        tiers = self._session.snapshot.tiers
        return next(filter(None, (namesakes(kept.annotation, choice) for kept in tiers)), "")

    def start(self, asked: MeasureSettings, table: Path | None, script: Path | None = None) -> None:
        """Measure with these settings; the table or the script's folder is written at the end."""
        self.settings = asked
        self._over_all = self.remark(asked) == ELSEWHERE
        with self._items.faults_told():
            plan = self._plan(asked)
            self._items.gather(asked, lambda items: self._measure(items, plan, asked, table, script))

    def cancel(self) -> None:
        """Stop measuring; nothing is written."""
        if self.busy or self._jobs.waits("measure points"):
            self._jobs.drop("measure")
            self._jobs.drop("measure points")
            self.measurer.cancel()
            self.ended.emit()
            self._messages.noted.emit("Measuring was stopped; nothing was written")

    def _new_model(self) -> None:
        self.cancel()
        self.pairs, self.record = (), ""

    def close(self) -> None:
        """Stop measuring."""
        self.measurer.cancel()

    # --- from the form to a job ----------------------------------------------------------------

    def _plan(self, asked: MeasureSettings) -> MeasurementPlan:
        """Return the plan, with the settings of the lanes."""
        from core.measures.plan import plan_of

        preset, settings = self._preferences.values.preset, self._settings.of
        low, high = asked.band_low_hz, asked.band_high_hz
        if high == 0 and low > 0:
            raise Fault(f"There is no band from {low:g} to 0 Hz.", "Enter its top too, for instance 8000.")
        plan = plan_of(asked.measures.split(","), asked.points, preset, (low, high) if high else None)
        own = {name: settings(name) for name in ("pitch", "intensity", "formants")}
        changed = replace(plan, **own)
        return changed if changed == plan else replace(changed, preset=self._settings.words)

    def _measure(
        self,
        items: list[MeasurementItem],
        plan: MeasurementPlan,
        asked: MeasureSettings,
        table: Path | None,
        script: Path | None,
    ) -> None:
        from core.measures.measuring import IntervalChoice

        choice = IntervalChoice(asked.tier.strip(), asked.label.strip() or None)
        is_run = asked.what.startswith("every") or len(items) > 1
        job = Job(tuple(items), plan, choice, self._items.about(items), table, script, is_run=is_run)
        self.progressed.emit("Measuring…", 0, 0)

        def far(done: int, of: int) -> None:
            self._clock.post(lambda: self._far(done, of))

        self._jobs.follow("measure", self.measurer.start(job, far), self._done, self._items.failed)

    def _far(self, done: int, of: int) -> None:
        if self.busy:
            self.progressed.emit(f"Measured {done} of {of} layers", done, of)

    def _done(self, done: Done) -> None:
        self.ended.emit()
        self.pairs, self.record = done.pairs, done.record
        self._messages.noted.emit(_closing(done, self._over_all))
        if done.omitted:
            self._messages.faulted.emit(_omissions(done))
        self.done.emit()


def _omissions(done: Done) -> Fault:
    """Return a message that names each item that was not measured, with its reason."""
    lines = [one.words for one in done.omitted[:MOST_NAMED]]
    more = len(done.omitted) - len(lines)
    if more:
        lines.append(f"{more} more are listed under “omitted” in {done.files[-1].name}.")
    return Fault(f"{done.summary}.", " ".join(lines))


def _closing(done: Done, over_all: bool) -> str:
    """Return a closing line: what was written, where its remarks are, and what was measured."""
    record = next((file.name for file in done.files if file.suffix == ".json"), "")
    count = len(done.remarks)
    remarks = f"{count} remark{'' if count == 1 else 's'} in {record}" if count and record else ""
    whole = "this point over the whole sound, because the tiers belong to another" if over_all else ""
    several = done.summary if done.measured + len(done.omitted) > 1 else ""
    return ", ".join(
        filter(None, (f"Saved {done.files[0].name}: {done.rows} values", several, remarks, whole))
    )
