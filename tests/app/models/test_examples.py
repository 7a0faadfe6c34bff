"""The examples that ship: licensed, small, and each says what it is an example of about its recording."""

from __future__ import annotations

import numpy as np
import pytest

from app.base.shipped import SHIPPED, is_shipped
from app.models.built_in import EXAMPLES, built_in_model, examples
from core.answers.listening import listen_to
from core.families.registry import open_model
from core.probing.drive import Sound
from core.probing.model_id import ModelId
from core.probing.request import ProbeRequest
from core.recordings.sound_file import read_sound
from core.session.lane_key import RecordingKey
from tests.support import make_examples

MOST_BYTES = 60e6  # of all models that ship
KINDS = {one.model.parent.name: one for one in examples()}


def test_one_of_each_kind_is_there():
    kinds = " ".join(one.kind for one in examples())
    for kind in ("generator", "recogniser", "pitch tracker", "singing detector", "voice detector"):
        assert kind in kinds
    assert all(one.recording is None or one.recording.is_file() for one in examples())
    assert examples()[0].model == built_in_model()


def test_source_author_and_licence_lie_beside_each_file():
    for folder in sorted({one.model.parent for one in examples()} - {built_in_model().parent}):
        assert "icen" in (folder / "LICENSE.txt").read_text(encoding="utf-8")
        told = (folder / "SOURCE.md").read_text(encoding="utf-8")
        assert all(word in told for word in ("Author", "**Source**", "**Licence**")), folder
    assert "CC0" in (EXAMPLES / "recordings" / "SOURCE.md").read_text(encoding="utf-8")
    size = sum(file.stat().st_size for part in ("demo", "examples") for file in (SHIPPED / part).rglob("*"))
    assert size <= MOST_BYTES


def said(example):
    """Run an example over its recording and return what it says."""
    model = open_model(example.model)
    assert model.card.unanswered == ()
    assert model.card.warnings == ()
    (role,) = model.card.input_rates_hz
    samples, _, _ = read_sound(example.recording, model.card.rate_hz)
    return listen_to(model, ProbeRequest(ModelId("m"), role, Sound(samples, "d"))).prediction


def share(curve, start_s, end_s):
    times_s = curve.axis.times()
    return float(curve.samples[(times_s >= start_s) & (times_s < end_s)].mean())


def test_the_pitch_tracker_hears_the_notes():
    f0 = said(KINDS["crepe-tiny"]).f0
    notes_hz = [440 * 2 ** (note / 12) for note, _, _ in make_examples.NOTES]
    assert f0.at(0.3 + 0.35) == pytest.approx(notes_hz[0], rel=0.03)
    assert f0.at(0.3 + 2.2) == pytest.approx(notes_hz[3], rel=0.03)


def test_the_detectors_tell_speech_from_song():
    speech, singing, _ = said(KINDS["firered-aed"]).curves
    assert share(speech, 0.5, 2.5) > 90 > 10 > share(speech, 4, 8)
    assert share(singing, 0.5, 2.5) < 10 < 50 < share(singing, 4, 8)
    (voice,) = said(KINDS["silero-vad"]).curves
    assert share(voice, 0.5, 2.5) > 80 > 10 > share(voice, 4, 8)


def test_the_recogniser_says_phones():
    """It was asked to read “akai hana to aoi sora”."""
    found = said(KINDS["snfa-japanese"])
    assert found.kind == "letters"
    assert "".join(one.label for one in found.letters).endswith("aoisoorapau")


def test_the_recogniser_of_letters_spells_what_it_can():
    """It was asked to read “Five of these six boxes go upstairs; leave the others here.”"""
    found = said(KINDS["letters"])
    text = "".join(" " if one.label == "space" else one.label for one in found.letters)
    assert "six" in text
    times_s = [one.time_s for one in found.letters]
    assert times_s == sorted(times_s)
    assert 5 < len(text.replace(" ", "")) < 60


def test_an_example_opens_with_its_recording_and_is_not_remembered(fresh):
    example = KINDS["firered-aed"]
    fresh.model_loader.open_example(example)
    assert fresh.session.card.title == "FireRedAED"
    assert fresh.input_choice.heard_by(fresh.session.model) == RecordingKey("spoken-and-sung.flac")
    assert fresh.model_loader.is_shipped
    assert fresh.preferences.values.recent == ()


def test_what_lies_elsewhere_is_not_shipped(tmp_path):
    assert not is_shipped(tmp_path / "model.safetensors")
    assert is_shipped(built_in_model())


def test_the_recordings_are_made_again_alike():
    for name, samples in make_examples.recordings().items():
        there, _, _ = read_sound(EXAMPLES / "recordings" / f"{name}.flac", make_examples.RATE_HZ)
        np.testing.assert_allclose(there, samples, atol=1e-4)
