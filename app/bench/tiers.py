"""The cost of ten thousand annotated intervals: opening their TextGrid, a frame, an edit."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from app.bench.figures import Figure, Yardstick, milliseconds
from app.bench.scroll import BLOCK, FRAME, FRAMES, frame, longest_silence, same_pixels, wishes
from app.bench.window import TimedWindow, open_window
from app.bench.yardsticks import PRAAT, praat_calls
from core.annotation.editing import add_boundary, set_label
from core.annotation.store import default_path
from core.annotation.textgrid import write_textgrid
from core.annotation.tiers import Annotation, Tier
from core.signals.axis import Range

INTERVALS, ROUNDS, EDITS = 10_000, 5, 20
OPEN, EDIT = 4.0, 6.0
LABELS = ("", "ə", "t͡ʃ", "aː", "n", "ŋ̊", "s", "iː")


def figures(path: Path, share: float = 1.0) -> Iterator[Figure]:
    """Measure the window with a tier of phones and one of words below the layers."""
    count = max(50, round(share * INTERVALS))
    with open_window(path) as window:
        assert window.on.session.card is not None
        kept = default_path(window.on.session.card.digest)
        try:
            yield from _measured(window, path.with_name("many.TextGrid"), count, share)
        finally:
            window.on.tier_editor.autosave.close()
            kept.unlink(missing_ok=True)  # these tiers belong to nobody


def _measured(window: TimedWindow, file: Path, count: int, share: float) -> Iterator[Figure]:
    from parselmouth import read

    whole = window.on.session.whole
    write_textgrid(file, annotation(whole, count))
    image, praat = same_pixels(window), praat_calls(lambda: iter((read(str(file)),)), ROUNDS)
    opened: list[float] = []
    blocks = [
        longest_silence(window, lambda: opened.append(_opened(window, file, count)))
        for _ in range(max(2, round(share * ROUNDS)))
    ]
    yield Figure("tiers_open", tuple(opened), "s", OPEN, Yardstick(PRAAT, praat))
    yield Figure("main_thread_block_meanwhile", milliseconds(blocks), "ms", BLOCK, image)
    frames = [frame(window, wish) for wish in wishes(whole, max(4, round(share * FRAMES)))]
    yield Figure("tiers_scroll_and_zoom_frame", milliseconds(frames[2:]), "ms", FRAME, image)
    scrolled = wishes(whole, max(4, round(share * FRAMES)))
    block = longest_silence(window, lambda: [frame(window, wish) for wish in scrolled])
    yield Figure("tiers_scroll_block", milliseconds([block]), "ms", BLOCK, image)
    window.on.session.set_range(Range(whole.start_s, whole.start_s + whole.length_s / 20))
    edits = [_edited(window, k) for k in range(max(2, round(share * EDITS)))]
    yield Figure("tiers_edit_to_pixels", milliseconds(edits), "ms", EDIT, image)


def annotation(whole: Range, count: int) -> Annotation:
    """Return `count` labelled phones of unequal lengths, and words of four."""
    chance = np.random.default_rng(0)
    inner = np.sort(chance.uniform(whole.start_s, whole.end_s, count - 1)).tolist()
    edges = (whole.start_s, *inner, whole.end_s)
    phones = Tier(
        "phones", "interval", whole.start_s, whole.end_s, edges,
        tuple(LABELS[k % len(LABELS)] for k in range(count)),
    )  # fmt: skip
    places = (*edges[:-1:4], whole.end_s)
    names = tuple(f"word {k}" for k in range(len(places) - 1))
    words = Tier("words", "interval", whole.start_s, whole.end_s, places, names)
    return Annotation((phones, words), whole.start_s, whole.end_s)


def _opened(window: TimedWindow, file: Path, count: int) -> float:
    """Open the TextGrid and return the time until all tiers are painted."""
    window.on.session.change("none", tiers=())
    window.wiring.show_stack()  # type: ignore[attr-defined]

    def shown() -> bool:
        return sum(len(tier.labels) for tier in window.stack.tiers.shown) > count

    return window.seconds_to(shown, lambda: window.on.tier_editor.open(file))


def _edited(window: TimedWindow, k: int) -> float:
    """Add a labelled boundary to the phones and return the time until it is painted."""
    tier = window.on.tier_editor.tiers[0]
    index = k + 1
    time_s = tier.range_of(index).middle_s

    def edit() -> None:
        annotating = window.on.tier_editor
        annotating.change(
            "bench",
            lambda note, place: set_label(add_boundary(note, place, time_s), place, index, "x"),
            place=0,
        )

    return window.seconds_to(lambda: window.stack.tiers.shown[0].has(time_s), edit)
