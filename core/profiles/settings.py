"""The settings of profiles, frozen and comparable."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from core.faults import Fault
from core.profiles.alignment import Align, Mask

Method = Literal["average", "nap", "gradnap"]
LEAST = 5
SHORTEST_S, LONGEST_S = 0.4, 1.2


@dataclass(frozen=True, slots=True)
class ProfileSettings:
    """How examples are cut, aligned, masked and averaged.

    `window_s` is the length of an example, 0 for the network's receptive field within `SHORTEST_S` and
    `LONGEST_S`; `keep` is the share that a hard mask keeps; groups of fewer than `least` events are left out.
    """

    method: Method = "nap"
    align: Align = "gradient"
    mask: Mask = "none"
    keep: float = 0.5
    window_s: float = 0.0
    least: int = LEAST

    def __post_init__(self) -> None:
        if not 0 < self.keep <= 1:
            raise Fault("The share that a mask keeps lies above 0 and at most at 1.", "0.5 is usual.")
        if not 0 <= self.window_s <= 60:
            raise Fault("A window lasts up to 60 s.", "0 stands for the network's receptive field.")
        if self.least < 1:
            raise Fault("A group has at least 1 event.", "5 is usual.")

    @classmethod
    def of(cls, method: Method, **given: Any) -> ProfileSettings:
        """Return a method's usual settings: an average is not aligned, a GradNAP is masked too."""
        usual: dict[str, Any] = {
            "average": {"align": "none"},
            "nap": {},
            "gradnap": {"mask": "hard"},
        }[method]
        return cls(method, **{**usual, **given})

    @property
    def needs_gradients(self) -> bool:
        """Whether anything here depends on gradients."""
        return self.align != "none" or self.mask != "none"

    def plain(self) -> dict[str, Any]:
        return asdict(self)
