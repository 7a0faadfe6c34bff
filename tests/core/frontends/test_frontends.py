"""Every front end equals a straight-line computation in numpy, and gradients pass through it."""

from __future__ import annotations

import math
import pickle
from collections.abc import Callable

import numpy as np
import pytest
import torch

from core.faults import Fault
from core.frontends.chunks import Chunks
from core.frontends.compression import DB, Log, decibels
from core.frontends.frontend import FrontEnd, frames_of
from core.frontends.kaldi_fbank import KaldiFbank
from core.frontends.log_mel import LogMel
from core.frontends.mfcc import Mfcc
from core.frontends.normalised_waveform import NormalisedWaveform
from core.frontends.power_spectrum import PowerSpectrum
from core.frontends.registry import FRONTENDS, from_plain, plain, words
from core.frontends.sidekit_mel import SidekitMel
from core.frontends.spectrum import Spectrum
from core.frontends.waveform import Waveform, WaveformChannels, WaveformFrames

RATE = 16000


def sound(n: int = 8000) -> np.ndarray:
    """Give a voiced sound in noise, float64."""
    t = np.arange(n) / RATE
    tones = sum(np.sin(2 * np.pi * 140 * k * t + k) / k for k in range(1, 30))
    return 0.1 * tones + 0.01 * np.random.default_rng(0).standard_normal(n)


# --- straight-line references


def framed(x: np.ndarray, size: int, hop: int) -> np.ndarray:
    return np.stack([x[i : i + size] for i in range(0, len(x) - size + 1, hop)])


def stft_power(x: np.ndarray, size: int, hop: int, window: np.ndarray, edge: str | None) -> np.ndarray:
    if edge is not None:
        x = np.pad(x, size // 2, mode="reflect" if edge == "reflect" else "constant")
    rows = []
    for frame in framed(x, size, hop):
        angles = -2j * np.pi * np.outer(np.arange(size // 2 + 1), np.arange(size)) / size
        rows.append(np.abs(np.exp(angles) @ (frame * window)) ** 2)
    return np.array(rows)


def periodic_hann(size: int) -> np.ndarray:
    return np.hanning(size + 1)[:-1]


def slaney_hz(mels: np.ndarray) -> np.ndarray:
    return np.array([m * 200 / 3 if m < 15 else 1000 * 6.4 ** ((m - 15) / 27) for m in mels])


def slaney_mel(hz: float) -> float:
    return hz * 3 / 200 if hz < 1000 else 15 + 27 * math.log(hz / 1000) / math.log(6.4)


def triangles(corners: np.ndarray, places: np.ndarray, area: bool) -> np.ndarray:
    bank = np.zeros((len(places), len(corners) - 2))
    for b in range(bank.shape[1]):
        left, top, right = corners[b : b + 3]
        for k, f in enumerate(places):
            if left < f <= top:
                bank[k, b] = (f - left) / (top - left)
            elif top < f < right:
                bank[k, b] = (right - f) / (right - top)
        if area:
            bank[:, b] *= 2 / (right - left)
    return bank


def log_mel_slaney(x: np.ndarray) -> np.ndarray:
    """librosa: melspectrogram(n_fft=512, hop_length=256, n_mels=40), log10(10000 m + 1)."""
    corners = slaney_hz(np.linspace(slaney_mel(0), slaney_mel(8000), 42))
    bank = triangles(corners, np.arange(257) * RATE / 512, True)
    return np.log10(10000 * stft_power(x, 512, 256, periodic_hann(512), "reflect") @ bank + 1)


def htk_corners(low: float, high: float, bands: int) -> np.ndarray:
    mels = np.linspace(2595 * np.log10(1 + low / 700), 2595 * np.log10(1 + high / 700), bands + 2)
    return 700 * (10 ** (mels / 2595) - 1)


def log_mel_htk(x: np.ndarray) -> np.ndarray:
    """torchaudio: MelSpectrogram(n_fft=400, hop_length=200, n_mels=23), AmplitudeToDB("power", 80)."""
    bank = triangles(htk_corners(0, 8000, 23), np.arange(201) * RATE / 400, False)
    db = 10 * np.log10(np.maximum(stft_power(x, 400, 200, periodic_hann(400), "reflect") @ bank, 1e-10))
    return np.maximum(db, db.max() - 80)


def log_mel_bins(x: np.ndarray) -> np.ndarray:
    corners = np.floor(1025 * htk_corners(0, 8000, 20) / RATE)
    bank = triangles(corners, np.arange(513.0), False)
    return np.log(stft_power(x, 1024, 320, np.hanning(1024), None) @ bank + 1e-7)


def log_mel_yaafe(x: np.ndarray) -> np.ndarray:
    """Schlüter & Grill: magnitudes of 1024 samples every 315 at 22,050 Hz, filters that sum to 1."""
    bins = np.arange(513) * 22050 / 1024
    mels = np.linspace(1127 * np.log(1 + 27.5 / 700), 1127 * np.log(1 + 8000 / 700), 82)
    peaks = 700 * (np.exp(mels / 1127) - 1)
    bank = np.zeros((513, 80))
    for b in range(80):
        left, top, right = (int(np.sum(bins < peaks[b + i])) for i in range(3))
        for k in range(left, top):
            bank[k, b] = (bins[k] - peaks[b]) / (top - left)
        for k in range(top, right):
            bank[k, b] = (peaks[b + 2] - bins[k]) / (right - top)
        bank[:, b] /= bank[:, b].sum()
    magnitude = np.sqrt(stft_power(x, 1024, 315, np.hanning(1024), None))
    values = np.log(np.maximum(magnitude @ bank, 1e-7))
    return (values - values.mean(0)) / values.std(0)


def kaldi(x: np.ndarray) -> np.ndarray:
    """compute-fbank-feats --dither=0 --num-mel-bins=23: frames of 25 ms every 10 ms, povey window."""
    frames = framed(x * 32768, 400, 160)
    frames = frames - frames.mean(1, keepdims=True)
    emphasised = frames.copy()
    emphasised[:, 1:] -= 0.97 * frames[:, :-1]
    emphasised[:, 0] -= 0.97 * frames[:, 0]
    windowed = emphasised * (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(400) / 399)) ** 0.85
    power = np.abs(np.fft.rfft(windowed, 512)) ** 2
    mel = lambda hz: 1127 * np.log(1 + hz / 700)  # noqa: E731
    corners = mel(20) + np.arange(25) * (mel(8000) - mel(20)) / 24
    bank = triangles(corners, mel(np.arange(257) * RATE / 512), False)
    return np.log(np.maximum(power @ bank, np.finfo(np.float32).eps))


def mfcc(x: np.ndarray) -> np.ndarray:
    bands = log_mel_htk(x)
    rows = np.arange(23)
    cosines = [
        np.cos(np.pi * k * (rows + 0.5) / 23) * math.sqrt((1 if k == 0 else 2) / 23) for k in range(13)
    ]
    values = bands @ np.array(cosines).T
    found = [values]
    for _ in range(2):
        padded = np.pad(found[-1], ((2, 2), (0, 0)), mode="edge")
        n = len(values)
        found.append(sum(k * padded[2 + k : 2 + k + n] for k in range(-2, 3)) / 10)
    return np.concatenate(found, 1)


def normalised_frames(x: np.ndarray) -> np.ndarray:
    frames = framed(np.pad(x, 512), 1024, 160)
    return (frames - frames.mean(1, keepdims=True)) / frames.std(1, ddof=1, keepdims=True)


def chunks(x: np.ndarray) -> np.ndarray:
    whole = np.concatenate([np.zeros(64), x, np.zeros(-len(x) % 512)])
    rows = framed(whole, 576, 512)
    return np.concatenate([rows, rows[:, -2:-66:-1]], 1)


def power(x: np.ndarray) -> np.ndarray:
    return stft_power(x, 400, 200, periodic_hann(400), "zeros")


def decibel_spectrum(x: np.ndarray) -> np.ndarray:
    values = 10 * np.log10(np.maximum(stft_power(x, 512, 128, periodic_hann(512), "reflect"), 1e-15))
    return (values - values.mean()) / values.std()


def sidekit(x: np.ndarray) -> np.ndarray:
    """SIDEKIT's mfcc(get_mspec=True), the first 21 of 24 bands."""
    frames = framed(x * 32768, 400, 160)
    frames = np.concatenate([frames[:, :1] * 0.03, frames[:, 1:] - 0.97 * frames[:, :-1]], 1)
    power = np.abs(np.fft.rfft(frames * np.hanning(400), 512)) ** 2
    corners, bins = htk_corners(100, 8000, 24), np.arange(257) * RATE / 512
    bank = np.zeros((257, 21))
    for b in range(21):
        left, top, right = corners[b : b + 3]
        for k in range(int(left * 512 / RATE) + 1, int(right * 512 / RATE)):
            up, down = (bins[k] - left) / (top - left), (right - bins[k]) / (right - top)
            bank[k, b] = 2 / (right - left) * (up if k <= int(top * 512 / RATE) else down)
    return np.log(power @ bank)


HTK = LogMel(RATE, Spectrum(400, 200), 23, 0, 8000, "htk", decibels(-100, 80))
CASES: dict[str, tuple[FrontEnd, Callable[[np.ndarray], np.ndarray]]] = {
    "waveform": (Waveform(), lambda x: x[:, None]),
    "waveform channels": (WaveformChannels(3), lambda x: np.stack([x, x, x], 1)),
    "normalised waveform": (
        NormalisedWaveform(),
        lambda x: ((x - x.mean()) / np.sqrt(x.var() + 1e-7))[:, None],
    ),
    "waveform frames": (WaveformFrames(1024, 160), normalised_frames),
    "chunks": (Chunks(512, 64, 64), chunks),
    "power spectrum": (PowerSpectrum(Spectrum(400, 200, edge="zeros")), power),
    "decibels, recording": (
        PowerSpectrum(Spectrum(512, 128), decibels(-150), "recording"),
        decibel_spectrum,
    ),
    "log-mel, Slaney": (
        LogMel(RATE, Spectrum(512, 256), 40, 0, 8000, "slaney", Log(1 / math.log(10), 10000, 1), True),
        log_mel_slaney,
    ),
    "log-mel, HTK": (HTK, log_mel_htk),
    "log-mel, HTK on bins": (
        LogMel(
            RATE,
            Spectrum(1024, 320, window="symmetric hann", centred=False),
            20,
            0,
            8000,
            "htk bins",
            Log(offset=1e-7),
        ),
        log_mel_bins,
    ),
    "log-mel, Yaafe": (
        LogMel(
            22050,
            Spectrum(1024, 315, window="symmetric hann", power=1, centred=False),
            80,
            27.5,
            8000,
            "yaafe",
            Log(floor=1e-7),
            normalisation="band",
        ),
        log_mel_yaafe,
    ),
    "Kaldi filter bank": (KaldiFbank(RATE, 400, 160, 23, 20, 8000), kaldi),
    "SIDEKIT's mel bands of whole numbers": (
        SidekitMel(RATE, 400, 160, 24, 21, 100, 8000, whole=True),
        lambda x: sidekit(np.round(x * 32768) / 32768),
    ),
    "SIDEKIT's mel bands": (SidekitMel(RATE, 400, 160, 24, 21, 100, 8000), sidekit),
    "MFCC with slopes": (Mfcc(HTK, 13, 2, 5), mfcc),
}


@pytest.mark.parametrize("name", CASES)
def test_a_front_end_equals_its_formula(name: str) -> None:
    frontend, reference = CASES[name]
    x = sound()
    expected = reference(x)
    found = frontend.features(torch.from_numpy(x)[None])[0].numpy()
    assert found.shape == expected.shape == (frontend.length(len(x)), frontend.channels)
    np.testing.assert_allclose(found, expected, atol=1e-5, rtol=1e-9)
    assert np.ptp(expected) > 0.1


@pytest.mark.parametrize("name", CASES)
def test_samples_in_single_precision_lose_nothing(name: str) -> None:
    frontend, reference = CASES[name]
    x = sound()
    found = frames_of(frontend, torch.from_numpy(x.astype(np.float32))[None])[0]
    expected = reference(x.astype(np.float32).astype(np.float64))
    assert found.dtype == torch.float32
    np.testing.assert_allclose(found.numpy(), expected, atol=1e-5, rtol=1e-6)


@pytest.mark.parametrize("name", CASES)
def test_gradients_pass_and_are_those_of_finite_differences(name: str) -> None:
    frontend, _ = CASES[name]
    if getattr(frontend, "whole", False):
        pytest.skip("rounding has no slope; the gradient is that of what is rounded")
    x = torch.from_numpy(sound(3000))[None].requires_grad_()
    chance = torch.Generator().manual_seed(0)
    weights = torch.randn(frontend.features(x).shape, generator=chance, dtype=torch.float64)
    (gradient,) = torch.autograd.grad((frontend.features(x) * weights).sum(), x)
    way = torch.randn(x.shape, generator=chance, dtype=torch.float64)
    way, step = way / way.norm(), 1e-7
    with torch.no_grad():
        ends = [(frontend.features(x + sign * step * way) * weights).sum() for sign in (1, -1)]
    expected = float((gradient * way).sum())
    assert float(ends[0] - ends[1]) / (2 * step) == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize("name", CASES)
def test_silence_has_finite_values_and_gradients(name: str) -> None:
    frontend, _ = CASES[name]
    x = torch.zeros(1, 4000, requires_grad=True)
    found = frontend.features(x)
    (gradient,) = torch.autograd.grad(found.sum(), x)
    assert torch.isfinite(gradient).all()
    if "power" not in name:
        assert torch.isfinite(found).all()


@pytest.mark.parametrize("name", CASES)
def test_a_frame_hears_the_samples_around_its_centre(name: str) -> None:
    """The gradient of one frame is zero outside its window, and the window's middle is its centre."""
    frontend, _ = CASES[name]
    if frontend.hears_all or isinstance(frontend, Mfcc):
        pytest.skip("what is normalised over the recording hears all of it")
    x = torch.from_numpy(sound(6000))[None].requires_grad_()
    found = frontend.features(x)
    k = found.shape[1] // 2
    chance = torch.Generator().manual_seed(0)
    weights = torch.randn(found.shape[2], generator=chance, dtype=torch.float64)
    (gradient,) = torch.autograd.grad((found[0, k] * weights).sum(), x)
    heard = np.flatnonzero(gradient[0].abs().numpy() > 0)
    first, last = heard[0], heard[-1]
    assert last - first + 1 <= frontend.reach
    assert last - first + 1 >= frontend.reach - 2  # a window's ends are 0
    middle = frontend.centre + k * frontend.step
    assert (first + last) / 2 == pytest.approx(middle - 32 if isinstance(frontend, Chunks) else middle, abs=1)


@pytest.mark.parametrize("name", CASES)
def test_a_front_end_is_a_value(name: str) -> None:
    frontend, _ = CASES[name]
    assert from_plain(plain(frontend)) == frontend
    assert pickle.loads(pickle.dumps(frontend)) == frontend
    assert len({frontend, from_plain(plain(frontend))}) == 1
    assert words(frontend)


def test_every_front_end_of_the_table_is_tested() -> None:
    assert {plain(frontend)["kind"] for frontend, _ in CASES.values()} == set(FRONTENDS)


def test_a_card_with_a_wrong_front_end_is_refused() -> None:
    with pytest.raises(Fault, match="no front end “wavelet”"):
        from_plain({"kind": "wavelet"})
    with pytest.raises(Fault, match="cannot be used"):
        from_plain({"kind": "log-mel", "bands": "many"})
    with pytest.raises(Fault, match="cannot be used"):
        from_plain({"kind": "waveform frames", "size": 0, "hop": 160})


@pytest.mark.parametrize(
    "frontend", [PowerSpectrum(Spectrum(400, 200)), KaldiFbank(RATE, 400, 160, 23, 20, 8000)]
)
def test_a_sound_without_a_frame_is_refused(frontend: FrontEnd) -> None:
    assert frontend.length(100) == 0
    with pytest.raises(Fault, match="100 samples; this network needs at least"):
        frontend.features(torch.zeros(1, 100))


def test_decibels_are_ten_decimal_logarithms() -> None:
    assert DB * math.log(100) == pytest.approx(20)
    assert decibels(-150)(torch.zeros(1, 1, 1)).item() == pytest.approx(-150, abs=1e-4)
