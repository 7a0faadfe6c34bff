"""Recordings with several channels: averaged as Praat converts them to mono, or one of them; always said."""

from __future__ import annotations

import json

import numpy as np
import pytest
import soundfile

from app.cli.main import main
from core.measures.items import read_recording
from core.recordings.long_sound import LongSound, LongTrack
from core.recordings.sound_file import look_at
from tests.support.commands import run
from tests.support.keys import recording
from tests.support.praat_oracle import needs_praat, praat_lines

KEY = recording("two.wav")


@pytest.fixture
def two(tmp_path):
    """A file with a voice at 120 Hz on the left, and a softer one at 190 Hz on the right."""
    times_s = np.arange(8000) / 16000
    left, right = (
        level * sum(np.sin(2 * np.pi * f_hz * k * times_s) / k for k in range(1, 20))
        for f_hz, level in ((120, 0.2), (190, 0.05))
    )
    soundfile.write(tmp_path / "two.wav", np.stack([left, right], axis=1), 16000)
    return tmp_path / "two.wav"


INTENSITY = """
Read from file: "{file}"
{made}
To Intensity: 75, 0, "yes"
n = Get number of frames
for i to n
    t = Get time from frame number: i
    v = Get value in frame: i
    appendInfoLine: fixed$ (t, 6), tab$, fixed$ (v, 6)
endfor
"""


@needs_praat
@pytest.mark.parametrize(
    ("chosen", "made", "said"),
    [
        ((), "Convert to mono", "2 channels averaged"),
        (("--channel", "1"), "Extract one channel: 1", "channel 1 of 2"),
        (("--channel", "2"), "Extract one channel: 2", "channel 2 of 2"),
    ],
)
def test_the_listing_is_praats_of_the_same_channel_and_says_which(two, capsys, tmp_path, chosen, made, said):
    theirs = praat_lines(INTENSITY.format(file=two, made=made), tmp_path)
    assert main(["listing", str(two), "intensity", *chosen]) == 0
    told = capsys.readouterr()
    ours = told.out.splitlines()[1:]
    assert len(ours) == len(theirs) > 30
    for mine, praats in zip(ours, theirs, strict=True):
        assert [float(x) for x in mine.split("\t")] == pytest.approx(
            [float(x) for x in praats.split("\t")], abs=2e-6
        )
    assert f"two.wav: {said}" in told.err


def test_a_table_and_its_record_name_the_channel(two, tmp_path, capsys):
    values = {}
    for channel, said in (("1", "channel 1 of 2"), ("2", "channel 2 of 2")):
        out = tmp_path / f"t{channel}.csv"
        assert main(["measure", str(two), "--measures", "f0", "--channel", channel, "--out", str(out)]) == 0
        assert json.loads(out.with_suffix(".json").read_text())["sound"]["channels"] == said
        values[channel] = [float(row.split(",")[-2]) for row in out.read_text().splitlines()[1:]]
    assert np.median(values["1"]) == pytest.approx(120, abs=0.5)
    assert np.median(values["2"]) == pytest.approx(190, abs=0.5)
    capsys.readouterr()


def test_a_channel_that_is_not_there_is_refused(two, capsys, small_model):
    assert main(["listing", str(two), "pitch", "--channel", "3"]) == 2
    assert "has 2 channels, not channel 3" in capsys.readouterr().err
    assert main(["listing", str(two), "pitch", "--channel", "0"]) == 2
    assert "not a channel" in capsys.readouterr().err
    assert main(["listing", str(small_model), "pitch", "--channel", "1"]) == 2
    assert "--channel chooses a channel of a sound file" in capsys.readouterr().err


def test_the_channels_of_one_recording_have_one_name_and_origins_of_their_own(two):
    tracks = [read_recording(two, channel)[0] for channel in (0, 1, 2)]
    assert len({track.origin.sound for track in tracks}) == 1
    assert [track.origin.reduction for track in tracks] == [
        "2 channels averaged", "channel 1 of 2", "channel 2 of 2",
    ]  # fmt: skip
    np.testing.assert_allclose(tracks[0].samples, (tracks[1].samples + tracks[2].samples) / 2, atol=1e-7)


def test_one_channel_of_a_long_recording_is_read_from_its_file(two, tmp_path, monkeypatch):
    monkeypatch.setattr("core.recordings.sound_file.LONG_FROM", 1000)
    truth, _ = soundfile.read(two, dtype="float32")
    for channel in (1, 2):
        sound = LongSound(look_at(two, channel), tmp_path / "kept")
        assert not sound.whole  # what was kept of another channel is not taken for this one's
        sound.look_through()
        track = sound.track("x")
        np.testing.assert_array_equal(track.samples[:], truth[:, channel - 1])
        assert track.peak == pytest.approx(np.abs(truth[:, channel - 1] - truth[:, channel - 1].mean()).max())


def test_the_header_says_how_channels_became_one_curve_and_the_menu_chooses(window, two, monkeypatch):
    from widgets.stack.lane_menu import lane_menu

    window.on.model_loader.open(two)
    session = window.on.session
    tiers = window.on.tier_editor.sounds
    window.wiring.show_stack()
    lane = window.stack.lanes[0].lane
    assert lane.key == KEY
    assert lane.meta == "2 channels averaged · 0.5 s · 16000 Hz"
    menu = lane_menu(
        lane, (-1, 1), lambda *wish: window.stack.lane_wanted.emit(KEY, *wish), lambda key: None, window
    )
    channels = next(action.menu() for action in menu.actions() if action.text() == "Channel")
    assert [a.text() for a in channels.actions()] == ["Average of all 2", "Channel 1", "Channel 2"]
    assert [a.isChecked() for a in channels.actions()] == [True, False, False]
    channels.actions()[2].trigger()
    track = session.shown.tracks[KEY]
    np.testing.assert_array_equal(track.samples, soundfile.read(two, dtype="float32")[0][:, 1])
    assert np.nanmedian(session.shown.overlays[KEY, "pitch"][0].samples) == pytest.approx(190, abs=0.5)
    window.wiring.show_stack()
    assert window.stack.lanes[0].lane.meta == "channel 2 of 2 · 0.5 s · 16000 Hz"
    assert window.on.tier_editor.sounds == tiers  # its tiers stay its own
    window.menus.run("layers.channel")
    assert session.shown.tracks[KEY].origin.reduction == "2 channels averaged"


def test_a_channel_is_a_step_of_undo_and_what_is_shown_follows(services, two):
    services.model_loader.open(two)
    session, shown = services.session, lambda: services.session.shown.tracks[KEY].origin.reduction
    for channel in (1, 2):
        services.recordings.choose_channel(KEY, channel)
    assert session.history.undo_words == "channel of two.wav"
    for menu, told in (
        ("undo", "channel 1 of 2"),
        ("undo", "2 channels averaged"),
        ("redo", "channel 1 of 2"),
    ):
        run(services, f"edit.{menu}")
        assert shown() == told
    services.model_loader.open(two)
    assert shown() == "channel 1 of 2", "opened once more it stays what was chosen"


def test_a_channel_that_cannot_be_read_is_told_and_nothing_changes(services, two):
    services.model_loader.open(two)
    told = []
    services.messages.faulted.connect(told.append)
    two.unlink()
    services.recordings.choose_channel(KEY, 2)
    services.session.set_value(0, 0.5)
    assert len(told) == 1
    assert services.session.shown.tracks[KEY].origin.reduction == "2 channels averaged"


def test_a_listing_in_the_window_names_the_channel(window, two):
    window.on.model_loader.open(two)
    window.on.recordings.choose_channel(KEY, 1)
    made = []
    window.listing_windows.open = made.append
    window.listing_windows.list_of("zero crossings")
    assert made[0].title.endswith("two, channel 1 of 2")


def test_a_long_recordings_channel_is_chosen_too(services, two, monkeypatch):
    monkeypatch.setattr("core.recordings.sound_file.LONG_FROM", 1000)
    services.model_loader.open(two)
    services.recordings.choose_channel(KEY, 2)
    track = services.session.shown.tracks[KEY]
    assert isinstance(track, LongTrack)
    np.testing.assert_array_equal(track.samples[:], soundfile.read(two, dtype="float32")[0][:, 1])
    assert track.origin.reduction == "channel 2 of 2"


def test_a_mono_recording_has_no_channels_to_choose(window, tmp_path):
    soundfile.write(tmp_path / "one.wav", np.zeros(4000), 8000)
    window.on.model_loader.open(tmp_path / "one.wav")
    window.wiring.show_stack()
    assert window.stack.lanes[0].lane.meta == "0.5 s · 8000 Hz"
    assert not window.menus.actions["layers.channel"].isEnabled()


def test_results_and_records_of_the_window_name_the_channel(services, two):
    from app.measuring.items import ItemGathering
    from app.measuring.settings import MeasureSettings

    services.model_loader.open(two)
    services.recordings.choose_channel(KEY, 2)
    services.session.set_active(KEY)
    services.queries.ask("f0", where=0.25)
    row = services.queries.results.rows[-1]
    assert row.point == "channel 2 of 2"
    assert row.answer.value == pytest.approx(190, abs=0.5)
    on = services
    gathering = ItemGathering(on.context, on.engine, on.recordings, on.latent_driven, on.tier_editor)
    items = []
    gathering.gather(MeasureSettings(what="the active recording"), items.extend)
    assert gathering.about(items)["sound"]["channels"] == "channel 2 of 2"
