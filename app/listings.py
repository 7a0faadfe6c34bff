"""Listings and reports of the active lane, each in a window that can be read and copied."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from core.analyses import TABLE
from core.analyses.voice import VoiceSettings
from core.axis import Range
from core.listings import Listing, listing, pulse_listing, voice_listing
from core.queries import Layer

if TYPE_CHECKING:
    from app.asking import Asking
    from app.window import Window


class Lists:
    """Computes what is listed and opens it."""

    def __init__(self, window: Window, asking: Asking) -> None:
        self._window = window
        self._asking = asking

    def show(self, analysis: str) -> None:
        """List the frames of the selection, or the value at the cursor."""
        layer, place = self._layer(), self._asking.place
        if layer is None:
            return

        def open_it(known: Layer) -> None:
            said = TABLE[analysis].refusal(known.track, known.settings[analysis]) or known.failures.get(
                analysis
            )
            if said:
                self._window.on.noted.emit(said)
            else:
                self.open(listing(known, analysis, place))

        self._asking.with_result(layer, analysis, open_it)

    def pulses(self) -> None:
        """List the pulses of the selection, or of the whole sound."""
        layer, window = self._layer(), self._stretch()
        if layer is not None:
            self._compute(
                layer, "pulses", self._asking.settings("pitch"),
                lambda found: pulse_listing(layer.title, found, window),
            )  # fmt: skip

    def voice_report(self) -> None:
        """Report the voice in the selection, or in the whole sound."""
        layer, window = self._layer(), self._stretch()
        if layer is not None:
            pitch = self._asking.settings("pitch")
            settings = VoiceSettings(window.start_s, window.end_s, pitch.floor_hz, pitch.ceiling_hz)
            self._compute(
                layer, "voice report", settings, lambda found: voice_listing(layer.title, found, window)
            )

    def _layer(self) -> Layer | None:
        return self._asking.layer(self._window.on.session.active)

    def _stretch(self) -> Range:
        session = self._window.on.session
        return session.selection or session.whole

    def _compute(self, layer: Layer, name: str, settings: object, made: Callable[[Any], Listing]) -> None:
        refusal = TABLE[name].refusal(layer.track, settings)
        if refusal:
            self._window.on.noted.emit(refusal)
        else:
            self._asking.compute(name, layer.track, settings, lambda found: self.open(made(found)))

    def open(self, made: Listing) -> None:
        """Open a listing in a window of its own."""
        from widgets.listing import ListingDialog

        dialog = ListingDialog(made.title, made.head, made.rows, self._window)
        dialog.set_look(self._window.look)
        self._window.asks.keep(dialog)
