"""Single queries: what a key or a menu asks of the active lane, and where it moves the cursor."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

from app.analysis.settings import AnalysisSettings
from app.analysis.tiled_overlays import TiledOverlays
from app.base.context import Context
from app.queries.layer_results import LayerResults
from app.recordings.alignment import Alignment
from app.stack.stack_view import VIEW_HIGH_HZ
from core.analyses import resolution_guard as guard
from core.analyses.contour_values import nearest_crossing, power_at
from core.analyses.measure_reading import Place, extreme
from core.analyses.measures import MEASURES, Statistic
from core.analyses.registry import TABLE
from core.faults import Fault
from core.probing.classifier_output import ClassifierOutput
from core.queries.listings import over
from core.queries.queries import Answer, Layer, ask
from core.queries.results_table import Results
from core.session.lane_key import Key, RecordingKey
from core.session.lane_names import model_label, title
from core.session.point_names import point_name
from core.signals.axis import Range
from core.signals.track import Image, Track
from widgets.theme.praat_numbers import four_digits, seconds, signed


class Queries:
    """Runs queries and puts the answers into the results and the status bar."""

    def __init__(
        self,
        context: Context,
        settings: AnalysisSettings,
        alignment: Alignment,
        tiled_overlays: TiledOverlays,
        layer_results: LayerResults,
    ) -> None:
        self._session = context.session
        self._messages = context.messages
        self._settings = settings
        self._alignment = alignment
        self._tiled_overlays = tiled_overlays
        self._layer_results = layer_results
        self.results = Results()

    @property
    def _active(self) -> Layer | None:
        return self._layer_results.layer(self._session.active)

    def ask(
        self, measure: str, statistic: Statistic = "mean", key: Key | None = None, where: Place | None = None
    ) -> None:
        """Query one measure of the active lane (or of `key`) at the selection or cursor (or `where`)."""
        layer = self._layer_results.layer(key) if key is not None else self._active
        if layer is None:
            return
        wanted, place = MEASURES[measure], self._layer_results.place if where is None else where
        number = self.results.reserve()  # answers stand in the order of the questions
        self._layer_results.with_result(
            layer,
            wanted.analysis,
            lambda known: self.tell(known.key, ask(known, wanted, place, statistic), number),
            place,
        )

    def tell(self, key: Key | None, answer: Answer, number: int = 0) -> None:
        """Put an answer into the results, under its query's number, and show it; a refusal is only shown."""
        if answer.refusal:
            self.results.release(number)
            self._messages.noted.emit(answer.refusal)
            return
        self.results.add(
            answer,
            file=self._file(key),
            model=model_label(self._session.models, key),
            point=self._point(key, answer),
            settings="; ".join(
                filter(None, (self._settings.words, _within(answer.notice), _within(answer.caution)))
            ),
            number=number,
        )
        said = f"{answer.measure} of {answer.layer}: {value_text(answer)} at {where_text(answer)} s"
        caution = f". {answer.caution}" if answer.caution else ""
        self._messages.noted.emit(f"{said}{_lowered(answer)}{caution}")

    def _file(self, key: Key | None) -> str:
        """Return the name of the checkpoint, or of the recording, that a query refers to."""
        card = self._session.card_of(key)
        if isinstance(key, RecordingKey):
            return key.id
        return Path(card.path).name if card else ""

    def _point(self, key: Key | None, answer: Answer) -> str:
        """Return the name of the point that a query refers to, with its changed variables; for a recording,
        its channel and start.
        """
        session, asked = self._session, answer.origin.point
        if isinstance(key, RecordingKey):
            return ", ".join(filter(None, (answer.origin.reduction, self._alignment.words(key))))
        card = session.card_of(key)
        if card is None:
            return ""
        here = session.at(session.model_of(key))
        if asked and tuple(asked) != tuple(here.point.z):
            return "an earlier point"  # the knobs moved on before the answer came
        return point_name(card.layout, here)

    # --- what needs no analysis ------------------------------------------------------------------

    def tell_time(self) -> None:
        """Report the cursor's time, or the middle of the selection."""
        place = self._layer_results.place
        if isinstance(place, Range):
            self._tell_plain("Middle", place, place.middle_s, "s", 6)
        else:
            self._tell_plain("Cursor", place, place, "s", 6)

    def tell_length(self) -> None:
        """Report the length of the selection."""
        selection = self._session.selection
        if selection is not None:
            self._tell_plain("Selection length", selection, selection.length_s, "s", 6)

    def tell_frequency(self) -> None:
        """Report the frequency of the frequency cursor."""
        hertz = self._session.frequency_hz
        if hertz is not None:
            self._tell_plain("Frequency cursor", self._layer_results.cursor_s, hertz, "Hz", 2)

    def _tell_plain(self, measure: str, place: Place, value: float, unit: str, digits: int) -> None:
        ends = (place.start_s, place.end_s) if isinstance(place, Range) else (place, place)
        layer = self._active
        title = layer.title if layer else ""
        self.tell(self._session.active, Answer(title, measure, *ends, value, unit, digits=digits))

    def tell_class(self, key: Key, output: ClassifierOutput, line: int) -> None:
        """Report what D or Q gives: its score, the most probable class (line 0), or the class of a line."""
        track = self._session.shown.tracks[key]
        one = output.classes[line - 1] if line else output.ranked[0]
        score = output.rule == "score"
        measure, value = ("Score", one.logit) if score else (f"Probability of {one.label}", one.probability)
        extent = track.axis.extent
        name = title(self._session.models, key)
        digits = -1 if score else 4
        self.tell(
            key,
            Answer(name, measure, extent.start_s, extent.end_s, value, digits=digits, origin=track.origin),
        )

    # --- spectral moments ------------------------------------------------------------------------

    def tell_moment(self, key: str) -> None:
        """Report a spectral moment of the active lane over the selection, or over the whole, within its
        band.
        """
        layer, session, wanted = self._active, self._session, MEASURES[key]
        if layer is None:
            return
        window = session.selection or session.whole
        asked = replace(self._settings.of("moments"), slices=1)
        try:
            track, settings = over("moments", layer.track, asked, window)
        except Fault as fault:
            self._messages.noted.emit(str(fault))
            return
        refusal = TABLE["moments"].refusal(track, settings)
        if refusal:
            self._messages.noted.emit(refusal)
            return

        number = self.results.reserve()

        def tell(found: tuple[Track, ...]) -> None:
            one = next(track for track in found if track.name == wanted.result)
            ends = (window.start_s, window.end_s)
            value = float(one.samples[0])
            answer = Answer(
                layer.title, wanted.title, *ends, value, wanted.unit, digits=wanted.digits, origin=one.origin
            )
            self.tell(layer.key, answer, number)

        self._layer_results.compute("moments", track, settings, tell)

    # --- the cursor cross ------------------------------------------------------------------------

    def tell_power(self) -> None:
        """Report the power density of the active lane at the cursor's time and frequency."""
        layer, hertz, time_s = self._active, self._session.frequency_hz, self._layer_results.cursor_s
        if layer is None or hertz is None:
            return
        settings = self._settings.of("spectrogram")
        refusal = TABLE["spectrogram"].refusal(layer.track, settings)
        if refusal or hertz > layer.track.axis.nyquist_hz:
            nyquist = f"No power at {hertz:.0f} Hz: Nyquist is {layer.track.axis.nyquist_hz:g} Hz"
            self._messages.noted.emit(refusal or nyquist)
            return

        number = self.results.reserve()

        def tell(image: Image) -> None:
            density = power_at(image, time_s, hertz)
            words = f"Power at {hertz:.0f} Hz"
            answer = Answer(layer.title, words, time_s, time_s, density, "Pa²/Hz", origin=image.origin)
            self.tell(layer.key, answer, number)

        shown = self._session.shown.images.get(layer.key)
        if shown is not None and shown.origin == TABLE["spectrogram"].origin(layer.track, settings):
            tell(shown)
        elif self._tiled_overlays.takes(layer.track, "spectrogram"):
            self._layer_results.in_tiles(layer, "spectrogram", time_s, tell)
        else:
            self._layer_results.compute("spectrogram", layer.track, settings, tell)

    # --- moving the cursor -----------------------------------------------------------------------

    def move_to(self, measure: str, statistic: Statistic) -> None:
        """Move the cursor to the minimum or the maximum of a measure of the active lane within the
        selection.
        """
        layer, selection, wanted = self._active, self._session.selection, MEASURES[measure]
        if layer is None or selection is None:
            return

        def move(known: Layer) -> None:
            answer = ask(known, wanted, selection, statistic)
            track = next(
                (one for one in known.results.get(wanted.analysis, ()) if one.name == wanted.result), None
            )
            time_s = extreme(track, wanted, selection, statistic)[1] if track else math.nan
            if math.isfinite(time_s):
                self._session.set_cursor(time_s)
            else:
                self._messages.noted.emit(
                    answer.refusal or f"There is no {wanted.title.lower()} in the selection"
                )

        self._layer_results.with_result(layer, wanted.analysis, move)

    def to_frequency(self, hertz: float) -> None:
        """Set the frequency cursor within the active lane's frequencies. Raises Fault for other
        frequencies.
        """
        layer = self._active
        if layer is None:
            return
        high_hz = min(VIEW_HIGH_HZ, layer.track.axis.nyquist_hz)
        if not 0 <= hertz <= high_hz:
            seen = f"Enter a frequency from 0 to {guard.hertz(high_hz)}."
            raise Fault(f"The spectrogram of {layer.title} does not reach {guard.hertz(hertz)}.", seen)
        self._session.set_frequency(hertz)

    def to_crossing(self, edge: str) -> None:
        """Move the cursor, or one edge of the selection, to the nearest zero crossing of the active lane."""
        layer, session = self._active, self._session
        if layer is None:
            return
        selection = session.selection
        old_s = (
            getattr(selection, f"{edge}_s")
            if edge != "cursor" and selection
            else self._layer_results.cursor_s
        )
        time_s = nearest_crossing(layer.track, old_s)
        if not math.isfinite(time_s):
            self._messages.faulted.emit(
                Fault(f"{layer.title} never crosses zero.", "Choose another lane, for instance Out.")
            )
        elif edge == "cursor" or selection is None:
            session.set_cursor(time_s)
        else:
            ends = (time_s, selection.end_s) if edge == "start" else (selection.start_s, time_s)
            session.set_selection(Range(*sorted(ends)))


def _lowered(answer: Answer) -> str:
    """Return a short note that the ceiling was lowered, and to what, for the status bar."""
    ceiling_hz = dict(answer.origin.settings).get("ceiling_hz")
    if not answer.notice or not isinstance(ceiling_hz, float):
        return ""
    return f", ceiling lowered to {guard.hertz(ceiling_hz)}"


def _within(sentence: str) -> str:
    """Return a sentence in lower case, to continue another."""
    return sentence[:1].lower() + sentence[1:]


def value_text(answer: Answer) -> str:
    """Return a result as on screen: number, then unit."""
    if not answer.defined:
        return "undefined"
    number = four_digits(answer.value) if answer.digits < 0 else signed(f"{answer.value:.{answer.digits}f}")
    return f"{number} {answer.unit}".strip()


def where_text(answer: Answer) -> str:
    """Return the time or the range of an answer."""
    if answer.start_s == answer.end_s:
        return seconds(answer.start_s)
    return f"{seconds(answer.start_s)}–{seconds(answer.end_s)}"
