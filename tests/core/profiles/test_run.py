"""Profiles of a small corpus in a small recogniser, against straight computations."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from core.families.registry import Model, open_model
from core.faults import Fault
from core.phonemes.pronunciation import Pronouncer
from core.profiles.capture import Ear, independent
from core.profiles.collect import part_of, phoneme_events
from core.profiles.corpus_sums import VECTORS, CorpusSums
from core.profiles.events import Corpus, Event, Recording
from core.profiles.grouping import corpus_of
from core.profiles.run import STATE, ProfileRun
from core.profiles.settings import ProfileSettings
from core.recordings.sound_file import read_sound
from tests.support.tiny.letters import RATE_HZ, corpus, letter_network, recording

WINDOW_S = 0.3


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    return open_model(letter_network(tmp_path_factory.mktemp("network")))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return corpus(tmp_path_factory.mktemp("corpus"))


def finished(run: ProfileRun) -> ProfileRun:
    while not run.over:
        run.step()
    return run


def settings(**given: object) -> ProfileSettings:
    return ProfileSettings(**{"window_s": WINDOW_S, "least": 2, **given})  # type: ignore[arg-type]


def test_a_plain_average_is_the_mean_of_the_cut_maps(model: Model, folder: Path):
    found = corpus_of(folder, "phones")
    run = finished(ProfileRun(model, "recogniser", found, settings(align="none"), ("conv3",)))
    profile = run.profiles().layers["conv3"].groups["AA"]
    cuts = []
    for one in found.recordings:
        samples = read_sound(one.path, RATE_HZ)[0]
        module = model.network("recogniser").module()  # type: ignore[attr-defined]
        with torch.no_grad():
            maps = dict(module.walk(torch.from_numpy(samples[None])))["conv3"][0].numpy()
        axis = model.spec("recogniser").for_length(len(samples)).infos()[2].axis
        steps = round(WINDOW_S * axis.rate_hz)
        for event in one.events:
            if event.group == "AA":
                padded = np.pad(maps, ((steps, steps), (0, 0)))
                first = round(axis.index(event.at_s)) - steps // 2 + steps
                cuts.append(padded[first : first + steps])
    assert profile.count == len(cuts) == 4
    np.testing.assert_allclose(profile.mean, np.mean(cuts, 0).T, atol=1e-6)


def test_keeping_all_of_the_gradient_equals_the_plain_profile(model: Model, folder: Path):
    found = corpus_of(folder, "phones")
    plain, kept, half = (
        finished(ProfileRun(model, "recogniser", found, settings(**given), ("conv2", "conv10"))).profiles()
        for given in ({}, {"mask": "hard", "keep": 1.0}, {"mask": "hard", "keep": 0.5})
    )
    for name in ("conv2", "conv10"):
        np.testing.assert_array_equal(plain.layers[name].means(), kept.layers[name].means())
        assert not np.array_equal(plain.layers[name].means(), half.layers[name].means())


def test_each_event_has_the_gradient_of_its_own_output(model: Model, folder: Path):
    ear = Ear(model, "recogniser", ("conv2",))
    one = corpus_of(folder, "phones").recordings[0]
    samples = read_sound(one.path, RATE_HZ)[0]
    together = {heard.event: heard.gradients["conv2"] for heard in ear.hear(samples, one.events, True)}
    for event in one.events:
        (alone,) = ear.hear(samples, (event,), True)
        lies = abs(np.arange(len(alone.gradients["conv2"])) - alone.layers["conv2"].axis.index(event.at_s))
        near = lies * alone.layers["conv2"].axis.step_s <= ear.field_s / 2
        np.testing.assert_allclose(together[event][near], alone.gradients["conv2"][near], atol=1e-7)
        assert alone.gradients["conv2"].max() > 0


def test_events_share_a_pass_only_if_they_are_apart():
    events = [Event("a", t, t, t) for t in (0.0, 0.1, 0.5, 0.62, 1.0)]
    assert independent(events, 0.5) == [[0, 2, 4], [1, 3]]


def test_a_stopped_run_goes_on_and_gives_the_same_numbers(model: Model, folder: Path, tmp_path: Path):
    found, asked = corpus_of(folder, "phones"), settings(mask="soft")
    whole = finished(ProfileRun(model, "recogniser", found, asked))
    begun = ProfileRun(model, "recogniser", found, asked, (), tmp_path)
    begun.step()
    begun.step()
    begun.save()
    begun.step()  # not saved: lost with a kill
    again = ProfileRun(model, "recogniser", found, asked, (), tmp_path)
    assert again.done == 2
    finished(again)
    one, other = whole.profiles(), again.profiles()
    assert one.counts == other.counts == {"AA": 4, "IY": 4, "M": 4, "S": 4}
    for name, layer in one.layers.items():
        np.testing.assert_array_equal(layer.means(), other.layers[name].means())
        np.testing.assert_array_equal(layer.vectors, other.layers[name].vectors)
        np.testing.assert_array_equal(layer.excerpts.time_s, other.layers[name].excerpts.time_s)
    with pytest.raises(Fault, match="other profiles"):
        ProfileRun(model, "recogniser", found, settings(mask="hard"), (), tmp_path)
    again.forget()
    assert not (tmp_path / STATE).exists()


def test_letters_are_what_the_network_emits(model: Model, folder: Path):
    run = finished(ProfileRun(model, "recogniser", corpus_of(folder, "letters"), settings(least=1)))
    found = run.profiles()
    assert found.counts
    assert set(found.counts) <= {"a", "b", "c", "space"}


def test_emitted_letters_have_the_phonemes_of_their_words():
    def at(label: str, time_s: float) -> Event:
        return Event(label, time_s, time_s, time_s, label)

    letters = [at(sign, 0.1 * k) for k, sign in enumerate(("c", "a", "b", "space", "a", "space", "b", "b"))]
    words = Pronouncer(None, {"cab": (("K", "AE1", "B"),), "a": (("AH0",),)})
    found = phoneme_events(words, letters)
    assert [(one.group, one.target) for one in found] == [("K", "c"), ("AE", "a"), ("B", "b"), ("AH", "a")]
    assert [one.at_s for one in found] == [letters[k].at_s for k in (0, 1, 2, 4)]


def test_memory_does_not_grow_with_the_number_of_recordings(model: Model, tmp_path: Path):
    path = tmp_path / "a.wav"
    recording(path, (300.0, 3000.0), ("a", "b"))
    ear = Ear(model, "recogniser", ("conv1",))
    events = (Event("a", 0.0, 0.2, 0.1), Event("b", 0.2, 0.4, 0.3))
    part = part_of(ear, Recording(path, "a.wav", "", events), 0, settings())
    sums = CorpusSums()
    sizes = []
    for number in range(3 * VECTORS):
        sums.add(part, number)
        arrays = [one for groups in sums.sums.values() for one in groups.values()]
        sizes.append(sum(one.total.nbytes + one.curves.nbytes for one in arrays) + len(sums.order))
    assert sizes[VECTORS] == sizes[-1]
    assert len(sums.vectors["conv1"]) == 2 * VECTORS
    assert sums.excerpts["conv1"].value.shape == (6, 12)


def test_a_units_excerpts_are_its_largest_activations(model: Model, folder: Path):
    found = corpus_of(folder, "phones")
    run = finished(ProfileRun(model, "recogniser", found, settings(align="none"), ("conv4",)))
    excerpts = run.profiles().layers["conv4"].excerpts
    tops = []
    for one in found.recordings:
        samples = read_sound(one.path, RATE_HZ)[0]
        module = model.network("recogniser").module()  # type: ignore[attr-defined]
        with torch.no_grad():
            tops.append(dict(module.walk(torch.from_numpy(samples[None])))["conv4"][0].numpy().max(0))
    np.testing.assert_array_equal(excerpts.value, -np.sort(-np.array(tops).T, 1))


def test_what_is_wrong_with_a_recording_is_named_and_the_rest_goes_on(
    model: Model, folder: Path, tmp_path: Path
):
    good = corpus_of(folder, "phones").recordings
    bad = tmp_path / "noise.wav"
    bad.write_bytes(b"RIFF....")
    events = (Event("AA", 0.0, 0.1, 0.05),)
    run = ProfileRun(
        model, "recogniser", Corpus("c", (Recording(bad, "noise.wav", "", events), *good)), settings()
    )
    found = finished(run).profiles()
    assert found.counts["AA"] == 4
    assert "noise.wav is left out" in found.notes[0]
    few = finished(ProfileRun(model, "recogniser", Corpus("c", good), settings(least=5))).profiles()
    assert few.left_out == ("AA", "IY", "M", "S")
    assert not any(layer.groups for layer in few.layers.values())
