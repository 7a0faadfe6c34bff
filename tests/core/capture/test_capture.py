"""Recording: what arrives is kept on disk from the first block on."""

import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import numpy as np
import pytest
import soundfile

from core.capture import capture as capturing
from core.capture.capture import Capture, Captured
from core.capture.inputs import NO_MICROPHONE
from core.capture.takes import Draft, free_path, left_behind
from core.faults import Fault
from tests.support import pulse
from tests.support.fake_microphone import FakeMicrophone

RATE_HZ = 16000.0
MISSING = pulse.why_not()


def tone(hz=440.0, seconds=0.5, rate_hz=RATE_HZ, high=0.5):
    return (high * np.sin(2 * np.pi * hz * np.arange(round(seconds * rate_hz)) / rate_hz)).astype(np.float32)


class Ended:
    """How a capture ended, to be waited for."""

    def __init__(self):
        self.captured: list[Captured] = []
        self.event = threading.Event()

    def __call__(self, captured):
        self.captured.append(captured)
        self.event.set()

    def wait(self) -> Captured:
        assert self.event.wait(60), "the capture does not end"
        return self.captured[0]


@pytest.fixture
def ended():
    return Ended()


def captured_of(microphone, folder, ended, *sounds, **more) -> Captured:
    capture = Capture(microphone, "", RATE_HZ, folder, ended, **more)
    capture.start()
    for sound in sounds:
        microphone.hear(sound)
    capture.stop()
    return ended.wait()


def test_what_arrives_is_recorded_to_the_sample(tmp_path, ended):
    sound = tone()
    captured = captured_of(FakeMicrophone(), tmp_path, ended, sound)
    assert captured.fault is None
    assert captured.take.rate_hz == RATE_HZ
    np.testing.assert_array_equal(captured.take.samples(), sound)


def test_a_take_is_saved_as_a_wav_file_and_then_gone(tmp_path, ended):
    sound = tone()
    take = captured_of(FakeMicrophone(), tmp_path / "drafts", ended, sound).take
    take.save(tmp_path / "a.wav")
    take.remove()
    samples, rate_hz = soundfile.read(tmp_path / "a.wav", dtype="float32")
    assert rate_hz == RATE_HZ
    np.testing.assert_array_equal(samples, sound)
    assert left_behind(tmp_path / "drafts") == ()


def test_a_microphone_at_another_rate_is_resampled_when_it_is_saved(tmp_path, ended):
    take = captured_of(FakeMicrophone(only_hz=48000.0), tmp_path, ended, tone(rate_hz=48000.0)).take
    assert take.rate_hz == 48000.0
    take.save(tmp_path / "a.wav", RATE_HZ)
    samples, rate_hz = soundfile.read(tmp_path / "a.wav", dtype="float32")
    assert rate_hz == RATE_HZ
    assert len(samples) == 8000
    np.testing.assert_allclose(samples[400:-400], tone()[400:-400], atol=1e-3)


def test_the_level_is_that_of_the_last_moment_and_clipping_is_counted(tmp_path, ended):
    heard = threading.Event()
    microphone = FakeMicrophone()
    capture = Capture(
        microphone, "", RATE_HZ, tmp_path, ended, lambda block, rate_hz: heard.set() if block[0] > 1 else None
    )
    capture.start()
    microphone.hear(np.full(1600, 0.25, np.float32))
    microphone.hear(np.array([1.0, -1.0, 0.5], np.float32))
    capture.stop()
    ended.wait()
    assert capture.level.clipped == 2
    assert capture.level.peak == 1.0
    assert capture.level.rms == pytest.approx(0.25, abs=0.02)
    assert capture.level.seconds == pytest.approx(1603 / RATE_HZ)


def test_lost_samples_are_counted(tmp_path, ended):
    microphone = FakeMicrophone()
    capture = Capture(microphone, "", RATE_HZ, tmp_path, ended)
    capture.start()
    microphone.hear(tone(seconds=0.03), gap=True)
    capture.stop()
    ended.wait()
    assert capture.level.gaps == 1


def test_an_unplugged_microphone_keeps_what_was_recorded(tmp_path, ended):
    microphone, sound = FakeMicrophone(), tone()
    capture = Capture(microphone, "", RATE_HZ, tmp_path, ended)
    capture.start()
    microphone.hear(sound)
    microphone.lose()
    captured = ended.wait()
    assert "gone" in captured.fault.sentence
    np.testing.assert_array_equal(captured.take.samples(), sound)


def test_without_a_microphone_the_fault_says_what_to_do(tmp_path, ended):
    microphone = FakeMicrophone()
    microphone.refusal = Fault(NO_MICROPHONE, "Connect one.")
    capture = Capture(microphone, "", RATE_HZ, tmp_path, ended)
    capture.start()
    captured = ended.wait()
    assert captured.take is None
    assert captured.fault.sentence == NO_MICROPHONE
    assert list(tmp_path.iterdir()) == []


def test_a_microphone_that_sends_nothing_is_given_up(tmp_path, ended, monkeypatch):
    monkeypatch.setattr(capturing, "OPEN_LIMIT_S", 0.05)
    Capture(FakeMicrophone(), "", RATE_HZ, tmp_path, ended).start()
    assert ended.wait().fault.sentence == NO_MICROPHONE


def test_a_microphone_that_does_not_open_is_told_and_nobody_waits(tmp_path, ended, monkeypatch):
    microphone = FakeMicrophone()
    microphone.gate.clear()
    monkeypatch.setattr(capturing, "OPEN_LIMIT_S", 0.0)
    capture = Capture(microphone, "", RATE_HZ, tmp_path, ended)
    capture.start()
    assert capture.stuck
    microphone.gate.set()
    capture.stop()
    ended.wait()
    assert not capture.stuck


def test_a_full_disk_ends_the_recording_and_keeps_what_there_is(tmp_path, ended, monkeypatch):
    microphone, write = FakeMicrophone(), Draft.write

    def full(draft, block):
        if draft.n >= 960:
            raise Fault("The disk is full.", "Free some space.")
        write(draft, block)

    monkeypatch.setattr(Draft, "write", full)
    capture = Capture(microphone, "", RATE_HZ, tmp_path, ended)
    capture.start()
    microphone.hear(tone(seconds=0.1))
    captured = ended.wait()
    assert captured.fault.sentence == "The disk is full."
    assert captured.take.n == 960


def test_a_recording_of_a_killed_program_is_found_again(tmp_path):
    script = (
        "import os, signal, sys, numpy as np; from pathlib import Path;"
        "from core.capture.takes import Draft;"
        "draft = Draft(Path(sys.argv[1]), 8000.0); draft.write(np.arange(5, dtype=np.float32));"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", script, str(tmp_path)], cwd=pulse.ROOT, timeout=60)
    (take,) = left_behind(tmp_path)
    assert take.rate_hz == 8000.0
    assert take.seconds == 5 / 8000
    np.testing.assert_array_equal(take.samples(), np.arange(5))
    take.remove()


def test_a_recording_in_progress_is_not_taken_from_its_window(tmp_path):
    draft = Draft(tmp_path, 8000.0)
    draft.write(np.zeros(3, np.float32))
    assert left_behind(tmp_path) == ()
    draft.finish().leave()
    (take,) = left_behind(tmp_path)
    take.remove()


def test_a_damaged_file_is_no_recording(tmp_path):
    (tmp_path / "x.take").write_bytes(b"nothing of ours")
    assert left_behind(tmp_path) == ()


def test_a_name_never_overwrites_a_file(tmp_path):
    first = free_path(tmp_path, "a")
    first.touch()
    assert first.name == "a.wav"
    assert free_path(tmp_path, "a.wav").name == "a (2).wav"
    with pytest.raises(Fault, match="cannot be the name"):
        free_path(tmp_path, "a/b")


SPOKEN = """
import sys, threading
import numpy as np
from pathlib import Path
from core.capture.capture import Capture
from core.capture.inputs import PortAudioInputs

done = threading.Event()
enough = threading.Event()
ended = []
def heard(block, rate_hz):
    if np.abs(block).max(initial=0) > 0.1:
        loud.append(len(block))
        if sum(loud) > rate_hz:
            enough.set()
loud = []
capture = Capture(
    PortAudioInputs(), "", 16000.0, Path(sys.argv[1]), lambda c: (ended.append(c), done.set()), heard
)
capture.start()
print("ready", flush=True)
assert enough.wait(60), "nothing was heard"
capture.stop()
assert done.wait(30)
assert ended[0].fault is None, ended[0].fault
ended[0].take.save(Path(sys.argv[1]) / "heard.wav", 16000.0)
ended[0].take.remove()
print("saved", flush=True)
"""


@pytest.mark.skipif(bool(MISSING), reason=f"no microphone can be made here: {MISSING}")
def test_a_real_sound_server_is_recorded(tmp_path):
    """The null sink's monitor is the microphone; a tone that is played into the sink is what it hears."""
    soundfile.write(tmp_path / "tone.wav", tone(hz=500.0, seconds=4.0, rate_hz=48000), 48000)
    with tempfile.TemporaryDirectory(dir="/tmp", prefix="pa") as folder, pulse.server(Path(folder)) as server:
        environment = server.environment | {"PYTHONPATH": str(pulse.ROOT), "PYTHONUNBUFFERED": "1"}
        recording = subprocess.Popen(
            [sys.executable, "-c", SPOKEN, str(tmp_path)],
            env=environment, cwd=pulse.ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        playing = subprocess.Popen(
            ["sh", "-c", f"while pacat --file-format=wav -p '{tmp_path}/tone.wav'; do :; done"],
            env=server.environment, start_new_session=True,
        )  # fmt: skip
        try:
            said, wrong = recording.communicate(timeout=120)
        except subprocess.TimeoutExpired:
            recording.kill()
            recording.communicate()
            pytest.skip("this sound server passed no sound on within two minutes")
        finally:
            os.killpg(playing.pid, 9)
            playing.wait()
        assert said.split() == ["ready", "saved"], wrong
    samples, rate_hz = soundfile.read(tmp_path / "heard.wav")
    loud = samples[np.abs(samples) > 0.05]
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    assert rate_hz == 16000
    assert len(loud) > 8000
    assert abs(spectrum.argmax() * rate_hz / len(samples) - 500.0) < 5.0
