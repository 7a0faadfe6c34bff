"""Which stretch of what a microphone heard a network runs over, each time there is more of it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from core.families.card import NetworkCard
from core.faults import Fault
from core.networks.spec import SoundDrive

LONGEST_S = 4.0
"""How far back a network is run whose answers depend on everything before, such as a recurrent one."""

LONGEST_STEP_S = 0.05


@dataclass(frozen=True, slots=True)
class LiveWindow:
    """Samples `first` to `last` are run; the results from sample `keep` on are new, those before `settled`
    stay as they are however much follows.
    """

    first: int
    last: int
    keep: int
    settled: int


@dataclass(frozen=True, slots=True)
class LivePlan:
    """All in samples at `rate_hz`: windows begin and end at multiples of `step`; a result depends on `before`
    samples before and `after` samples after it. A network that takes a fixed length hears the last `n`.
    """

    rate_hz: float
    step: int
    before: int
    after: int
    n: int | None = None

    def window(self, heard: int, settled: int) -> LiveWindow | None:
        """Return the next window after `heard` samples, of which the results up to `settled` are known.

        None while nothing new can be computed.
        """
        last = heard // self.step * self.step
        if self.n is not None:
            first = max(0, last - self.n)
            keep = max(settled, first)
            return LiveWindow(first, last, keep, max(keep, last - self.n // 2)) if last else None
        first = max(0, settled - self.before) // self.step * self.step
        if last <= first:
            return None
        return LiveWindow(first, last, settled, max(settled, (last - self.after) // self.step * self.step))


def live_plan(card: NetworkCard) -> LivePlan:
    """Return how a network follows a microphone. Raises Fault if it hears no sound, or several channels."""
    drive = card.drive
    if not isinstance(drive, SoundDrive):
        raise Fault(f"{card.role} hears no sound.", "Choose a network that does.")
    rate_hz, step = drive.rate_hz, _step(card, drive)
    if drive.n is not None:
        return LivePlan(rate_hz, step, 0, 0, drive.n)
    field_s = max(card.hears_s.values(), default=math.inf)
    longest = round(LONGEST_S * rate_hz / step) * step
    if drive.frontend.hears_all or not math.isfinite(field_s) or field_s > LONGEST_S:
        return LivePlan(rate_hz, step, longest, longest // 4)
    half = math.ceil((field_s * rate_hz / 2 + abs(drive.frontend.centre) + 1) / step) * step
    return LivePlan(rate_hz, step, half, half)


def _step(card: NetworkCard, drive: SoundDrive) -> int:
    """Return the samples after which every layer has whole new frames, if they are not too many."""
    answer = (card.answer,) if card.answer is not None else ()
    steps = [drive.frontend.step, *(drive.rate_hz / info.axis.rate_hz for info in (*card.layers, *answer))]
    whole = [round(step) for step in steps if abs(step - round(step)) < 1e-6 and step >= 1]
    found = math.lcm(*whole) if whole else 1
    return found if found <= LONGEST_STEP_S * drive.rate_hz else max(whole)
