"""The contact sheet: random outputs per code value, computed in small batches between knob turns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from psygnal import Signal

from app.base.context import Context
from core.analyses.spectrogram import SpectrogramSettings
from core.networks.latent import Point, draw
from core.processes.engine import Engine
from core.processes.thumbnails import Thumbnail, ThumbnailTask

THUMBNAIL = SpectrogramSettings(time_step_s=0.008, frequency_step_hz=80.0)
BATCH = 4  # a knob waits for at most one batch
CODES = 16  # for a bit code with more values only the first ones are shown


@dataclass(frozen=True)
class SheetOutput:
    """One output on the sheet; `greys` is its spectrogram, uint8 [frames, bins]."""

    key: str
    point: Point
    seed: int
    code: tuple[float, ...]
    samples: np.ndarray
    greys: np.ndarray
    rate_hz: float


class ContactSheet:
    """Computes the sheet; `added` carries each batch, `began` the number of outputs to come."""

    began = Signal(int)
    added = Signal(tuple)

    def __init__(self, context: Context, engine: Engine) -> None:
        self._session = context.session
        self._jobs = context.jobs
        self._engine = engine
        self.items: dict[str, SheetOutput] = {}
        self._round = 0
        self._session.card_changed.connect(self.clear)
        self._session.focus_changed.connect(self.clear)

    def clear(self) -> None:
        """Remove all outputs; running batches are dropped."""
        self._round += 1
        self.items = {}
        self.began.emit(0)

    def cancel(self) -> None:
        """Stop computing; the finished outputs stay."""
        self._round += 1

    def draw(self, each: int, first_seed: int = 0) -> None:
        """Compute `each` outputs per code value from the seeds from `first_seed` on."""
        layout = self._session.layout
        self.clear()
        if self._session.card is None or self._session.card.generator is None:
            return
        wanted = [
            (seed, code, draw(layout, seed, code))
            for code in layout.codes()[:CODES]
            for seed in range(first_seed, first_seed + each)
        ]
        self.began.emit(len(wanted))
        for start in range(0, len(wanted), BATCH):
            self._ask(wanted[start : start + BATCH], self._round, start)

    def _ask(self, batch: list[tuple[int, tuple[float, ...], Point]], number: int, start: int) -> None:
        points = tuple(point for _, _, point in batch)
        future = self._engine.ask(ThumbnailTask(self._session.model, points, THUMBNAIL))
        self._jobs.follow(f"sheet {start}", future, lambda made: self._arrived(batch, number, start, made))

    def _arrived(
        self,
        batch: list[tuple[int, tuple[float, ...], Point]],
        number: int,
        start: int,
        thumbnails: tuple[Thumbnail, ...],
    ) -> None:
        card = self._session.card
        if number != self._round or card is None:
            return
        made = tuple(
            SheetOutput(f"{start + k}", point, seed, code, one.samples, one.greys, card.rate_hz)
            for k, ((seed, code, point), one) in enumerate(zip(batch, thumbnails, strict=True))
        )
        self.items.update({one.key: one for one in made})
        self.added.emit(made)
