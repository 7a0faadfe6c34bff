"""What the form for measuring means: the layers of points, recordings, or both, as items."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.recordings import PREFIX
from core.annotation import Annotation, Kept
from core.faults import Fault
from core.point_words import UNNAMED, no_seed, point_words, unlike
from core.track import Track

if TYPE_CHECKING:
    from app.instrument import Instrument
    from app.measuring import MeasureSettings
    from core.measure import Item

Use = Callable[[list["Item"]], None]


class Gathering:
    """Finds the items; points other than the present one are first computed."""

    def __init__(self, instrument: Instrument) -> None:
        self._on = instrument
        self._ways: dict[str, Callable[[MeasureSettings, Use], None]] = {
            "this point": lambda asked, use: use([self._point(asked)]),
            "every annotated point": self._points,
            "the active recording": lambda asked, use: use([self._recording()]),
            "every recording": lambda asked, use: use(self._recordings()),
            "this point and every recording": lambda asked, use: use(
                [self._point(asked), *self._recordings()]
            ),
        }

    def gather(self, asked: MeasureSettings, use: Use) -> None:
        """Hand the items that are asked for on, at once or when they are computed. May raise Fault."""
        self._ways[asked.what](asked, use)

    def check(self, asked: MeasureSettings) -> None:
        """Raise Fault where what is asked for is not there."""
        if asked.what == "every annotated point":
            self._annotated()
        elif asked.what == "the active recording":
            self._active()
        elif asked.what == "every recording":
            self._keys()

    # --- points ---------------------------------------------------------------------------------

    def _point(self, asked: MeasureSettings) -> Item:
        session = self._on.session
        tracks = {key: track for key, track in session.shown.tracks.items() if track.origin.network == "G"}
        own = session.kept.annotation if session.kept else None
        return self._item(tracks, self._name(), own, asked)

    def _annotated(self) -> list[Kept]:
        shelf = [kept for kept in self._on.session.moment.tiers if not kept.sound]
        if not shelf:
            raise Fault("No point has tiers.", "Annotate one, or measure this point.")
        return shelf

    def _points(self, asked: MeasureSettings, use: Use) -> None:
        """Let the engine compute the annotated points, one after the other."""
        shelf = self._annotated()
        items: list[Item] = []

        def next_one() -> None:
            kept = shelf[len(items)]
            future = self._on.engine.ask("probe", kept.point, (), key="measure points")
            words = f"Computing point {len(items) + 1} of {len(shelf)}"
            self._on.measuring.progressed.emit(words, len(items), len(shelf))
            self._on.desk.follow("measure points", future, lambda probed: arrived(kept, probed), self.failed)

        def arrived(kept: Kept, probed: Any) -> None:
            name = unlike(self._kept_name(kept), [item.item for item in items])
            with self.faults_told():
                items.append(self._item(probed.tracks, name, kept.annotation, asked))
                if len(items) < len(shelf):
                    next_one()
                else:
                    use(items)

        next_one()

    @contextlib.contextmanager
    def faults_told(self) -> Iterator[None]:
        """Show a fault in the window instead of letting it fly."""
        try:
            yield
        except Fault as fault:
            self.failed(fault)

    def failed(self, fault: Fault) -> None:
        """Show a fault that ends measuring."""
        self._on.measuring.ended.emit()
        self._on.faulted.emit(fault)

    def _item(
        self, tracks: dict[str, Track], name: str, annotation: Annotation | None, asked: MeasureSettings
    ) -> Item:
        from core.measure_items import generated

        card = self._on.session.card
        if card is None or not tracks:
            raise Fault(
                "There is no point to measure yet.", "Open a checkpoint first, or measure the recordings."
            )
        return generated(card, tracks, name, Path(card.path).name, asked.as_published, annotation)

    def _name(self) -> str:
        return point_words(self._on.session.layout, self._on.session.moment)

    def _kept_name(self, kept: Kept) -> str:
        """Name a point after its TextGrid, else as it was called when its tiers were begun."""
        if kept.file:
            stem = Path(kept.file).stem
            return stem if stem == kept.name else no_seed(stem)
        return self._name() if kept.point == self._on.session.point else kept.name or UNNAMED

    # --- recordings -----------------------------------------------------------------------------

    def _recording(self) -> Item:
        return self._recorded(self._active())

    def _active(self) -> str:
        key = self._on.session.active
        if key not in self._on.annotating.sounds:
            raise Fault("The active lane is no recording.", "Click a recording's lane, then measure it.")
        return key

    def _recordings(self) -> list[Item]:
        """Give every recording that has a lane, each with its own tiers."""
        return [self._recorded(key) for key in self._keys()]

    def _keys(self) -> list[str]:
        keys = list(self._on.annotating.sounds)
        if not keys:
            raise Fault("No recording is open.", "Open one, or measure this point.")
        return keys

    def _recorded(self, key: str) -> Item:
        from core.measure_items import recorded

        kept = self._on.annotating.kept_of(key)
        track = self._on.recordings.own(key)
        return recorded(track, key.removeprefix(PREFIX), kept.annotation if kept else None)

    # --- what the record says ---------------------------------------------------------------------

    def about(self, items: list[Item]) -> dict[str, Any]:
        """Give what the record says of the model and its points, and of the recordings."""
        from core.export.record import record

        card, names = self._on.session.card, list(self._on.session.layout.names())
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


def _origin(item: Item) -> Any:
    return next(iter(item.tracks.values())).origin


def _channels(item: Item) -> dict[str, str]:
    """Say how a recording's channels became one curve, where it has several."""
    how = _origin(item).reduction
    return {"channels": how} if how else {}
