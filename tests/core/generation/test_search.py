"""Activation maximisation against closed forms, and a whole search with its settings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import parselmouth
import pytest
import torch
from torch import Tensor

from core.faults import Cancelled, Fault
from core.frontends.compression import Log
from core.frontends.log_mel import LogMel
from core.frontends.spectrum import Spectrum
from core.generation.grid import PUBLISHED, Grid, Setting, grid_named
from core.generation.latent_prior import LatentPrior
from core.generation.real_excerpts import Place, RealExcerpts
from core.generation.resampling import Resampler
from core.generation.search import Comparison, Search
from core.generation.trajectory import Best, Course, Trajectory, advanced, begun
from core.networks.latent import LatentLayout

GAUSSIAN = LatentPrior(LatentLayout(6, prior="normal"))
BOX = LatentPrior(LatentLayout(6))
WEIGHTS = torch.tensor([1.0, -2.0, 0.5, 0.0, 3.0, -0.25])
Respond = Callable[[Tensor], Tensor]


def linear(z: Tensor) -> Tensor:
    return z @ WEIGHTS


def bent(z: Tensor) -> Tensor:
    return (z @ WEIGHTS).sin() * (z[:, 0] + 2) - z.square().sum(1).cos()


def run(prior: LatentPrior, course: Course, steps: int, respond: Respond = linear, n: int = 3) -> Trajectory:
    return advanced(begun(prior, course, n, 1, (steps,)), respond, prior, steps)


@pytest.mark.parametrize("sign", [1, -1])
def test_a_linear_unit_ends_at_half_its_weights_over_lambda(sign: int) -> None:
    found = run(GAUSSIAN, Course(sign, 0.02, 0.5), 1500)
    expected = sign * WEIGHTS.numpy() / (2 * 0.5)
    np.testing.assert_allclose(found.z, np.tile(expected, (3, 1)), atol=1e-3)


@pytest.mark.parametrize("sign", [1, -1])
def test_in_a_box_a_linear_unit_reaches_the_sum_of_its_weights(sign: int) -> None:
    found = run(BOX, Course(sign, 0.1, 0.0), 200)
    weights = WEIGHTS.numpy()
    moved = weights != 0
    np.testing.assert_array_equal(found.z[:, moved], np.tile(sign * np.sign(weights[moved]), (3, 1)))
    assert found.best.values == pytest.approx(sign * float(WEIGHTS.abs().sum()), abs=1e-5)
    assert BOX.at_wall(found.z[0]) == 5
    wide = replace(BOX, beyond=3.0)
    assert run(wide, Course(sign, 0.1, 0.0), 300).best.values == pytest.approx(
        3 * sign * float(WEIGHTS.abs().sum()), abs=1e-4
    )


def test_on_the_sphere_a_linear_unit_reaches_radius_times_its_norm() -> None:
    sphere = replace(GAUSSIAN, hold="sphere")
    found = run(sphere, Course(1, 0.05, 0.1), 600)
    assert np.linalg.norm(found.z, axis=1) == pytest.approx(np.sqrt(6), abs=1e-5)
    assert found.best.values == pytest.approx(np.sqrt(6) * float(WEIGHTS.norm()), rel=1e-3)


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("prior", [GAUSSIAN, BOX])
def test_a_unit_of_no_weight_shrinks_z_in_both_directions(sign: int, prior: LatentPrior) -> None:
    """The published code until December 2019 let |z| grow when it minimised."""
    start = begun(prior, Course(sign, 0.01, 0.1), 3, 1)
    found = advanced(start, lambda z: 0 * z.sum(1), prior, 200)
    assert (np.square(found.z).sum(1) < 0.2 * np.square(start.z).sum(1)).all()
    assert found.still == 3


def test_maximising_the_negative_is_minimising_to_the_bit() -> None:
    one = run(GAUSSIAN, Course(1, 0.05, 0.01), 60, lambda z: -bent(z))
    other = run(GAUSSIAN, Course(-1, 0.05, 0.01), 60, bent)
    np.testing.assert_array_equal(one.z, other.z)
    np.testing.assert_array_equal(one.best.values, -other.best.values)


def test_a_restart_does_not_depend_on_the_others() -> None:
    batch = run(BOX, Course(1, 0.05, 0.01), 100, bent, 5)
    for k in range(5):
        single = begun(BOX, Course(1, 0.05, 0.01), 1, 1, (100,))
        z = BOX.draws(1, 1, first=k)
        single = replace(single, z=z, best=Best(single.best.values, z))
        np.testing.assert_allclose(advanced(single, bent, BOX, 100).z[0], batch.z[k], atol=1.6e-4)


def test_one_run_gives_every_number_of_steps_to_the_bit_and_goes_on_from_any() -> None:
    course, marks = Course(-1, 0.1, 0.01), (20, 50, 80)
    whole = advanced(begun(BOX, course, 4, 7, marks), bent, BOX, 80)
    for steps in marks:
        alone = advanced(begun(BOX, course, 4, 7, (steps,)), bent, BOX, steps)
        np.testing.assert_array_equal(alone.snapshots[steps].values, whole.snapshots[steps].values)
        np.testing.assert_array_equal(alone.snapshots[steps].z, whole.snapshots[steps].z)
    parts = begun(BOX, course, 4, 7, marks)
    for step in (3, 20, 41, 80):
        parts = advanced(parts, bent, BOX, step)
    np.testing.assert_array_equal(parts.z, whole.z)
    np.testing.assert_array_equal(parts.curve, whole.curve)
    assert parts.snapshots.keys() == whole.snapshots.keys()


@pytest.mark.parametrize("sign", [1, -1])
def test_the_best_so_far_never_gets_worse(sign: int) -> None:
    found = advanced(begun(BOX, Course(sign, 0.3, 0.01), 4, 1, tuple(range(1, 31))), bent, BOX, 30)
    best = np.stack([found.snapshots[step].values for step in range(1, 31)])
    assert (np.diff(sign * best, axis=0) >= 0).all()
    extreme = found.curve.max(0) if sign > 0 else found.curve.min(0)
    np.testing.assert_array_equal(best[-1], extreme)
    with torch.no_grad():
        np.testing.assert_array_equal(bent(torch.from_numpy(found.best.z)).numpy(), found.best.values)


def test_it_moves_as_torchs_adam_does() -> None:
    found = run(GAUSSIAN, Course(1, 0.05, 0.01), 40, bent)
    z = torch.from_numpy(GAUSSIAN.draws(3, 1)).requires_grad_(True)
    adam = torch.optim.Adam([z], 0.05)
    for _ in range(40):
        adam.zero_grad()
        (0.01 * z.square().sum() - bent(z).sum()).backward()
        adam.step()
    np.testing.assert_allclose(found.z, z.detach().numpy(), atol=1e-5)


def test_codes_stay_or_are_told_with_the_nearest_legal_one() -> None:
    layout = LatentLayout(6, 2, "one-hot")
    kept, moved = LatentPrior(layout), LatentPrior(layout, free_code=True)
    found = run(kept, Course(1, 0.1, 0.0), 30, n=4)
    np.testing.assert_array_equal(found.z[:, :2], [[1, 0], [0, 1], [1, 0], [0, 1]])
    free = run(moved, Course(1, 0.1, 0.0), 60, n=2).z
    np.testing.assert_allclose(free[:, :2], [[1, 0], [1, 0]], atol=1e-6)
    assert moved.nearest_code(free[0]) == (1.0, 0.0)
    fixed = LatentPrior(layout, code=(0.0, 1.0))
    assert (fixed.draws(3, 0)[:, :2] == [0, 1]).all()
    with pytest.raises(Fault, match="2 code slots"):
        LatentPrior(layout, code=(1.0,))
    assert (kept.kind, BOX.kind, GAUSSIAN.kind) == ("box, one-hot", "box", "gaussian")
    bits = LatentPrior(LatentLayout(6, 2, "bits"))
    assert {tuple(row[:2]) for row in bits.draws(4, 0)} == {(0, 0), (0, 1), (1, 0), (1, 1)}


def test_what_is_no_number_is_refused_and_a_stop_is_obeyed() -> None:
    with pytest.raises(Fault, match="no longer a number"):
        run(BOX, Course(1, 0.1, 0.0), 5, lambda z: z.sum(1) / 0 * 0)
    with pytest.raises(Cancelled):
        advanced(begun(BOX, Course(1, 0.1, 0.0), 2, 1), linear, BOX, 5, lambda: True)


RATE = 16000


def sinusoids(z: Tensor) -> Tensor:
    """Make tones whose frequency the first entry sets, from 400 to 2000 Hz."""
    t = torch.arange(1600) / RATE
    return 0.3 * torch.sin(2 * torch.pi * (1200 + 800 * z[:, :1]) * t)


def planted(sounds: Tensor) -> Tensor:
    """Hear how much of the power lies near 1 kHz."""
    power = Spectrum(512, 256, power=2, edge="zeros").values(sounds)
    hz = torch.linspace(0, RATE / 2, power.shape[2])
    near = torch.exp(-0.5 * ((hz - 1000) / 250).square())
    return ((power * near).sum(2) / (power.sum(2) + 1e-9)).mean(1)


def test_a_planted_detector_of_1_khz_finds_1_khz() -> None:
    prior = LatentPrior(LatentLayout(3))
    found = advanced(begun(prior, Course(1, 0.03, 0.0), 4, 2), lambda z: planted(sinusoids(z)), prior, 120)
    with torch.no_grad():
        sounds = sinusoids(torch.from_numpy(found.best.z)).double().numpy()
    for sound in sounds:
        pitch = parselmouth.Sound(np.tile(sound, 2)[:1600], RATE).to_pitch(
            pitch_floor=300, pitch_ceiling=2500
        )
        assert np.median(pitch.selected_array["frequency"]) == pytest.approx(1000, abs=8)


def test_gradients_pass_the_front_end_and_the_resampler() -> None:
    chance = np.random.default_rng(0)
    sound = torch.from_numpy(0.1 * chance.standard_normal((1, 96))).requires_grad_(True)
    front = LogMel(8000, Spectrum(32, 16, power=1), 4, 100, 3900, "slaney", Log(floor=1e-7))
    assert torch.autograd.gradcheck(front.features, (sound,), atol=1e-4)
    assert torch.autograd.gradcheck(Resampler(16000, 22050), (sound,), atol=1e-6)
    silent = torch.zeros(1, 96, dtype=torch.float64, requires_grad=True)
    front.features(silent).sum().backward()
    assert silent.grad is not None
    assert bool(silent.grad.isfinite().all())


@pytest.mark.parametrize(
    ("from_hz", "to_hz"), [(16000, 22050), (16000, 8000), (16000, 16000), (22050, 16000)]
)
def test_resampling_keeps_tones_and_takes_away_what_the_rate_cannot_carry(from_hz: int, to_hz: int) -> None:
    resampler = Resampler(from_hz, to_hz)
    n = from_hz // 10
    for hz in (440.0, 3000.0):
        tone = np.sin(2 * np.pi * hz * np.arange(n) / from_hz)[None]
        made = resampler(torch.from_numpy(tone)).numpy()[0]
        assert len(made) == resampler.length(n) == -(-n * to_hz // from_hz)
        expected = np.sin(2 * np.pi * hz * np.arange(len(made)) / to_hz)
        np.testing.assert_allclose(made[200:-200], expected[200:-200], atol=2e-3)
    if to_hz == 8000:
        high = np.sin(2 * np.pi * 6000 * np.arange(n) / from_hz)[None]
        assert np.abs(resampler(torch.from_numpy(high)).numpy()[0, 200:-200]).max() < 1e-3


def test_the_published_grid_has_27_settings_of_9_trajectories() -> None:
    assert PUBLISHED.count == 27
    assert len(PUBLISHED.courses()) == 18  # both directions
    assert len(list(PUBLISHED.settings(1))) == 27
    assert PUBLISHED.restarts == 50


def test_a_grid_is_read_from_a_file_and_nonsense_is_refused(tmp_path: object) -> None:
    from pathlib import Path

    path = Path(str(tmp_path)) / "grid.json"
    path.write_text('{"steps": [5, 10], "rates": [0.1], "penalties": [0.0, 0.1], "restarts": 3}')
    found = grid_named(str(path))
    assert (found.count, found.restarts) == (4, 3)
    for text, sentence in (
        ('{"steps": []}', "is no grid"),
        ('{"steps": [0], "rates": [1], "penalties": [0]}', "whole numbers from 1"),
        ('{"steps": [5, 5], "rates": [1], "penalties": [0]}', "different"),
        ('{"steps": [5], "rates": [-1], "penalties": [0]}', "above 0"),
    ):
        path.write_text(text)
        with pytest.raises(Fault, match=sentence):
            grid_named(str(path))


def known(search: Search, means: dict[Setting, float], n: int = 50) -> None:
    """Put trajectories whose settings reached normal values of known means."""
    chance = np.random.default_rng(0)
    z = np.zeros((n, 2), np.float32)
    for course in search.grid.courses():
        snapshots = {}
        for steps in search.grid.ordered_steps:
            values = chance.normal(means[Setting(course, steps)], 1, n).astype(np.float32)
            snapshots[steps] = Best(values, z)
        last = snapshots[search.grid.ordered_steps[-1]]
        marks = search.grid.ordered_steps
        curve = np.zeros((marks[-1], n), np.float32)
        search.put(Trajectory(course, 1, z, z, z, last, marks[-1], curve, marks, snapshots))


def real(mean: float, n: int = 200) -> RealExcerpts:
    values = np.random.default_rng(9).normal(mean, 1, n).astype(np.float32)
    return RealExcerpts(tuple(Place(f"{k}.wav", 0.0) for k in range(n)), values, values[:, None])


def test_the_selector_finds_the_setting_that_does_not_overshoot() -> None:
    grid = Grid((10, 20, 30), (0.1, 0.01), (0.1,), 50, signs=(1,))
    overshoot = {row: 2.0 + k for k, row in enumerate(grid.settings(1))}
    search = Search(LatentPrior(LatentLayout(2)), grid, Comparison(real(5.0), 200))
    assert search.marks(1) == {}
    known(search, overshoot)
    marks = search.marks(1)
    assert overshoot[marks["best"].setting] == 5.0
    assert overshoot[marks["worst"].setting] in (2.0, 7.0, 8.0, max(overshoot.values()))
    best = marks["best"].distance
    assert best is not None
    assert best.value < best.floor
    assert (best.n, best.n_real, best.d, best.pool) == (50, 200, 1, 200)
    assert search.next(5) is None


def test_the_extremes_are_compared_and_their_number_is_told() -> None:
    search = Search(LatentPrior(LatentLayout(2)), Grid((10,), (0.1,), (0.1,)), Comparison(real(0.0), 20))
    known(search, {Setting(c, 10): 2.0 * c.sign for c in search.grid.courses()})
    for sign in (1, -1):
        row = search.marks(sign)["best"]
        assert row.distance is not None
        assert row.distance.n_real == 20
        assert search.comparison is not None
        assert sign * float(search.comparison.chosen(sign).values.mean()) > 1.2
    with pytest.raises(Fault, match="one real excerpt"):
        Comparison(real(0.0, 1), 5).chosen(1)


def test_all_courses_reach_one_number_of_steps_before_any_goes_on() -> None:
    prior = LatentPrior(LatentLayout(3))
    search = Search(prior, Grid((4, 8), (0.1, 0.01), (0.1,), 2, signs=(1,)))
    reached: list[int] = []
    while (following := search.next(3)) is not None:
        start, to_step = following
        search.put(advanced(start, lambda z: z.sum(1), prior, to_step))
        reached.append(to_step)
    assert reached == [3, 4, 3, 4, 7, 8, 7, 8]
    assert search.done_steps == search.grid.total_steps == 16


def test_halving_goes_on_with_the_better_half() -> None:
    prior = LatentPrior(LatentLayout(3))
    grid = Grid((4, 8), (0.1, 0.05, 0.01, 0.001), (0.0,), 2, signs=(1,), halving=True)
    search = Search(prior, grid)
    while (following := search.next(100)) is not None:
        start, to_step = following
        search.put(advanced(start, lambda z: z.sum(1), prior, to_step))
    steps = {course.rate: found.step for course, found in search.trajectories.items()}
    assert steps == {0.1: 8, 0.05: 8, 0.01: 4, 0.001: 4}
    assert search.row(Setting(Course(1, 0.01, 0.0), 8)) is None
