"""Methods made of gradients against closed forms and captum; nothing outside the field, nothing changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from captum.attr import Deconvolution, GuidedBackprop, LayerGradCam, Saliency
from torch import nn

from core.explain.grad_cam import GradCamSettings, cam
from core.explain.gradients import gradient_values
from core.explain.guided import deconvolution_bend, guided_bend, plain_bend
from core.explain.integrated_gradients import IntegratedGradientsSettings
from core.explain.registry import METHODS, explain
from core.explain.smoothgrad import SmoothGradSettings
from core.explain.steps import Bend, run
from core.explain.subject import Subject, subject_of
from core.explain.targets import TargetRequest
from core.families.registry import open_model
from core.faults import Fault
from core.networks.operations import RELU, Activation, Pooling
from core.networks.spec import LayerSpec
from core.networks.torch_module import NetworkModule
from tests.support.planted_networks import (
    SECOND,
    conv,
    double,
    mixed,
    network,
    recogniser,
    state,
    waveform_net,
)
from tests.support.tiny.encoders import reference, save

AT = TargetRequest("t", at_s=0.25)
FORWARD = torch.tensor([[1.0, -1, 5], [2, -5, -7], [-3, 2, 4]])
PASSED = torch.tensor([[-2.0, 3, -1], [6, -3, 1], [2, -1, 3]])


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (plain_bend, [[-2, 0, -1], [6, 0, 0], [0, -1, 3]]),
        (deconvolution_bend, [[0, 3, 0], [6, 0, 1], [2, 0, 3]]),
        (guided_bend, [[0, 0, 0], [6, 0, 0], [0, 0, 3]]),
    ],
)
def test_springenbergs_example(rule: Any, expected: list[list[float]]) -> None:
    assert rule(Bend("one", RELU, torch.relu), FORWARD, PASSED).tolist() == expected


@pytest.mark.parametrize("made", [recogniser, mixed, waveform_net])
def test_the_steps_are_the_network(made) -> None:  # type: ignore[no-untyped-def]
    subject = double(made())
    expected = list(subject.module.walk_features(subject.image))
    found = run(subject.steps, subject.image)
    for name, maps in expected:
        torch.testing.assert_close(found[subject.steps.ends[name] + 1], maps.detach(), atol=1e-12, rtol=0)


class Sequential(nn.Module):
    """The recogniser as captum takes it: [items, bins, frames] to the target's score."""

    def __init__(self, subject: Subject, target: Any) -> None:
        super().__init__()
        parts: list[nn.Module] = []
        for layer in subject.module.layers.values():
            op: Any = layer.op
            kernel = layer.weight.detach().transpose(1, 2)  # type: ignore[operator]
            one = nn.Conv1d(kernel.shape[1], kernel.shape[0], op.taps, op.stride).double()
            one.weight.data, one.bias.data = kernel.clone(), layer.bias.detach().clone()  # type: ignore[union-attr,operator]
            parts += [nn.ConstantPad1d(op.pads, 0.0), one, nn.ReLU()]
        self.parts = nn.Sequential(*parts[:-1])
        self.frames, self.unit = list(target.frames), target.unit

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.parts(x)[:, self.unit, self.frames].sum(1)


@pytest.mark.parametrize(
    ("name", "captums"),
    [("gradient", Saliency), ("guided-backprop", GuidedBackprop), ("deconvolution", Deconvolution)],
)
@pytest.mark.filterwarnings("ignore:Setting (forward, )?backward hooks")
def test_captum_agrees(name: str, captums: Any) -> None:
    subject = double(recogniser())
    target = subject.target(AT)
    image = subject.image.transpose(1, 2).clone().requires_grad_()
    extra = {"abs": False} if name == "gradient" else {}
    expected = captums(Sequential(subject, target)).attribute(image, **extra)[0].detach().numpy()
    found = explain(subject, target, name).values
    np.testing.assert_allclose(found, expected, atol=1e-6 * np.abs(expected).max())


def test_captum_agrees_on_grad_cam() -> None:
    subject = double(recogniser())
    target = subject.target(AT)
    net = Sequential(subject, target)
    image = subject.image.transpose(1, 2).clone().requires_grad_()
    expected = LayerGradCam(net, net.parts[8]).attribute(image, relu_attributions=True)
    found = explain(subject, target, "grad-cam", GradCamSettings("conv3"))
    np.testing.assert_allclose(found.values, expected.flatten().detach().numpy(), atol=1e-6)
    assert found.axis.rate_hz == pytest.approx(16000 / 256)


def test_a_linear_network_has_integrated_gradients_w_times_x() -> None:
    made = network([conv("conv1", 5, 3), conv("logits", 3, 1)], biases=0)
    subject = double(made)
    target = subject.target(AT)
    found = explain(subject, target, "integrated-gradients")
    expected = explain(subject, target, "gradient-x-input")
    np.testing.assert_allclose(found.values, expected.values, atol=1e-6)
    assert found.sum == pytest.approx(found.score, rel=1e-5)
    smooth = explain(subject, target, "smoothgrad", SmoothGradSettings(draws=4))
    np.testing.assert_allclose(smooth.values, explain(subject, target, "gradient").values, atol=1e-6)


@pytest.mark.parametrize("baseline", ["zero", "floor", "mean"])
def test_integrated_gradients_are_complete(baseline: Any) -> None:
    subject = double(mixed())
    target = subject.target(AT)
    found = explain(subject, target, "integrated-gradients", IntegratedGradientsSettings(256, baseline))
    facts = dict(found.facts)
    assert found.sum == pytest.approx(found.score - facts["baseline score"], rel=2e-2)
    assert found.sum + facts["missing"] == pytest.approx(found.score - facts["baseline score"], rel=1e-5)


def test_smoothgrad_repeats_with_its_seed_and_leaves_the_chance_of_others() -> None:
    subject = double(recogniser())
    target = subject.target(AT)
    torch.manual_seed(7)
    before = torch.random.get_rng_state()
    one, other = (explain(subject, target, "smoothgrad").values for _ in range(2))
    assert (one == other).all()
    assert (torch.random.get_rng_state() == before).all()
    third = explain(subject, target, "smoothgrad", SmoothGradSettings(seed=1)).values
    assert (one != third).any()


def test_the_cam_of_a_mean_and_a_linear_head_is_the_heads_sum() -> None:
    """T times the curve is sum of w_k A_k, where that is positive."""
    layers = [conv("conv1", 6, 5, RELU, stride=2)]
    frames = network([*layers, conv("logits", 3, 1)]).spec.for_length(len(SECOND)).layers[0].n
    assert frames is not None
    layers += [
        LayerSpec("mean", Pooling("mean", frames, frames), 6, None, 1 / frames, 0.0),
        conv("logits", 3, 1),
    ]
    subject = double(network(layers))
    target = subject.target(TargetRequest("t"))
    head = subject.module.layers["logits"].weight.detach()[1, 0]  # type: ignore[index,operator]
    expected = (subject.maps("conv1")[0] @ head).clamp_min(0).numpy()  # type: ignore[operator]
    found = explain(subject, target, "grad-cam", GradCamSettings("conv1")).values
    np.testing.assert_allclose(frames * found, expected, atol=1e-5)
    np.testing.assert_allclose(cam(np.ones((4, 2), np.float32), np.ones((4, 2), np.float32)), 2)


LOCAL = [name for name in METHODS if name not in ("grad-cam", "occlusion", "surrogate")]


@pytest.mark.parametrize("name", LOCAL)
def test_nothing_lies_outside_the_receptive_field(name: str) -> None:
    subject = double(recogniser())
    target = subject.target(AT)
    frames = np.flatnonzero(np.abs(explain(subject, target, name).values).sum(0))
    assert len(frames)
    assert frames[0] >= 2 * (target.frames[0] - 3)
    assert frames[-1] < 2 * (target.frames[0] + 3) + 8


@pytest.mark.parametrize("name", ["gradient", "gradient-x-input", "guided-backprop", "lrp"])
def test_a_later_sound_has_a_later_map(name: str) -> None:
    """The network has a stride of 16 samples."""
    made, by = waveform_net(), 160
    later = np.concatenate((np.zeros(by, np.float32), SECOND))
    first, second = double(made, SECOND), double(made, later)
    one = explain(first, first.target(TargetRequest("t", at_s=0.25)), name)
    other = explain(second, second.target(TargetRequest("t", at_s=0.25 + by / 16000)), name)
    if name == "lrp":  # bounds and epsilons depend on the whole sound
        one, other = (
            explain(x, x.target(TargetRequest("t", at_s=at)), name, METHODS["lrp"].settings("gamma"))
            for x, at in ((first, 0.25), (second, 0.26))
        )
    np.testing.assert_allclose(other.values[by:], one.values, atol=1e-6)


@pytest.mark.parametrize("name", list(METHODS))
@pytest.mark.parametrize("made", [recogniser, waveform_net], ids=["image", "samples"])
def test_everything_is_as_it_was(name: str, made: Any) -> None:
    """Weights, hooks, gradients and mode of the network, and the sound."""
    network_: NetworkModule = made()
    samples = SECOND.copy()
    before = state(network_)
    subject = Subject.of(network_, samples)
    settings = {"surrogate": METHODS["surrogate"].settings(draws=8, runs=1)}.get(name)
    found = explain(subject, subject.target(AT), name, settings)
    after = state(network_)
    assert found.values.dtype == np.float32
    assert np.isfinite(found.values).all()
    assert [key for key in before if key != "values" and before[key] != after[key]] == []
    assert all((before["values"][key] == value).all() for key, value in after["values"].items())
    assert (samples == SECOND).all()
    assert (
        found.values.shape == ((len(SECOND),) if made is waveform_net else (24, 63))[: found.values.ndim]
        or name == "grad-cam"
    )


def test_what_is_no_relu_is_refused_with_its_layer() -> None:
    leaky = double(recogniser(activation=Activation("leaky", 0.2)))
    for name in ("guided-backprop", "deconvolution", "guided-grad-cam"):
        with pytest.raises(Fault, match=r"conv1 ends in a leaky ReLU of slope 0\.2"):
            explain(leaky, leaky.target(AT), name)
    with pytest.raises(Fault, match="LRP ends at the input image"):
        explain(leaky, leaky.target(AT), "lrp", place="waveform")


def test_the_samples_can_be_explained_through_the_front_end() -> None:
    subject = double(recogniser())
    found = explain(subject, subject.target(AT), "gradient-x-input", place="waveform")
    assert found.values.shape == (len(SECOND),)
    assert np.abs(found.values).max() > 0


def test_a_dead_unit_says_so() -> None:
    made = recogniser()
    with torch.no_grad():
        made.layers["conv2"].bias.fill_(-1e6)  # type: ignore[operator,union-attr]
    subject = Subject.of(made, SECOND)
    with pytest.raises(Fault, match=r"Nothing in the image moves this target: of the .* 0 are not zero"):
        explain(subject, subject.target(TargetRequest("conv3:1", at_s=0.25)), "gradient")


def test_weights_that_are_not_finite_are_refused_with_their_layer() -> None:
    made = recogniser()
    with torch.no_grad():
        made.layers["conv2"].bias[0] = torch.nan  # type: ignore[index,operator]
    with pytest.raises(Fault, match="weights of conv2"):
        Subject.of(made, SECOND)


def test_a_map_before_a_later_layer_is_refused() -> None:
    subject = double(recogniser())
    with pytest.raises(Fault, match="conv2 is computed before conv3"):
        explain(subject, subject.target(TargetRequest("conv2:1", at_s=0.25)), "gradient", place="conv3")
    with pytest.raises(Fault, match="no layer “nonsense”"):
        explain(subject, subject.target(AT), "gradient", place="nonsense")
    with pytest.raises(Fault, match="There is no method"):
        explain(subject, subject.target(AT), "nonsense")


@pytest.mark.parametrize("kind", ["wav2vec2-ctc", "whisper-base"])
def test_an_encoder_has_gradients_and_refuses_rules(kind: str, tmp_path: Path) -> None:
    """Its layers are run by its own module, from any of them on."""
    model = open_model(save(kind, tmp_path / kind, reference(kind)))
    (role,) = model.card.networks
    samples = np.tile(SECOND, 2)
    subject = subject_of(model, role, samples)
    target = subject.target(TargetRequest("layer2:3", at_s=0.3))
    assert explain(subject, target, "gradient-x-input").sum == pytest.approx(
        float((gradient_values(subject, target, "image") * subject.image[0].numpy()).sum()), rel=1e-3
    )
    layer = explain(subject, target, "gradient", place="layer1")
    again = subject.scores("layer1", subject.maps("layer1"), target)
    assert float(again.detach()) == pytest.approx(subject.score(target), rel=1e-5)
    assert np.abs(layer.values).max() > 0
    with pytest.raises(Fault, match="layer2 is a transformer layer with attention, and LRP has no rule"):
        explain(subject, target, "lrp")
    assert explain(subject, target, "grad-cam", GradCamSettings("layer1")).values.ndim == 1
