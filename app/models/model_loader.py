"""Opening a checkpoint: load it in the engine, choose among runs, ask what the checkpoint does not say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from psygnal import Signal

from app.base.context import Context
from app.base.shipped import is_shipped
from app.models.built_in import Example, built_in_model, built_in_points
from app.models.working_points import WorkingPoints
from app.recordings.open_recordings import OpenRecordings
from core.checkpoint.run_files import ChooseRun, without_parts
from core.families.card import Answer, Card
from core.faults import Fault
from core.networks.latent import LatentLayout
from core.networks.layer_info import LayerInfo
from core.probing.model_id import ModelId
from core.processes.engine import Engine
from core.recordings.sound_file import is_sound_file
from core.session.lane_key import FIRST_MODEL, GENERATOR, LaneKey
from core.session.lanes import Lane, Lanes
from core.session.point_names import is_drawn, starred_name
from core.session.session import ModelPoint, is_of
from core.sweeps.sweep_record import is_sweep_file

MOST_WARNINGS = 2  # shown at once; the card has them all


class ModelLoader:
    """Opens checkpoints, in place of the model in focus or beside it, and closes them.

    What was open stays open when a file is refused.

    `choice_needed` carries a ChooseRun, `questions_arose` a card with assumed answers; `started` and `ended`
    frame the wait. `sweep_met` carries the path of a sweep's record, which others open.
    """

    choice_needed = Signal(ChooseRun)
    questions_arose = Signal(Card)
    started = Signal(str)
    ended = Signal()
    sweep_met = Signal(str)

    def __init__(
        self,
        context: Context,
        engine: Engine,
        recordings: OpenRecordings,
        working_points: WorkingPoints,
    ) -> None:
        self._session = context.session
        self._preferences = context.preferences
        self._jobs = context.jobs
        self._messages = context.messages
        self._engine = engine
        self._recordings = recordings
        self._working_points = working_points
        self._count = 1  # names a model is given are never given again
        self._asked: ModelId | None = None  # what a question about the file, such as which run, is about
        context.session.model_closed.connect(engine.close_model)

    def open(
        self,
        path: str | Path,
        answers: Mapping[str, Answer] | None = None,
        start: ModelPoint | None = None,
        model: ModelId | None = None,
    ) -> None:
        """Open `path`; the result changes the session, or is shown as a fault. A sound becomes a recording.

        The checkpoint is opened as `model`, in place of the one in focus when that is None.
        """
        wanted = str(Path(path).absolute())  # the next start may be in another folder
        if is_sound_file(Path(path)):
            self._recordings.open(path)
            return
        if is_sweep_file(Path(path)):
            self.sweep_met.emit(wanted)
            return
        self.started.emit(wanted)
        model = self._session.model if model is None else model
        key = "open", model
        future = self._engine.open(model, wanted, answers, key)
        self._jobs.follow(key, future, partial(self._opened, model, start), partial(self._refused, model))

    def open_beside(self, path: str | Path) -> None:
        """Open a checkpoint beside what is open; it comes into focus. A sound is a recording as ever."""
        self._count += 1
        self.open(path, model=ModelId(f"{FIRST_MODEL[:1]}{self._count}"))

    def open_all(self, paths: Sequence[str]) -> None:
        """Open the first checkpoint among the paths, the others beside it, and every sound.

        Several files of one run are one checkpoint.
        """
        sounds = [path for path in paths if is_sound_file(Path(path))]
        models = without_parts([Path(path) for path in paths if path not in sounds], _roles_of)
        for number, path in enumerate(models):
            (self.open_beside if number else self.open)(path)
        for path in sounds:
            self.open(path)

    def open_run(self, path: str | Path) -> None:
        """Open the run that was chosen among several, where the folder was to be opened."""
        self.open(path, model=self._asked)

    def close(self, model: ModelId) -> None:
        """Close one of several open models."""
        self._session.close_model(model)

    def answer(self, answers: Mapping[str, Answer]) -> None:
        """Reopen the checkpoint with the user's answers, and keep them beside it."""
        from core.checkpoint.answers_file import save

        card = self._session.card
        if card is None:
            return
        whole = {**card.answers, **answers}
        try:
            save(Path(card.path), whole)
        except Fault as fault:
            self._messages.faulted.emit(fault)
        self.open(card.path, whole, self._session.at(self._session.model))

    def has_demo(self) -> bool:
        """Whether a model ships with this copy of Phonoscope."""
        return built_in_model() is not None

    @property
    def is_shipped(self) -> bool:
        """Whether the open model came with the program."""
        card = self._session.card
        return card is not None and is_shipped(card.path)

    def open_demo(self) -> None:
        """Open the built-in model."""
        file = built_in_model()
        if file is not None:
            self.open(file)

    def open_example(self, example: Example) -> None:
        """Open an example, and the recording to try it with."""
        self.open(example.model)
        if example.recording is not None:
            self._recordings.open(example.recording)

    def _opened(self, model: ModelId, start: ModelPoint | None, card: Card) -> None:
        self.ended.emit()
        session = self._session
        before = session.models.get(model)
        same = before is not None and before.digest == card.digest
        lanes = session.lanes if same else lanes_of(card, model)
        layers = card.generator.layers if card.generator else ()
        own = {LaneKey(model, GENERATOR, layer.name) for layer in layers}
        beside = tuple(lane for lane in session.lanes if not is_of(lane.key, model))
        lanes = (*beside, *(lane for lane in lanes if lane.key in own))
        seed, left = session.at(model).seed if same else 0, self._left_behind(model, card)
        back = self._left_at(model, card) if start is None else None
        start = start or back or _first_point(card)
        session.open(card, lanes, seed or 0, _fitting(start, card.layout) if start else None, model)
        self._tell_points(left, back)
        if not self.is_shipped:
            self._preferences.change(recent=self._preferences.values.with_recent(card.path).recent)
        self._warn(card)
        if card.unanswered:
            self.questions_arose.emit(card)

    def _left_behind(self, model: ModelId, card: Card) -> str:
        """Return what happens to the point of the model that is replaced, if its variables were turned."""
        session = self._session
        before = session.models.get(model)
        if before is None or before.digest == card.digest or not session.at(model).is_changed:
            return ""
        point = starred_name(session.at(model))
        return f"Your point in “{before.title}” ({point}) is kept and comes back when you open it again"

    def _left_at(self, model: ModelId, card: Card) -> ModelPoint | None:
        """Return the point at which the user left a model, unless another copy of it is open."""
        others = {other.digest for id, other in self._session.models.items() if id != model}
        return None if card.digest in others else self._working_points.left_at(card)

    def _tell_points(self, left: str, back: ModelPoint | None) -> None:
        """Say which point is kept, and that the model opens where it was left."""
        here = f"Back at {starred_name(back)}, where you left this model" if back is not None else ""
        words = ". ".join(filter(None, (left, here)))
        if words:
            self._messages.noted.emit(words)

    def _warn(self, card: Card) -> None:
        """Warn about what is doubtful: weights that are not numbers, or that nothing uses."""
        warnings = card.warnings
        if warnings:
            more = len(warnings) - MOST_WARNINGS
            words = [str(fact.value) for fact in warnings[:MOST_WARNINGS]]
            words += [f"{more} more: see the card."] if more > 0 else []
            self._messages.warned.emit(Fault(" ".join(words), warnings[0].note))

    def _refused(self, model: ModelId, fault: Fault) -> None:
        self.ended.emit()
        if isinstance(fault, ChooseRun):
            self._asked = model
            self.choice_needed.emit(fault)
        else:
            self._messages.faulted.emit(fault)


def _first_point(card: Card) -> ModelPoint | None:
    """Return the point at which the built-in model opens for the first time; None for another model."""
    first = next(iter(built_in_points()), None) if Path(card.path) == built_in_model() else None
    return ModelPoint(first.point, first.point, None, first.name) if first else None


def _roles_of(path: Path) -> frozenset[str]:
    """Return the networks in a file; the families are imported by the first call."""
    from core.families.registry import roles_of

    return roles_of(path)


def _fitting(start: ModelPoint, layout: LatentLayout) -> ModelPoint | None:
    """Return where to start, without the seed if this model draws another point from it."""
    if len(start.point.z) != layout.size:
        return None
    return (
        start
        if start.seed is None or is_drawn(layout, start.drawn, start.seed)
        else replace(start, seed=None)
    )


def lanes_of(card: Card, model: ModelId) -> Lanes:
    """Return the lanes of a generator for a first look, from the last layer to the FC map.

    Networks driven by a sound get lanes once one is sent through them.
    """
    layers = tuple(reversed(card.generator.layers)) if card.generator else ()
    return tuple(_first_look(layer, place == 0, card, model) for place, layer in enumerate(layers))


def _first_look(layer: LayerInfo, top: bool, card: Card, model: ModelId) -> Lane:
    """Return the lane with the overlays that its rate can carry well, without filling the screen."""
    key = LaneKey(model, GENERATOR, layer.name)
    if top and card.sounds:
        return Lane(key, shown=frozenset({"pitch", "formants", "intensity", "spectrogram"}))
    rate_hz = layer.axis.rate_hz
    shown = {measure for measure, least_hz in FIRST_LOOK if rate_hz >= least_hz}
    return Lane(key, shown=frozenset(shown), collapsed=layer.name == "fc")


# The lowest rate at which a layer first shows each measure: pitch if a voice's F0 lies well below Nyquist.
FIRST_LOOK = (("pitch", 1000.0), ("intensity", 4000.0), ("spectrogram", 4000.0))
