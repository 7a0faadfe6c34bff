"""Encoders from a local folder equal transformers itself in every layer, and lie where their frames lie."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import torch

from app.cli.main import main
from core.annotation.textgrid import read_textgrid
from core.answers.hearing import hear
from core.answers.lens import lens, lens_layers
from core.families.registry import open_model
from core.faults import Fault
from core.networks.runner import INPUT, Record
from core.networks.spec import FeaturesOutput, FramesOutput, SoundDrive
from core.networks.torch_encoder import EncoderModule
from core.networks.torch_runner import TorchRunner
from tests.support.tiny.encoders import KINDS, VOCABULARY, reference, save

N = 4000


def sound(n: int = N) -> np.ndarray:
    return (np.random.default_rng(3).standard_normal(n) * 0.1).astype(np.float32)


def opened(tmp_path: Path, kind: str, bins: bool = False) -> tuple[Any, Any]:
    """Open a tiny checkpoint; give the model, and the network it was saved from."""
    network = reference(kind)
    return open_model(save(kind, tmp_path / kind, network, bins)), network


def hidden_states(kind: str, network: Any, features: np.ndarray) -> tuple[list[np.ndarray], Any]:
    """Give what transformers itself computes: every hidden state, and its whole answer."""
    x = torch.from_numpy(features)
    with torch.no_grad():
        if KINDS[kind].package == "whisper":
            encoder = network.model.encoder if hasattr(network, "model") else network.encoder
            found = encoder(x.transpose(1, 2), output_hidden_states=True)
        else:
            found = network(x[:, :, 0], output_hidden_states=True)
    return [state.numpy() for state in found.hidden_states], found


def last_state(kind: str, network: Any, features: np.ndarray) -> np.ndarray:
    """Give the state after the encoder's last normalisation, as transformers computes it."""
    with torch.no_grad():
        if KINDS[kind].package == "whisper":
            return hidden_states(kind, network, features)[1].last_hidden_state.numpy()
        base = getattr(network, KINDS[kind].package)
        return base(torch.from_numpy(features)[:, :, 0]).last_hidden_state.numpy()


def hidden_layers(names: list[str]) -> list[str]:
    return [name for name in names if name == "embedded" or name.startswith("layer")]


@pytest.mark.parametrize("kind", KINDS)
def test_every_layer_equals_transformers(tmp_path: Path, kind: str) -> None:
    model, network = opened(tmp_path, kind)
    (spec,) = model.description.networks
    x = sound(spec.drive.n or N)
    record = [Record(INPUT), *(Record(layer.name) for layer in spec.layers)]
    found = model.network(spec.role).run(x[None], record)
    found = {wanted.layer: maps for wanted, maps in found.items()}
    states, answer = hidden_states(kind, network, found[INPUT])
    names = hidden_layers(list(found))
    assert len(states) == len(names)
    tied = KINDS[kind].package == "whisper"  # it puts the normalised state in place of its last layer's
    for name, state in zip(names[:-1] if tied else names, states, strict=False):
        np.testing.assert_allclose(found[name], state, atol=1e-5, err_msg=name)
    if "normed" in found:
        np.testing.assert_allclose(found["normed"], last_state(kind, network, found[INPUT]), atol=1e-5)
    if "logits" in found:
        np.testing.assert_allclose(found["logits"], answer.logits, atol=1e-5)
    infos = {info.name: info for info in spec.for_length(len(x)).infos()}
    for name, info in infos.items():
        assert found[name].shape == (1, info.axis.n, info.channels), name


@pytest.mark.parametrize("kind", ["wav2vec2", "wav2vec2-ctc", "whisper"])
def test_convolutions_equal_transformers(tmp_path: Path, kind: str) -> None:
    model, network = opened(tmp_path, kind)
    (spec,) = model.description.networks
    x = sound(spec.drive.n or N)
    names = [layer.name for layer in spec.layers if layer.name.startswith("conv")]
    found = model.network(spec.role).run(x[None], [Record(INPUT), *map(Record, names)])
    maps = torch.from_numpy(found[Record(INPUT)]).transpose(1, 2)
    gelu = torch.nn.functional.gelu
    with torch.no_grad():
        for k, name in enumerate(names):
            if kind == "whisper":
                maps = gelu(getattr(network.model.encoder, f"conv{k + 1}")(maps))
            else:
                base = getattr(network, "wav2vec2", network)
                maps = base.feature_extractor.conv_layers[k](maps)
            np.testing.assert_allclose(found[Record(name)], maps.transpose(1, 2), atol=1e-5)


def test_whispers_input_equals_its_own_feature_extractor(tmp_path: Path) -> None:
    from transformers import WhisperFeatureExtractor

    model, _ = opened(tmp_path, "whisper")
    (spec,) = model.description.networks
    x = sound(spec.drive.n)
    made = WhisperFeatureExtractor(feature_size=16, chunk_length=1)
    expected = made(x, sampling_rate=16000, return_tensors="np", padding=False)["input_features"]
    found = model.network(spec.role).run(x[None], [Record(INPUT)])[Record(INPUT)]
    np.testing.assert_allclose(found[0].T, expected[0], atol=2e-5)


def test_the_waveform_is_normalised_as_in_transformers(tmp_path: Path) -> None:
    from transformers import Wav2Vec2FeatureExtractor

    model, _ = opened(tmp_path, "wav2vec2")
    x = sound() + 0.3
    expected = Wav2Vec2FeatureExtractor(do_normalize=True)(x, sampling_rate=16000)["input_values"][0]
    found = model.network("encoder").run(x[None], [Record(INPUT)])[Record(INPUT)]
    np.testing.assert_allclose(found[0, :, 0], expected, atol=1e-5)


@pytest.mark.parametrize("kind", ["wav2vec2-ctc", "whisper", "hubert"])
def test_layers_lie_in_the_middle_of_what_they_hear(tmp_path: Path, kind: str) -> None:
    """Proved by the support of the gradient; where group norm hears everything, by its centre of mass."""
    model, _ = opened(tmp_path, kind)
    (spec,) = model.description.networks
    assert isinstance(spec.drive, SoundDrive)
    x = sound(spec.drive.n or N)
    runner = model.network(spec.role)
    assert isinstance(runner, TorchRunner)
    module = runner.module().double()
    leaf = module.features(torch.from_numpy(x).double()[None]).detach().requires_grad_()
    places = dict(zip([layer.name for layer in spec.layers], spec.places(), strict=True))
    frontend = spec.drive.frontend
    for name, maps in module.walk_features(leaf):
        if not name.startswith("conv"):
            break
        k = maps.shape[1] // 2
        weights = torch.from_numpy(np.random.default_rng(4).standard_normal(maps.shape[2]))
        (gradient,) = torch.autograd.grad((maps[0, k] * weights).sum(), leaf, retain_graph=True)
        heard = gradient[0].abs().sum(1)
        step, offset = places[name]
        middle = (offset + k * step - frontend.centre) / frontend.step
        if kind == "hubert":  # its first convolution has a group norm, which leaks a little everywhere
            mass = (heard**2 * torch.arange(len(heard))).sum() / (heard**2).sum()
            assert abs(float(mass) - middle) < step, name
            continue
        support = np.flatnonzero(heard.numpy())
        assert (support[0] + support[-1]) / 2 == middle, name
        assert support[-1] - support[0] + 1 == spec.layer(name).op.reach, name


def test_letters_come_from_the_vocabulary(tmp_path: Path) -> None:
    model, _ = opened(tmp_path, "wav2vec2-ctc")
    output = model.spec("recogniser").output
    assert isinstance(output, FramesOutput)
    assert output.labels == ("blank", "space", "E", "T", "A", "'")
    assert output.blank == VOCABULARY["<pad>"]
    assert isinstance(opened(tmp_path, "wavlm")[0].spec("encoder").output, FeaturesOutput)


@pytest.mark.parametrize("kind", ["wav2vec2", "hubert-ctc"])
def test_pytorchs_own_file_is_the_same_network(tmp_path: Path, kind: str) -> None:
    safe, _ = opened(tmp_path / "a", kind)
    bins, _ = opened(tmp_path / "b", kind, bins=True)
    (spec,) = safe.description.networks
    record = [Record(spec.layers[-1].name)]
    mine, theirs = (model.network(spec.role).run(sound()[None], record)[record[0]] for model in (safe, bins))
    np.testing.assert_allclose(mine, theirs, atol=1e-6)


def test_a_folder_with_both_files_opens_the_safer_one(tmp_path: Path) -> None:
    network = reference("wav2vec2")
    folder = save("wav2vec2", tmp_path / "both", network)
    torch.save(network.state_dict(), folder / "pytorch_model.bin")
    model = open_model(folder)
    assert Path(model.card.path).name == "model.safetensors"
    assert model.card.title == "both"
    assert open_model(folder / "config.json").card.digest == model.card.digest


@pytest.mark.parametrize("kind", ["wav2vec2-ctc", "wavlm-ctc"])
def test_the_head_reads_every_layer(tmp_path: Path, kind: str) -> None:
    """The last layer read through the head is the answer; an earlier one is another."""
    model, _ = opened(tmp_path, kind)
    runner = model.network("recogniser")
    assert isinstance(runner, TorchRunner)
    module = runner.module()
    assert isinstance(module, EncoderModule)
    assert module.read_out_layers == ("embedded", "layer1", "layer2", "layer3")
    with torch.no_grad():
        maps = dict(module.walk(torch.from_numpy(sound())[None]))
        np.testing.assert_allclose(module.read_out(maps["layer3"]), maps["logits"], atol=1e-6)
        assert not np.allclose(module.read_out(maps["layer1"]), maps["logits"], atol=1e-3)


def test_the_lens_gives_every_layers_letters_on_its_frames(tmp_path: Path) -> None:
    model, _ = opened(tmp_path, "hubert-ctc")
    found = lens(model, "recogniser", sound())
    answer = hear(model, "recogniser", sound(), "").answer
    assert list(found) == ["embedded", "layer1", "layer2", "layer3"] == list(lens_layers(model, "recogniser"))
    np.testing.assert_allclose(found["layer3"].logits, answer.logits, atol=1e-6)
    assert {one.axis for one in found.values()} == {answer.axis}
    with pytest.raises(Fault, match="no head"):
        lens(opened(tmp_path, "hubert")[0], "encoder", sound())


def test_an_encoder_without_a_head_says_nothing_and_gives_its_layers(tmp_path: Path) -> None:
    model, _ = opened(tmp_path, "wavlm")
    heard = hear(model, "encoder", sound(), "")
    assert heard.answer.kind == "nothing"
    assert list(heard.curves)[-1] == "layer3"


def test_outputs_writes_a_tier_for_every_layer_of_the_lens(tmp_path: Path) -> None:
    folder = save("wav2vec2-ctc", tmp_path / "ctc", reference("wav2vec2-ctc"))
    soundfile.write(tmp_path / "a.wav", sound(), 16000)
    out = tmp_path / "out"
    assert main(["outputs", str(folder), str(tmp_path / "a.wav"), "--lens", "--out", str(out)]) == 0
    names = [tier.name for tier in read_textgrid(out / "a.TextGrid").annotation.tiers]
    assert names == ["letters", "embedded", "layer1", "layer2", "layer3"]


def test_what_is_missing_beside_config_or_weights_is_named(tmp_path: Path) -> None:
    folder = save("wav2vec2", tmp_path / "one", reference("wav2vec2"))
    (folder / "model.safetensors").rename(tmp_path / "model.safetensors")
    with pytest.raises(Fault, match=r"“one” holds config\.json, but no weights"):
        open_model(folder)
    with pytest.raises(Fault, match=r"no config\.json beside it"):
        open_model(tmp_path / "model.safetensors")


@pytest.mark.parametrize(
    ("change", "numbers"),
    [
        ({"hidden_size": 24}, ("12", "24")),
        ({"num_hidden_layers": 2}, ("3 transformer layers", "describes 2")),
        ({"num_hidden_layers": 4}, ("encoder.layers.3",)),
    ],
)
def test_a_config_that_contradicts_the_weights_is_refused_with_both_numbers(
    tmp_path: Path, change: dict[str, Any], numbers: tuple[str, ...]
) -> None:
    folder = save("wav2vec2", tmp_path / "one", reference("wav2vec2"))
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | change))
    with pytest.raises(Fault) as refused:
        open_model(folder)
    for number in numbers:
        assert number in refused.value.sentence


def test_nothing_that_a_config_names_is_run(tmp_path: Path) -> None:
    folder = save("wav2vec2", tmp_path / "one", reference("wav2vec2"))
    config = json.loads((folder / "config.json").read_text())
    config["auto_map"] = {"AutoModel": "evil.Evil"}
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "evil.py").write_text("raise SystemExit('ran')")
    assert open_model(folder).card.family == "encoder"


def test_a_long_sound_is_refused_for_what_it_would_cost(tmp_path: Path) -> None:
    model, _ = opened(tmp_path, "wavlm")
    with pytest.raises(Fault, match="hears at most"):
        model.network("encoder").run(np.zeros((1, 100_000), np.float32), [Record("layer1")])
