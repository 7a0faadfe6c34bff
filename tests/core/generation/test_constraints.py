"""A search without gradients that keeps phonetic constraints, and settings tuned by a sampler."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from core.faults import Fault
from core.generation.acoustics import Acoustics, acoustics, effect, medians
from core.generation.constraints import Constraint, constrained, parse_constraint, tuned
from core.generation.latent_prior import LatentPrior
from core.generation.resampling import Resampler
from core.generation.trajectory import Course
from core.networks.latent import LatentLayout

RATE = 16000


def tones(z: torch.Tensor) -> torch.Tensor:
    """Make tones of two partials from 100 to 400 Hz by the first entry."""
    t = torch.arange(3200) / RATE
    phase = 2 * torch.pi * (250 + 150 * z[:, :1]) * t
    return 0.3 * (torch.sin(phase) + 0.5 * torch.sin(2 * phase))


def chain() -> SimpleNamespace:
    """Give a chain whose unit wants high tones: the number of zero crossings."""
    listener = SimpleNamespace(responses=lambda sounds: (sounds[:, 1:] * sounds[:, :-1] < 0).float().sum(1))
    return SimpleNamespace(
        sounds=tones, listener=listener, resampler=Resampler(RATE, RATE), output=SimpleNamespace(rate_hz=RATE)
    )


def f0_of(z: np.ndarray) -> float:
    return acoustics(tones(torch.from_numpy(z[None]))[0].numpy(), RATE, wanted=frozenset(("f0",))).f0


def test_a_unit_is_driven_while_f0_stays_in_its_range() -> None:
    prior, course = LatentPrior(LatentLayout(3)), Course(1, 0.1, 0.0)
    free, again = (constrained(chain(), prior, course, (), 2, 1, 10) for _ in range(2))  # type: ignore[arg-type]
    kept = constrained(chain(), prior, course, (Constraint("f0", 150, 250),), 1, 1, 10)  # type: ignore[arg-type]
    assert f0_of(free.best.z[0]) > 350
    assert 200 < f0_of(kept.best.z[0]) <= 250
    assert free.best.values[0] > kept.best.values[0]
    assert (np.diff(free.curve, axis=0) >= 0).all()
    np.testing.assert_array_equal(again.z, free.z)


def test_constraints_are_read_and_nonsense_is_refused() -> None:
    assert parse_constraint("f0=150:250") == Constraint("f0", 150.0, 250.0)
    assert parse_constraint("f0=150:250").words == "F0 from 150 to 250 Hz"
    for text in ("f0", "loudness=1:2", "f0=250:150"):
        with pytest.raises(Fault, match=r"no constraint|empty range"):
            parse_constraint(text)
    assert Constraint("f0", 100, 200).missed(Acoustics(f0=250)) == 0.5
    assert Constraint("f0", 100, 200).missed(Acoustics(f0=150)) == 0
    assert Constraint("f0", 100, 200).missed(Acoustics()) > 1


def test_a_missing_library_is_named_with_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("cma", "optuna"):
        monkeypatch.setitem(sys.modules, name, None)
    prior = LatentPrior(LatentLayout(3))
    with pytest.raises(Fault, match=r"cma.*search"):
        constrained(chain(), prior, Course(1, 0.1, 0.0), (), 1, 1, 1)  # type: ignore[arg-type]
    with pytest.raises(Fault, match=r"optuna.*search"):
        tuned(1, 0, 10, 1, lambda course, steps: 0.0)


def test_the_sampler_comes_near_the_setting_of_least_distance() -> None:
    def distance(course: Course, steps: int) -> float:
        return abs(np.log10(course.rate) + 2) + abs(np.log10(steps) - 1)

    found = tuned(30, 0, 100, 1, distance)
    assert len(found) == 30
    assert min(value for _, _, value in found) < 0.3


def test_praats_measures_are_those_of_the_sound() -> None:
    t = np.arange(8000) / RATE
    saw = sum(np.sin(2 * np.pi * 200 * k * t) / k for k in range(1, 12)).astype(np.float32) * 0.2
    found = acoustics(saw, RATE)
    assert found.f0 == pytest.approx(200, abs=0.5)
    assert found.f0_sd == pytest.approx(0, abs=0.05)
    assert found.voiced > 90
    assert found.hnr > 20
    assert acoustics(np.zeros(8000, np.float32), RATE) != found
    assert np.isnan(acoustics(np.zeros(8000, np.float32), RATE).f0)
    middle = medians([Acoustics(f0=100), Acoustics(f0=200), Acoustics(f0=300), Acoustics()])
    assert middle.f0 == 200
    assert effect([1.0, 3.0], [4.0, 6.0]) == pytest.approx(-3 / np.sqrt(2))
