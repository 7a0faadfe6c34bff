"""Long recordings: what is drawn, read and kept of a file equals what is in it."""

import os
import pickle
import threading

import numpy as np
import parselmouth
import pytest
import soundfile

from core.faults import Fault
from core.playback.sonification import safe
from core.processes.praat_pool import InlinePool
from core.recordings import cache
from core.recordings.file_samples import BLOCK, MOST_AT_ONCE, FileSamples
from core.recordings.long_sound import LongSound, LongTrack, in_memory
from core.recordings.pyramid import BASE, PyramidEnds, build, glance, spread
from core.recordings.sound_file import SoundFile, look_at
from core.signals.axis import Range
from core.signals.envelope import Pyramid, envelope, extremes
from core.signals.track import Track

RATE_HZ = 16000
N = 5 * BLOCK + 777


@pytest.fixture(scope="module")
def truth():
    chance = np.random.default_rng(7)
    loud = np.abs(np.sin(np.arange(N) / 9000)) * 0.9
    return np.round(loud * chance.uniform(-1, 1, N) * 32767) / 32768


@pytest.fixture
def sound(tmp_path, truth):
    soundfile.write(tmp_path / "long.wav", truth, RATE_HZ, subtype="PCM_16")
    return LongSound(look_at(tmp_path / "long.wav"), tmp_path / "kept")


@pytest.mark.parametrize("suffix", ["wav", "flac", "aiff", "w64", "ogg", "mp3"])
def test_any_slice_of_any_format_is_what_one_reading_gives(tmp_path, truth, suffix):
    path = tmp_path / f"a.{suffix}"
    soundfile.write(path, truth, RATE_HZ)
    is_mp3 = suffix == "mp3"
    whole = parselmouth.read(str(path)).values[0] if is_mp3 else soundfile.read(path, dtype="float32")[0]
    samples = FileSamples(look_at(path))
    assert len(samples) == len(whole)
    close = 3e-6 if is_mp3 else 1e-6  # Praat's decoder computes with integers
    for first, last in (
        (BLOCK - 3, BLOCK + 5),
        (4 * BLOCK, N),
        (0, 10),
        (N - 1, N),
        (2 * BLOCK + 9, 4 * BLOCK),
    ):
        np.testing.assert_allclose(samples[first:last], whole[first:last], atol=close)
    assert samples[-1] == pytest.approx(whole[-1], abs=close)


def test_a_long_track_answers_as_the_same_track_in_memory(sound, truth):
    long = sound.track("long")
    short = Track("short", truth.astype(np.float32), long.axis)
    for time_s in (0.0, 3.00001, 4.09597, 20.0, long.axis.extent.end_s, 99.0):
        np.testing.assert_equal(long.at(time_s), short.at(time_s))
    window = Range(4.0, 4.2)
    np.testing.assert_array_equal(long.part(window), short.part(window))
    cut = in_memory(long, window)
    assert type(cut) is Track
    assert cut.axis.start_s == long.axis.seconds(long.axis.samples_in(window)[0])
    np.testing.assert_array_equal(cut.samples, short.part(window))


@pytest.mark.parametrize("length_s", [20.5, 7.0, 0.9, 0.01])
@pytest.mark.parametrize("width_px", [1600, 150])
def test_what_is_drawn_is_what_the_samples_give(sound, truth, length_s, width_px):
    sound.look_through()
    long = sound.track("long")
    short = Track("short", truth.astype(np.float32), long.axis)
    window = Range(0.3, 0.3 + length_s)
    found = envelope(long, window, width_px, long.pyramid)
    for k in range(0, found.low.size, 7):
        middle = long.axis.index(found.first_s + k * found.step_s)
        first = round(middle - (found.per_block - 1) / 2)
        part = truth[first : first + found.per_block].astype(np.float32)
        assert (found.low[k], found.high[k]) == (part.min(), part.max())
    assert found.per_block <= max(1.0, length_s * RATE_HZ / width_px + 1e-6)
    assert extremes(long, window, long.pyramid) == extremes(short, window)


def test_coarser_levels_give_the_same_extremes():
    samples = np.random.default_rng(1).standard_normal(1 << 20).astype(np.float32)
    low = Pyramid.of(samples)
    tall = low.heightened()
    assert tall.coarser is not None
    assert tall.level(10**6).per_block > low.per_block
    for first in (0, 5, 100):
        high = tall.level(1 << 14)
        share = high.per_block
        block = samples[first * share : (first + 1) * share]
        assert (high.low[first], high.high[first]) == (block.min(), block.max())


def test_a_glance_touches_the_whole_length_and_invents_nothing(sound, truth):
    ends = PyramidEnds.unknown(N)
    glance(sound.file, ends, limit_s=np.inf)
    known = np.flatnonzero(np.isfinite(ends.low))
    assert known[0] == 0
    assert known[-1] == ends.low.size - 1
    for place in known[:: max(1, known.size // 50)]:
        block = truth[place * BASE : (place + 1) * BASE].astype(np.float32)
        assert (ends.low[place], ends.high[place]) == (block.min(), block.max())


def test_a_glance_out_of_time_is_still_spread_evenly(sound):
    assert sorted(spread(1000)) == list(range(1000))
    assert np.diff(sorted(spread(1024)[:64])).max() == 16
    ends = PyramidEnds.unknown(N)
    glance(sound.file, ends, limit_s=-1.0)
    assert np.count_nonzero(np.isfinite(ends.low)) == 1


def test_looking_through_tells_its_progress_and_stops_when_told(sound, monkeypatch):
    monkeypatch.setattr("core.recordings.pyramid.TELL_EVERY_S", -1.0)
    told = []
    sound.look_through(told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert len(told) > 1
    assert sound.track("x").part_known == 1.0
    assert build(sound.file, PyramidEnds.unknown(N), stopped=lambda: True) is None


def test_a_stopped_look_leaves_nothing_on_the_disk(sound, tmp_path):
    sound.look_through(stopped=lambda: True)
    assert not sound.whole
    assert not (tmp_path / "kept").exists()


def test_a_file_is_looked_through_once(sound, tmp_path, monkeypatch):
    sound.look_through()
    monkeypatch.setattr("core.recordings.long_sound.build", None)
    monkeypatch.setattr("core.recordings.long_sound.glance", None)
    again = LongSound(sound.file, tmp_path / "kept")
    assert again.whole
    again.look_through()
    for one, other in ((again.ends.low, sound.ends.low), (again.ends.high, sound.ends.high)):
        np.testing.assert_array_equal(one, other)
    assert again.track("x").origin == sound.track("x").origin


def test_a_changed_file_and_a_damaged_cache_are_looked_through_anew(sound, tmp_path):
    sound.look_through()
    kept = next((tmp_path / "kept").glob("*.pyramid"))
    before = sound.track("x").origin
    kept.write_bytes(kept.read_bytes()[:-4])
    assert not LongSound(sound.file, tmp_path / "kept").whole
    state = os.stat(sound.file.path)
    os.utime(sound.file.path, ns=(state.st_atime_ns, state.st_mtime_ns + 10**9))
    assert LongSound(sound.file, tmp_path / "kept").track("x").origin != before


def test_the_cache_forgets_what_was_not_used_for_longest(tmp_path):
    for number in range(4):
        cache.keep(tmp_path, f"key{number}", PyramidEnds.unknown(BASE * 1000))
        os.utime(tmp_path / f"key{number}.pyramid", ns=(number * 10**9, number * 10**9))
    assert cache.kept(tmp_path, "key0", BASE * 1000) is not None  # used just now
    cache.trim(tmp_path, 2 * 8100)
    assert sorted(path.stem for path in tmp_path.glob("*.pyramid")) == ["key0", "key3"]


def test_a_cache_that_cannot_be_written_costs_only_time(sound, tmp_path):
    (tmp_path / "kept").write_text("a file where the folder should be")
    sound.look_through()
    assert sound.whole


def test_infinities_are_gaps_and_are_counted(tmp_path, truth):
    damaged = truth.astype(np.float32)
    damaged[[5, 300, N - 1]] = np.inf, np.nan, -np.inf
    soundfile.write(tmp_path / "a.wav", damaged, RATE_HZ, subtype="FLOAT")
    sound = LongSound(look_at(tmp_path / "a.wav"), tmp_path)
    sound.look_through()
    track = sound.track("x")
    assert sound.bad == 3
    assert LongSound(sound.file, tmp_path).bad == 3
    assert np.isfinite(track.pyramid.high).all()
    assert np.isnan(track.part(Range(0.0, 0.02))[[5, 300]]).all()
    assert extremes(track, track.axis.extent, track.pyramid)[1] == np.nanmax(truth.astype(np.float32))


def test_channels_are_averaged_block_by_block(tmp_path, truth):
    both = np.stack([truth, -truth / 2], axis=1)
    soundfile.write(tmp_path / "a.wav", both, RATE_HZ, subtype="FLOAT")
    samples = FileSamples(look_at(tmp_path / "a.wav"))
    np.testing.assert_allclose(samples[BLOCK - 9 : BLOCK + 9], truth[BLOCK - 9 : BLOCK + 9] / 4, atol=1e-6)


def test_a_file_taken_away_leaves_gaps_and_no_error(sound):
    track = sound.track("x")
    before = track.part(Range(0.0, 0.1))
    os.truncate(sound.file.path, 5000)
    np.testing.assert_array_equal(track.part(Range(0.0, 0.1)), before)
    assert np.isnan(track.part(Range(15.0, 15.1))).all()
    os.remove(sound.file.path)
    fresh = pickle.loads(pickle.dumps(track))
    assert np.isnan(fresh.part(Range(0.0, 0.1))).all()


def test_a_worker_is_sent_a_name_and_measures_the_same(sound, truth):
    track = sound.track("long")
    sent = pickle.dumps(track)
    assert len(sent) < 2000
    copy = pickle.loads(sent)
    assert isinstance(copy, LongTrack)
    short = Track("short", truth.astype(np.float32), track.axis)
    pool = InlinePool()
    ours = pool.submit("intensity", copy).result()[0]
    theirs = pool.submit("intensity", short).result()[0]
    np.testing.assert_array_equal(ours.samples, theirs.samples)
    stretch = pickle.loads(pickle.dumps(track.stretch(Range(2.0, 3.0))))
    np.testing.assert_array_equal(in_memory(stretch).samples, short.part(Range(2.0, 3.0)))


def test_the_players_desk_reads_a_stretch_as_it_would_hear_an_array(sound, truth):
    stretch = FileSamples(sound.file).stretch(1000, 3000)
    assert stretch.size == 2000
    np.testing.assert_array_equal(safe(stretch, 16000.0), safe(truth[1000:3000].astype(np.float32), 16000.0))


def test_more_than_fits_is_refused_in_words():
    endless = FileSamples(SoundFile("endless.wav", 44100.0, MOST_AT_ONCE + 1, 1))
    with pytest.raises(Fault, match="too long to load"):
        np.asarray(endless)


def test_threads_read_one_file_without_disturbing_each_other(sound, truth):
    samples = FileSamples(sound.file)
    wrong = []

    def read(seed):
        chance = np.random.default_rng(seed)
        for first in chance.integers(0, N - 5000, 40):
            if not np.array_equal(
                samples[first : first + 5000], truth[first : first + 5000].astype(np.float32)
            ):
                wrong.append(first)

    threads = [threading.Thread(target=read, args=(seed,)) for seed in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
