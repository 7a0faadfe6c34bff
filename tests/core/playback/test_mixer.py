import numpy as np
import pytest

from core.playback.mixer import Mixer, Voice

RATE_HZ = 48000.0
FADE = 480


def voice(samples, number=1, play=1, **how) -> Voice:
    return Voice(np.asarray(samples, np.float32), number, play, **how)


def tone(hz=100, count=48000, high=0.5) -> np.ndarray:
    return high * np.sin(2 * np.pi * hz * np.arange(count) / RATE_HZ)


def run(mixer: Mixer, count: int, size: int = 128, at_s: float = 0.0) -> np.ndarray:
    blocks = np.full((count, size), np.nan, np.float32)
    for place, block in enumerate(blocks):
        mixer.fill(block, at_s + place * size / RATE_HZ)
    return blocks.reshape(-1)


def mixing(samples, **how) -> Mixer:
    mixer = Mixer(RATE_HZ)
    mixer.next_voice = voice(samples, **how)
    return mixer


def test_without_a_wish_there_is_silence():
    assert not run(Mixer(RATE_HZ), 3).any()


def test_after_the_first_10_ms_the_sound_is_heard_sample_for_sample():
    sound = tone(count=4800)
    heard = run(mixing(sound), 60)
    np.testing.assert_allclose(heard[FADE:4800], sound[FADE:], atol=1e-7)
    assert not heard[4800:].any()


@pytest.mark.parametrize("size", [1, 37, 480, 1000])
def test_a_loop_is_continuous_sample_for_sample(size):
    sound = tone(hz=480, count=1000)
    heard = run(mixing(sound, loop=True), 5000 // size, size)
    wanted = np.tile(sound, 6)[: heard.size].astype(np.float32)
    np.testing.assert_array_equal(heard[FADE:], wanted[FADE:])


@pytest.mark.parametrize("size", [64, 480, 700])
def test_swapping_a_sound_for_itself_changes_nothing(size):
    sound = tone(hz=480, count=4800)
    mixer = mixing(sound, loop=True)
    before = run(mixer, 5, size)
    mixer.next_voice = voice(sound, number=2, loop=True, keeps_phase=True)
    after = run(mixer, 20, size)
    wanted = np.resize(sound, before.size + after.size).astype(np.float32)
    np.testing.assert_allclose(np.concatenate((before, after))[FADE:], wanted[FADE:], atol=1e-6)


def test_a_swap_keeps_the_phase_and_the_gain():
    first, second = tone(count=9600), np.linspace(-0.5, 0.5, 9600)
    mixer = mixing(first, loop=True)
    run(mixer, 20)
    mixer.next_voice = voice(second, number=2, loop=True, keeps_phase=True)
    heard = run(mixer, 20)
    np.testing.assert_allclose(heard[FADE:], second[20 * 128 + FADE : 40 * 128], atol=1e-6)


def test_a_shorter_sound_is_entered_at_the_phase_in_its_own_length():
    mixer = mixing(tone(count=9600), loop=True)
    run(mixer, 40)
    shorter = np.linspace(0, 1, 2000).astype(np.float32)
    mixer.next_voice = voice(shorter, number=2, loop=True, keeps_phase=True)
    heard = run(mixer, 8)
    place = (40 * 128 + FADE) % 2000
    np.testing.assert_allclose(heard[FADE : FADE + 100], shorter[place : place + 100], atol=1e-6)


def test_the_cross_fade_is_10_ms_long_and_its_weights_add_up_to_1():
    mixer = mixing(np.full(9600, 0.5), loop=True)
    run(mixer, 20)
    mixer.next_voice = voice(np.full(9600, -0.25), number=2, loop=True, keeps_phase=True)
    heard = run(mixer, 5)
    rise = 0.5 - 0.5 * np.cos(np.pi * np.arange(FADE) / FADE)
    np.testing.assert_allclose(heard[:FADE], 0.5 * (1 - rise) - 0.25 * rise, atol=1e-6)
    np.testing.assert_allclose(heard[FADE:], -0.25, atol=1e-6)


def test_swapping_two_tones_leaves_no_click():
    mixer = mixing(tone(hz=200, count=48000), loop=True)
    pieces = [run(mixer, 40)]
    mixer.next_voice = voice(tone(hz=330, count=48000), number=2, loop=True, keeps_phase=True)
    pieces.append(run(mixer, 40))
    heard = np.concatenate(pieces)[FADE:]
    window = np.hanning(heard.size)
    spectrum = np.fft.rfft(heard * window)
    spectrum[np.fft.rfftfreq(heard.size, 1 / RATE_HZ) < 2000] = 0
    assert np.abs(np.fft.irfft(spectrum, heard.size)).max() < 10 ** (-60 / 20)


def test_swaps_faster_than_their_fades_never_jump_nor_grow():
    mixer = mixing(np.full(4800, 0.8), loop=True)
    pieces = [run(mixer, 10)]
    for number in range(2, 30):
        mixer.next_voice = voice(
            np.full(4800, 0.8 * (-1) ** number), number=number, loop=True, keeps_phase=True
        )
        pieces.append(run(mixer, 1))
    heard = np.concatenate(pieces)[FADE:]
    assert np.abs(heard).max() <= 0.8 + 1e-6
    assert np.abs(np.diff(heard)).max() < 2 * 1.6 * np.pi / 2 / FADE


def test_silencing_fades_out_within_10_ms():
    mixer = mixing(np.full(4800, 0.8), loop=True)
    run(mixer, 10)
    mixer.silenced = 1
    heard = run(mixer, 10)
    assert heard[0] == pytest.approx(0.8)
    assert np.abs(np.diff(heard)).max() < 0.8 * np.pi / FADE
    assert not heard[FADE:].any()


def test_a_wish_that_was_silenced_before_it_was_ready_is_never_heard():
    mixer = Mixer(RATE_HZ)
    mixer.silenced = 3
    mixer.next_voice = voice(np.ones(100), number=3, play=3)
    assert not run(mixer, 3).any()
    mixer.next_voice = voice(np.ones(4800), number=4, play=4)
    assert run(mixer, 10).any()


def test_the_end_is_told_once_with_the_sounds_number():
    told: list[int] = []
    mixer = Mixer(RATE_HZ, told.append)
    mixer.next_voice = voice(np.ones(200), number=7, play=7)
    run(mixer, 10)
    assert told == [7]


def test_a_swap_of_a_sound_that_has_ended_is_over_at_once():
    told: list[int] = []
    mixer = Mixer(RATE_HZ, told.append)
    mixer.next_voice = voice(np.ones(200))
    run(mixer, 10)
    mixer.next_voice = voice(np.ones(200), number=2, keeps_phase=True)
    assert not run(mixer, 5).any()
    assert told == [1, 2]


def test_a_swap_to_a_sound_that_is_over_at_this_phase_ends():
    told: list[int] = []
    mixer = Mixer(RATE_HZ, told.append)
    mixer.next_voice = voice(np.ones(9600))
    run(mixer, 20)
    mixer.next_voice = voice(np.ones(100), number=2, keeps_phase=True)
    run(mixer, 20)
    assert told == [2]


def test_the_volume_changes_without_a_jump():
    mixer = mixing(np.ones(48000), loop=True)
    run(mixer, 10)
    mixer.gain = 0.1
    heard = run(mixer, 2, 480)
    assert heard[-1] == pytest.approx(0.1)
    assert np.abs(np.diff(heard)).max() < 0.01


def test_the_position_is_what_is_heard_now_and_not_what_was_filled():
    mixer = mixing(tone(count=48000), loop=True, start_s=3.0)
    run(mixer, 100, 480, at_s=10.0)
    moment = mixer.position
    assert moment is not None
    assert moment.position_s(10.5, RATE_HZ) == pytest.approx(3.5)
    assert moment.position_s(9.9, RATE_HZ) == 3.0
    assert moment.position_s(11.25, RATE_HZ) == pytest.approx(3.25)


def test_the_position_of_a_sound_that_is_not_looped_stays_at_its_end():
    mixer = mixing(tone(count=4800), start_s=1.0)
    run(mixer, 20, 480, at_s=5.0)
    moment = mixer.position
    assert moment is not None
    assert moment.end_s(RATE_HZ) == pytest.approx(5.1)
    assert moment.position_s(9.0, RATE_HZ) == pytest.approx(1.1)
