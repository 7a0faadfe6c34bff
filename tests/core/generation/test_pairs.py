"""A generator and a network as a pair: units, tasks, files, refusals, the command."""

from __future__ import annotations

import pickle
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import torch

from core.families.model import Model
from core.families.registry import open_model
from core.faults import Fault
from core.frontends.tensors import tensor
from core.generation.chain import chain_of, check_fit, generator_spec, hear, listener_of, make
from core.generation.grid import Grid
from core.generation.latent_prior import LatentPrior
from core.generation.search import Search
from core.generation.search_files import TrajectoryStore
from core.generation.tasks import AdvanceTask, ExamplesTask, LayersTask, Pair, UndrivenTask
from core.generation.trajectory import Course, Trajectory, begun
from core.generation.unit import Unit, non_linearity, parse_unit
from core.networks.runner import Record
from core.probing.model_id import ModelId
from core.train.model_file import save_model
from core.train.voice.network import VoiceNetwork

DEMO = Path(__file__).parents[3] / "resources" / "demo" / "model.safetensors"
PRIOR, TARGET = ModelId("prior"), ModelId("target")


@pytest.fixture(scope="module")
def demo() -> Model:
    return open_model(DEMO)


@pytest.fixture(scope="module")
def detector(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("detector") / "model.safetensors"
    save_model(path, VoiceNetwork.fresh(0).arrays(), {"family": "schlueter-grill"})
    return path


def pair_of(demo: Model, text: str, network: str = "Q", **more: str) -> Pair:
    unit = parse_unit(demo.spec(network), text, **more)  # type: ignore[arg-type]
    return Pair(PRIOR, TARGET, unit, LatentPrior(demo.card.layout))


def models(demo: Model, target: Model | None = None) -> dict[ModelId, Model]:
    return {PRIOR: demo, TARGET: target or demo}


def test_a_pair_gives_what_both_networks_give_one_after_the_other(demo: Model) -> None:
    unit = parse_unit(demo.spec("Q"), "c2")
    chain = chain_of(demo, demo, unit)
    z = LatentPrior(demo.card.layout).draws(3, 0)
    sounds = make(chain, z)
    heard, _ = hear(chain.listener, sounds)
    expected = demo.network("Q").run(sounds, [Record("logits")])[Record("logits")].reshape(3, -1)[:, 1]
    np.testing.assert_allclose(heard, expected, rtol=1e-4, atol=1e-3)
    with torch.no_grad():
        np.testing.assert_allclose(chain.responses(tensor(z)).numpy(), heard, rtol=1e-4, atol=1e-3)


def test_channels_are_driven_before_their_non_linearity_or_after_it(demo: Model) -> None:
    spec, z = demo.spec("Q"), LatentPrior(demo.card.layout).draws(2, 1)
    before, after = (
        chain_of(demo, demo, parse_unit(spec, "conv2:3", "mean", value))
        for value in ("before", "after")  # type: ignore[arg-type]
    )
    assert non_linearity(spec, before.listener.unit) == "leaky"
    sounds = tensor(make(before, z))
    with torch.no_grad():
        linear, bent = before.listener.maps(sounds), after.listener.maps(sounds)
    torch.testing.assert_close(torch.nn.functional.leaky_relu(linear, 0.2), bent)
    recorded = demo.network("Q").run(sounds.numpy(), [Record("conv2")])[Record("conv2")]
    np.testing.assert_allclose(bent.numpy(), recorded, atol=1e-4 * np.abs(recorded).max())


def values(demo: Model, text: str, over: str = "mean") -> tuple[np.ndarray, np.ndarray]:
    """Give a unit's values for two sounds, and the logits [items, labels] it is made of."""
    unit = parse_unit(demo.spec("Q"), text, over)  # type: ignore[arg-type]
    chain = chain_of(demo, demo, unit)
    sounds = make(chain, LatentPrior(demo.card.layout).draws(2, 3))
    logits = demo.network("Q").run(sounds, [Record("logits")])[Record("logits")].reshape(2, -1)
    return hear(chain.listener, sounds)[0], logits


def test_margins_are_over_one_other_label_or_over_the_strongest(demo: Model) -> None:
    one, logits = values(demo, "c1>c3")
    np.testing.assert_allclose(one, logits[:, 0] - logits[:, 2], rtol=1e-4, atol=1e-3)
    most, _ = values(demo, "c1>")
    np.testing.assert_allclose(most, logits[:, 0] - logits[:, 1:].max(1), rtol=1e-4, atol=1e-3)


def test_a_direction_is_a_weighted_sum_and_a_layer_its_power(demo: Model, tmp_path: Path) -> None:
    (tmp_path / "d.csv").write_text("3, 0, 0, 4")
    found, logits = values(demo, f"logits@{tmp_path / 'd.csv'}")
    np.testing.assert_allclose(found, 0.6 * logits[:, 0] + 0.8 * logits[:, 3], rtol=1e-4, atol=1e-3)
    power, _ = values(demo, "logits")
    np.testing.assert_allclose(power, np.square(logits).mean(1), rtol=1e-4)


def test_a_sound_that_the_generator_made_is_matched_best_by_its_own_vector(
    demo: Model, tmp_path: Path
) -> None:
    chain = chain_of(demo, demo, parse_unit(demo.spec("Q"), "c1"))
    prior = LatentPrior(demo.card.layout)
    sound = make(chain, prior.draws(1, 5))[0]
    soundfile.write(tmp_path / "own.wav", sound, 16000, subtype="FLOAT")
    matched = chain_of(demo, demo, parse_unit(demo.spec("Q"), f"conv3={tmp_path / 'own.wav'}"))
    with torch.no_grad():
        found = matched.responses(tensor(np.concatenate([prior.draws(1, 5), prior.draws(2, 6)])))
    assert float(found[0]) == pytest.approx(0, abs=1e-6)
    assert bool((found[1:] < -1e-3).all())


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("nothing", "no label, number or layer"),
        ("9", "no label, number or layer"),
        ("conv2:999", "no channel 999"),
        ("conv9:1", "no layer “conv9”"),
        ("conv2:x", "not a channel"),
        ("c1>c1", "over itself"),
        ("conv2@no.csv", "cannot be read"),
        ("conv2=", "needs a recording"),
    ],
)
def test_what_cannot_be_driven_is_refused(demo: Model, text: str, sentence: str) -> None:
    with pytest.raises(Fault, match=sentence):
        parse_unit(demo.spec("Q"), text)


def test_a_network_that_makes_sound_cannot_be_driven_and_one_that_hears_makes_none(
    demo: Model, detector: Path
) -> None:
    with pytest.raises(Fault, match="hears no sound"):
        parse_unit(demo.spec("G"), "conv1:1")
    with pytest.raises(Fault, match="is no generator"):
        generator_spec(open_model(detector))


def test_another_rate_and_a_network_of_excerpts_are_heard_in_the_middle(demo: Model, detector: Path) -> None:
    target = open_model(detector)
    unit = parse_unit(target.spec("detector"), "singing")
    assert (unit.over, unit.layer) == ("middle", "logits")
    chain = chain_of(demo, target, unit)
    assert (chain.resampler.from_hz, chain.resampler.to_hz) == (16000, 22050)
    pair = Pair(PRIOR, TARGET, unit, LatentPrior(demo.card.layout))
    task = AdvanceTask(pair, begun(pair.latent, Course(1, 0.1, 0.01), 1, 1), 1)
    found = task.run(models(demo, target), lambda: False)
    assert np.isfinite(found.curve).all()
    assert found.still == 0


def test_sounds_too_short_for_a_network_are_refused(demo: Model, detector: Path) -> None:
    short = generator_spec(demo)
    short = replace(short, output=replace(short.output, n=100))  # type: ignore[arg-type]
    with pytest.raises(Fault, match="this network needs"):
        check_fit(short, open_model(detector).spec("detector"))


def test_a_search_leaves_the_networks_as_they_were(demo: Model) -> None:
    pair = pair_of(demo, "c2")
    chain = pair.chain(models(demo))
    parts = [*chain.generator.parameters(), *chain.listener.module.parameters()]
    before = [part.clone() for part in parts]
    found = AdvanceTask(pair, begun(pair.latent, Course(1, 0.1, 0.01), 2, 1), 2).run(
        models(demo), lambda: False
    )
    assert found.step == 2
    assert all(torch.equal(one, other) for one, other in zip(before, parts, strict=True))
    assert all(part.grad is None and not part.requires_grad for part in parts)
    assert not chain.generator.training
    assert pair.chain(models(demo)) is chain


class Silent(torch.nn.Module):
    """A network whose unit is behind a saturated sigmoid."""

    def features(self, sounds: torch.Tensor) -> torch.Tensor:
        return sounds[:, :, None]

    def walk_features(self, maps: torch.Tensor) -> list[tuple[str, torch.Tensor]]:
        return [("logits", 1e4 + 0 * maps)]


def test_a_unit_behind_a_saturated_sigmoid_is_refused_with_the_way_out(demo: Model, detector: Path) -> None:
    target = open_model(detector)
    unit = replace(parse_unit(target.spec("detector"), "singing"), value="after")
    pair = Pair(PRIOR, TARGET, unit, LatentPrior(demo.card.layout))
    pair.chain(models(demo, target)).listener.module = Silent()  # type: ignore[assignment]
    start = begun(pair.latent, Course(1, 0.1, 0.01), 2, 1)
    with pytest.raises(Fault, match=r"saturated.*the logit"):
        AdvanceTask(pair, start, 1).run(models(demo, target), lambda: False)


def test_weights_that_are_no_numbers_are_named(demo: Model, tmp_path: Path) -> None:
    arrays = VoiceNetwork.fresh(0).arrays()
    arrays["fc3.bias"] = np.array([np.nan], np.float32)
    save_model(tmp_path / "model.safetensors", arrays, {"family": "schlueter-grill"})
    target = open_model(tmp_path / "model.safetensors")
    unit = parse_unit(target.spec("detector"), "singing")
    pair = Pair(PRIOR, TARGET, unit, LatentPrior(demo.card.layout))
    with pytest.raises(Fault, match="not all numbers"):
        UndrivenTask(pair, 1).run(models(demo, target), lambda: False)


def test_what_was_found_is_kept_and_goes_on_to_the_bit(demo: Model, tmp_path: Path) -> None:
    pair, grid = pair_of(demo, "c2"), Grid((2, 4), (0.1,), (0.01,), 2, signs=(-1,))
    store = TrajectoryStore(tmp_path / ".search", "ab" * 32)

    def searched(search: Search, most: int) -> Trajectory:
        for _ in range(most):
            following = search.next(1)
            if following is not None:
                found = AdvanceTask(pair, *following).run(models(demo), lambda: False)
                search.put(found)
                store.write(found)
        return next(iter(search.trajectories.values()))

    searched(Search(pair.latent, grid), 3)
    resumed = Search(pair.latent, grid)
    store.read(resumed)
    assert resumed.done_steps == 3
    whole = Search(pair.latent, grid)
    one, other = searched(resumed, 1), searched(whole, 4)
    np.testing.assert_array_equal(one.z, other.z)
    np.testing.assert_array_equal(one.curve, other.curve)
    assert one.snapshots.keys() == {2, 4}
    with pytest.raises(Fault, match="another search"):
        TrajectoryStore(tmp_path / ".search", "cd" * 32).read(Search(pair.latent, grid))


def test_units_say_what_they_are(demo: Model) -> None:
    spec = demo.spec("Q")
    said = {text: parse_unit(spec, text).words for text in ("c2", "conv2:3", "conv2", "c1>c2")}
    assert said == {
        "c2": "“c2”", "conv2:3": "conv2 channel 3", "conv2": "all of conv2", "c1>c2": "margin of c1>c2",
    }  # fmt: skip
    assert "before" in parse_unit(spec, "c2").value_words
    assert listener_of(demo, parse_unit(spec, "c2")).rate_hz == 16000
    assert isinstance(parse_unit(spec, "2"), Unit)


def test_tasks_and_answers_travel_between_processes(demo: Model) -> None:
    pair = pair_of(demo, "c2")
    start = begun(pair.latent, Course(1, 0.1, 0.01), 2, 1, (1,))
    found = sent(AdvanceTask(sent(pair), sent(start), 1)).run(models(demo), lambda: False)
    moved = sent(found)
    np.testing.assert_array_equal(moved.snapshots[1].z, found.best.z)
    examples = sent(sent(ExamplesTask(pair, moved.best, (1, 0))).run(models(demo), lambda: False))
    assert [one.number for one in examples] == [2, 1]
    assert examples[0].value == pytest.approx(float(found.best.values[1]))
    assert examples[0].samples.shape == (16384,)
    layers = sent(LayersTask(pair, moved.best.z)).run(models(demo), lambda: False)
    assert layers.shape == (2, 4)


def sent(value: Any) -> Any:
    """Send a value through what processes send."""
    return pickle.loads(pickle.dumps(value))
