"""The profiles of the window: one question, answered recording by recording, and one layer looked at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from psygnal import Signal

from app.base.context import Context
from app.models.background import BackgroundEngine
from app.models.built_in import built_in_pronunciations
from core.faults import Fault
from core.profiles.live import (
    FiguresTask,
    HearTask,
    LayerFigures,
    Look,
    Probes,
    ProbeTask,
    Progress,
    Question,
    WriteTask,
)
from core.profiles.settings import ProfileSettings

HEAR, LOOK, WRITE, PROBE = "profiles", "profiles: look", "profiles: write", "profiles: probe"
LOOK_EVERY_S = 4.0
USUAL, FIRST_LOOK = ProfileSettings(), Look()
OTHER = {"phones": "letters", "letters": "phones"}
"""The groups that are heard afterwards, so that both trees stand beside each other."""


@dataclass(frozen=True, slots=True)
class ProfileChoice:
    """What is asked: recordings, groups and method; and which layer is looked at."""

    folder: str = ""
    groups: str = "phones"
    settings: ProfileSettings = USUAL
    look: Look = FIRST_LOOK
    sort: Literal["number", "likeness"] = "likeness"
    group: str = ""
    shown: tuple[str, ...] = ()
    unit: int = 0


class Profiling:
    """Asks the background engine for one chunk of recordings after another; `changed` follows everything.

    `figures` are those of the layer that is looked at, `other` those of the other groups (letters beside
    phones). `words` says why there are none.
    """

    changed = Signal()

    def __init__(self, context: Context, background: BackgroundEngine) -> None:
        self._session, self._jobs, self._messages = context.session, context.jobs, context.messages
        self._background = background
        self.choice = ProfileChoice()
        self.running = False
        self.progress: Progress | None = None
        self.figures: LayerFigures | None = None
        self.other: LayerFigures | None = None
        self.probes: Probes | None = None
        self.words = ""
        self._asking: Question | None = None
        self._round = 0
        self._unseen_s = 0.0
        self._without: frozenset[str] = frozenset()
        context.session.focus_changed.connect(self._another_model)
        context.session.card_changed.connect(self._another_model)

    # --- what there is --------------------------------------------------------------------------

    @property
    def network(self) -> str:
        """The network of the model in focus that sound drives, "" if there is none."""
        card = self._session.card
        return next(iter(card.input_rates_hz), "") if card is not None else ""

    @property
    def question(self) -> Question | None:
        """What is asked now, None without a network or without recordings."""
        choice = self.choice
        if not (self.network and choice.folder):
            return None
        words = str(built_in_pronunciations() or "")
        model, network = self._session.model, self.network
        return Question(model, network, choice.folder, choice.groups, choice.settings, words)

    @property
    def why_none(self) -> str:
        """Why there are no figures yet."""
        if not self.network:
            return (
                "No profiles: this model makes sound and hears none. Open a recogniser, a detector, a pitch "
                "network or an encoder."
            )
        if not self.choice.folder:
            return (
                "Choose a folder of recordings, with TextGrids for groups by phones, words or other labels."
            )
        return self.words

    # --- what is chosen -------------------------------------------------------------------------

    def choose(self, **values: Any) -> None:
        """Change the choice; another question starts again if one was being answered."""
        before = self.question
        self.choice = replace(self.choice, **values)
        if self.question != before:
            was = self.running
            self.pause()
            self.progress, self.figures, self.other, self.words = None, None, None, ""
            self.probes = None
            self._without = frozenset()
            if was or before is not None:
                self.start()
        self.changed.emit()

    def set_method(self, **values: Any) -> None:
        """Change the settings of the profiles."""
        self.choose(settings=replace(self.choice.settings, **values))

    def look(self, **values: Any) -> None:
        """Look at another layer, or at it in another way."""
        self.choice = replace(self.choice, look=replace(self.choice.look, **values))
        if self.progress is not None:
            self._ask_figures()
        self.changed.emit()

    # --- hearing --------------------------------------------------------------------------------

    def start(self) -> None:
        """Hear the recordings, or go on."""
        question = self.question
        if question is None or self.running:
            return
        self.running, self._round = True, self._round + 1
        self._asking, self._unseen_s = question, LOOK_EVERY_S - 1
        self._hear(question)
        self.changed.emit()

    def pause(self) -> None:
        """Stop; what was heard stays."""
        if self.running:
            self.running, self._round = False, self._round + 1
            self._background.stop(HEAR)
            self.changed.emit()

    def _hear(self, question: Question) -> None:
        number = self._round
        try:
            future = self._background.ask(HearTask(question), HEAR)
        except Fault as fault:
            self._failed(number, fault)
            return
        self._jobs.follow(
            HEAR,
            future,
            lambda found: self._heard(number, question, found),
            lambda fault: self._failed(number, fault),
            gone=lambda: self._failed(number, None),
        )

    def _heard(self, number: int, question: Question, found: Progress) -> None:
        if number != self._round or not self.running:
            return
        main = question == self.question
        if main:
            self.progress = found
            self._unseen_s += 1.0
        over = found.done >= found.total
        if main and (over or self._unseen_s >= LOOK_EVERY_S):
            self._unseen_s = 0.0
            self._ask_figures()
        if not over:
            self._hear(question)
        else:
            self._finished(question)
        self.changed.emit()

    def _finished(self, question: Question) -> None:
        """Go on with the other groups, if this network and these recordings have them; probe the layers."""
        if question == self.question:
            self._ask_probes(question)
        other = OTHER.get(question.groups, "")
        if question == self.question and other and other not in self._without:
            self._without |= {other}
            self._asking = replace(question, groups=other)
            self._hear(self._asking)
            return
        self.running = False
        if question != self.question:
            self._ask_figures(question)

    def _failed(self, number: int, fault: Fault | None) -> None:
        if number != self._round:
            return
        aside = self._asking is not None and self._asking != self.question
        self.running = False
        if fault is not None and not aside:
            self.words = str(fault)
            if self.figures is not None:
                self._messages.faulted.emit(fault)
        self.changed.emit()

    def _ask_probes(self, question: Question) -> None:
        future = self._background.ask(ProbeTask(question), PROBE)
        self._jobs.follow(
            PROBE,
            future,
            lambda found: self._probed(question, found),
            lambda fault: self._unseen(question, fault),
        )

    def _probed(self, question: Question, found: Probes) -> None:
        if question == self.question:
            self.probes = found
            self.changed.emit()

    # --- looking --------------------------------------------------------------------------------

    def _ask_figures(self, question: Question | None = None) -> None:
        """Ask for the figures of the layer that is looked at, of the other groups too once they are heard."""
        asked = question or self.question
        if asked is None:
            return
        self._follow(asked, (LOOK, asked.groups), self._seen(asked))
        other = OTHER.get(asked.groups)
        if question is None and self.other is not None and other:
            beside = replace(asked, groups=other)
            self._follow(beside, (LOOK, other), self._seen(beside))

    def _seen(self, asked: Question) -> Callable[[LayerFigures], None]:
        return lambda found: self._show(asked, found)

    def _follow(self, asked: Question, key: Any, done: Callable[[Any], None]) -> None:
        try:
            future = self._background.ask(FiguresTask(asked, self.choice.look), key, urgent=True)
        except Fault as fault:
            self.words = str(fault)
            return
        self._jobs.follow(key, future, done, lambda fault: self._unseen(asked, fault), stream=True)

    def _show(self, asked: Question, found: LayerFigures) -> None:
        main = self.question
        if main is None or replace(asked, groups="") != replace(main, groups=""):
            return
        if asked == main:
            self.figures, self.words = found, ""
            self._settle(found)
        else:
            self.other = found
        self.changed.emit()

    def _settle(self, found: LayerFigures) -> None:
        """Choose a group, curves and a unit that exist in the figures."""
        choice, groups = self.choice, found.groups
        often = sorted(groups, key=lambda group: -found.counts[groups.index(group)])
        group = choice.group if choice.group in groups else often[0]
        shown = tuple(one for one in choice.shown if one in groups) or tuple(
            dict.fromkeys((group, *often[:3]))
        )
        unit = min(choice.unit, found.profiles.shape[1] - 1)
        self.choice = replace(choice, group=group, shown=shown, unit=unit)

    def _unseen(self, asked: Question, fault: Fault) -> None:
        if asked == self.question and self.figures is None and not self.running:
            self.words = str(fault)
            self.changed.emit()

    # --- writing --------------------------------------------------------------------------------

    def write(self, folder: str) -> None:
        """Write arrays and tables of the recordings heard so far."""
        question = self.question
        if question is None:
            return
        future = self._background.ask(WriteTask(question, self.choice.look, folder), WRITE)
        name = Path(folder).name
        self._messages.noted.emit(f"Writing profiles to {name}…")
        self._jobs.follow(
            WRITE, future, lambda count: self._messages.noted.emit(f"Wrote {count} groups to {name}")
        )

    def _another_model(self) -> None:
        self.pause()
        self.progress, self.figures, self.other, self.words = None, None, None, ""
        self.probes = None
        self._without = frozenset()
        self.choice = replace(self.choice, look=replace(self.choice.look, layer=""), unit=0)
        self.changed.emit()
