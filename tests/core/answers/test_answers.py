"""What networks say: letters folded from frames, classes in per cent, pitch as CREPE decodes it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.answers import hearing
from core.answers.class_curves import class_curves, class_tiers
from core.answers.ctc import letters, letters_tier, text
from core.answers.hearing import hear
from core.answers.label_scores import LabelScores, label_scores
from core.answers.pitch_contour import pitch_contour
from core.answers.windows import can_be_cut, windows
from core.families.crepe import CENTS, pitch_hz
from core.families.registry import open_model
from core.faults import Fault
from core.networks.spec import ClassesOutput, FramesOutput, SoundOutput
from core.signals.axis import TimeAxis
from tests.core.families.test_hearing_networks import (
    MODELS,
    crepe_shapes,
    detector_shapes,
    drawn,
    firered_shapes,
    ina_shapes,
    real,
    recording,
    snfa_shapes,
)
from tests.core.families.test_wav2letter import names as layer_names
from tests.core.families.test_wav2letter import torchaudio
from tests.core.families.test_wav2letter import weights as wav2letter
from tests.support.tiny.files import save_state

LABELS = ("a", "b", "space", "blank")


def spoken(path: str, sure: float = 8.0) -> LabelScores:
    """Give frames whose most probable labels are the letters of a path; "-" is the blank, "_" a space."""
    logits = np.zeros((len(path), 4), np.float32)
    for frame, letter in enumerate(path):
        logits[frame, "ab_-".index(letter)] = sure
    return LabelScores(logits, TimeAxis(50, len(path), 0.013), LABELS, "softmax", 3)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("--aab-b_a", "abb a"),
        ("aaaa", "a"),
        ("----", ""),
        ("a-a_-_b", "aa  b"),
        ("ab", "ab"),
        ("", ""),
    ],
)
def test_blanks_and_repeats_are_folded(path: str, expected: str) -> None:
    assert text(letters(spoken(path))) == expected


def test_a_letter_lies_at_its_most_probable_frame() -> None:
    scores = spoken("-aaa-b")
    scores.logits[2, 0] += 1
    first, second = letters(scores)
    assert (first.first, first.last, first.frame) == (1, 3, 2)
    assert first.time_s == pytest.approx(0.013 + 2 / 50)
    assert (second.label, second.time_s) == ("b", pytest.approx(0.013 + 5 / 50))
    assert first.probability == pytest.approx(np.exp(9) / (np.exp(9) + 3))


def test_letters_become_a_tier_of_points_inside_the_sound() -> None:
    scores = spoken("a_b-a")
    tier = letters_tier(letters(scores), "letters", 0.0, 0.05)
    assert tier.labels == ("a", "␣", "b", "a")
    assert (tier.kind, tier.start_s, tier.end_s) == ("point", 0.0, 0.05)
    assert tier.times[:2] == pytest.approx((0.013, 0.033))
    assert all(before < after for before, after in zip(tier.times, tier.times[1:], strict=False))
    assert tier.times[-1] == pytest.approx(0.05)


def test_phones_are_separated() -> None:
    found = letters(
        LabelScores(np.eye(3, dtype=np.float32), TimeAxis(50, 3), ("pad", "sh", "a"), "softmax", 0)
    )
    assert text(found) == "sh a"


def test_classes_are_curves_in_per_cent() -> None:
    logits = np.array([[0.0, np.log(3)], [np.log(1 / 3), 0.0]], np.float32)
    axis = TimeAxis(100, 2, 0.005)
    each = class_curves(LabelScores(logits, axis, ("x", "y"), "sigmoid"))
    assert [curve.samples.tolist() for curve in each] == [
        pytest.approx([50, 25]),
        pytest.approx([75, 50]),
    ]
    assert {(curve.unit, curve.axis) for curve in each} == {("%", axis)}
    one = class_curves(LabelScores(logits, axis, ("x", "y"), "softmax"))
    assert one[0].samples + one[1].samples == pytest.approx([100, 100])
    assert one[1].samples == pytest.approx([75, 75])
    raw = class_curves(LabelScores(logits, axis, ("x", "y"), "none"))
    assert (raw[1].unit, raw[1].samples.tolist()) == ("", pytest.approx([np.log(3), 0.0]))


def test_present_classes_are_intervals_between_frames() -> None:
    logits = np.array([[-1], [2], [2], [-1]], np.float32)
    (tier,) = class_tiers(LabelScores(logits, TimeAxis(100, 4, 0.005), ("speech",), "sigmoid"), 0.0, 0.05)
    assert tier.labels == ("", "speech", "")
    assert tier.times == pytest.approx((0.0, 0.01, 0.03, 0.05))
    two = np.array([[1, 0], [0, 1]], np.float32)
    (best,) = class_tiers(LabelScores(two, TimeAxis(100, 2, 0.005), ("x", "y"), "softmax"), 0.0, 0.02)
    assert (best.name, best.labels) == ("class", ("x", "y"))
    assert best.times == pytest.approx((0.0, 0.01, 0.02))


def crepes_own(salience: np.ndarray) -> float:
    """Decode one frame as the authors' to_local_average_cents does."""
    mapping = np.linspace(0, 7180, 360) + 1997.3794084376191
    centre = int(np.argmax(salience))
    start, end = max(0, centre - 4), min(len(salience), centre + 5)
    part = salience[start:end]
    return 10 * 2 ** (np.sum(part * mapping[start:end]) / np.sum(part) / 1200)


def test_pitch_is_decoded_as_crepe_does() -> None:
    places = np.array([2.0, 100.3, 250.75, 358.9])
    salience = 0.9 * np.exp(-0.5 * ((np.arange(360) - places[:, None]) / 1.25) ** 2) + 1e-4
    logits = np.log(salience / (1 - salience)).astype(np.float32)
    scores = LabelScores(logits, TimeAxis(100, 4), tuple(map(str, range(360))), "sigmoid", cents=CENTS)
    pitch, confidence = pitch_contour(scores)
    assert pitch.samples == pytest.approx([crepes_own(row) for row in scores.probabilities()], rel=1e-6)
    assert pitch.samples[1:3] == pytest.approx([pitch_hz(100.3), pitch_hz(250.75)], rel=1e-3)
    assert confidence.samples == pytest.approx(salience.max(1), abs=1e-5)
    quiet, _ = pitch_contour(scores, 0.95)
    assert np.isnan(quiet.samples).all()
    with pytest.raises(Fault, match="does not say a pitch"):
        pitch_contour(spoken("ab"))


def test_what_a_network_says_has_a_kind() -> None:
    logits, axis = np.zeros((2, 3), np.float32), TimeAxis(10, 2)
    assert label_scores(FramesOutput(("a", "b", "c"), "softmax", 0), logits, axis).kind == "letters"
    assert label_scores(FramesOutput(("a", "b", "c"), "sigmoid"), logits, axis).kind == "classes"
    assert label_scores(FramesOutput((), "sigmoid", None, CENTS), logits, axis).kind == "pitch"
    assert label_scores(ClassesOutput(), logits, axis).labels == ("1", "2", "3")
    with pytest.raises(Fault, match="answers with a sound"):
        label_scores(SoundOutput(16000, 10), logits, axis)
    with pytest.raises(ValueError, match="2 frames, 1 labels"):
        LabelScores(logits, axis, ("a",))


def test_a_network_of_fixed_length_hears_stretch_by_stretch(tmp_path: Path) -> None:
    model = open_model(save_state(tmp_path / "ina.pt", drawn(ina_shapes())))
    n = model.card.slice_len
    x = (0.1 * np.random.default_rng(0).standard_normal(2 * n + 100)).astype(np.float32)
    whole = hear(model, "detector", x, "d")
    assert whole.answer.axis == TimeAxis.of_sound(16000 / n, 3)
    second = hear(model, "detector", x[n : 2 * n], "d")
    np.testing.assert_array_equal(whole.answer.logits[1:2], second.answer.logits)
    np.testing.assert_array_equal(whole.curves["conv1"][1], second.curves["conv1"][0])
    assert whole.curves["conv1"].shape == (3, whole.axes["conv1"].n)


def test_a_sound_that_would_not_fit_into_memory_is_refused(tmp_path: Path) -> None:
    model = open_model(save_state(tmp_path / "snfa.pt", drawn(snfa_shapes())))
    with pytest.raises(Fault, match="lasts 31 minutes; this network hears at most 30 at once"):
        hear(model, "recogniser", np.zeros(31 * 60 * 16000, np.float32), "d")


LONG = {
    "crepe": (crepe_shapes(), "pitch"),
    "firered": (firered_shapes(), "detector"),
    "schlueter-grill": (detector_shapes(), "detector"),
    "torchaudio": ({}, "recogniser"),
}


@pytest.mark.parametrize("name", LONG)
def test_windows_give_what_one_run_gives(tmp_path: Path, monkeypatch, name: str) -> None:
    shapes, role = LONG[name]
    weights = drawn(shapes) if shapes else torchaudio(1)
    model = open_model(save_state(tmp_path / "network.pt", weights))
    x = (0.1 * np.random.default_rng(0).standard_normal(150_007)).astype(np.float32)
    assert can_be_cut(model.spec(role))
    whole = hear(model, role, x, "d")
    monkeypatch.setattr(hearing, "WINDOW_S", 2.0)
    assert len(windows(model.spec(role), len(x), 32000)) > 3
    cut = hear(model, role, x, "d")
    assert cut.axes == whole.axes
    assert cut.answer.axis == whole.answer.axis
    np.testing.assert_allclose(cut.answer.logits, whole.answer.logits, atol=1e-5, rtol=1e-5)
    assert list(cut.curves) == list(whole.curves)
    for layer, curve in whole.curves.items():
        np.testing.assert_allclose(cut.curves[layer], curve, atol=1e-5, rtol=1e-5, err_msg=layer)


def test_what_hears_everything_is_not_cut(tmp_path: Path) -> None:
    lecture = open_model(save_state(tmp_path / "l.pt", wav2letter(128, layer_names("layers.", 2))))
    recurrent = open_model(save_state(tmp_path / "s.pt", drawn(snfa_shapes())))
    fixed = open_model(save_state(tmp_path / "i.pt", drawn(ina_shapes())))
    specs = [next(iter(model.description.networks)) for model in (lecture, recurrent, fixed)]
    assert [can_be_cut(spec) for spec in specs] == [False, False, False]


@real
def test_snfas_phones_are_those_of_its_own_logits() -> None:
    path = MODELS / "snfa-jp-phones" / "jp.safetensors"
    expected = np.load(path.with_name("expected.npz"))
    heard = hear(open_model(path), "recogniser", recording(), "d")
    best = expected["logits"].argmax(1)
    kept = [best[k] for k in range(len(best)) if best[k] and (k == 0 or best[k] != best[k - 1])]
    found = letters(heard.answer)
    assert [one.label for one in found] == [str(expected["phones"][k]) for k in kept]
    assert found[0].time_s == pytest.approx((found[0].frame * 320 + 512) / 16000)


@real
@pytest.mark.parametrize(("hz", "read_hz"), [(110, 110.4), (220, 220.8), (440, 441.5)])
def test_crepe_reads_harmonic_tones(hz: int, read_hz: float) -> None:
    """The figures of the network's own description."""
    t = np.arange(16000) / 16000
    x = sum(np.sin(2 * np.pi * hz * k * t) / k for k in range(1, 8)).astype(np.float32)
    heard = hear(open_model(MODELS / "crepe-tiny" / "tiny.pth"), "pitch", 0.2 * x, "d")
    pitch, confidence = pitch_contour(heard.answer)
    inside = slice(10, 90)
    assert np.median(pitch.samples[inside]) == pytest.approx(read_hz, rel=0.005)
    assert np.median(confidence.samples[inside]) > 0.8
