"""The feature maps of one layer, kept in step with the point, the sound and the user's choices."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from psygnal import Signal

from app.analysis.settings import AnalysisSettings
from app.base.context import Context
from app.maps.choice import MapsChoice
from app.maps.sources import Source, Sources
from app.models.background import BackgroundEngine
from core.faults import Fault
from core.maps.browsing import Browsed, MapsRequest
from core.maps.clusters import ClusterSettings
from core.maps.contours import CONTOURS
from core.networks.latent import Point
from core.networks.layer_info import LayerInfo
from core.probing.drive import LatentPoints
from core.probing.model_id import ModelId
from core.probing.surgery import edits_of
from core.session.lane_key import GENERATOR, Key, LaneKey
from core.signals.axis import Range

KEY = "maps"
Place = tuple[ModelId, str, str]
Sounding = tuple[frozenset[int], frozenset[int]]
ALL: Sounding = (frozenset(), frozenset())
"""Nothing muted, nothing soloed."""

Others = Callable[[], dict[str, Point]]


class MapsBrowser:
    """Asks for the maps of the chosen layer; `changed` follows an answer or another choice.

    Nothing is computed while the page is hidden. `others` returns the points that maps can be compared with.
    """

    changed = Signal()

    def __init__(
        self, context: Context, background: BackgroundEngine, settings: AnalysisSettings, sources: Sources
    ) -> None:
        self._session = context.session
        self._jobs = context.jobs
        self._messages = context.messages
        self._rest = context.clock.rest
        self._background = background
        self._settings = settings
        self._sources = sources
        self.others: Others = dict
        self.choice = MapsChoice()
        self.browsed: Browsed | None = None
        self.source: Source | None = None
        self.words = ""
        self._kept: dict[Place, Sounding] = {}
        self._asked: Any = None
        self._entered: Key | None = None
        self._shown = False
        self._connect()

    def _connect(self) -> None:
        session = self._session
        session.card_changed.connect(self._another_model)
        session.focus_changed.connect(self._another_model)
        session.snapshot_changed.connect(lambda before, after: self.refresh())
        session.shown_changed.connect(self.refresh)
        session.view_changed.connect(self._selected)
        self._settings.changed.connect(self.refresh)

    def set_shown(self, shown: bool) -> None:
        """Compute from now on, or stop while the page is hidden."""
        self._shown = shown
        if shown:
            self._follow_lane()
            self.refresh()

    def _follow_lane(self) -> None:
        """Begin with the layer of the active lane, if another lane was made active since and it has maps."""
        key = self._session.active
        if key == self._entered or not isinstance(key, LaneKey):
            return
        self._entered = key
        card = self._session.models.get(key.model)
        infos = card.layers.get(key.network, ()) if card is not None else ()
        info = next((info for info in infos if info.name == key.layer), None)
        if key.model == self._session.model and key.network in self.networks and info and info.channels > 1:
            self.choose(network=key.network, layer=key.layer)

    def _another_model(self) -> None:
        self._kept = {at: one for at, one in self._kept.items() if at[0] in self._session.models}
        self._jobs.drop(KEY)
        self.browsed, self._asked = None, None
        kept = self.choice
        sort = "number" if kept.sort == "distance" else kept.sort
        self.choice = MapsChoice("", "", sort, kept.contour, "", kept.clusters, kept.draws, kept.looks)
        self.refresh()

    def _selected(self) -> None:
        """Compare the output in the new selection, once nothing moves any more."""
        if self._shown and self._session.snapshot.edits:
            self._rest(self.refresh)

    # --- what there is ---------------------------------------------------------------------------

    @property
    def networks(self) -> tuple[str, ...]:
        """The networks of the model in focus that have maps now."""
        return self._sources.networks()

    @property
    def layers(self) -> tuple[LayerInfo, ...]:
        """The layers of the chosen network."""
        card = self._session.card
        return card.layers.get(self.choice.network, ()) if card is not None else ()

    @property
    def contours(self) -> dict[str, str]:
        """The contours that maps can be compared with: their keys and titles."""
        rows = {key: row.title for key, row in CONTOURS.items()}
        return rows | {info.name: f"{info.title}, average" for info in self.layers}

    # --- what is chosen --------------------------------------------------------------------------

    def choose(self, **values: Any) -> None:
        """Change the choice; another layer brings back what was muted and soloed there."""
        before, self.choice = self.choice, replace(self.choice, **values)
        if (before.network, before.layer) != (self.choice.network, self.choice.layer):
            muted, soloed = self._kept.get(self._place, ALL)
            self.choice = replace(self.choice, muted=muted, soloed=soloed, selected=-1)
            self.browsed = None
        self._kept[self._place] = self.choice.muted, self.choice.soloed
        self.changed.emit()
        self.refresh()

    @property
    def _place(self) -> Place:
        return self._session.model, self.choice.network, self.choice.layer

    def flip(self, field: str, channels: frozenset[int]) -> None:
        """Mute or solo some maps, or take that back if all of them are ("muted" or "soloed")."""
        own: frozenset[int] = getattr(self.choice, field)
        self.choose(**{field: own - channels if channels <= own else own | channels})

    # --- what is asked ---------------------------------------------------------------------------

    def refresh(self) -> None:
        """Ask for the maps if they are shown and something that they depend on has changed."""
        if not self._shown:
            return
        self._settle()
        if not self.choice.layer:
            self.browsed, self.words, self._asked = None, self._sources.why_none(self._session.card), None
            self.changed.emit()
            return
        try:
            source = self._sources.of(self.choice.network)
            asked = self._request(source)
        except Fault as fault:
            self._refused(fault)
            return
        key = _key(asked)
        if key == self._asked:
            return
        self._asked = key
        future = self._background.ask(asked, KEY, urgent=True)
        self._jobs.follow(KEY, future, lambda found: self._arrived(source, found), self._refused, stream=True)

    def _settle(self) -> None:
        """Choose a network and a layer if none is chosen, or if what was chosen is gone."""
        networks = self.networks
        if self.choice.network not in networks:
            self.choice = replace(self.choice, network=networks[0] if networks else "", layer="")
        layers = self.layers
        if self.choice.layer not in (info.name for info in layers):
            best = _first_choice(layers)
            muted, soloed = self._kept.get(
                (self._session.model, self.choice.network, best), (frozenset[int](),) * 2
            )
            self.choice = replace(self.choice, layer=best, muted=muted, soloed=soloed, selected=-1)

    def _request(self, source: Source) -> MapsRequest:
        choice = self.choice
        contour = choice.contour if choice.contour in self.contours else ""
        row = CONTOURS.get(contour)
        other = self.others().get(choice.other) if choice.sort == "distance" else None
        edits = edits_of(source.network, self._session.at(source.model).edits)
        return MapsRequest(
            source.model,
            source.network,
            source.drive,
            choice.layer,
            choice.sort,
            contour,
            self._settings.of(row.analysis) if row is not None else None,
            LatentPoints((other,)) if other is not None else None,
            ClusterSettings(choice.clusters),
            choice.muted,
            choice.soloed,
            edits,
            self._window(source) if edits else None,
            self._settings.of("pitch"),
            choice.looks == "similarity",
            choice.draws if source.network == GENERATOR else 0,
        )

    def _window(self, source: Source) -> Range | None:
        """Return the range in which the output is compared: the selection, in the network's own time."""
        selection = self._session.selection
        return selection.moved(-source.by_s) if selection is not None else None

    def _arrived(self, source: Source, found: Browsed) -> None:
        if source.model != self._session.model or found.maps.name != self.choice.layer:
            return
        self.browsed, self.source, self.words = found, source, ""
        self.changed.emit()

    def _refused(self, fault: Fault) -> None:
        """Say why there are no maps: in their place, or above those that stay."""
        if self.browsed is None:
            self.words = str(fault)
            self.changed.emit()
        else:
            self._messages.faulted.emit(fault)


def _first_choice(layers: tuple[LayerInfo, ...]) -> str:
    """Return the layer to begin with: the last but two, which the papers look at, or the last with maps."""
    several = [info.name for info in layers if info.channels > 1]
    return several[-2] if len(several) > 1 else several[-1] if several else layers[-1].name if layers else ""


def _key(asked: MapsRequest) -> tuple[Any, ...]:
    """Return what an answer depends on, as values that compare."""
    other = asked.other.origins() if asked.other is not None else None
    drive = asked.drive.origins()
    place = asked.model, asked.network, drive, asked.layer, asked.edits
    sorting = asked.sort, asked.contour, asked.settings, other, asked.clusters
    return (
        *place,
        *sorting,
        asked.muted,
        asked.soloed,
        asked.window,
        asked.pitch,
        asked.similarity,
        asked.draws,
    )
