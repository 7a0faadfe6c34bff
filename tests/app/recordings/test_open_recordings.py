"""Recordings in the window: beside a model or alone, at their own rate, short or long."""

from __future__ import annotations

import numpy as np
import pytest
import soundfile

from app.cli.shot import Silence
from app.program import assemble
from core.analyses.registry import TABLE
from core.processes.engine import InlineEngine
from core.recordings.long_sound import LongTrack
from core.recordings.sound_file import resampled_to
from core.session.lane_key import RecordingKey
from core.signals.axis import Range
from core.signals.track import Track
from tests.support.commands import run
from tests.support.contexts import inline_context
from tests.support.keys import G, Q, recording
from tests.support.measuring_at_once import InlineMeasurer
from tests.support.pools import ExchangeablePool


class Ear(Silence):
    def __init__(self):
        super().__init__()
        self.heard = []

    def play(self, samples, rate_hz, start_s, loop=False):
        self.heard.append((samples, rate_hz, start_s))


@pytest.fixture
def bare(qtbot):
    """The window before anything was opened."""
    from app.shell.furnishing import furnish
    from app.shell.window import Window

    instrument = assemble(inline_context(), InlineEngine(), ExchangeablePool(), Ear())
    instrument.measurement.measurer = InlineMeasurer()
    made = furnish(Window(), instrument)
    qtbot.addWidget(made)
    made.resize(1200, 800)
    made.show()
    return made


def hum(path, rate_hz=8000, seconds=0.9, f_hz=150.0):
    """Write a hum with overtones that comes and goes, and give its samples."""
    time_s = np.arange(int(rate_hz * seconds)) / rate_hz
    voice = sum(np.sin(2 * np.pi * f_hz * k * time_s) / k for k in range(1, 8))
    samples = (0.3 * voice * (0.6 + 0.4 * np.sin(2 * np.pi * 3 * time_s))).astype(np.float32)
    soundfile.write(path, samples, rate_hz, subtype="FLOAT")
    return samples


@pytest.fixture(scope="module")
def long_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("long") / "long.wav"
    samples = hum(path, 8000, 630.0)
    assert samples.size > 3_000_000
    return path


def noted(services):
    said = []
    services.messages.noted.connect(said.append)
    return said


def test_a_recording_keeps_its_own_rate_and_samples(window, tmp_path):
    samples = hum(tmp_path / "hum.wav", 11025)
    window.on.model_loader.open(tmp_path / "hum.wav")
    track = window.on.session.shown.tracks[recording("hum.wav")]
    assert track.axis.rate_hz == 11025
    np.testing.assert_array_equal(track.samples, samples)
    window.wiring.show_stack()
    assert window.stack.lanes[0].lane.key == recording("hum.wav")
    assert window.stack.lanes[0].lane.meta == "0.9 s · 11025 Hz"


def test_its_analyses_are_those_of_its_own_rate(services, tmp_path):
    hum(tmp_path / "hum.wav", 11025)
    services.model_loader.open(tmp_path / "hum.wav")
    session, settings = services.session, services.analysis_settings.of("pitch")
    found = session.shown.overlays[recording("hum.wav"), "pitch"][0]
    truth = TABLE["pitch"].run(session.shown.tracks[recording("hum.wav")], settings)[0]
    np.testing.assert_array_equal(found.samples, truth.samples)
    assert np.nanmedian(found.samples) == pytest.approx(150, abs=0.5)


def test_q_hears_it_at_the_models_rate_and_the_origin_says_so(services, tmp_path):
    samples = hum(tmp_path / "hum.wav", 11025)
    services.model_loader.open(tmp_path / "hum.wav")
    services.sound_driven.listen("Q", recording("hum.wav"))
    track = services.session.shown.tracks[Q("conv1")]
    assert track.origin.resampling == "from 11025 to 16000 Hz"
    soundfile.write(tmp_path / "same.wav", resampled_to(samples, 11025, 16000), 16000, subtype="FLOAT")
    services.model_loader.open(tmp_path / "same.wav")
    services.sound_driven.listen("Q", recording("same.wav"))
    again = services.session.shown.tracks[Q("conv1")]
    assert again.origin.resampling == ""
    np.testing.assert_array_equal(track.samples, again.samples)
    logits = services.session.shown.tracks[Q("logits")]
    assert logits.axis.extent.end_s == pytest.approx(0.9, abs=1e-3)


def test_the_stack_reaches_as_far_as_the_longest_and_a_syllable_is_seen_whole(window, tmp_path):
    hum(tmp_path / "syllable.wav", 16000, 1.5)
    window.on.model_loader.open(tmp_path / "syllable.wav")
    session = window.on.session
    assert session.whole == session.visible == Range(0.0, 1.5)
    window.wiring.show_stack()
    assert window.on.stack_views.view().overview is session.shown.tracks[recording("syllable.wav")]
    window.stack.lane_wanted.emit(recording("syllable.wav"), "closed", True)
    assert session.whole.end_s == pytest.approx(1.024)
    assert session.visible == session.whole
    window.menus.run("edit.undo")
    assert session.whole == Range(0.0, 1.5)
    assert session.lane(recording("syllable.wav")) is not None


def test_a_much_longer_recording_leaves_the_models_view_and_says_how_long_it_is(services, tmp_path):
    hum(tmp_path / "talk.wav", 8000, 70.0)
    said, before = noted(services), services.session.visible
    services.model_loader.open(tmp_path / "talk.wav")
    assert services.session.visible == before
    assert "it lasts 1 min 10 s" in said[-1]
    run(services, "time.all")
    assert services.session.visible == Range(0.0, 70.0)


def test_a_zoomed_view_stays_where_it_is(services, tmp_path):
    services.session.set_range(Range(0.2, 0.4))
    hum(tmp_path / "syllable.wav", 16000, 1.5)
    services.model_loader.open(tmp_path / "syllable.wav")
    assert services.session.visible == Range(0.2, 0.4)


def test_a_closed_file_name_does_not_close_its_namesakes(window, tmp_path):
    for name in ("a.one.wav", "a.two.wav"):
        hum(tmp_path / name)
        window.on.model_loader.open(tmp_path / name)
    window.stack.lane_wanted.emit(recording("a.one.wav"), "closed", True)
    assert window.on.session.lane(recording("a.two.wav")) is not None


def test_two_files_of_one_name_are_two_recordings(services, tmp_path):
    for number, folder in enumerate(("x", "y")):
        (tmp_path / folder).mkdir()
        hum(tmp_path / folder / "a.wav", f_hz=100.0 + 50 * number)
        services.model_loader.open(tmp_path / folder / "a.wav")
    tracks = services.session.shown.tracks
    assert tracks[recording("a.wav")].origin != tracks[recording("a (2).wav")].origin
    services.model_loader.open(tmp_path / "x" / "a.wav")
    assert sum(isinstance(lane.key, RecordingKey) for lane in services.session.lanes) == 2


def test_a_file_opened_anew_after_a_change_is_measured_anew(services, tmp_path):
    hum(tmp_path / "a.wav")
    services.model_loader.open(tmp_path / "a.wav")
    hum(tmp_path / "a.wav", f_hz=220.0)
    services.model_loader.open(tmp_path / "a.wav")
    found = services.session.shown.overlays[recording("a.wav"), "pitch"][0]
    assert np.nanmedian(found.samples) == pytest.approx(220, abs=1)


def test_a_refused_sound_leaves_everything_and_says_why(window, tmp_path):
    (tmp_path / "a.wav").write_bytes(b"no sound")
    lanes, whole = window.on.session.lanes, window.on.session.whole
    window.on.model_loader.open(tmp_path / "a.wav")
    assert "a.wav” cannot be read as a sound" in window.banner.shown.sentence
    assert (window.on.session.lanes, window.on.session.whole) == (lanes, whole)


def test_what_was_done_to_a_recording_is_said(services, tmp_path):
    soundfile.write(tmp_path / "many.wav", np.random.default_rng(0).uniform(-1, 1, (9000, 32)), 8000)
    said = noted(services)
    services.model_loader.open(tmp_path / "many.wav")
    assert "many.wav: 32 channels averaged; it lasts" in said[-1] or said[-1].endswith("32 channels averaged")


# --- without a model ------------------------------------------------------------------------------


def test_a_recording_opens_without_a_model(bare, tmp_path):
    hum(tmp_path / "hum.wav", 16000, 2.5)
    bare.on.model_loader.open(tmp_path / "hum.wav")
    bare.wiring.show_stack()
    session = bare.on.session
    assert (bare.pages.page, bare.windowTitle()) == ("stack", "hum.wav – Phonoscope")
    assert not bare.pages.widget("latent").isVisible()
    assert session.whole == session.visible == Range(0.0, 2.5)
    assert [lane.lane.key for lane in bare.stack.lanes] == [recording("hum.wav")]
    assert {"pitch", "formants", "intensity"} <= {measure for _, measure in session.shown.overlays}
    bare.grab()


def test_praats_keys_work_without_a_model(fresh, tmp_path):
    samples = hum(tmp_path / "hum.wav", 16000, 2.5)
    fresh.model_loader.open(tmp_path / "hum.wav")
    fresh.session.set_selection(Range(0.5, 1.0))
    run(fresh, "play.toggle")
    heard, rate_hz, start_s, _ = fresh.player.heard[-1]
    np.testing.assert_array_equal(heard, samples[8000:16000])
    assert (rate_hz, start_s) == (16000, pytest.approx(0.5))
    run(fresh, "time.selection")
    assert fresh.session.visible == Range(0.5, 1.0)
    run(fresh, "time.all")
    assert fresh.session.visible == fresh.session.whole


def test_a_model_opened_later_keeps_the_recording_beside_it(bare, small_model, tmp_path):
    hum(tmp_path / "hum.wav", 16000, 2.5)
    bare.on.model_loader.open(tmp_path / "hum.wav")
    bare.on.model_loader.open(small_model)
    bare.wiring.show_stack()
    assert [lane.lane.key for lane in bare.stack.lanes][:2] == [recording("hum.wav"), G("out")]
    assert bare.on.session.whole == Range(0.0, 2.5)
    assert bare.pages.widget("latent").isVisible()


# --- playing --------------------------------------------------------------------------------------


def test_a_recording_is_played_as_recorded_and_a_mixture_at_one_rate(services, tmp_path):
    samples = hum(tmp_path / "hum.wav", 8000)
    services.model_loader.open(tmp_path / "hum.wav")
    services.playback.play(recording("hum.wav"), Range(0.25, 0.5))
    heard, rate_hz, start_s = services.player.heard[-1][:3]
    np.testing.assert_array_equal(heard, samples[2000:4000])
    assert (rate_hz, start_s) == (8000, pytest.approx(0.25))
    for key in (recording("hum.wav"), G("out")):
        services.session.set_lane(key, "solo", soloed=True)
    services.playback.play_active(Range(0.25, 0.5))
    both, rate_hz = services.player.heard[-1][:2]
    assert len(both) == pytest.approx(rate_hz * 0.25, abs=2)


# --- long ones ------------------------------------------------------------------------------------


def test_a_long_recording_shows_its_analyses_once_zoomed_in(bare, long_file):
    bare.on.model_loader.open(long_file)
    session = bare.on.session
    track = session.shown.tracks[recording("long.wav")]
    assert isinstance(track, LongTrack)
    assert track.part_known == 1.0
    bare.wiring.show_stack()
    assert bare.stack.lanes[0].lane.reason == "To see the analyses, zoom in to at most 30 s"
    assert not session.shown.overlays
    bare.grab()
    session.set_range(Range(300.0, 310.0))
    bare.wiring.show_stack()
    assert bare.stack.lanes[0].lane.reason == ""
    assert {measure for _, measure in session.shown.overlays} == {"pitch", "formants", "intensity"}
    assert session.shown.images[recording("long.wav")].axis.extent.contains(305.0)
    bare.grab()
    session.set_range(session.whole)
    assert not session.shown.overlays
    assert not session.shown.images


def test_a_long_recordings_numbers_do_not_move_with_the_view(fresh, long_file):
    fresh.model_loader.open(long_file)
    session, found = fresh.session, []
    for window in (Range(300.0, 310.0), Range(296.5, 320.0), Range(304.99, 305.01)):
        session.set_range(window)
        shown = [*session.shown.overlays[recording("long.wav"), "formants"]]
        shown += [session.shown.overlays[recording("long.wav"), name][0] for name in ("pitch", "intensity")]
        found.append([track.at(305.003) for track in shown])
    np.testing.assert_allclose(found[1:], [found[0]] * 2, rtol=1e-12)
    whole, _ = soundfile.read(long_file, dtype="float32")
    track = session.shown.tracks[recording("long.wav")]
    settings = fresh.analysis_settings.of("intensity")
    truth = TABLE["intensity"].run(Track("whole", whole, track.axis), settings)[0]
    assert found[0][-1] == pytest.approx(truth.at(305.003), abs=1e-3)


def test_a_long_selection_is_read_only_when_it_is_played(fresh, long_file):
    fresh.model_loader.open(long_file)
    fresh.playback.play(recording("long.wav"), Range(100.0, 100.5))
    heard, rate_hz, start_s, _ = fresh.player.heard[-1]
    assert not isinstance(heard, np.ndarray)
    assert (heard.size, rate_hz, start_s) == (4000, 8000, pytest.approx(100.0))
    whole, _ = soundfile.read(long_file, dtype="float32", start=800000, stop=804000)
    np.testing.assert_array_equal(np.asarray(heard), whole)
    fresh.playback.play(recording("long.wav"), Range(0.0, 630.0))
    assert fresh.player.heard[-1][0].size == 630 * 8000


def test_q_hears_the_selection_of_a_long_recording_and_says_so(window, long_file, tmp_path):
    window.on.model_loader.open(long_file)
    session = window.on.session
    session.set_selection(Range(300.25, 300.75))
    window.menus.run("layers.through_q")
    logits = session.shown.tracks[Q("logits")]
    assert logits.axis.extent.start_s == pytest.approx(300.25)
    assert logits.axis.extent.end_s == pytest.approx(300.75)
    assert session.shown.tracks[Q("conv1")].axis.extent.start_s == pytest.approx(300.25, abs=0.01)
    window.wiring.show_stack()
    lane = next(lane.lane for lane in window.stack.lanes if lane.lane.key == Q("logits"))
    assert lane.note == "Q hears long.wav, 300.250000–300.750000 s"
    whole, rate_hz = soundfile.read(long_file, dtype="float32")
    part = whole[round(300.25 * rate_hz) : round(300.75 * rate_hz)]
    soundfile.write(tmp_path / "part.wav", part, rate_hz, subtype="FLOAT")
    window.on.model_loader.open(tmp_path / "part.wav")
    session.set_selection(None)
    session.set_range(Range(0.0, 1.0))
    window.on.sound_driven.listen("Q", recording("part.wav"))
    np.testing.assert_array_equal(session.shown.tracks[Q("logits")].samples, logits.samples)


def test_another_selection_is_heard_before_q_is_closed(services, long_file):
    services.model_loader.open(long_file)
    session = services.session
    session.set_selection(Range(300.0, 300.5))
    run(services, "layers.through_q")
    session.set_selection(Range(200.0, 200.5))
    run(services, "layers.through_q")
    assert session.shown.tracks[Q("logits")].axis.extent.start_s == pytest.approx(200.0)
    run(services, "layers.through_q")
    assert session.lane(Q("logits")) is None


def test_without_a_selection_q_hears_what_is_seen_as_much_as_it_takes(services, long_file):
    services.model_loader.open(long_file)
    services.session.set_range(Range(100.0, 110.0))
    services.sound_driven.listen("Q", recording("long.wav"))
    extent = services.session.shown.tracks[Q("logits")].axis.extent
    assert (extent.start_s, extent.end_s) == pytest.approx((100.0, 101.024))


def test_a_long_recording_that_is_still_looked_through_grows_and_keeps_its_lane(
    fresh, long_file, tmp_path, monkeypatch
):
    monkeypatch.setattr("core.recordings.cache.default_folder", lambda: tmp_path)
    monkeypatch.setattr("core.recordings.pyramid.TELL_EVERY_S", -1.0)
    known = []
    fresh.session.shown_changed.connect(
        lambda: known.append(fresh.session.shown.tracks[recording("long.wav")].part_known)
    )
    fresh.model_loader.open(long_file)
    assert known[0] == 0.0
    assert known[-1] == 1.0
    assert len(set(known)) > 2
    assert list(tmp_path.glob("*.pyramid"))


def test_values_that_are_no_numbers_in_a_long_recording_are_said(fresh, tmp_path):
    samples = hum(tmp_path / "a.wav", 8000, 400.0)
    samples[[7, 1000]] = np.inf, np.nan
    soundfile.write(tmp_path / "a.wav", samples, 8000, subtype="FLOAT")
    said = noted(fresh)
    fresh.model_loader.open(tmp_path / "a.wav")
    assert any("2 values are not numbers" in words for words in said)


def test_no_view_reads_more_of_a_long_file_than_it_shows(bare, long_file, monkeypatch):
    from core.recordings import file_samples
    from core.recordings.file_samples import BLOCK

    bare.on.model_loader.open(long_file)
    blocks_of, read = file_samples.blocks_of, []

    def counted(file, first, last, channel=0):
        read.append(last - first)
        return blocks_of(file, first, last, channel)

    monkeypatch.setattr(file_samples, "blocks_of", counted)
    session = bare.on.session
    for window in (session.whole, Range(100.0, 400.0), Range(0.0, 60.0)):
        session.set_range(window)
        session.set_selection(window)
        bare.wiring.show_stack()
        bare.grab()
        assert max(read, default=0) <= BLOCK
        assert sum(read) <= 16 * BLOCK
        read.clear()


def test_the_dialog_for_opening_shows_sounds_too(services, host, monkeypatch, tmp_path):
    from PySide6.QtWidgets import QFileDialog

    hum(tmp_path / "hum.wav")
    asked = []

    def answer(parent, title, folder, kinds):
        asked.append(kinds)
        return str(tmp_path / "hum.wav"), ""

    monkeypatch.setattr(QFileDialog, "getOpenFileName", answer)
    run(services, "file.open", host)
    first = asked[0].split(";;")[0]
    assert first.startswith("Checkpoints and sounds (")
    assert "*.wav" in first
    assert "*.safetensors" in first
    assert services.session.lane(recording("hum.wav")) is not None


def test_a_recording_alone_is_saved_exactly(fresh, tmp_path):
    samples = hum(tmp_path / "hum.wav", 11025)
    fresh.model_loader.open(tmp_path / "hum.wav")
    fresh.file_export.save_sound(tmp_path / "out.wav")
    found, rate_hz = soundfile.read(tmp_path / "out.wav", dtype="float32")
    assert rate_hz == 11025
    np.testing.assert_array_equal(found, samples)
    fresh.file_export.save_sound(tmp_path / "out.Sound")
    assert "nx = 9922" in (tmp_path / "out.Sound").read_text()
