"""Layer-wise relevance propagation against closed forms and the published formulas, computed straight."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from core.explain import registry
from core.explain.composites import PRESETS
from core.explain.lrp import LrpSettings
from core.explain.lrp_rules import ZB, AlphaBeta, Epsilon, Flat, Gamma, WSquared, Zero, ZPlus
from core.explain.steps import Linear
from core.explain.subject import Subject
from core.explain.targets import TargetRequest
from core.faults import Fault
from core.networks.operations import Activation
from tests.support.planted_networks import double, mixed, recogniser, waveform_net

AT = TargetRequest("t", at_s=0.25)


def lrp(subject: Subject, composite: str, asked: TargetRequest = AT) -> registry.Relevance:
    return registry.explain(subject, subject.target(asked), "lrp", LrpSettings(composite))


def linear(x: np.ndarray, w: np.ndarray, b: np.ndarray | None = None) -> tuple[Linear, torch.Tensor]:
    """Return a dense part [in, out] and its input [1, 1, in]."""
    bias = None if b is None else torch.from_numpy(b)
    part = Linear("one", "dense", lambda x, w: x @ w, torch.from_numpy(w), bias)
    return part, torch.from_numpy(x)[None, None]


def divided(up: np.ndarray, down: np.ndarray) -> np.ndarray:
    return np.divide(up, down, out=np.zeros(np.broadcast(up, down).shape), where=down != 0)


def published(rule: object, x: np.ndarray, w: np.ndarray, b: np.ndarray, passed: np.ndarray) -> np.ndarray:
    """Return R_i by the published formula with the bias as one more input of 1, one line a rule."""
    z = x[:, None] * w
    both = np.vstack((z, b[None]))
    total = both.sum(0)
    if isinstance(rule, Zero):
        share = divided(z, total)
    elif isinstance(rule, Epsilon):
        share = z / (total + np.where(total < 0, -1, 1) * rule.epsilon * np.abs(total).mean())
    elif isinstance(rule, AlphaBeta | ZPlus):
        alpha, beta = (1, 0) if isinstance(rule, ZPlus) else (rule.alpha, rule.beta)
        share = alpha * divided(z.clip(0), both.clip(0).sum(0)) - beta * divided(
            z.clip(None, 0), both.clip(None, 0).sum(0)
        )
    elif isinstance(rule, Gamma):
        up, down = z + rule.gamma * z.clip(0), z + rule.gamma * z.clip(None, 0)
        all_up, all_down = (
            (both + rule.gamma * both.clip(0)).sum(0),
            (both + rule.gamma * both.clip(None, 0)).sum(0),
        )
        share = np.where(total > 0, divided(up, all_up), divided(down, all_down))
    elif isinstance(rule, WSquared):
        share = w**2 / (w**2).sum(0)
    elif isinstance(rule, Flat):
        share = np.ones_like(w) / len(w)
    else:
        low, high = -1.0, 1.0
        part = z - low * w.clip(0) - high * w.clip(None, 0)
        share = divided(part, part.sum(0))
    return (share * passed).sum(1)


RULES = (
    Zero(), Epsilon(0.1), Gamma(0.25), Gamma(2.0), AlphaBeta(2, 1), AlphaBeta(1, 0), AlphaBeta(3, 2), ZPlus(),
    WSquared(), Flat(), ZB("unit"),
)  # fmt: skip


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.words)
@pytest.mark.parametrize("signed", [True, False])
def test_each_rule_is_the_published_formula(rule: object, signed: bool) -> None:
    chance = np.random.default_rng(1)
    x, w, b, passed = (
        chance.standard_normal(7),
        chance.standard_normal((7, 5)),
        chance.standard_normal(5),
        None,
    )
    passed = chance.standard_normal(5)
    x = x if signed else np.abs(x)
    part, given = linear(x, w, b)
    found, _ = rule(part, given, torch.from_numpy(passed)[None, None])  # type: ignore[operator]
    np.testing.assert_allclose(found[0, 0].numpy(), published(rule, x, w, b, passed), atol=1e-9)


def test_alpha_beta_goes_by_the_sign_of_the_product() -> None:
    part, x = linear(np.array([1.0, -1, -1, 2]), np.array([[1.0], [-1], [2], [-2]]))
    passed = part(x)
    assert passed.item() == -4
    for rule in (ZPlus(), AlphaBeta(1, 0)):
        assert rule(part, x, passed)[0].flatten().tolist() == [-2, -2, 0, 0]


@pytest.mark.parametrize("made", [recogniser, mixed, waveform_net], ids=["recogniser", "mixed", "waveform"])
def test_the_zero_rule_is_gradient_times_input(made) -> None:  # type: ignore[no-untyped-def]
    """Also with biases, leaky ReLUs, batch norm on either side, pooling and a sum."""
    subject = double(made())
    target = subject.target(AT)
    expected = registry.explain(subject, target, "gradient-x-input").values
    found = lrp(subject, "zero").values
    assert np.abs(expected).max() > 0
    np.testing.assert_allclose(found, expected, atol=1e-6 * np.abs(expected).max())


def test_the_zero_rule_is_gradient_times_input_to_twelve_digits() -> None:
    from core.explain.gradients import GradientSettings, gradient_values
    from core.explain.lrp import lrp as compute

    subject = double(recogniser())
    target = subject.target(AT)
    assert GradientSettings() == GradientSettings()
    slope = subject.image.clone().requires_grad_()
    (slopes,) = torch.autograd.grad(subject.scores("image", slope, target).sum(), slope)
    shares = compute(subject, target, LrpSettings("zero"), "image").shares
    assert shares[-1].total == pytest.approx(float((slopes * subject.image).sum()), rel=1e-12)
    assert gradient_values(subject, target, "image").dtype == np.float32


COMPLETE = (
    "all=zero",
    "all=gamma:0.25",
    "all=zero,first=zb",
    "all=gamma,first=flat",
    "all=zero,first=w-squared",
)


@pytest.mark.parametrize("composite", COMPLETE)
def test_without_biases_the_map_adds_up_to_the_score(composite: str) -> None:
    subject = double(recogniser(biases=0))
    target = subject.target(AT)
    from core.explain.lrp import lrp as compute

    found = compute(subject, target, LrpSettings(composite), "image")
    assert found.shares[-1].total == pytest.approx(subject.score(target), rel=1e-10)


@pytest.mark.parametrize("made", [recogniser, mixed])
def test_what_a_layer_loses_its_biases_keep(made) -> None:  # type: ignore[no-untyped-def]
    subject = double(made())
    target = subject.target(AT)
    shares = lrp(subject, "all=zero").shares
    totals = [subject.score(target), *(share.total for share in shares)]
    kept = [share.biases for share in shares]
    assert any(abs(one) > 1e-3 for one in kept)
    np.testing.assert_allclose(-np.diff(totals), kept, atol=1e-9)


def test_epsilon_takes_relevance_away() -> None:
    subject = double(recogniser(biases=0))
    target = subject.target(AT)
    left = [
        abs(lrp(subject, f"all=epsilon:{epsilon}").sum / subject.score(target))
        for epsilon in (0, 0.01, 0.1, 1)
    ]
    assert left[0] == pytest.approx(1, rel=1e-5)
    assert left == sorted(left, reverse=True)


@pytest.mark.parametrize("name", list(PRESETS))
def test_presets_stay_inside_the_receptive_field(name: str) -> None:
    """8 taps of stride 2, then 5 and 3 at that stride: 8 + 2 * 4 + 2 * 2 = 20 frames of the image."""
    subject = double(recogniser())
    frame = subject.target(AT).frames[0]
    frames = np.flatnonzero(np.abs(lrp(subject, name).values).sum(0))
    assert len(frames) == 20 if name != "zero" else len(frames) <= 20
    assert frames[0] >= 2 * (frame - 3)
    assert frames[-1] < 2 * (frame + 3) + 8


def test_a_layer_can_be_explained_itself() -> None:
    subject = double(recogniser(biases=0))
    target = subject.target(TargetRequest("conv3:2", at_s=0.25))
    found = registry.explain(subject, target, "lrp", LrpSettings("all=zero"), "conv1")
    assert found.values.shape == (10, subject.spec.layers[0].n)
    assert found.sum == pytest.approx(subject.score(target), rel=1e-5)
    assert [share.layer for share in found.shares] == ["conv3", "conv2"]


def test_a_margin_is_the_difference_of_two_logits() -> None:
    subject = double(recogniser(biases=0))
    target = subject.target(TargetRequest("t", against="u", at_s=0.25))
    found = lrp(subject, "all=zero", TargetRequest("t", against="u", at_s=0.25))
    frame, logits = target.frames[0], subject.logits
    assert found.score == pytest.approx(float(logits[frame, 1] - logits[frame, 2]), rel=1e-5)
    assert found.sum == pytest.approx(found.score, rel=1e-5)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("nonsense", "There is no composite"),
        ("all=nonsense", "There is no rule"),
        ("conv9=zero", "which this network does not have"),
        ("conv1=zero", "has no rule for conv2"),
        ("all=alpha-beta:2:2", "alpha minus beta is not 1"),
        ("all=gamma:x", "cannot be used"),
        ("all=gamma:-1", "cannot be used"),
    ],
)
def test_a_composite_that_does_not_fit_is_refused(text: str, words: str) -> None:
    with pytest.raises(Fault, match=words):
        lrp(double(recogniser()), text)


def test_a_composite_can_name_a_range_of_layers() -> None:
    subject = double(recogniser(activation=Activation("leaky", 0.1)))
    found = lrp(subject, "all=epsilon:0.1,conv2-conv3=gamma:0.5,first=zb")
    assert np.abs(found.values).sum() > 0
