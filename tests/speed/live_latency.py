"""How long a live swap takes to be heard: from the call to the first new sample at the monitor."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tests.support import pulse

LIMIT_MS = 100.0
# The child plays a silent loop; at each line it swaps a tone in, at the next the silence again.
CHILD = """
import sys, time
import numpy as np
from core.playback.player import Player

faults = []
player = Player(lambda fault: print("fault", fault, flush=True))
time_s = np.arange(16384) / 16000
tone = (0.5 * np.sin(2 * np.pi * 250 * time_s)).astype(np.float32)
player.play(np.zeros_like(tone), 16000, loop=True)
print("ready", flush=True)
for turn, line in enumerate(sys.stdin):
    before_s = time.perf_counter()
    player.swap(tone if turn % 2 == 0 else np.zeros_like(tone), 16000)
    print(before_s, flush=True)
player.close()
"""


def latencies_ms(count: int = 20) -> list[float]:
    """Give the latency of `count` swaps in milliseconds; raises RuntimeError without a null sink."""
    if reason := pulse.why_not():
        raise RuntimeError(reason)
    with (
        tempfile.TemporaryDirectory() as folder,
        pulse.server(Path(folder)) as server,
        pulse.monitor(server) as monitor,
        server.child(CHILD) as child,
    ):
        return _measured(child, monitor, count)


def _measured(child: subprocess.Popen[str], monitor: pulse.Monitor, count: int) -> list[float]:
    """Swap at moments that fall anywhere in a block; the first swap, which opens the device, is left out."""
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    chance = np.random.default_rng(0)
    found: list[float] = []
    for _ in range(count + 1):
        start = _after_silence(monitor, float(chance.uniform(0.03, 0.05)))
        called_s = _turn(child)
        place = _first_loud(monitor, start)
        found.append(1000 * (monitor.arrival_s(place) - called_s))
        _turn(child)
    return found[1:]


def _turn(child: subprocess.Popen[str]) -> float:
    """Let the child swap, and give the time of its call."""
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdin.write("turn\n")
    child.stdin.flush()
    return float(child.stdout.readline())


def _after_silence(monitor: pulse.Monitor, length_s: float) -> int:
    """Wait until that much silence was the last that was heard, and give its end."""
    length = round(length_s * pulse.RATE_HZ)
    begin = monitor.samples.size
    return monitor.wait(lambda heard: heard.size > begin + length and not _loud(heard[-length:]).size).size


def _first_loud(monitor: pulse.Monitor, start: int) -> int:
    heard = monitor.wait(lambda heard: _loud(heard[start:]).size > 0)
    return start + int(_loud(heard[start:])[0])


def _loud(samples: NDArray[np.float32]) -> NDArray[np.intp]:
    return np.flatnonzero(np.abs(samples) > 1e-4)


if __name__ == "__main__":
    figures = latencies_ms(40)
    print(f"median {np.median(figures):.1f} ms, p95 {np.percentile(figures, 95):.1f} ms, n {len(figures)}")
