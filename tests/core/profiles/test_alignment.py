"""The invariants of profiles: shifts, masks, contrasts, and a planted template."""

from __future__ import annotations

import numpy as np
import pytest

from core.profiles.alignment import alignment_curve, masked, shift_of, shifted
from core.profiles.group_sums import REPLICATES, GroupSums, agreement, standardised
from core.profiles.profile_set import contrasts, still

CHANCE = np.random.default_rng(1)
TEMPLATE = np.exp(-0.5 * ((np.arange(40)[:, None] - 20) / 1.5) ** 2) * CHANCE.standard_normal(8)


def sums_of(examples: list[np.ndarray], gradients: list[np.ndarray] | None) -> GroupSums:
    made = GroupSums.empty(*examples[0].shape, (1, 1))
    for k, example in enumerate(examples):
        steps = 0
        if gradients is not None:
            steps = shift_of(alignment_curve(example, gradients[k], "gradient")) or 0
        moved = shifted(example, steps)
        draws = np.random.default_rng(k).poisson(1, REPLICATES).astype(float)
        made.put(example, moved, moved, np.zeros((1, 1)), 0.0, draws)
    return made


def planted(count: int = 60) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Give examples with the template at a random latency, and gradients that are largest there."""
    chance = np.random.default_rng(2)
    examples, gradients = [], []
    for _ in range(count):
        late = int(chance.integers(-14, 15))
        examples.append(shifted(TEMPLATE, late) + 0.2 * chance.standard_normal(TEMPLATE.shape))
        gradients.append(np.abs(shifted(TEMPLATE, late)) + 0.01 * chance.random(TEMPLATE.shape))
    return examples, gradients


def likeness(found: np.ndarray) -> float:
    return float(np.corrcoef(found.ravel(), TEMPLATE.ravel())[0, 1])


def test_a_planted_template_with_random_latency_is_recovered_by_alignment_and_not_without_it():
    examples, gradients = planted()
    aligned, plain = sums_of(examples, gradients), sums_of(examples, None)
    assert likeness(aligned.mean()) > 0.95
    assert likeness(plain.mean()) < 0.6
    assert aligned.agreement(True) > 0.65 > 0.3 > aligned.agreement(False)


def test_shifting_an_example_and_its_gradient_does_not_change_the_aligned_example():
    example, gradient = TEMPLATE, np.abs(TEMPLATE)
    for late in (-9, -1, 4, 12):
        moved, slope = shifted(example, late), shifted(gradient, late)
        steps = shift_of(alignment_curve(moved, slope, "gradient"))
        assert steps == -late
        inside = slice(13, 27)  # zeros come in at the ends
        np.testing.assert_array_equal(shifted(moved, steps)[inside], example[inside])


def test_identical_inputs_give_the_activation_with_a_band_of_no_width():
    found = sums_of([TEMPLATE] * 7, [np.abs(TEMPLATE)] * 7)
    np.testing.assert_allclose(found.mean(), TEMPLATE, atol=1e-12)
    np.testing.assert_allclose(found.deviation(), 0, atol=1e-7)
    np.testing.assert_allclose(found.band(), [TEMPLATE.mean(1)] * 2, atol=1e-12)
    assert found.agreement(True) == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("sizes", [(1, 1, 1), (5, 2, 9)])
def test_contrasts_sum_to_zero_under_their_own_weights(sizes: tuple[int, ...]):
    means = CHANCE.standard_normal((3, 4, 6))
    weights = np.array(sizes) / sum(sizes)
    found = contrasts(means, weights)
    np.testing.assert_allclose(np.tensordot(weights, found, 1), 0, atol=1e-12)
    assert not np.allclose(found.mean(0), 0) or sizes == (1, 1, 1)


def test_a_mask_that_keeps_all_is_none_and_a_flat_gradient_masks_nothing():
    gradients = CHANCE.standard_normal(TEMPLATE.shape)
    np.testing.assert_array_equal(masked(TEMPLATE, gradients, "hard", 1.0), TEMPLATE)
    np.testing.assert_array_equal(masked(TEMPLATE, np.ones_like(TEMPLATE), "hard", 0.1), TEMPLATE)
    np.testing.assert_array_equal(masked(TEMPLATE, np.ones_like(TEMPLATE), "soft"), TEMPLATE)
    assert shift_of(np.ones(5)) is None
    half = masked(TEMPLATE, gradients, "hard", 0.5)
    kept = np.abs(gradients) >= np.median(np.abs(gradients))
    np.testing.assert_array_equal(half, np.where(kept, TEMPLATE, 0))
    soft = masked(TEMPLATE, gradients, "soft")
    np.testing.assert_allclose(soft, TEMPLATE * np.abs(gradients) / np.abs(gradients).max())


def test_the_agreement_from_sums_is_the_leave_one_out_correlation():
    examples, _ = planted(25)
    units = [standardised(one).astype(float).ravel() for one in examples]
    rest = [sum(other for k, other in enumerate(units) if k != j) for j in range(len(units))]
    direct = np.mean([np.corrcoef(one, others)[0, 1] for one, others in zip(units, rest, strict=True)])
    total = sum(units)
    assert agreement(np.asarray(total), len(examples)) == pytest.approx(direct, abs=0.01)
    assert np.isnan(agreement(standardised(TEMPLATE), 1))


def test_bands_of_the_bootstrap_are_as_wide_as_the_standard_error():
    chance = np.random.default_rng(4)
    found = sums_of([chance.standard_normal((3, 50)) for _ in range(80)], None)
    low, high = found.band()
    expected = 2 * 1.96 / np.sqrt(50 * 80)
    np.testing.assert_allclose(high - low, expected, rtol=0.35)


def test_forms_without_time():
    rows = np.array([[1.0, 3.0, 2.0], [0.0, -1.0, 4.0]])
    np.testing.assert_array_equal(still(rows, "mean"), [2, 1])
    np.testing.assert_array_equal(still(rows, "max"), [3, 4])
    np.testing.assert_array_equal(still(rows, "sorted"), [[3, 2, 1], [4, 0, -1]])


def test_the_lectures_alignment_weighs_the_gradient_with_the_activation():
    activations, gradients = np.array([[1.0, 2.0], [3.0, 0.0]]), np.array([[-1.0, 1.0], [0.5, 9.0]])
    np.testing.assert_array_equal(alignment_curve(activations, gradients, "gradient"), [1, 4.75])
    np.testing.assert_array_equal(alignment_curve(activations, gradients, "gradient-activation"), [3, 1.5])
