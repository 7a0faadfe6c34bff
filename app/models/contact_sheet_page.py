"""The contact sheet's page: the drawn outputs as thumbnails, and what a click on them does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from app.models.contact_sheet import SheetOutput
from core.analyses.spectrogram import SpectrogramSettings, cause, greys, spectrogram
from core.networks.latent import CodeKind
from core.signals.axis import TimeAxis
from core.signals.track import Track
from widgets.model.contact_sheet import ContactSheetPanel, SheetItem

if TYPE_CHECKING:
    from app.shell.window import Window

EACH = 12
THUMBNAIL = SpectrogramSettings(time_step_s=0.008, frequency_step_hz=80.0)


def make_sheet(window: Window) -> ContactSheetPanel:
    """Make the page and connect it to the sheet that draws."""
    page, on = ContactSheetPanel(), window.on
    page.set_look(window.look)
    on.contact_sheet.began.connect(page.clear)
    on.contact_sheet.added.connect(lambda batch: page.add(tuple(_item(one, window) for one in batch)))
    page.draw_wanted.connect(lambda each: on.contact_sheet.draw(each, _next_seed(on.contact_sheet.items)))
    page.play_wanted.connect(lambda key: _play(window, on.contact_sheet.items[key]))
    page.star_wanted.connect(lambda key, starred: _star(window, on.contact_sheet.items[key], starred))
    page.open_wanted.connect(lambda key: _open(window, on.contact_sheet.items[key]))
    on.contact_sheet.draw(EACH)
    return page


def _next_seed(items: dict[str, SheetOutput]) -> int:
    return max((one.seed for one in items.values()), default=-1) + 1


def _item(one: SheetOutput, window: Window) -> SheetItem:
    kind = window.on.session.layout.kind
    starred = any(kept == one.point.z for _, kept, _ in window.on.preferences.values.starred)
    return SheetItem(
        one.key,
        code_words(one.code, kind),
        f"seed {one.seed}",
        one.samples,
        one.rate_hz,
        _greys(one),
        starred,
    )


def code_words(code: tuple[float, ...], kind: CodeKind) -> str:
    """Name a code as the papers do: c2 for the second category, 010 for bits."""
    if kind == "one-hot":
        return f"c{code.index(1.0) + 1}"
    return "".join(f"{bit:g}" for bit in code) or "All"


def _greys(one: SheetOutput) -> np.ndarray:
    axis = TimeAxis.of_sound(one.rate_hz, len(one.samples))
    if cause(axis, THUMBNAIL):
        return np.zeros((1, 1), np.uint8)
    image = spectrogram(Track("out", one.samples, axis), THUMBNAIL)
    return (greys(image) * 255).astype(np.uint8)


def _play(window: Window, one: SheetOutput) -> None:
    words = f"{code_words(one.code, window.on.session.layout.kind)}, seed {one.seed}: as generated"
    window.on.playback.play_apart(one.samples, one.rate_hz, words)


def _star(window: Window, one: SheetOutput, starred: bool) -> None:
    card = window.on.session.card
    digest = card.digest if card else ""
    others = tuple(kept for kept in window.on.preferences.values.starred if kept[1] != one.point.z)
    window.on.preferences.change(
        starred=(*others, (digest, one.point.z, f"seed {one.seed}")) if starred else others
    )


def _open(window: Window, one: SheetOutput) -> None:
    session = window.on.session
    words = f"open seed {one.seed} from the sheet"
    session.change(words, point=one.point, drawn=one.point, seed=one.seed, name="")
    window.show_page("stack")
