"""`phonoscope shot`: a figure of the stack of layers, without a display."""

from __future__ import annotations

import os
from argparse import Namespace
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from app.base.clock import Clock
from app.base.context import make_context
from app.cli.model import drawn, name_assumptions, path_of, several, typed
from app.program import assemble
from app.shell.instrument import Instrument
from core.families.card import Card
from core.faults import Fault
from core.measures.plan import preset_of
from core.networks.latent import draw
from core.playback.devices import Device
from core.processes.engine import InlineEngine
from core.processes.praat_pool import InlinePool
from core.session.lane_key import Key
from core.session.lane_names import plain_name
from core.session.lanes import Lanes
from core.signals.axis import Range


class Silence:
    """A player that plays nothing."""

    playing: bool = False
    looping: bool = False
    position_s: float | None = None
    volume_db: float = 0.0

    def play(self, samples: object, rate_hz: float, start_s: float, loop: bool = False) -> None:
        """Play nothing."""

    def swap(self, samples: object, rate_hz: float) -> None:
        """Play nothing."""

    def stop(self) -> None:
        """Do nothing: nothing plays."""

    def close(self) -> None:
        """Do nothing: there is no device."""

    def devices(self) -> tuple[Device, ...]:
        return ()

    def set_device(self, device: str) -> None:
        """Do nothing: there is no device."""

    def refresh(self) -> None:
        """Do nothing: there are no devices."""


def inline_instrument(faulted: Callable[[Fault], object]) -> Instrument:
    """Return an instrument that computes immediately, on this thread, and without sound.

    `faulted` gets what cannot be done; it must not raise, because signals do not pass exceptions on.
    """
    context = make_context(Clock(lambda call: call(), lambda call: call()))
    context.messages.faulted.connect(lambda fault: faulted(fault))
    on = assemble(context, InlineEngine(), InlinePool(), Silence())
    on.model_loader.choice_needed.connect(lambda choice: faulted(several(choice)))
    return on


def run(asked: Namespace) -> int:
    """Write the requested figure."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication

    app = QApplication.instance() or QApplication(["phonoscope"])
    faults: list[Fault] = []
    on = inline_instrument(faults.append)
    on.model_loader.open(path_of(asked), {name: typed(text) for name, text in asked.answer})
    _raise_first(faults)
    card = on.session.card
    if card is None:
        raise Fault(f"“{Path(asked.path).name}” is a recording, not a model.", "Open it in the window.")
    if asked.sound is not None:
        on.recordings.open(asked.sound)
        _raise_first(faults)
    _go(on, card, asked)
    _set_view(on, card, asked)
    _raise_first(faults)
    _write(on, Path(asked.out), asked)
    name_assumptions(card)
    print(asked.out)
    del app
    return 0


def _raise_first(faults: list[Fault]) -> None:
    if faults:
        raise faults[0]


def _go(on: Instrument, card: Card, asked: Namespace) -> None:
    """Go to the requested point, so that the caption shows its seed or file, and its changes.

    Raises Fault for a network without one that no sound was given to.
    """
    if card.generator is None:
        if asked.sound is None:
            raise Fault(f"“{card.title}” makes no sound: it hears one.", "Name a recording with --sound.")
        return
    wanted = drawn(asked, card.layout)
    if wanted.seed is None:
        on.session.go("read", wanted.point, Path(asked.point).stem)
        return
    base = draw(card.layout, wanted.seed, wanted.code)
    on.session.change("draw", point=wanted.point, drawn=base, seed=wanted.seed, name="")


def _set_view(on: Instrument, card: Card, asked: Namespace) -> None:
    session = on.session
    if asked.show:
        session.set_lanes(shown_as(session.lanes, frozenset(asked.show)), "show")
    if asked.range is not None:
        start_s, end_s = asked.range
        if start_s >= session.whole.end_s or end_s <= session.whole.start_s:
            raise Fault(
                f"There is nothing between {start_s:g} and {end_s:g} s.",
                f"The sound lasts from 0 to {session.whole.end_s:g} s.",
            )
        session.set_range(Range(start_s, end_s).cut(session.whole))
    if asked.preset is not None:
        on.analysis_settings.set_preset(preset_of(asked.preset).name)
    if asked.speaker is not None:
        on.analysis_settings.set_speaker(asked.speaker)
    session.show(ghosts={}, ghost_overlays={})  # the way to the requested point is not part of it
    on.overlays.refresh()


def shown_as(lanes: Lanes, measures: frozenset[str]) -> Lanes:
    """Return the lanes showing exactly these measures: the output all, the layers those of the first view."""
    return tuple(
        replace(lane, shown=measures if place == 0 else lane.shown & measures)
        for place, lane in enumerate(lanes)
    )


def left_out(lanes: Lanes, names: Sequence[str]) -> frozenset[Key]:
    """Return the lanes that are not among the named ones; none for no names. Raises Fault for other names."""
    known = {plain_name(lane.key): lane.key for lane in lanes}
    for name in names:
        if name not in known:
            raise Fault(f"There is no layer “{name}”.", f"Choose from {', '.join(known)}.")
    return frozenset(key for name, key in known.items() if names and name not in names)


def _write(on: Instrument, out: Path, asked: Namespace) -> None:
    from app.export.figure import figure_of
    from widgets.figures.figure_files import Paper, write_figure
    from widgets.theme.theme import load_fonts

    load_fonts()
    paper = Paper(asked.width, asked.dpi, asked.height)
    if not (20 <= paper.width_mm <= 2000 and 36 <= paper.dpi <= 2400 and 0 <= paper.height_mm <= 2000):
        raise Fault(
            f"A picture of {paper.width_mm:g} mm at {paper.dpi:g} dpi is not possible.",
            "Use 20 to 2000 mm and 36 to 2400 dpi.",
        )
    figure = figure_of(on.session, on.analysis_settings, on.stack_views, paper)
    figure = replace(figure, hidden=left_out(on.session.lanes, asked.layers))
    write_figure(out, figure, on.file_export.origin_text(), paper.dpi)
