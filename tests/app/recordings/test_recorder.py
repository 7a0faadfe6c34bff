"""Recording from the window: a saved recording is a recording like any other, and none is lost."""

from queue import SimpleQueue

import numpy as np
import pytest
import soundfile

from app.base.clock import Clock
from app.base.context import make_context
from app.recordings.alignment import Alignment
from app.recordings.open_recordings import OpenRecordings
from app.recordings.recorder import Recorder
from core.capture import capture as capturing
from core.faults import Fault
from core.session.lane_key import RecordingKey
from core.session.preferences import Preferences
from tests.app.conftest import Ear
from tests.support.fake_microphone import FakeMicrophone

SOUND = np.linspace(-0.5, 0.5, 800, dtype=np.float32)


class Desk:
    """A recorder with its neighbours; what other threads post is run when the test waits."""

    def __init__(self, folder):
        self.posted: SimpleQueue = SimpleQueue()
        self.microphone, self.player = FakeMicrophone(), Ear()
        kept = Preferences(record_folder=str(folder), record_rate_hz=16000)
        self.context = make_context(Clock(self.posted.put, lambda call: call()), kept)
        self.recordings = OpenRecordings(self.context, Alignment(self.context))
        self.notes: list[str] = []
        self.context.messages.noted.connect(self.notes.append)
        self.recorder = self.anew()

    def anew(self) -> Recorder:
        """Make the recorder of the next start."""
        return Recorder(self.context, self.microphone, self.player, self.recordings)

    def until(self, condition):
        """Run what is posted until a condition holds."""
        while not condition():
            self.posted.get(timeout=60)()

    def record(self, *sounds):
        self.recorder.record()
        for sound in sounds:
            self.microphone.hear(sound)
        self.recorder.stop()
        self.until(lambda: not self.recorder.records)


@pytest.fixture
def desk(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    made = Desk(tmp_path / "sounds")
    yield made
    made.recorder.close()


def test_a_recording_is_saved_under_its_name_and_opens_as_a_lane(desk, tmp_path):
    desk.record(SOUND)
    assert desk.recorder.view.state == "recorded"
    desk.recorder.save("hello")
    desk.until(lambda: bool(desk.context.session.lanes))
    samples, rate_hz = soundfile.read(tmp_path / "sounds" / "hello.wav", dtype="float32")
    np.testing.assert_array_equal(samples, SOUND)
    assert rate_hz == 16000
    key = RecordingKey("hello.wav")
    np.testing.assert_array_equal(desk.context.session.shown.tracks[key].samples, SOUND)
    assert desk.recorder.view.state == "idle"
    assert not list((tmp_path / "data").rglob("*.take"))


def test_the_chosen_microphone_and_rate_are_used(desk):
    desk.context.preferences.change(microphone="headset", record_rate_hz=22050)
    desk.record(SOUND)
    assert desk.microphone.asked == [("headset", 22050.0)]


def test_it_is_played_before_it_is_saved(desk):
    desk.record(SOUND)
    desk.recorder.play()
    samples, rate_hz, *_ = desk.player.heard[-1]
    assert rate_hz == 16000
    np.testing.assert_array_equal(samples, SOUND)


def test_recording_again_puts_the_last_one_aside(desk):
    desk.record(SOUND)
    desk.record(SOUND[:400])
    view = desk.recorder.view
    assert view.seconds == 400 / 16000
    assert len(view.unsaved) == 1
    desk.recorder.bring_back(0)
    assert desk.recorder.view.seconds == 800 / 16000
    assert len(desk.recorder.view.unsaved) == 1


def test_what_was_not_saved_is_there_at_the_next_start(desk):
    desk.record(SOUND)
    desk.recorder.close()
    desk.recorder = desk.anew()
    desk.recorder.look_back()
    desk.until(lambda: bool(desk.recorder.view.unsaved))
    assert any("not saved" in note for note in desk.notes)
    desk.recorder.delete(0)
    assert desk.recorder.view.unsaved == ()


def test_a_name_that_no_file_can_have_is_refused_and_nothing_is_lost(desk):
    desk.record(SOUND)
    desk.recorder.save("a/b")
    desk.until(lambda: bool(desk.recorder.view.fault))
    assert "cannot be the name" in desk.recorder.view.fault
    assert desk.recorder.view.state == "recorded"


def test_without_a_microphone_there_is_a_sentence_with_the_way_out(desk):
    desk.microphone.refusal = Fault("No microphone responds.", "Connect one.")
    desk.recorder.record()
    desk.until(lambda: not desk.recorder.records)
    assert desk.recorder.view.fault == "No microphone responds. Connect one."
    assert desk.recorder.view.state == "idle"


def test_an_unplugged_microphone_leaves_what_was_recorded(desk):
    desk.recorder.record()
    desk.microphone.hear(SOUND)
    desk.microphone.lose()
    desk.until(lambda: not desk.recorder.records)
    assert desk.recorder.view.state == "recorded"
    assert "is gone" in desk.recorder.view.fault


def test_a_microphone_that_hangs_is_given_up(desk, monkeypatch):
    desk.microphone.gate.clear()
    monkeypatch.setattr(capturing, "OPEN_LIMIT_S", 0.0)
    desk.recorder.record()
    assert "No microphone responds" in desk.recorder.view.fault
    assert not desk.recorder.records
    assert desk.microphone.abandoned
    desk.microphone.gate.set()


def test_the_microphones_are_found(desk):
    found = []
    desk.recorder.found.connect(found.append)
    desk.recorder.find_microphones()
    desk.until(lambda: bool(found))
    assert [device.id for device in found[0]] == ["", "headset"]
