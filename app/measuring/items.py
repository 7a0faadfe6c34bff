"""The items of a measurement: the layers of points, recordings, or both."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from psygnal import Signal

from app.annotation.tier_editor import TierEditor
from app.base.context import Context
from app.measuring.settings import MeasureSettings
from app.models.latent_driven import LatentDriven
from app.recordings.open_recordings import OpenRecordings
from core.annotation.tiers import Annotation, OwnedAnnotation
from core.faults import Fault
from core.networks.latent import Point
from core.probing.drive import LatentPoints
from core.probing.request import ProbeRequest
from core.probing.surgery import LayerEdit, edits_of
from core.processes.engine import Engine
from core.session.lane_key import GENERATOR, RecordingKey
from core.session.point_names import UNNAMED, no_seed, point_name, unused_name
from core.signals.track import Track

if TYPE_CHECKING:
    from core.measures.measuring import MeasurementItem

Use = Callable[[list["MeasurementItem"]], None]


class ItemGathering:
    """Collects the items; points other than the present one are computed first.

    `progressed(words, done, of)` reports progress, and `ended` is emitted after a fault.
    """

    progressed = Signal(str, int, int)
    ended = Signal()

    def __init__(
        self,
        context: Context,
        engine: Engine,
        recordings: OpenRecordings,
        latent_driven: LatentDriven,
        tier_editor: TierEditor,
    ) -> None:
        self._session = context.session
        self._jobs = context.jobs
        self._messages = context.messages
        self._engine = engine
        self._recordings = recordings
        self._latent_driven = latent_driven
        self._tier_editor = tier_editor
        self._model = context.session.model
        self._ways: dict[str, Callable[[MeasureSettings, Use], None]] = {
            "this point": self._point,
            "every annotated point": self._points,
            "the active recording": lambda asked, use: use(self._recorded([self._active()])),
            "every recording": lambda asked, use: use(self._every_recording()),
            "this point and every recording": self._point_and_recordings,
        }

    def gather(self, asked: MeasureSettings, use: Use) -> None:
        """Hand the items that are asked for on, at once or when they are computed. May raise Fault.

        The points are those of the model in focus now, also where another comes into focus meanwhile.
        """
        self._model = self._session.model
        self._ways[asked.what](asked, use)

    def check(self, asked: MeasureSettings) -> None:
        """Raise Fault if the requested items do not exist."""
        if asked.what == "every annotated point":
            self._annotated()
        elif asked.what == "the active recording":
            self._active()
        elif asked.what == "every recording":
            self._keys()

    def nyquist_hz(self, asked: MeasureSettings) -> float:
        """Return the highest Nyquist frequency of the requested items."""
        session, sounds = self._session, self._tier_editor.sounds
        axes = [session.shown.tracks[key].axis for key in sounds] if "recording" in asked.what else []
        if session.card is not None and "point" in asked.what:
            axes.append(session.card.out_axis)
        return max((axis.nyquist_hz for axis in axes), default=math.inf)

    # --- points ---------------------------------------------------------------------------------

    def _point(self, asked: MeasureSettings, use: Use) -> None:
        """Use the curves on screen, or compute them in the engine if those are another point's."""
        session, kept = self._session, self._session.owned_annotation
        tracks = {key.layer: track for key, track in self._latent_driven.layers.items()}
        name, own = self._name(), kept.annotation if kept else None
        if tracks or session.card is None:
            use([self._item(tracks, name, own, asked)])
        else:
            edits = edits_of(GENERATOR, session.snapshot.edits)
            self._compute(session.point, 1, 1, lambda made: use([self._item(made, name, own, asked)]), edits)

    def _point_and_recordings(self, asked: MeasureSettings, use: Use) -> None:
        recordings = self._every_recording()
        self._point(asked, lambda points: use([*points, *recordings]))

    def _compute(
        self,
        point: Point,
        number: int,
        of: int,
        use: Callable[[dict[str, Track]], None],
        edits: tuple[LayerEdit, ...] = (),
    ) -> None:
        """Compute one of the points to be measured in the engine."""
        self.progressed.emit(f"Computing point {number} of {of}", number - 1, of)
        asked = ProbeRequest(self._model, GENERATOR, LatentPoints((point,)), edits=edits)
        future = self._engine.probe(asked, key="measure points")

        def arrived(probed: Any) -> None:
            with self.faults_told():
                use(probed.tracks)

        self._jobs.follow("measure points", future, arrived, self.failed)

    def _annotated(self) -> list[OwnedAnnotation]:
        card, tiers = self._session.card, self._session.snapshot.tiers
        digest = card.digest if card is not None else ""
        annotations = [kept for kept in tiers if not kept.sound and kept.checkpoint == digest]
        if not annotations:
            raise Fault("No point has tiers.", "Annotate one, or measure this point.")
        return annotations

    def _points(self, asked: MeasureSettings, use: Use) -> None:
        """Compute the annotated points in the engine, one after another."""
        annotations = self._annotated()
        items: list[MeasurementItem] = []

        def next_one() -> None:
            kept = annotations[len(items)]
            self._compute(kept.point, len(items) + 1, len(annotations), lambda tracks: arrived(kept, tracks))

        def arrived(kept: OwnedAnnotation, tracks: dict[str, Track]) -> None:
            name = unused_name(self._kept_name(kept), [item.item for item in items])
            items.append(self._item(tracks, name, kept.annotation, asked))
            if len(items) < len(annotations):
                next_one()
            else:
                use(items)

        next_one()

    @contextlib.contextmanager
    def faults_told(self) -> Iterator[None]:
        """Show a fault in the window instead of raising it."""
        try:
            yield
        except Fault as fault:
            self.failed(fault)

    def failed(self, fault: Fault) -> None:
        """Show a fault that ends the measurement."""
        self.ended.emit()
        self._messages.faulted.emit(fault)

    def _item(
        self, tracks: dict[str, Track], name: str, annotation: Annotation | None, asked: MeasureSettings
    ) -> MeasurementItem:
        from core.measures.items import generated

        card = self._session.models.get(self._model)
        if card is None or not tracks:
            raise Fault(
                "There is no point to measure yet.", "Open a checkpoint first, or measure the recordings."
            )
        return generated(card, tracks, name, Path(card.path).name, asked.as_published, annotation)

    def _name(self) -> str:
        card = self._session.models.get(self._model)
        return point_name(card.layout, self._session.at(self._model)) if card is not None else ""

    def _kept_name(self, kept: OwnedAnnotation) -> str:
        """Return the name of a point: that of its TextGrid, or its name when its tiers were created."""
        if kept.file:
            stem = Path(kept.file).stem
            return stem if stem == kept.name else no_seed(stem)
        here = self._session.snapshot.points.get(self._model)
        is_here = here is not None and kept.point == here.point
        return self._name() if is_here else kept.name or UNNAMED

    # --- recordings -----------------------------------------------------------------------------

    def _active(self) -> RecordingKey:
        key = self._session.active
        if not isinstance(key, RecordingKey) or key not in self._tier_editor.sounds:
            raise Fault("The active lane is not a recording.", "Click a recording's lane, then measure it.")
        return key

    def _every_recording(self) -> list[MeasurementItem]:
        """Return every recording in a lane."""
        return self._recorded(self._keys())

    def _keys(self) -> list[RecordingKey]:
        keys = list(self._tier_editor.sounds)
        if not keys:
            raise Fault("No recording is open.", "Open one, or measure this point.")
        return keys

    def _recorded(self, keys: list[RecordingKey]) -> list[MeasurementItem]:
        """Return recordings as items, each with its own tiers."""
        from core.measures.items import distinct_names, recorded

        recordings, kept = self._recordings, [self._tier_editor.annotation_of(key) for key in keys]
        names = distinct_names([recordings.path_of(key) for key in keys])
        return [
            recorded(recordings.own(key), name, one.annotation if one else None)
            for key, name, one in zip(keys, names, kept, strict=True)
        ]

    # --- the record ---------------------------------------------------------------------------------

    def about(self, items: list[MeasurementItem]) -> dict[str, Any]:
        """Return the record's part on the model, its points and the recordings."""
        from core.export.record import record

        card = self._session.models.get(self._model)
        names = list(card.layout.names()) if card is not None else []
        points = [{"item": one.item, "z": list(_origin(one).point)} for one in items if one.output]
        sounds = [
            {"item": one.item, "file": one.file, "digest": _origin(one).sound, **_channels(one)}
            for one in items
            if not one.output
        ]
        heard = {"sound": sounds[0]} if len(items) == len(sounds) == 1 else {"sounds": sounds}
        if card is None or not points:
            return heard
        drive = (
            {"z": points[0]["z"], "names": names} if len(points) == 1 else {"items": points, "names": names}
        )
        return {**record(card, "G", drive, {}), **(heard if sounds else {})}


def _origin(item: MeasurementItem) -> Any:
    return next(iter(item.tracks.values())).origin


def _channels(item: MeasurementItem) -> dict[str, str]:
    """Return how a recording's channels became one curve, if it has several."""
    how = _origin(item).reduction
    return {"channels": how} if how else {}
