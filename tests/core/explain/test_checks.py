"""The checks of a map: planted networks, the sanity check, figures of faithfulness, sounds through a map."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
import torch

from core.answers.label_scores import softmax_rows
from core.explain import registry
from core.explain.agreement import agreement, with_itself
from core.explain.composites import PRESETS
from core.explain.faithfulness import STEPS, entropy, faithfulness, gini
from core.explain.field import field_s, inside
from core.explain.lrp import LrpSettings
from core.explain.masking import mask_of, masked
from core.explain.method_names import COMPOSITES, METHOD_NAMES
from core.explain.occlusion import OcclusionSettings
from core.explain.phonetic_terms import Acoustics, Share, left_out, phonetic_table, shares
from core.explain.registry import METHODS, explain
from core.explain.relevance import Relevance
from core.explain.sanity import Sanity, SanityStep, sanity, shuffled, shuffled_layers, verdict
from core.explain.segment_scores import Interval
from core.explain.segments import SegmentSettings
from core.explain.subject import Subject
from core.explain.surrogate import SurrogateSettings, fitted
from core.explain.targets import Target, TargetRequest
from core.faults import Fault
from core.frontends.log_mel import LogMel
from core.networks.operations import RELU, Logits, Stored
from core.networks.spec import ClassesOutput, FramesOutput, LayerSpec, NetworkSpec, SoundDrive
from core.networks.torch_module import NetworkModule, module
from core.signals.axis import Range, TimeAxis
from core.signals.loudness import loudness_lufs
from core.signals.track import Track
from tests.support.planted_networks import (
    MEL,
    SECOND,
    SPECTRUM,
    conv,
    double,
    network,
    recogniser,
    state,
    waveform_net,
)

AT = TargetRequest("t", at_s=0.25)
FAITHFUL = (
    "gradient-x-input", "integrated-gradients", "guided-backprop", "lrp", "deep-taylor", "occlusion",
    "surrogate",
)  # fmt: skip
WHOLE = SegmentSettings((Interval(0.0, 0.6),))
SETTINGS: dict[str, Any] = {
    "surrogate": SurrogateSettings(WHOLE, draws=60, runs=1),
    "occlusion": OcclusionSettings(fill="mean"),
}


def band_reader() -> NetworkModule:
    """Return a network that reads only 2 to 3 kHz."""
    made = network([conv("conv1", 6, 3, RELU), conv("conv2", 6, 3, RELU), conv("logits", 3, 1)], SPECTRUM)
    hz = np.arange(SPECTRUM.channels) * 16000 / 256
    with torch.no_grad():
        made.layers["conv1"].weight[:, :, torch.from_numpy((hz < 2000) | (hz >= 3000))] = 0  # type: ignore[index,operator]
    return made


def share_in(found: Relevance, low_hz: float, high_hz: float) -> float:
    band = (found.frequencies_hz >= low_hz) & (found.frequencies_hz < high_hz)
    return float(np.abs(found.values[band]).sum() / np.abs(found.values).sum())


@pytest.mark.parametrize("name", FAITHFUL)
def test_what_reads_2_to_3_khz_has_its_relevance_there(name: str) -> None:
    subject = double(band_reader())
    target = subject.target(TargetRequest("t"))
    found = explain(subject, target, name, SETTINGS.get(name))
    assert share_in(found, 2000, 3000) >= 0.95


def interval_reader(first_s: float, last_s: float) -> NetworkModule:
    """Return a network of half a second that reads only one interval."""
    n = len(SECOND)
    frames = MEL.length(n)
    layers = (
        dataclasses.replace(conv("conv1", 5, 3, RELU), n=frames),
        LayerSpec("logits", Logits(Stored("w", "b", "tf")), 2, 1, 1 / frames),
    )
    spec = NetworkSpec("detector", SoundDrive(16000.0, n, MEL), layers, ClassesOutput(("s", "t"), "softmax"))
    made = module(spec).eval()
    chance = torch.Generator().manual_seed(3)
    times = (np.arange(frames) * 128) / 16000
    with torch.no_grad():
        for value in made.parameters():
            value.copy_(0.3 * torch.randn(value.shape, generator=chance))
        weight = made.layers["logits"].weight.view(frames, 5, 2)  # type: ignore[operator]
        weight[torch.from_numpy((times < first_s + 0.01) | (times >= last_s - 0.01))] = 0
    return made


@pytest.mark.parametrize("name", [*FAITHFUL, "gradient", "smoothgrad"])
def test_what_reads_the_second_interval_has_its_relevance_there(name: str) -> None:
    intervals = (Interval(0.0, 0.2, "a"), Interval(0.2, 0.35, "s"), Interval(0.35, 0.5, "a"))
    segments = SegmentSettings(intervals, ())
    settings = {
        "occlusion": OcclusionSettings(segments),
        "surrogate": SurrogateSettings(segments, draws=60, runs=1),
    }
    subject = double(interval_reader(0.2, 0.35))
    found = explain(subject, subject.target(TargetRequest("t")), name, settings.get(name))
    times = found.axis.times()
    second = (times >= 0.2) & (times < 0.35)
    assert np.abs(found.values[:, second]).sum() >= 0.95 * np.abs(found.values).sum()
    if name == "occlusion":
        assert [one.segment.interval.label for one in found.segments] == ["a", "s", "a"]
        assert abs(found.segments[1].value) > 20 * max(abs(found.segments[k].value) for k in (0, 2))


def test_a_linear_network_has_exact_surrogate_weights() -> None:
    chance = np.random.default_rng(2)
    kept, true = chance.random((80, 6)) < 0.6, np.array([1.0, -2, 0, 3, 0.5, 0])
    weights, explained = fitted(kept, kept @ true + 4, 0.5, 1e-9)
    np.testing.assert_allclose(weights, true, atol=1e-6)
    assert explained == pytest.approx(1)


def test_the_sanity_check_shuffles_from_the_top_and_leaves_the_network() -> None:
    made = recogniser()
    before = state(made)
    subject = Subject.of(made, SECOND)
    found = explain(subject, subject.target(AT), "gradient-x-input")
    seen: list[tuple[int, int]] = []
    checked = sanity(subject, found, done=lambda at, of: seen.append((at, of)))
    layers = ("logits", "conv4", "conv3", "conv2", "conv1")
    assert [step.layers for step in checked.cascading] == [layers[: k + 1] for k in range(5)]
    assert [step.layers for step in checked.independent] == [(name,) for name in layers]
    assert seen[-1] == (10, 10)
    assert all(-1 <= step.rho <= 1 for step in checked.cascading)
    assert -1 <= checked.floor <= 1
    assert abs(checked.floor_signed) < 0.5
    assert checked.verdict.startswith("This map")
    assert all((before["values"][key] == value).all() for key, value in state(made)["values"].items())


def test_shuffling_keeps_every_number() -> None:
    subject = Subject.of(recogniser(), SECOND)
    other = shuffled(subject, ["conv2"])
    one, two = (x.module.layers["conv2"].weight.detach().flatten() for x in (subject, other))  # type: ignore[operator]
    assert (one != two).any()
    assert (one.sort().values == two.sort().values).all()
    assert other.image is subject.image
    unshuffled = other.module.layers["conv1"].weight.detach()
    assert (unshuffled == subject.module.layers["conv1"].weight.detach()).all()  # type: ignore[operator]


def test_a_target_inside_shuffles_only_what_it_needs() -> None:
    subject = Subject.of(recogniser(), SECOND)
    target = subject.target(TargetRequest("conv3:2", at_s=0.25))
    assert shuffled_layers(subject, target) == ("conv3", "conv2", "conv1")
    assert shuffled_layers(subject, target, "conv1") == ("conv3", "conv2")


def test_guided_backpropagation_and_z_plus_hardly_depend_on_the_weights_and_the_gradient_does() -> None:
    """The order of the reference's table, on a network that was trained to tell two bands apart."""
    subject = Subject.of(trained(), SECOND)
    target = subject.target(TargetRequest("t", at_s=0.25))
    rho: dict[str, float] = {}
    for name, settings in (("gradient", None), ("deep-taylor", None), ("lrp", LrpSettings("z-plus"))):
        found = explain(subject, target, name, settings)
        top = shuffled_layers(subject, target)[:1]
        layers = [sanity_rho(subject, found, settings, top, seed) for seed in range(4)]
        rho[name] = float(np.mean(layers))
    assert rho["lrp"] > rho["gradient"]
    assert rho["lrp"] > 0.9


def sanity_rho(subject: Subject, found: Relevance, settings: Any, layers: Any, seed: int) -> float:
    from core.explain.sanity import sanity_step

    return sanity_step(subject, found, settings, layers, seed=seed).rho


def trained() -> NetworkModule:
    made = recogniser(seed=4)
    chance = torch.Generator().manual_seed(0)
    images = torch.randn(16, 40, 24, generator=chance)
    wanted = (images[:, 18:22, :8].mean((1, 2)) > images[:, 18:22, 16:].mean((1, 2))).long()
    optimiser = torch.optim.Adam(made.parameters(), 0.01)
    for _ in range(25):
        said = list(made.walk_features(images))[-1][1][:, 9]
        loss = torch.nn.functional.cross_entropy(said[:, :2], wanted)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
    for value in made.parameters():
        value.grad = None
    return made


@pytest.mark.parametrize(
    ("rhos", "words"),
    [
        (
            [(0.99, 0.9), (0.95, -0.2)],
            "barely depends on the trained weights: its size keeps ρ 0.9500 with all 2 layers",
        ),
        ([(0.8, 0.1), (0.7, -0.25)], "depends only partly .* with its sign −0.2500"),
        ([(0.8, 0.1), (0.4, 0.0)], "size falls below ρ 0.5000 once b to a are shuffled, and ends at 0.4000"),
        ([(0.2, 0.1), (0.3, 0.0)], "once b is shuffled"),
        ([(float("nan"), float("nan")), (float("nan"), 0.0)], "once b is shuffled, and ends at 0.0000"),
    ],
)
def test_the_verdict_speaks_of_size_and_sign(rhos: list[tuple[float, float]], words: str) -> None:
    steps = [SanityStep(("b", "a")[: k + 1], *rho, np.zeros(1, np.float32)) for k, rho in enumerate(rhos)]
    import re

    assert re.search(words, verdict(steps))
    assert Sanity(()).verdict == ""


def test_the_figures_of_faithfulness_are_their_definitions() -> None:
    subject = double(recogniser())
    target = subject.target(AT)
    found = explain(subject, target, "gradient-x-input")
    figures = faithfulness(subject, found)
    p = softmax_rows(subject.logits.astype(np.float64))[target.frames[0], target.unit]
    assert figures.probability == pytest.approx(p, rel=1e-5)
    assert figures.deletion[0] == figures.insertion[-1] == pytest.approx(found.score, rel=1e-5)
    assert figures.deletion[-1] == pytest.approx(figures.insertion[0])
    assert len(figures.deletion) == STEPS
    assert figures.drop * figures.gain == 0
    assert figures.increase == (figures.gain > 0)
    everything = dataclasses.replace(found, values=np.ones_like(found.values))
    whole = faithfulness(subject, everything)
    assert (whole.drop, whole.gain, whole.keeps) == (0, 0, True)
    assert whole.sparseness == pytest.approx(0)
    assert whole.complexity == pytest.approx(np.log2(found.values.size))
    assert figures.sparseness > 0.5


def test_gini_and_entropy_of_nothing_are_undefined() -> None:
    assert np.isnan(gini(np.zeros(3, np.float32)))
    assert np.isnan(entropy(np.zeros(3, np.float32)))


def test_figures_need_a_class_and_an_image() -> None:
    subject = double(waveform_net())
    with pytest.raises(Fault, match="a map of the input image"):
        faithfulness(subject, explain(subject, subject.target(AT), "gradient"))
    other = double(recogniser())
    with pytest.raises(Fault, match="a class of the answer"):
        faithfulness(other, explain(other, other.target(TargetRequest("conv2:1", at_s=0.25)), "gradient"))


def test_a_map_agrees_with_itself() -> None:
    subject = Subject.of(recogniser(), SECOND)
    found = explain(subject, subject.target(AT), "gradient-x-input")
    assert agreement(subject, found, found).rho == pytest.approx(1)
    jitters = with_itself(subject, found)
    assert set(jitters) == {"3 dB louder", "3 dB softer", "noise 40 dB below", "1 sample later"}
    assert jitters["3 dB louder"].rho > 0.99  # the front end normalises the recording
    assert all(one.rho > 0.9 for one in jitters.values())


def test_the_field_is_what_the_layers_hear() -> None:
    """20 frames of the image, 128 samples apart, of 512 samples each, around the frame's centre."""
    subject = Subject.of(recogniser(), SECOND)
    target = subject.target(AT)
    found = explain(subject, target, "gradient")
    where = inside(found, subject)
    assert not np.abs(found.values[~where]).any()
    assert field_s(subject, target).length_s == pytest.approx((19 * 128 + 512) / 16000)


def made_up(values: np.ndarray, rate_hz: float = 125.0) -> Relevance:
    hz = np.linspace(0, 8000, len(values)) if values.ndim == 2 else np.empty(0)
    axis = TimeAxis(rate_hz, values.shape[-1], 0.004)
    return Relevance(values.astype(np.float32), axis, hz, "gradient", Target("logits", 0, (0,)), "image", 1.0)


def test_a_sound_through_a_map_of_ones_is_the_sound() -> None:
    t = np.arange(8000) / 16000
    sound = (0.1 * np.sin(2 * np.pi * 500 * t) + 0.1 * np.sin(2 * np.pi * 5000 * t)).astype(np.float32)
    whole = masked(made_up(np.ones((20, 63))), sound, 16000.0)
    assert np.abs(whole.through - whole.original)[600:-600].max() < 1e-4
    assert not np.abs(whole.complement)[600:-600].max() > 1e-4


def test_a_map_of_the_lower_half_lets_the_low_tone_through_and_its_complement_the_high_one() -> None:
    t = np.arange(8000) / 16000
    sound = (0.1 * np.sin(2 * np.pi * 500 * t) + 0.1 * np.sin(2 * np.pi * 6000 * t)).astype(np.float32)
    values = np.zeros((21, 63))
    values[:10] = 1
    values[11:] = -1
    made = masked(made_up(values), sound, 16000.0)
    low, high = (np.abs(np.fft.rfft(one[1000:7000]))[[188, 2250]] for one in (made.through, made.complement))
    assert low[0] > 50 * low[1]
    assert high[1] > 50 * high[0]
    loud = [
        loudness_lufs(one.astype(np.float64), 16000.0)
        for one in (made.through, made.complement, made.original)
    ]
    assert np.ptp(loud) < 0.3
    assert max(np.abs(one).max() for one in (made.through, made.complement, made.original)) <= 0.8911
    against = mask_of(made_up(values), "against", 63, 16000.0)
    assert against[:, 200:].min() > 0.9
    assert not against[:, :60].any()
    assert (mask_of(made_up(np.zeros((4, 9))), "both", 63, 16000.0) == 0).all()


def test_a_curve_masks_in_time() -> None:
    curve = np.zeros(63)
    curve[30:] = 1
    mask = mask_of(made_up(curve), "for", 63, 16000.0)
    assert mask[:25].max() < 0.1
    assert mask[40:60].min() > 0.9


def test_shares_are_of_the_whole_and_chance_is_the_shuffled_map() -> None:
    values = np.zeros((16, 100))
    values[8:12, 40:50] = 1  # 4 to 6 kHz, 0.32 to 0.4 s
    found = made_up(values)
    event = Interval(0.324, 0.484, "s")
    contours = (("f1", 4800.0), ("b1", 600.0))
    formant = {name: Track(name, np.full(100, hz, np.float32), found.axis) for name, hz in contours}
    rows = {
        one.where: one
        for one in shares(
            found, np.ones((16, 100), bool), event, [event, Interval(0, 0.2, "a")], Acoustics(formant)
        )
    }
    assert rows["first half"].share == pytest.approx(1)
    assert rows["in s"].share == pytest.approx(1)
    assert rows["in a"].share == 0
    assert rows["4 to 7 kHz"].share == pytest.approx(1)
    assert rows["4 to 7 kHz"].speaks_for == pytest.approx(1)
    assert rows["4 to 7 kHz"].chance == pytest.approx(6 / 16, abs=0.2)
    assert rows["F1"].share == pytest.approx(0.25), "one of the four bins"
    assert shares(made_up(np.zeros((4, 5))), np.ones((4, 5), bool)) == ()


def test_the_phonetic_table_has_intervals_and_leaves_out_rare_labels() -> None:
    chance = np.random.default_rng(0)
    events = [("s", (Share("4 to 7 kHz", 0.8 + 0.1 * chance.random(), 0.7, 0.3),)) for _ in range(20)]
    events += [
        ("a", (Share("4 to 7 kHz", 0.3 + 0.1 * chance.standard_normal(), 0.2, 0.3),)) for _ in range(20)
    ]
    events += [("z", (Share("4 to 7 kHz", 0.5, 0.5, 0.3),)) for _ in range(4)]
    rows = {row.group: row for row in phonetic_table(events)}
    assert set(rows) == {"s", "a"}
    assert rows["s"].low < rows["s"].share < rows["s"].high
    assert (rows["s"].beyond_chance, rows["a"].beyond_chance) == (True, False)
    assert left_out(events) == (("z", 4),)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (TargetRequest("nonsense"), "has no label “nonsense”"),
        (TargetRequest("9"), "there is no channel 9"),
        (TargetRequest("conv9:1"), "has no label “conv9:1”"),
        (TargetRequest("conv1:11"), "conv1 has channels 1 to 10"),
        (TargetRequest("s", against="s"), "compared with itself"),
        (TargetRequest("s", against="conv1:1"), "channels of one layer"),
        (TargetRequest("s", at_s=3.0), r"3 s lies outside"),
        (
            TargetRequest("s", intervals=(Range(0.1, 0.101),)),
            "No frame of the network lies between 0.1 and 0.101 s",
        ),
    ],
)
def test_a_target_that_is_not_there_is_refused(asked: TargetRequest, words: str) -> None:
    with pytest.raises(Fault, match=words):
        double(recogniser()).target(asked)


def test_a_letter_that_is_never_said_is_refused_with_the_nearest_time() -> None:
    subject = double(recogniser())
    said = set(subject.logits.argmax(1).tolist())
    never = next(k for k in range(4) if k not in said)
    with pytest.raises(Fault, match=f"never says “{'stuv'[never]}” in this sound. It comes nearest at"):
        subject.target(TargetRequest("stuv"[never]))
    often = next(iter(said))
    frames = subject.target(TargetRequest("stuv"[often])).frames
    assert frames == tuple(np.flatnonzero(subject.logits.argmax(1) == often).tolist())


def test_a_pitch_names_its_bin() -> None:
    made = network([conv("logits", 8, 1)])
    output = FramesOutput(tuple(f"{k}" for k in "abcdefgh"), "sigmoid", cents=(1200.0, 1200.0))
    spec = dataclasses.replace(made.spec, output=output).for_length(len(SECOND))
    from core.explain.targets import find_target

    logits = np.zeros((63, 8), np.float32)
    assert find_target(spec, logits, TargetRequest("80 Hz")).unit == 2
    assert find_target(spec, logits, TargetRequest("82Hz")).unit == 2
    with pytest.raises(Fault, match=r"hears pitches from 20\.0 to 2560\.0 Hz, not 9999 Hz"):
        find_target(spec, logits, TargetRequest("9999 Hz"))


def test_names_on_the_command_line_are_the_registrys() -> None:
    assert tuple(METHODS) == METHOD_NAMES
    assert tuple(PRESETS) == COMPOSITES
    assert registry.METHODS is METHODS
    assert isinstance(MEL, LogMel)
