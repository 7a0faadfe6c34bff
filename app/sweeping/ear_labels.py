"""Labels by ear: items are generated a few ahead, played one by one, and a key says what is heard."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from app.base.dialog_host import DialogHost
from app.base.outlets import SoundOutlet
from app.sweeping.effect_run import EffectRun, Items
from core.faults import Fault
from core.sweeps.item_labels import check_labels

AHEAD = 8


class EarLabels:
    """One round of labelling; `labels` are float64 [items]: 1 yes, 0 no, NaN not yet."""

    def __init__(
        self,
        host: DialogHost,
        effect_run: EffectRun,
        sounds: SoundOutlet,
        items: Items,
        labels: NDArray[np.float64],
        done: Callable[[NDArray[np.float64]], object],
    ) -> None:
        from widgets.sweep.ear_dialog import EarDialog

        self._host, self._run, self._sounds, self._items, self._done = host, effect_run, sounds, items, done
        self.labels = labels
        self._outputs: dict[int, NDArray[np.float32]] = {}
        self._asked: set[int] = set()
        unlabelled = np.flatnonzero(np.isnan(labels))
        self.place = int(unlabelled[0]) if unlabelled.size else 0
        self.dialog = EarDialog(host.parent)
        self.dialog.labelled.connect(self._label)
        self.dialog.again_wanted.connect(self._play)
        self.dialog.back_wanted.connect(lambda: self._go(self.place - 1))
        self.dialog.finish_wanted.connect(self._finish)
        host.show(self.dialog)
        self._go(self.place)

    def _go(self, place: int) -> None:
        """Show and play an item; those that follow are generated meanwhile."""
        self.place = min(max(place, 0), self._items.count - 1)
        known = self.labels[np.isfinite(self.labels)]
        said = f"{known.size} labelled, {int(known.sum())} yes"
        self.dialog.show_item(f"Item {self.place + 1} of {self._items.count}", said)
        is_there = self.place in self._outputs  # else it is played as soon as it arrives
        self._fetch(self.place // AHEAD)
        if self.place % AHEAD >= AHEAD // 2 and self.place + AHEAD < self._items.count:
            self._fetch(self.place // AHEAD + 1)
        if is_there:
            self._play()

    def _fetch(self, block: int) -> None:
        if block in self._asked:
            return
        self._asked.add(block)
        first = block * AHEAD

        def arrived(outputs: NDArray[np.float32]) -> None:
            waits = self.place not in self._outputs
            self._outputs.update({first + k: row for k, row in enumerate(outputs)})
            if waits and self.place in self._outputs:
                self._play()

        self._run.outputs(self._items, first, AHEAD, arrived)

    def _play(self) -> None:
        samples = self._outputs.get(self.place)
        if samples is not None:
            words = f"item {self.place + 1}: as generated"
            self._sounds.play_apart(samples, self._items.card.rate_hz, words)

    def _label(self, yes: bool) -> None:
        self.labels[self.place] = float(yes)
        if self.place + 1 < self._items.count:
            self._go(self.place + 1)
        else:
            self._finish()

    def _finish(self) -> None:
        """End, unless the labels cannot be explained, which is said."""

        def check() -> None:
            check_labels(self.labels)
            self.dialog.accept()
            self._done(self.labels)

        try:
            check()
        except Fault as fault:
            self.dialog.show_item(fault.sentence, fault.hint or "")
