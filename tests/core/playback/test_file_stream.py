"""A long recording is heard to its end, without gaps, and never lies in memory as a whole."""

from __future__ import annotations

import numpy as np
import pytest
import soundfile

from core.playback.file_stream import AHEAD, CHUNK_S, FileStream
from core.playback.player import Player
from core.playback.sonification import PLAYED_PEAK
from core.recordings.file_samples import FileSamples
from core.recordings.sound_file import look_at, resampled_to
from tests.support.hand_driven import HandDriven, settle

RATE_HZ, SECONDS = 16000, 70


@pytest.fixture(scope="module")
def samples(tmp_path_factory):
    path = tmp_path_factory.mktemp("streamed") / "long.wav"
    time_s = np.arange(RATE_HZ * SECONDS) / RATE_HZ
    glide = 0.5 * np.sin(2 * np.pi * (200 * time_s + 4 * time_s**2))
    soundfile.write(path, glide, RATE_HZ, subtype="FLOAT")
    return FileSamples(look_at(path))


def heard(streamed, block=4800):
    """Read it as a sound card does, with the desk's reading in between."""
    parts = []
    for first in range(0, streamed.size, block):
        streamed.top_up()
        parts.append(streamed[first : first + block])
    return np.concatenate(parts)


@pytest.mark.parametrize("to_hz", [48000, 44100, 16000])
def test_the_pieces_are_those_of_the_sound_resampled_as_a_whole(samples, to_hz):
    streamed = FileStream(samples, RATE_HZ, to_hz)
    found = heard(streamed)
    truth = resampled_to(np.asarray(samples), RATE_HZ, to_hz) * PLAYED_PEAK
    inner = slice(to_hz // 50, -to_hz // 50)
    assert found.size == SECONDS * to_hz
    np.testing.assert_allclose(found[inner], truth[: found.size][inner], atol=2e-5)
    assert abs(found[0]) < 1e-3
    assert abs(found[-1]) < 1e-3


def test_only_what_is_about_to_be_heard_is_in_memory(samples):
    streamed = FileStream(samples, RATE_HZ, 48000)
    for first in range(0, streamed.size, 48000):
        streamed.top_up()
        assert streamed[first : first + 480].size == 480
        assert streamed.held <= (AHEAD + 1) * CHUNK_S * 48000


def test_a_loop_finds_its_beginning_at_once(samples):
    streamed = FileStream(samples, RATE_HZ, 48000)
    beginning = streamed[0:4800].copy()
    streamed[60 * 48000 : 60 * 48000 + 480]
    streamed.top_up()
    np.testing.assert_array_equal(streamed[0:4800], beginning)


def test_what_comes_too_late_is_silence_and_no_error(samples):
    streamed = FileStream(samples, RATE_HZ, 48000)
    assert not streamed[50 * 48000 : 50 * 48000 + 480].any()
    streamed.top_up()
    assert streamed[50 * 48000 : 50 * 48000 + 480].any()


@pytest.mark.parametrize(
    ("seconds", "rate_hz", "suits"), [(59.0, 16000.0, False), (61.0, 16000.0, True), (61.0, 16000.5, False)]
)
def test_long_files_of_whole_rates_are_read_as_they_play(samples, seconds, rate_hz, suits):
    part = samples.stretch(0, round(seconds * rate_hz))
    assert FileStream.suits(part, rate_hz, 48000) is suits
    assert not FileStream.suits(np.zeros(10_000_000, np.float32), rate_hz, 48000)


def test_the_player_reads_on_while_it_plays(qtbot, samples, monkeypatch):
    """The device asks for a sound far beyond what lies ready; what comes too late is silence."""
    monkeypatch.setattr("core.playback.device_thread.READ_S", 0.01)
    monkeypatch.setattr("core.playback.device_thread.IDLE_S", 0.01)
    device = HandDriven()
    player = Player(lambda fault: None, backend=device)
    try:
        player.play(samples, RATE_HZ)
        settle(player)
        assert device.blocks(1, 4800).any()
        device.blocks((AHEAD + 2) * CHUNK_S, 48000)
        qtbot.waitUntil(lambda: device.blocks(1, 48).any(), timeout=60_000)
        assert device.closed == 0
        player.stop()
        qtbot.waitUntil(lambda: device.closed == 1, timeout=60_000)  # nothing is left to be read on
    finally:
        device.gate.set()
        player.close()
