"""ONNX files and exported programs open as layers in time, and give what their own runtimes give."""

from __future__ import annotations

import json
import pickle
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn

from core.answers.hearing import hear
from core.answers.pitch_contour import pitch_contour
from core.families.registry import Model, open_model
from core.faults import Fault
from core.frontends.kaldi_fbank import KaldiFbank
from core.frontends.registry import plain
from core.networks.runner import Record
from core.networks.spec import ClassesOutput, FramesOutput
from core.networks.torch_graph import GraphModule
from core.networks.torch_runner import TorchRunner
from core.probing.surgery import Fill, LayerEdit
from tests.support.praat_oracle import SHARED

Nodes = list[Any]
Arrays = dict[str, np.ndarray]


def drawn(**shapes: tuple[int, ...]) -> Arrays:
    chance = np.random.default_rng(3)
    return {
        name: (chance.standard_normal(shape) / max(1, np.prod(shape[1:])) ** 0.5).astype(np.float32)
        for name, shape in shapes.items()
    }


def node(operator: str, inputs: str, output: str, **attributes: Any) -> Any:
    return helper.make_node(
        operator, [one.strip() for one in inputs.split(",")], output.split(","), **attributes
    )


def saved(
    path: Path,
    nodes: Nodes,
    weights: Arrays,
    sizes: list[int | str],
    outputs: tuple[str, ...] = ("y",),
    card: dict[str, Any] | None = None,
    more: tuple[Any, ...] = (),
) -> Path:
    """Write a graph that takes `x` of these sizes."""
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, sizes), *more],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs],
        [numpy_helper.from_array(value, name) for name, value in weights.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    if card is not None:
        helper.set_model_props(model, {"card": json.dumps(card)})
    onnx.save(model, str(path))
    return path


CONVOLUTIONS = [
    node("Unsqueeze", "x,one", "x3"),
    node("Conv", "x3,k1,b1", "c1", strides=[4], pads=[3, 2]),
    node("BatchNormalization", "c1,g,b,m,v", "n1"),
    node("Relu", "n1", "r1"),
    node("Conv", "r1,k2", "c2", strides=[2], dilations=[2]),
    node("Sigmoid", "c2", "s2"),
    node("Mul", "c2,s2", "r2"),
    node("Transpose", "r2", "t2", perm=[0, 2, 1]),
    node("MatMul", "t2,w", "l0"),
    node("Add", "l0,wb", "logits"),
    node("Softmax", "logits", "y", axis=-1),
]


def convolutions(labels: int = 4) -> Arrays:
    made = drawn(k1=(6, 1, 10), b1=(6,), k2=(5, 6, 5), w=(5, labels), wb=(labels,), g=(6,), b=(6,), m=(6,))
    return made | {"v": np.abs(drawn(v=(6,))["v"]) + 0.5, "one": np.array([1], np.int64)}


RECURRENT = [
    node("Transpose", "x", "t", perm=[1, 0, 2]),
    node("LSTM", "t,lw,lr,lb", "l,lh,lc", hidden_size=5, direction="bidirectional"),
    node("Transpose", "l", "lt", perm=[0, 2, 1, 3]),
    node("Reshape", "lt,flat", "lf"),
    node("GRU", "lf,gw,gr,gb", "g,gh", hidden_size=4, linear_before_reset=1),
    node("Squeeze", "g,one", "gs"),
    node("Transpose", "gs", "gt", perm=[1, 0, 2]),
    node("MatMul", "gt,w", "y"),
]


def recurrent() -> Arrays:
    made = drawn(
        lw=(2, 20, 8), lr=(2, 20, 5), lb=(2, 40), gw=(1, 12, 10), gr=(1, 12, 4), gb=(1, 24), w=(4, 3)
    )
    return made | {"flat": np.array([0, 0, -1], np.int64), "one": np.array([1], np.int64)}


def sound(n: int = 6000) -> np.ndarray:
    return (np.random.default_rng(5).standard_normal(n) * 0.3).astype(np.float32)


def by_onnxruntime(path: Path, feed: Arrays, names: list[str] | None = None) -> list[np.ndarray]:
    """Give tensors of a graph as onnxruntime computes them, also those in its middle."""
    model = onnx.load(str(path))
    for name in names or ():
        model.graph.output.append(onnx.ValueInfoProto(name=name))
    return onnxruntime.InferenceSession(model.SerializeToString()).run(names, feed)


def layers_of(model: Model, x: np.ndarray, names: list[str]) -> Arrays:
    found = model.network("network").run(x[None], [Record(name) for name in names])
    return {wanted.layer: maps for wanted, maps in found.items()}


def test_layers_are_convolutions_and_linear_maps_after_their_activation(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.onnx", CONVOLUTIONS, convolutions(), [1, "samples"])
    model = open_model(path)
    x = sound()
    found = layers_of(model, x, ["conv1", "conv2", "logits"])
    expected = by_onnxruntime(path, {"x": x[None]}, ["r1", "r2", "logits"])
    for name, raw in zip(("conv1", "conv2"), expected, strict=False):
        np.testing.assert_allclose(found[name], raw.transpose(0, 2, 1), atol=1e-5)
    np.testing.assert_allclose(found["logits"], expected[2], atol=1e-5)
    assert model.spec("network").output == FramesOutput(("1", "2", "3", "4"), "softmax")


def test_layers_lie_where_their_strides_and_paddings_put_them(tmp_path: Path) -> None:
    model = open_model(saved(tmp_path / "a.onnx", CONVOLUTIONS, convolutions(), [1, "samples"]))
    spec = model.spec("network")
    first, second, answer = spec.layers
    assert (first.op.stride, first.op.offset, first.op.reach) == (4, (10 - 1) / 2 - 3, 10)
    assert (second.op.stride, second.op.offset, second.op.reach) == (8, 1.5 + 4 * 4, 10 + 8 * 4)
    assert answer.op == second.op
    for n in (50, 77, 1000, 1001, 1002, 1003, 4321):
        whole = spec.for_length(n)
        maps = layers_of(model, sound(n), [layer.name for layer in spec.layers])
        assert [layer.n for layer in whole.layers] == [maps[layer.name].shape[1] for layer in whole.layers], n


def test_recurrent_layers_equal_onnxruntime_and_stand_at_their_frames(tmp_path: Path) -> None:
    card = {"frontend": plain(KaldiFbank(16000, 400, 160, 8, 20, 8000)), "labels": ["a", "b", "blank"]}
    path = saved(tmp_path / "r.onnx", RECURRENT, recurrent(), [1, "frames", 8], card=card)
    model = open_model(path, {"says": "letters"})
    x = sound()
    names = ["input", "recurrent1", "recurrent2", "logits"]
    found = layers_of(model, x, names)
    expected = by_onnxruntime(path, {"x": found["input"]}, ["l", "g", "y"])
    np.testing.assert_allclose(
        found["recurrent1"][0], expected[0].transpose(2, 0, 1, 3)[0].reshape(-1, 10), atol=1e-5
    )
    np.testing.assert_allclose(found["recurrent2"][0], expected[1][:, 0, 0], atol=1e-5)
    np.testing.assert_allclose(found["logits"], expected[2], atol=1e-5)
    spec = model.spec("network")
    frontend = spec.drive.frontend
    assert set(spec.places()) == {(frontend.step, frontend.centre)}
    assert spec.output == FramesOutput(("a", "b", "blank"), "softmax", 2)
    assert any(fact.name == "Hear everything" for fact in model.card.facts)


def test_a_graph_of_one_length_is_placed_by_its_gradients(tmp_path: Path) -> None:
    model = open_model(saved(tmp_path / "a.onnx", CONVOLUTIONS, convolutions(), [1, 800]))
    spec = model.spec("network")
    assert spec.drive.n == 800
    assert [(one.op.stride, one.op.offset) for one in spec.layers[:2]] == [(4, 1.5), (8, 17.5)]
    free = open_model(saved(tmp_path / "b.onnx", CONVOLUTIONS, convolutions(), [1, "n"]))
    assert [layer.n for layer in spec.layers] == [
        one.n for one in free.spec("network").for_length(800).layers
    ]


POOLED = [
    node("Conv", "x,k,b", "c", kernel_shape=[3, 3], auto_pad="SAME_UPPER"),
    node("Relu", "c", "r"),
    node("MaxPool", "r", "p", kernel_shape=[2, 2], strides=[2, 2]),
    node("GlobalAveragePool", "p", "g"),
    node("Flatten", "g", "f"),
    node("Gemm", "f,w,wb", "z", transB=1),
    node("Sigmoid", "z", "y"),
]


def test_a_graph_with_one_answer_per_sound_gives_classes(tmp_path: Path) -> None:
    weights = drawn(k=(4, 1, 3, 3), b=(4,), w=(2, 4), wb=(2,))
    path = saved(tmp_path / "c.onnx", POOLED, weights, [1, 1, 20, "time"])
    model = open_model(path, {"labels": "song speech"})
    spec = model.spec("network")
    assert [layer.name for layer in spec.layers] == ["conv1", "logits"]
    assert spec.output == ClassesOutput(("song", "speech"), "sigmoid")
    x = sound(16000)
    found = layers_of(model, x, ["input", "conv1", "logits"])
    picture = found["input"].transpose(0, 2, 1)[:, None]
    maps, logits = by_onnxruntime(path, {"x": picture}, ["r", "z"])
    np.testing.assert_allclose(found["logits"][0], logits, atol=1e-5)
    np.testing.assert_allclose(found["conv1"][0], maps[0].transpose(2, 0, 1).reshape(-1, 80), atol=1e-5)
    heard = hear(model, "network", x, "")
    assert heard.answer.logits.shape == (1, 2)


def test_edits_and_gradients_pass_through_a_graph(tmp_path: Path) -> None:
    model = open_model(saved(tmp_path / "a.onnx", CONVOLUTIONS, convolutions(), [1, "samples"]))
    runner = model.network("network")
    assert isinstance(runner, TorchRunner)
    module = runner.module()
    assert isinstance(module, GraphModule)
    assert [len(list(module.layers[name].parameters())) for name in module.layers] == [6, 1, 2]
    leaf = torch.from_numpy(np.stack([sound(900), sound(900) * 2])).requires_grad_()
    gradients = torch.autograd.grad(module(leaf).square().sum(), leaf)
    assert gradients[0].abs().sum(1).min() > 0
    x = np.stack([sound(900), sound(900) * 0.5])
    record, edit = [Record("logits")], [LayerEdit("conv2", Fill(0.0))]
    edited = runner.run(x, record, edit)[record[0]]
    np.testing.assert_allclose(edited, np.broadcast_to(convolutions()["wb"], edited.shape), atol=1e-6)


def test_group_norm_hears_everything_and_lies_at_the_centre_of_mass(tmp_path: Path) -> None:
    nodes = [
        node("Unsqueeze", "x,one", "x3"),
        node("Conv", "x3,k1,b1", "c1", strides=[4]),
        node("InstanceNormalization", "c1,g,b", "n1"),
        node("Relu", "n1", "y"),
    ]
    weights = drawn(k1=(6, 1, 9), b1=(6,), b=(6,)) | {"g": np.ones(6, np.float32)}
    path = saved(tmp_path / "g.onnx", nodes, weights | {"one": np.array([1], np.int64)}, [1, "n"])
    spec = open_model(path, {"says": "features"}).spec("network")
    place = spec.layers[-1].op
    assert (place.stride, place.reach) == (4, float("inf"))
    assert abs(place.offset - 4) < 2
    facts = {fact.name: fact.note for fact in open_model(path, {"says": "features"}).card.facts}
    assert "centre of mass" in facts["Hear everything"]


@pytest.mark.parametrize("operator", ["NonMaxSuppression", "Loop"])
def test_unknown_operators_are_named(tmp_path: Path, operator: str) -> None:
    model = helper.make_model(
        helper.make_graph(
            [node(operator, "x", "y")],
            "odd",
            [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, "n"])],
            [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
            [numpy_helper.from_array(np.ones(3, np.float32), "w")],
        )
    )
    onnx.save(model, str(tmp_path / "odd.onnx"))
    with pytest.raises(Fault, match=operator):
        open_model(tmp_path / "odd.onnx")


@pytest.mark.parametrize("place", ["../weights.bin", "/etc/hostname", "sub/../../weights.bin", ""])
def test_weights_outside_the_folder_are_refused(tmp_path: Path, place: str) -> None:
    (tmp_path / "weights.bin").write_bytes(bytes(4096))
    folder = tmp_path / "in"
    folder.mkdir()
    with_external(folder / "a.onnx", place)
    with pytest.raises(Fault, match="outside its folder"):
        open_model(folder / "a.onnx")


def with_external(path: Path, place: str) -> Path:
    """Write a graph whose first kernel lies in another file."""
    saved(path, CONVOLUTIONS, convolutions(), [1, "n"])
    model = onnx.load(str(path))
    kernel = next(one for one in model.graph.initializer if one.name == "k1")
    raw = numpy_helper.to_array(kernel).tobytes()
    kernel.ClearField("raw_data")
    kernel.data_location = TensorProto.EXTERNAL
    for key, value in (("location", place), ("offset", "8"), ("length", str(len(raw)))):
        kernel.external_data.add(key=key, value=value)
    path.write_bytes(model.SerializeToString())
    return path


def test_weights_beside_the_graph_are_read(tmp_path: Path) -> None:
    whole = open_model(saved(tmp_path / "whole.onnx", CONVOLUTIONS, convolutions(), [1, "n"]))
    path = with_external(tmp_path / "split.onnx", "split.onnx.data")
    (tmp_path / "split.onnx.data").write_bytes(bytes(8) + convolutions()["k1"].tobytes())
    assert open_model(path).card.digest == whole.card.digest
    (tmp_path / "split.onnx.data").unlink()
    with pytest.raises(Fault, match="missing"):
        open_model(path)


def test_a_front_end_that_contradicts_the_graph_is_refused_with_both_numbers(tmp_path: Path) -> None:
    card = {"frontend": plain(KaldiFbank(16000, 400, 160, 40, 20, 8000))}
    path = saved(tmp_path / "r.onnx", RECURRENT, recurrent(), [1, "frames", 8], card=card)
    with pytest.raises(Fault, match=r"takes 40 values per frame, but its graph takes 8"):
        open_model(path)


def test_a_memory_from_call_to_call_is_refused_by_name(tmp_path: Path) -> None:
    state = helper.make_tensor_value_info("state", TensorProto.FLOAT, [2, 1, 5])
    path = saved(tmp_path / "s.onnx", CONVOLUTIONS, convolutions(), [1, "n"], more=(state,))
    with pytest.raises(Fault, match="“state”"):
        open_model(path)


def test_a_damaged_graph_and_labels_of_another_number_are_refused(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.onnx", CONVOLUTIONS, convolutions(), [1, "n"])
    with pytest.raises(Fault, match="4 outputs"):
        open_model(path, {"labels": "a b c"})
    path.write_bytes(path.read_bytes()[:-50])
    with pytest.raises(Fault, match=r"a\.onnx"):
        open_model(path)


def test_another_graph_over_the_same_weights_has_another_digest(tmp_path: Path) -> None:
    one = open_model(saved(tmp_path / "a.onnx", CONVOLUTIONS, convolutions(), [1, "n"]))
    nodes = [*CONVOLUTIONS[:3], node("Tanh", "n1", "r1"), *CONVOLUTIONS[4:]]
    other = open_model(saved(tmp_path / "b.onnx", nodes, convolutions(), [1, "n"]))
    assert one.card.digest != other.card.digest


MODEL = SHARED / "models" / "swift-f0"


@pytest.mark.skipif(not MODEL.is_dir(), reason="SwiftF0 is not beside this project")
def test_swift_f0_gives_its_own_pitch() -> None:
    model = open_model(MODEL)
    expected = np.load(MODEL / "expected.npz")
    heard = hear(model, "network", expected["wave"], "")
    np.testing.assert_allclose(heard.answer.logits[:, 0], expected["f0"][0], atol=1e-4)
    np.testing.assert_allclose(heard.answer.logits[:, 1], expected["confidence"][0], atol=1e-4)
    pitch, confidence = pitch_contour(heard.answer)
    voiced = confidence.samples >= 0.5
    np.testing.assert_allclose(pitch.samples[voiced], expected["f0"][0][voiced], rtol=1e-6)
    spec = model.spec("network")
    assert {layer.op.stride for layer in spec.layers} == {256}
    assert {layer.op.offset for layer in spec.layers} == {0.0}


# --- programs of torch.export


PROGRAM = Path(__file__).parents[2] / "data" / "exported" / "network.pt2"
"""What torch.export of PyTorch 2.13 saved of `Encoder`, without its stack traces and its example."""


class Encoder(nn.Module):
    """What PyTorch's users export: a convolution, norms, GELU, attention, a head."""

    def __init__(self) -> None:
        super().__init__()
        self.c = nn.Conv1d(1, 8, 10, stride=5)
        self.bn = nn.BatchNorm1d(8)
        self.ln = nn.LayerNorm(8)
        self.a = nn.MultiheadAttention(8, 2, batch_first=True)
        self.l = nn.Linear(8, 5)

    def maps(self, x: torch.Tensor) -> torch.Tensor:
        return nn.functional.gelu(self.bn(self.c(x[:, None]))).transpose(1, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.ln(self.maps(x))
        y = y + self.a(y, y, y, need_weights=False)[0]
        return torch.log_softmax(self.l(y), -1)


def own_network() -> Encoder:
    """Give the network that was exported, with the numbers in the file."""
    network = Encoder().eval()
    state = network.state_dict()
    with zipfile.ZipFile(PROGRAM) as archive:
        config = json.loads(archive.read("x/data/weights/model_weights_config.json"))["config"]
        for name, value in state.items():
            raw = archive.read(f"x/data/weights/{config[name]['path_name']}")
            kind = np.int64 if name.endswith("tracked") else np.float32
            value.copy_(torch.from_numpy(np.frombuffer(raw, kind).reshape(value.shape).copy()))
    return network


def test_an_exported_program_gives_what_pytorch_gives() -> None:
    network = own_network()
    model = open_model(PROGRAM, {"says": "letters", "labels": "a b c d blank"})
    x = sound(3001)
    found = layers_of(model, x, ["conv1", "logits"])
    with torch.no_grad():
        maps, expected = network.maps(torch.from_numpy(x)[None]), network(torch.from_numpy(x)[None])
    np.testing.assert_allclose(found["conv1"], maps, atol=1e-5)
    logits = torch.from_numpy(found["logits"])
    np.testing.assert_allclose(torch.log_softmax(logits, -1), expected, atol=1e-5)
    spec = model.spec("network")
    assert [layer.name for layer in spec.layers] == ["conv1", "linear1", "linear2", "logits"]
    assert (spec.layers[0].op.stride, spec.layers[0].op.offset, spec.layers[0].op.reach) == (5, 4.5, 10)
    assert spec.layers[-1].op.offset == 4.5
    assert spec.output == FramesOutput(("a", "b", "c", "d", "blank"), "softmax", 4)


def changed(to: Path, change: Callable[[str, bytes], bytes], **more: bytes) -> Path:
    """Copy the program with other contents, and more files."""
    with zipfile.ZipFile(PROGRAM) as before, zipfile.ZipFile(to, "w") as after:
        for name in before.namelist():
            after.writestr(name, change(name, before.read(name)))
        for name, data in more.items():
            after.writestr(f"x/data/sample_inputs/{name}.pt", data)
    return to


class Evil:
    """Would write a file if it were unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return (Path.touch, (self.path,))


def test_nothing_of_an_exported_program_is_unpickled(tmp_path: Path) -> None:
    trap = pickle.dumps(Evil(tmp_path / "ran"))
    open_model(changed(tmp_path / "a.pt2", lambda _, data: data, model=trap))

    def pickled(name: str, data: bytes) -> bytes:
        return data.replace(b'"use_pickle": false', b'"use_pickle": true')

    with pytest.raises(Fault, match="is pickled"):
        open_model(changed(tmp_path / "b.pt2", pickled))
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("target", ["os.system", "torch.ops.aten.from_file.default", "torch.load"])
def test_a_program_calls_no_other_functions(tmp_path: Path, target: str) -> None:
    def hostile(name: str, data: bytes) -> bytes:
        return data.replace(b"torch.ops.aten.gelu.default", target.encode())

    with pytest.raises(Fault, match="does not know"):
        open_model(changed(tmp_path / "a.pt2", hostile))


def test_a_program_of_an_older_pytorch_and_damage_are_refused(tmp_path: Path) -> None:
    old = tmp_path / "old.pt2"
    with zipfile.ZipFile(old, "w") as archive:
        archive.writestr("serialized_exported_program.json", "{}")
    with pytest.raises(Fault, match=r"before 2\.8"):
        open_model(old)
    for part in ("weight_0", "model.json", "config.json"):

        def cut(name: str, data: bytes, part: str = part) -> bytes:
            return data[:-8] if name.endswith(part) else data

        with pytest.raises(Fault, match="damaged"):
            open_model(changed(tmp_path / "cut.pt2", cut))


def test_torchscript_and_pickled_modules_are_refused_with_the_way_to_export_them(tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.jit.save(torch.jit.script(nn.Sequential(nn.Linear(3, 2))), str(tmp_path / "a.jit"))
    torch.save(nn.Sequential(nn.Linear(3, 2)), tmp_path / "b.pt")
    for name in ("a.jit", "b.pt"):
        with pytest.raises(Fault) as refused:
            open_model(tmp_path / name)
        assert "torch.export" in refused.value.hint
