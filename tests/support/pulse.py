"""A private sound server with a null sink, and what arrives at its monitor: playback really heard."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).parents[2]
RATE_HZ = 48000
SINK = "quiet"
ASOUND_CONF = """\
</usr/share/alsa/alsa.conf>
pcm.!default { type pulse }
ctl.!default { type pulse }
"""


def why_not() -> str:
    """Say what is missing for a private sound server, nothing where all is there."""
    from ctypes.util import find_library

    missing = [name for name in ("pulseaudio", "parec", "pactl") if shutil.which(name) is None]
    missing += [] if find_library("portaudio") else ["libportaudio2"]
    missing += (
        []
        if any(Path("/usr/lib").glob("**/alsa-lib/libasound_module_pcm_pulse.so"))
        else ["libasound2-plugins"]
    )
    return f"no {', '.join(missing)}" if missing else ""


@dataclass(frozen=True)
class Server:
    """A running server in its folder, and the environment in which a program plays through it."""

    folder: Path
    process: subprocess.Popen[bytes]
    environment: dict[str, str]

    def freeze(self) -> None:
        """Let the server live but answer nothing."""
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        (self.folder / "socket").unlink(missing_ok=True)

    @contextmanager
    def child(self, script: str) -> Iterator[subprocess.Popen[str]]:
        """Run a Python script of ours that plays through this server, and end it after."""
        environment = self.environment | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
        command = [sys.executable, "-c", script]
        pipe = subprocess.PIPE
        with subprocess.Popen(
            command, cwd=ROOT, env=environment, stdin=pipe, stdout=pipe, stderr=pipe, text=True
        ) as process:
            try:
                yield process
            finally:
                process.kill()


@contextmanager
def server(folder: Path) -> Iterator[Server]:
    """Start a server of its own in `folder` (a short path: sockets have short names), end it after."""
    environment = _environment(folder)
    command = ["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no"]
    command += ["-L", f"module-native-protocol-unix auth-anonymous=1 socket={folder}/socket"]
    command += ["-L", f"module-null-sink sink_name={SINK} format=float32le rate={RATE_HZ} channels=2"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        _wait_for_answer(environment, process)
        yield Server(folder, process, environment)
    finally:
        process.send_signal(signal.SIGCONT)
        process.kill()
        process.wait()


def _environment(folder: Path) -> dict[str, str]:
    strange = ("DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "PULSE_SINK", "PULSE_COOKIE")
    environment = {name: value for name, value in os.environ.items() if name not in strange}
    (folder / "asound.conf").write_text(ASOUND_CONF)
    return environment | {
        "HOME": str(folder),
        "XDG_RUNTIME_DIR": str(folder),
        "PULSE_RUNTIME_PATH": str(folder),
        "PULSE_SERVER": f"unix:{folder}/socket",
        "ALSA_CONFIG_PATH": str(folder / "asound.conf"),
    }


def _wait_for_answer(environment: dict[str, str], process: subprocess.Popen[bytes]) -> None:
    until_s = time.monotonic() + 60
    while subprocess.run(["pactl", "info"], env=environment, capture_output=True).returncode:
        if process.poll() is not None or time.monotonic() > until_s:
            raise RuntimeError("the private sound server did not start")


class Monitor:
    """Records the null sink's monitor, each piece with the time of its arrival (perf_counter)."""

    def __init__(self, sound_server: Server, latency_ms: int = 5) -> None:
        command = ["parec", f"--device={SINK}.monitor", "--raw", "--format=float32le", "--channels=1"]
        command += [f"--rate={RATE_HZ}", f"--latency-msec={latency_ms}", "--process-time-msec=1"]
        self._process = subprocess.Popen(command, env=sound_server.environment, stdout=subprocess.PIPE)
        self._arrived = threading.Condition()
        self._samples = np.zeros(0, np.float32)
        self._times: list[tuple[int, float]] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        # the sink sleeps up to two seconds before it notices that somebody listens
        self.wait(lambda heard: heard.size > RATE_HZ // 20)

    def _read(self) -> None:
        assert self._process.stdout is not None
        pipe = self._process.stdout.fileno()
        rest = b""
        while piece := os.read(pipe, 1 << 16):
            now_s = time.perf_counter()
            rest += piece
            whole = len(rest) // 4 * 4
            with self._arrived:
                self._samples = np.concatenate((self._samples, np.frombuffer(rest[:whole], np.float32)))
                self._times.append((self._samples.size, now_s))
                self._arrived.notify_all()
            rest = rest[whole:]

    @property
    def samples(self) -> NDArray[np.float32]:
        return self._samples

    def wait(self, enough, limit_s: float = 60.0) -> NDArray[np.float32]:
        """Wait until what was heard so far satisfies `enough`, and give it."""
        with self._arrived:
            if not self._arrived.wait_for(lambda: enough(self._samples), limit_s):
                raise TimeoutError("it was not heard at the monitor")
            return self._samples

    def arrival_s(self, place: int) -> float:
        """Give the time at which sample `place` had arrived."""
        return next(at_s for count, at_s in self._times if count > place)

    def close(self) -> None:
        self._process.terminate()
        self._process.wait()
        self._reader.join(2)
        assert self._process.stdout is not None
        self._process.stdout.close()


@contextmanager
def monitor(sound_server: Server) -> Iterator[Monitor]:
    """Record the monitor for a while."""
    recording = Monitor(sound_server)
    try:
        yield recording
    finally:
        recording.close()
