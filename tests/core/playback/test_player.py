import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from core.faults import Fault
from core.playback.devices import clock_s
from core.playback.player import Player
from tests.support import pulse
from tests.support.hand_driven import HandDriven, settle

RATE_HZ = 48000
MISSING = pulse.why_not()
needs_server = pytest.mark.skipif(bool(MISSING), reason=f"playback cannot be heard here: {MISSING}")


def tone(hz=250.0, seconds=1.0, rate_hz=RATE_HZ, high=0.5) -> np.ndarray:
    return (high * np.sin(2 * np.pi * hz * np.arange(round(seconds * rate_hz)) / rate_hz)).astype(np.float32)


class Told:
    """Faults and ends as they are told, to be waited for."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self.faulted = threading.Event()
        self.ended = threading.Event()

    def fault(self, fault: Fault) -> None:
        self.faults.append(fault)
        self.faulted.set()


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def device() -> HandDriven:
    return HandDriven()


@pytest.fixture
def player(told, device) -> Iterator[Player]:
    """A player that gives a device all the time that a busy machine may take."""
    made = Player(told.fault, told.ended.set, device, open_limit_s=120.0, silent_limit_s=120.0)
    yield made
    device.gate.set()
    made.close()


@pytest.fixture
def impatient(told, device) -> Iterator[Player]:
    made = Player(told.fault, told.ended.set, device, open_limit_s=1.5, silent_limit_s=1.5)
    yield made
    device.gate.set()
    made.close()


def loop(player: Player, samples: np.ndarray, **how) -> None:
    player.play(samples, RATE_HZ, loop=True, **how)
    settle(player)


class TestPlaying:
    def test_nothing_is_opened_before_something_is_played(self, player, device):
        assert device.opened == []
        assert not player.playing
        assert player.position_s is None

    def test_a_sound_is_heard_1_db_down_and_its_end_is_told(self, player, device, told):
        sound = tone(seconds=0.1)
        player.play(sound, RATE_HZ)
        settle(player)
        assert player.playing
        heard = device.blocks(20)
        np.testing.assert_allclose(heard[480:4320], 0.891 * sound[480:4320], rtol=1e-5, atol=1e-7)
        assert told.ended.wait(60)
        assert not player.playing

    @pytest.mark.parametrize("value", [1.0, np.nan, np.inf, -3e38, 0.0])
    def test_whatever_is_played_stays_below_minus_1_dbfs(self, player, device, value):
        player.play(np.full(4800, value, np.float32), 16000)
        settle(player)
        heard = device.blocks(40)
        assert np.isfinite(heard).all()
        assert np.abs(heard).max() <= 10 ** (-1 / 20)

    def test_a_sound_at_another_rate_keeps_its_pitch_and_length(self, player, device, told):
        player.play(tone(440, 0.5, 16000), 16000)
        settle(player)
        heard = device.blocks(60)
        spectrum = np.abs(np.fft.rfft(heard[:24000]))
        assert np.argmax(spectrum) * 2 == pytest.approx(440, abs=2)
        assert np.flatnonzero(heard)[-1] == pytest.approx(24000, abs=100)

    def test_the_fractional_rate_of_a_layer_can_be_played(self, player, device):
        player.play(tone(100, 0.5, 4096.5), 4096.5)
        settle(player)
        assert np.abs(device.blocks(30)).max() > 0.3

    def test_the_position_starts_at_the_selection_and_runs_with_the_clock(self, player, device):
        loop(player, tone(), start_s=2.0)
        assert player.position_s == 2.0
        device.blocks(3, at_s=clock_s() - 0.3)
        first = player.position_s
        assert first == pytest.approx(2.3, abs=0.1)
        assert player.position_s > first

    def test_stopping_fades_out_and_is_not_an_end(self, player, device, told):
        loop(player, tone())
        device.blocks(10)
        player.stop()
        assert not player.playing
        heard = device.blocks(10)
        assert heard[:480].any()
        assert not heard[480:].any()
        settle(player)
        assert not told.ended.is_set()

    def test_a_new_sound_takes_the_place_of_the_old_one(self, player, device):
        loop(player, tone(high=0.1))
        device.blocks(5)
        player.play(np.full(48000, 0.9, np.float32), RATE_HZ)
        settle(player)
        assert not player.looping
        assert device.blocks(5)[-1] == pytest.approx(0.9 * 0.891)

    def test_an_empty_selection_is_silence(self, player, device):
        loop(player, tone())
        player.play(np.zeros(0, np.float32), RATE_HZ)
        assert not player.playing

    def test_the_volume_never_rises_above_full(self, player, device):
        player.volume_db = 12
        assert player.volume_db == 0
        player.volume_db = -20
        loop(player, np.ones(4800, np.float32))
        assert device.blocks(5)[-1] == pytest.approx(0.0891, rel=1e-3)


class TestLive:
    def test_a_swap_goes_on_at_the_same_phase_with_the_same_gain(self, player, device):
        first, second = tone(250), tone(400)
        loop(player, first)
        device.blocks(20)
        player.swap(second, RATE_HZ)
        settle(player)
        heard = device.blocks(20)
        np.testing.assert_allclose(heard[480:], 0.891 * second[21 * 480 : 40 * 480], atol=1e-6)

    def test_swapping_a_sound_for_itself_cannot_be_heard(self, player, device):
        loop(player, tone())
        before = device.blocks(20)
        player.swap(tone(), RATE_HZ)
        settle(player)
        heard = np.concatenate((before, device.blocks(20)))
        np.testing.assert_allclose(heard[480:], 0.891 * tone()[480 : heard.size], atol=1e-6)

    def test_the_position_does_not_jump(self, player, device):
        loop(player, tone(), start_s=1.0)
        now_s = clock_s()
        device.blocks(20, at_s=now_s)
        player.swap(tone(400), RATE_HZ)
        settle(player)
        device.blocks(1, at_s=now_s + 0.2)
        position_s, expected_s = player.position_s, clock_s() - now_s
        assert position_s == pytest.approx(1 + expected_s % 1, abs=0.02)

    def test_a_swap_with_nothing_playing_is_nothing(self, player, device):
        player.swap(tone(), RATE_HZ)
        settle(player)
        assert not player.playing
        assert device.opened == []

    def test_of_many_swaps_the_last_is_heard(self, player, device):
        loop(player, tone())
        for level in np.linspace(0.1, 0.6, 30):
            player.swap(np.full(48000, level, np.float32), RATE_HZ)
        settle(player)
        assert device.blocks(10)[-1] == pytest.approx(0.6 * 0.891, rel=1e-4)

    def test_a_swap_right_after_play_is_heard(self, player, device):
        player.play(tone(), RATE_HZ, loop=True)
        player.swap(np.full(48000, 0.5, np.float32), RATE_HZ)
        settle(player)
        assert device.blocks(10)[-1] == pytest.approx(0.5 * 0.891, rel=1e-4)

    def test_the_end_of_a_swapped_sound_is_told(self, player, device, told):
        player.play(tone(seconds=0.1), RATE_HZ)
        settle(player)
        device.blocks(3)
        player.swap(tone(400, seconds=0.1), RATE_HZ)
        settle(player)
        device.blocks(10)
        assert told.ended.wait(60)
        assert not player.playing


class TestDevices:
    def test_the_devices_are_told_without_waiting(self, player):
        assert [device.name for device in player.devices()] == ["System default"]
        settle(player)
        assert [device.name for device in player.devices()] == ["System default", "Loudspeaker"]

    def test_another_device_goes_on_with_what_plays(self, player, device):
        loop(player, np.ones(4800, np.float32))
        player.set_device("loudspeaker")
        settle(player)
        assert device.opened == ["", "loudspeaker"]
        assert player.device == "loudspeaker"
        assert device.blocks(5)[-1] == pytest.approx(0.891)

    def test_a_device_that_refuses_is_told_and_the_next_try_may_work(self, player, device, told):
        device.refusal = Fault("No sound device responds.")
        player.play(tone(), RATE_HZ)
        assert told.faulted.wait(60)
        assert told.faults[0].sentence == "No sound device responds."
        assert not player.playing
        device.refusal = None
        player.play(tone(), RATE_HZ)
        settle(player)
        assert device.blocks(5).any()

    def test_a_device_that_hangs_at_opening_is_given_up(self, impatient, device, told):
        device.gate.clear()
        impatient.play(tone(), RATE_HZ)
        assert impatient.playing
        assert told.faulted.wait(60)
        assert told.faults[0].sentence == "No sound device responds."
        assert not impatient.playing
        assert device.abandoned

    def test_a_device_that_comes_back_after_hanging_does_not_start_by_itself(self, impatient, device, told):
        device.gate.clear()
        impatient.play(tone(), RATE_HZ)
        assert told.faulted.wait(60)
        device.gate.set()
        settle(impatient)
        assert not impatient.playing
        impatient.play(tone(), RATE_HZ)
        settle(impatient)
        assert device.blocks(5).any()

    def test_a_device_that_goes_away_is_told_and_closed(self, player, device, told):
        loop(player, tone())
        device.lose()
        assert told.faulted.wait(60)
        assert "stopped responding" in told.faults[0].sentence
        settle(player)
        assert device.closed == 1
        assert not player.playing

    def test_a_device_that_asks_for_nothing_any_more_is_told(self, impatient, device, told):
        loop(impatient, tone())
        device.blocks(3)
        assert told.faulted.wait(60)
        assert "stopped responding" in told.faults[0].sentence
        assert impatient.position_s is None

    def test_closing_ends_both_threads(self, told, device):
        player = Player(told.fault, told.ended.set, device)
        loop(player, tone())
        player.close()
        assert device.closed == 1
        assert not device.abandoned
        names = [thread.name for thread in threading.enumerate() if thread.is_alive()]
        assert "sound device" not in names

    def test_without_portaudio_the_program_goes_on_with_one_sentence(self):
        script = """
import sys
from importlib.abc import MetaPathFinder
class Missing(MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name == "sounddevice":
            raise OSError("PortAudio library not found")
sys.meta_path.insert(0, Missing())
import threading
import numpy as np
from core.playback.player import Player
told = threading.Event()
player = Player(lambda fault: (print(fault.sentence, "|", fault.hint), told.set()))
player.play(np.ones(100, np.float32), 16000)
assert told.wait(60)
print(player.devices(), player.playing)
player.close()
"""
        made = subprocess.run(
            [sys.executable, "-c", script], cwd=pulse.ROOT, capture_output=True, text=True, timeout=120
        )
        assert made.returncode == 0, made.stderr
        assert made.stdout.startswith("No sound device responds. | Install PortAudio")
        assert made.stdout.strip().endswith("False")


TO_THE_END = """
import sys, threading
import numpy as np
from core.playback.player import Player
ended = threading.Event()
player = Player(print, ended.set)
time_s = np.arange(8000) / 16000
player.play((0.5 * np.sin(2 * np.pi * 440 * time_s)).astype(np.float32), 16000)
assert ended.wait(60)
assert not player.playing
player.close()
print("done")
"""

FOR_EVER = """
import sys
import numpy as np
from core.playback.player import Player
def tell(fault):
    print(f"fault {fault.sentence}\\n", end="", flush=True)  # whole lines, whichever thread is first
player = Player(tell, open_limit_s=5.0, silent_limit_s=3.0)
sound = np.full(16000, 0.3, np.float32)
for line in sys.stdin:
    player.play(sound, 16000, loop=True)
    print("called\\n", end="", flush=True)
player.close(0.5)
print("closed", flush=True)
"""


@pytest.fixture
def server() -> Iterator[pulse.Server]:
    with tempfile.TemporaryDirectory() as folder, pulse.server(Path(folder)) as running:
        yield running


def say(child: subprocess.Popen[str]) -> list[str]:
    """Let the child play, and give the faults it told before the call came back."""
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdin.write("play\n")
    child.stdin.flush()
    lines = list(iter(child.stdout.readline, "called\n"))
    assert all(line.startswith("fault ") for line in lines), lines
    return lines


@needs_server
def played_to_its_end(server) -> np.ndarray:
    """Return what is heard of a tone, from its first sample that is not silent to its last."""
    with pulse.monitor(server) as monitor, server.child(TO_THE_END) as child:
        out, problems = child.communicate(timeout=120)
        assert "done" in out, problems
        heard = monitor.wait(lambda heard: heard.size > 0 and np.abs(heard[-4800:]).max() == 0)
    loud = np.flatnonzero(np.abs(heard) > 1e-5)
    return heard[loud[0] : loud[-1] + 1]


class TestReallyHeard:
    def test_a_tone_arrives_with_its_pitch_level_length_and_fades(self, server):
        sound = played_to_its_end(server)
        for _ in range(3):  # a busy machine may make the server drop a block, and a fade with it
            if np.abs(sound[:48]).max() < 0.02 and sound.size / pulse.RATE_HZ < 0.505:
                break
            sound = played_to_its_end(server)
        # a busy machine may make the server wait for a block, so that a gap lengthens the sound
        assert 0.49 < sound.size / pulse.RATE_HZ < 0.6
        middle = sound[2400:-2400].astype(float)
        spectrum = np.abs(np.fft.rfft(middle * np.hanning(middle.size), 1 << 17))
        assert np.argmax(spectrum) * pulse.RATE_HZ / (1 << 17) == pytest.approx(440, abs=1)
        assert np.percentile(np.abs(middle), 99.9) == pytest.approx(0.5 * 0.891, rel=0.01)
        assert np.abs(sound[:48]).max() < 0.02
        assert np.abs(sound[-48:]).max() < 0.02

    def test_a_live_swap_is_heard_after_the_call(self):
        from tests.speed.live_latency import latencies_ms

        assert min(latencies_ms(2)) > 0

    def test_a_live_swap_is_heard_within_100_ms(self, benchmark):
        from tests.speed.live_latency import LIMIT_MS, latencies_ms

        found = benchmark.pedantic(latencies_ms, args=(20,), rounds=1)
        assert np.median(found) < LIMIT_MS

    def test_a_server_that_dies_under_a_loop_is_told_and_its_successor_is_heard(self, server):
        with server.child(FOR_EVER) as child:
            with pulse.monitor(server) as monitor:
                assert say(child) == []
                monitor.wait(lambda heard: heard.max() > 0.2)
                server.kill()
                assert child.stdout is not None
                assert "stopped responding" in child.stdout.readline()
            with pulse.server(server.folder) as successor, pulse.monitor(successor) as monitor:
                assert say(child) == []
                monitor.wait(lambda heard: heard.max() > 0.2)

    def test_a_server_that_freezes_under_a_loop_is_told_and_never_waited_for(self, server):
        with pulse.monitor(server) as monitor, server.child(FOR_EVER) as child:
            assert say(child) == []
            monitor.wait(lambda heard: heard.max() > 0.2)
            server.freeze()
            assert child.stdout is not None
            assert "stopped responding" in child.stdout.readline()
            say(child)  # comes back, whatever becomes of the device
            out, _ = child.communicate(timeout=120)
            assert "closed" in out
            assert child.returncode == 0

    def test_a_server_that_hangs_is_told_and_never_waited_for(self, server):
        with server.child(FOR_EVER) as child:
            server.freeze()
            faults = say(child)
            assert child.stdout is not None
            fault = faults[0] if faults else child.stdout.readline()
            assert fault == "fault No sound device responds.\n"
            out, _ = child.communicate(timeout=120)
            assert "closed" in out
            assert child.returncode == 0
