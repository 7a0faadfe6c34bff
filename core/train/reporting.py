"""Progress of a training run, for people and in files: rate, time left, losses, evaluations."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.files.atomic import atomic

Tell = Callable[[str], None]


def duration_words(seconds: float) -> str:
    """Return a duration in words: 40 s, 12 min, 3 h 5 min, 2 d 4 h."""
    minutes = round(seconds / 60)
    if seconds < 90:
        return f"{seconds:.0f} s"
    if minutes < 90:
        return f"{minutes} min"
    if minutes < 48 * 60:
        return f"{minutes // 60} h {minutes % 60} min"
    return f"{minutes // 1440} d {minutes % 1440 // 60} h"


class Pace:
    """The current speed of training."""

    def __init__(self, steps: int) -> None:
        self.began = (steps, time.monotonic())
        self.last = self.began

    def seconds_since(self) -> float:
        return time.monotonic() - self.last[1]

    def per_s(self, steps: int) -> float:
        """Return the steps per second since the last call."""
        now = time.monotonic()
        rate = (steps - self.last[0]) / max(now - self.last[1], 1e-9)
        self.last = (steps, now)
        return rate


class Records:
    """The records of a run: TensorBoard logs, progress.jsonl, and previews as sound files."""

    def __init__(self, out: Path, steps: int, tell: Tell) -> None:
        from torch.utils.tensorboard import SummaryWriter

        self.out, self.tell = out, tell
        self.board = SummaryWriter(str(out / "logs"), purge_step=steps + 1)  # pyright: ignore

    def losses(self, step: int, of: int, per_s: float, losses: Mapping[str, float]) -> None:
        left_s = (of - step) / per_s if per_s else math.inf
        left = duration_words(left_s) if math.isfinite(left_s) else "unknown time"
        listed = ", ".join(f"{name} {value:.3f}" for name, value in losses.items())
        self.tell(f"step {step} of {of} · {per_s:.2f} steps/s · {left} left · {listed}")
        for name, value in losses.items():
            self.board.add_scalar(f"loss/{name}", value, step)  # pyright: ignore
        known_s = left_s if math.isfinite(left_s) else None
        self._line({"step": step, "of": of, "steps_per_s": per_s, "left_s": known_s, "losses": dict(losses)})

    def measured(
        self,
        step: int,
        words: str,
        values: Mapping[str, float | None],
        heard: Sequence[tuple[str, str]] = (),
    ) -> None:
        """Record an evaluation: in words for people, its figures by name, and examples of what was said and
        heard.
        """
        self.tell(f"step {step} · {words}")
        for name, value in values.items():
            if value is not None and name != "steps":
                self.board.add_scalar(f"measure/{name}", value, step)  # pyright: ignore
        for number, (said, wrote) in enumerate(heard):
            self.board.add_text(f"heard/{number + 1}", f"{said} → {wrote}", step)  # pyright: ignore
        self._line({**values, "steps": step, **({"heard": [list(pair) for pair in heard]} if heard else {})})

    def preview(self, sounds: NDArray[np.float32], rate_hz: int, step: int) -> None:
        """Save sounds as one file, one code after the other, separated by silence."""
        import soundfile  # pyright: ignore[reportMissingTypeStubs]

        gap = np.zeros(rate_hz // 5, np.float32)
        row = np.concatenate([part for sound in sounds for part in (sound, gap)])
        folder = self.out / "previews"
        folder.mkdir(exist_ok=True)
        with atomic(folder / f"step-{step:07d}.wav") as draft:
            soundfile.write(draft, row, rate_hz, subtype="PCM_16", format="WAV")  # pyright: ignore
        self.board.add_audio("preview", row[None], step, rate_hz)  # pyright: ignore
        self.board.flush()  # pyright: ignore

    def _line(self, values: Mapping[str, Any]) -> None:
        with (self.out / "progress.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(dict(values)) + "\n")

    def close(self) -> None:
        self.board.close()  # pyright: ignore
