"""Logits become probabilities by softmax or sigmoid, as scipy computes them; a score stays a score."""

import math

import numpy as np
import pytest
from scipy.special import expit
from scipy.special import softmax as scipys_softmax

from core.probing.classifier_output import classifier_output

LOGITS = np.array([12.76, -0.5826, -5.864, -3.89], np.float32)


def test_categories_are_a_softmax():
    output = classifier_output(LOGITS, "one-hot")
    assert output.rule == "softmax"
    assert [one.label for one in output.classes] == ["c1", "c2", "c3", "c4"]
    expected = scipys_softmax(LOGITS.astype(np.float64))
    np.testing.assert_allclose([one.probability for one in output.classes], expected, rtol=1e-12)
    assert [one.label for one in output.ranked] == ["c1", "c2", "c4", "c3"]
    np.testing.assert_array_equal([one.logit for one in output.classes], LOGITS.astype(np.float64))


def test_bits_are_sigmoids():
    output = classifier_output(LOGITS, "bits")
    assert output.rule == "sigmoid"
    expected = expit(LOGITS.astype(np.float64))
    np.testing.assert_allclose([one.probability for one in output.classes], expected, rtol=1e-12)


@pytest.mark.parametrize("kind", ["one-hot", "bits"])
@pytest.mark.filterwarnings("error")
def test_huge_logits_do_not_overflow(kind):
    output = classifier_output(np.array([5000.0, -5000.0], np.float32), kind)
    assert [one.probability for one in output.classes] == [1.0, 0.0]


def test_a_critics_score_is_no_probability():
    output = classifier_output(np.array([264.3], np.float32), labels=("score",), score=True)
    assert output.rule == "score"
    assert math.isnan(output.classes[0].probability)
    assert output.classes[0].logit == pytest.approx(264.3)
