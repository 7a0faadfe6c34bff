"""The measures of a run agree with closed forms; the draws are even and shared."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from core.networks.latent import LatentLayout
from core.train.evaluation import fixed_latent, frechet, generated, log_mel, q_accuracy, statistics
from core.train.random_draws import Draws
from core.train.reporting import duration_words
from core.train.step import Nets, code_loss


def test_the_frechet_distance_of_normal_distributions_is_the_closed_form() -> None:
    one = (np.array([0.0, 1.0]), np.diag([4.0, 9.0]))
    other = (np.array([3.0, 1.0]), np.diag([1.0, 25.0]))
    assert frechet(one, other) == pytest.approx(9 + (2 - 1) ** 2 + (3 - 5) ** 2)
    assert frechet(one, one) == pytest.approx(0, abs=1e-9)


def test_the_frechet_distance_holds_for_covariances_that_do_not_commute() -> None:
    from scipy.linalg import sqrtm

    chance = np.random.default_rng(0)
    frames = [chance.standard_normal((50, 4)) @ chance.standard_normal((4, 4)) for _ in range(2)]
    (m1, c1), (m2, c2) = map(statistics, frames)
    expected = np.square(m1 - m2).sum() + np.trace(c1 + c2 - 2 * sqrtm(c1 @ c2).real)
    assert frechet((m1, c1), (m2, c2)) == pytest.approx(expected)


def test_log_mel_levels_are_in_db_and_the_highest_band_is_the_tones() -> None:
    times = np.arange(16384) / 16000
    tone = np.sin(2 * np.pi * 1000 * times).astype(np.float32)
    loud, soft = log_mel(tone[None], 16000), log_mel(tone[None] / 10, 16000)
    band = int(loud.mean(0).argmax())
    assert loud[:, band] - soft[:, band] == pytest.approx(20, abs=0.1)
    mels = 2595 * np.log10(1 + np.array([60, 1000, 8000]) / 700)
    assert band == pytest.approx((mels[1] - mels[0]) / (mels[2] - mels[0]) * 41 - 1, abs=1)
    assert (log_mel(np.zeros((1, 16384), np.float32), 16000) == -80).all()


class CodeInSound(nn.Module):
    """A generator whose sound begins with its latent vector."""

    def __init__(self) -> None:
        super().__init__()
        self.unused = nn.Parameter(torch.zeros(1))

    def forward(self, z: Tensor) -> Tensor:
        return z


class Reader(CodeInSound):
    """A Q network that reads the code there, wrong for the last category."""

    def forward(self, sound: Tensor) -> Tensor:
        logits = sound[:, :4].clone()
        logits[:, 3] = 0.5 - logits[:, 3]
        return logits


def test_qs_accuracy_is_the_share_of_codes_that_it_finds() -> None:
    layout = LatentLayout(20, 4, "one-hot")
    fake: nn.Module = CodeInSound()
    nets = Nets(fake, fake, Reader(), fake)  # type: ignore[arg-type]
    z = fixed_latent(layout, 64)
    assert q_accuracy(nets, z, generated(nets, z), layout) == pytest.approx(0.75)


def test_reports_always_hear_the_same_points() -> None:
    layout = LatentLayout(20, 3, "bits")
    assert torch.equal(fixed_latent(layout, 16), fixed_latent(layout, 16))
    assert len({tuple(row) for row in fixed_latent(layout, 16)[:, :3].tolist()}) == 8


def test_code_losses_are_the_closed_forms() -> None:
    logits = torch.tensor([[2.0, 0.0]])
    softmax = code_loss(logits, torch.tensor([[1.0, 0.0]]), "one-hot")
    sigmoid = code_loss(logits, torch.tensor([[1.0, 0.0]]), "bits")
    assert float(softmax) == pytest.approx(np.log1p(np.exp(-2)), rel=1e-5)
    assert float(sigmoid) == pytest.approx((np.log1p(np.exp(-2)) + np.log(2)) / 2, rel=1e-5)


def test_every_slice_is_heard_once_before_any_comes_again() -> None:
    draws = Draws(0, slices=10, batch=4)
    heard = torch.cat([draws.rows() for _ in range(5)]).tolist()
    assert sorted(heard[:10]) == sorted(heard[10:]) == list(range(10))
    assert heard[:10] != heard[10:]


def test_two_processes_draw_one_batch_between_them() -> None:
    whole, parts = Draws(0, 10, 4), [Draws(0, 10, 4, rank, 2) for rank in (0, 1)]
    layout = LatentLayout(6, 2, "one-hot")
    rows = [part.rows() for part in parts]
    assert torch.equal(torch.stack(rows, 1).flatten(), whole.rows())
    assert torch.equal(
        torch.stack([part.latent(layout) for part in parts], 1).flatten(0, 1), whole.latent(layout)
    )
    assert parts[0].shifts(2) == parts[1].shifts(2) == whole.shifts(2)


@pytest.mark.parametrize(
    ("seconds", "words"), [(40, "40 s"), (720, "12 min"), (11100, "3 h 5 min"), (190000, "2 d 4 h")]
)
def test_time_left_is_told_as_people_say_it(seconds: float, words: str) -> None:
    assert duration_words(seconds) == words
