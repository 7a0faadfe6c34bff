"""Cuts in a layer: made from what the panel asks for, kept with the point, removed again."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from app.base.context import Context
from app.maps.browser import MapsBrowser
from core.faults import Fault
from core.maps.browsing import Browsed
from core.probing.surgery import (
    Action,
    Copy,
    Fill,
    FromPoint,
    Hold,
    LayerEdit,
    Move,
    Multiply,
    NetworkEdit,
    Shift,
    WeightColumn,
)
from core.session.edit_words import action_words, channel_words, cut_window
from core.signals.axis import TimeAxis
from widgets.maps.cut_view import CutRow, CutWish


class Surgery:
    """Adds cuts to the point of the model in focus; each is one step of undo."""

    def __init__(self, context: Context, browser: MapsBrowser) -> None:
        self._session = context.session
        self._messages = context.messages
        self._browser = browser

    @property
    def edits(self) -> tuple[NetworkEdit, ...]:
        """The cuts at the present point."""
        return self._session.snapshot.edits

    def rows(self) -> tuple[CutRow, ...]:
        """Return the cuts in words."""
        return tuple(CutRow(place, self._words(one)) for place, one in enumerate(self.edits))

    def _words(self, one: NetworkEdit) -> str:
        card = self._session.card
        infos = card.layers.get(one.network, ()) if card is not None else ()
        info = next((info for info in infos if info.name == one.edit.layer), None)
        if card is None or info is None:
            return one.edit.layer
        axis, found = info.axis, self._browser.browsed
        if axis.n == 0 and found is not None and found.maps.name == info.name:
            axis = found.maps.axis
        did = action_words(one.edit, axis, card.layout)
        where = "whole"
        if one.edit.first or one.edit.last is not None:
            window = cut_window(one.edit, axis)
            where = f"{window.start_s:.3f}–{window.end_s:.3f} s"
        return f"{info.title} {where}, {channel_words(one.edit)}: {did}"

    def cut(self, wish: CutWish) -> None:
        """Make the cut that is asked for, in the selection or, without one, in the whole layer."""
        found, source = self._browser.browsed, self._browser.source
        if found is None or source is None:
            return
        try:
            edit = self._edit(wish, found)
        except Fault as fault:
            self._messages.faulted.emit(fault)
            return
        words = (
            f"{action_words(edit, found.maps.axis, self._session.layout)} in {found.maps.name.capitalize()}"
        )
        words = words[:1].lower() + words[1:]
        self._session.set_edits((*self.edits, NetworkEdit(source.network, edit)), words)

    def remove(self, place: int) -> None:
        """Remove one cut."""
        left = tuple(one for k, one in enumerate(self.edits) if k != place)
        self._session.set_edits(left, "remove a cut")

    def clear(self) -> None:
        """Remove all cuts."""
        self._session.set_edits((), "remove all cuts")

    # --- from the wish to the edit ---------------------------------------------------------------

    def _edit(self, wish: CutWish, found: Browsed) -> LayerEdit:
        axis, whole = found.maps.axis, wish.deed == "weights"
        first, last = (0, None) if whole or self._session.selection is None else self._samples(axis)
        action = self._action(wish, axis)
        edge = 0 if whole else math.ceil(wish.edge_ms * axis.rate_hz / 1000)
        return LayerEdit(found.maps.name, action, self._channels(wish, found), first, last, edge)

    def _action(self, wish: CutWish, axis: TimeAxis) -> Action:
        made: Mapping[str, Callable[[], Action]] = {
            "silence": Fill,
            "scale": lambda: Multiply(wish.amount),
            "add": lambda: Shift(wish.amount),
            "move": lambda: self._move(wish, axis),
            "copy": lambda: self._copy(wish, axis),
            "hold": Hold,
            "point": lambda: self._from_point(wish),
            "weights": lambda: WeightColumn(self._session.layout.index(wish.source)),
        }
        return made[wish.deed]()

    def _samples(self, axis: TimeAxis) -> tuple[int, int]:
        """Return the samples in the selection. Raises Fault if it holds none."""
        window, source = self._session.selection, self._browser.source
        assert window is not None
        assert source is not None
        first, last = axis.samples_in(window.moved(-source.by_s))
        if last <= first:
            raise Fault(
                f"No sample of this layer lies between {window.start_s:.6f} and {window.end_s:.6f} s: they "
                f"are {1e3 * axis.step_s:.4g} ms apart, from {axis.seconds(0) + source.by_s:.4g} to "
                f"{axis.seconds(axis.n - 1) + source.by_s:.4g} s.",
                "Select a longer part, inside the layer.",
            )
        return first, last

    def _channels(self, wish: CutWish, found: Browsed) -> tuple[int, ...]:
        choice = self._browser.choice
        if wish.scope == "map":
            if choice.selected < 0:
                raise Fault("No map is chosen.", "Click one, or cut all maps.")
            return (choice.selected,)
        if wish.scope == "cluster" and found.clusters is not None and choice.selected >= 0:
            own = found.clusters[choice.selected]
            return tuple(k for k, cluster in enumerate(found.clusters) if cluster == own)
        if wish.scope == "sounding" and len(found.sounding) < found.maps.channels:
            if not found.sounding:
                raise Fault("All maps are muted, so there is nothing to cut.", "Take some of the mutes back.")
            return found.sounding
        return ()

    def _from_point(self, wish: CutWish) -> FromPoint:
        point = self._browser.others().get(wish.source)
        if point is None:
            raise Fault(
                "There is no point to take the maps from.",
                "Keep a point under a name (Ctrl+Shift+D), or use A and B.",
            )
        return FromPoint(point.z, wish.source)

    def _copy(self, wish: CutWish, axis: TimeAxis) -> Copy:
        window, source = self._session.selection, self._browser.source
        if window is None or source is None:
            raise Fault("Nothing is selected.", "Select the range that is to be replaced.")
        first, last = self._samples(axis)
        begin = math.ceil(axis.index(wish.amount - source.by_s) - 1e-9)
        if not 0 <= begin <= axis.n - (last - first):
            end_s = axis.seconds(axis.n - (last - first)) + source.by_s
            raise Fault(
                f"A copy from {wish.amount:g} s would reach outside the layer.",
                f"Choose a time from {axis.seconds(0) + source.by_s:.4g} to {end_s:.4g} s.",
            )
        return Copy(begin)

    def _move(self, wish: CutWish, axis: TimeAxis) -> Move:
        steps = round(wish.amount * axis.rate_hz / 1000)
        if steps == 0:
            raise Fault(
                f"{wish.amount:g} ms is less than a step of this layer, {1e3 * axis.step_s:.4g} ms.",
                "Choose a longer time.",
            )
        return Move(steps)
