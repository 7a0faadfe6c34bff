"""PyTorch files: read without PyTorch and without running anything in them."""

from __future__ import annotations

import io
import os
import pickle
import zipfile
from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from core.checkpoint import pickles
from core.checkpoint.torch_file import TorchFile
from core.families.registry import open_model
from core.faults import Fault
from tests.support.tiny import nets
from tests.support.tiny.files import as_state, save_port, save_state

FORMATS = [{}, {"_use_new_zipfile_serialization": False}, {"pickle_protocol": pickle.HIGHEST_PROTOCOL}]
FORMATS += [{"_use_new_zipfile_serialization": False, "pickle_protocol": pickle.HIGHEST_PROTOCOL}]


def save(path: Path, value: object, **how: Any) -> Path:
    torch.save(value, path, **how)
    return path


@pytest.mark.parametrize("how", FORMATS, ids=str)
def test_both_formats_give_torchs_own_numbers(tmp_path: Path, how: dict[str, Any]) -> None:
    whole = torch.arange(60, dtype=torch.float32).reshape(5, 12)
    tensors = {
        "plain": torch.randn(3, 4),
        "transposed": whole.T,
        "part": whole[1:3, ::3],
        "double": torch.tensor([1.5, 2.5], dtype=torch.float64),
        "half": torch.tensor([0.5, 3.0]).half(),
        "brain": torch.tensor([1.0, -3.140625]).bfloat16(),
        "whole": torch.tensor([1, -5]),
        "flags": torch.tensor([True, False]),
        "empty": torch.zeros(0, 3),
        "one": torch.tensor(7.0),
        "parameter": torch.nn.Parameter(torch.ones(2)),
    }
    file = TorchFile(save(tmp_path / "a.pt", tensors, **how))
    assert set(file.specs) == set(tensors)
    for name, tensor in tensors.items():
        assert file.specs[name].shape == tuple(tensor.shape)
        np.testing.assert_array_equal(file.read(name), tensor.detach().float().numpy())


@pytest.mark.parametrize("how", FORMATS, ids=str)
def test_a_run_of_either_format_opens(tmp_path: Path, how: dict[str, Any]) -> None:
    save_port(tmp_path, **how)
    card = open_model(tmp_path).card
    assert list(card.layers) == ["G", "D", "Q"]


@pytest.mark.parametrize("how", FORMATS, ids=str)
def test_numpy_scalars_and_settings_beside_the_weights_do_no_harm(
    tmp_path: Path, how: dict[str, Any]
) -> None:
    import argparse

    more = {
        "loss": np.float64(1.5),
        "count": np.int64(3),
        "history": np.arange(4.0),
        "args": argparse.Namespace(dim=64),
        "where": Path("x"),
        "device": torch.device("cpu"),
        "size": torch.Size([1, 2]),
        "kind": torch.float32,
        "optimizer": torch.optim.Adam([torch.zeros(2, requires_grad=True)]).state_dict(),
    }
    file = TorchFile(save(tmp_path / "a.pt", {"net": {"w": torch.ones(2)}, **more}, **how))
    assert list(file.specs) == ["net/w"]


class Code:
    """Pickles as a call that leaves a mark on the disk."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[Any, ...]:
        return (os.mkdir, (str(self.mark),))


@pytest.mark.parametrize("how", FORMATS, ids=str)
def test_a_pickle_that_runs_code_does_not_run_it(tmp_path: Path, how: dict[str, Any]) -> None:
    mark = tmp_path / "mark"
    state: dict[str, Any] = dict(as_state(nets.port_generator()))
    path = save(tmp_path / "x_G.pt", {**state, "surprise": Code(mark)}, **how)
    with pytest.raises(Fault, match=r"would run (posix|os|nt)\.mkdir"):
        open_model(path)
    assert not mark.exists()
    pickle.loads(pickle.dumps(Code(mark)))
    assert mark.exists(), "the pickle would have run"


@pytest.mark.parametrize(
    "name", ["builtins.eval", "builtins.getattr", "functools.partial", "core.faults.Fault"]
)
def test_no_name_is_ever_imported(tmp_path: Path, name: str) -> None:
    module, _, attribute = name.rpartition(".")
    program = f"c{module}\n{attribute}\n(S'x'\ntR.".encode()
    with zipfile.ZipFile(tmp_path / "a.pt", "w") as archive:
        archive.writestr("archive/data.pkl", program)
    with pytest.raises(Fault, match=attribute):
        TorchFile(tmp_path / "a.pt")


@pytest.mark.parametrize("how", FORMATS, ids=str)
def test_a_whole_module_is_refused_with_a_recipe(tmp_path: Path, how: dict[str, Any]) -> None:
    path = save(tmp_path / "model.pt", torch.nn.Sequential(torch.nn.Linear(2, 2)), **how)
    with pytest.raises(Fault, match="whole pickled program") as caught:
        open_model(path)
    assert "torch.save(model.state_dict()" in caught.value.hint


def rewrite(path: Path, record: str, change: Any) -> None:
    """Save a zip again, stored, with one record changed."""
    with zipfile.ZipFile(path) as archive:
        parts = {info.filename: archive.read(info) for info in archive.infolist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, change(data) if name.endswith(record) else data)


def test_a_tensor_that_claims_100_gb_is_a_fault(tmp_path: Path) -> None:
    path = save(tmp_path / "a.pt", {"w": torch.zeros(300, 300)}, pickle_protocol=2)
    size, huge = pickle.dumps(300, 2)[2:-1], pickle.dumps(160_000, 2)[2:-1]
    rewrite(path, "data.pkl", lambda data: data.replace(size, huge))
    file = TorchFile(path)
    assert file.specs["w"].count * 4 > 100e9
    with pytest.raises(Fault, match="more data than it contains"):
        file.read("w")


def test_a_tensor_cannot_repeat_one_number_into_gigabytes(tmp_path: Path) -> None:
    path = save(tmp_path / "a.pt", {"w": torch.zeros(1).expand(200_000, 200_000)})
    with pytest.raises(Fault, match="more data than it contains"):
        TorchFile(path).read("w")


def test_a_memo_number_of_gigabytes_is_a_fault(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.pt", "w") as archive:
        archive.writestr("archive/data.pkl", b"\x80\x02}r\xff\xff\xff\xef.")
    with pytest.raises(Fault, match="damaged"):
        TorchFile(tmp_path / "a.pt")


def test_a_big_endian_file_is_a_fault(tmp_path: Path) -> None:
    path = save(tmp_path / "a.pt", {"w": torch.zeros(3)})
    rewrite(path, "byteorder", lambda _: b"big")
    with pytest.raises(Fault, match="big-endian"):
        TorchFile(path)


@pytest.mark.parametrize("how", FORMATS[:2], ids=str)
@pytest.mark.parametrize("kept", [0.1, 0.5, 0.99])
def test_a_file_cut_short_is_a_fault(tmp_path: Path, how: dict[str, Any], kept: float) -> None:
    path = save_state(tmp_path / "x_G.pt", nets.port_generator(), **how)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * kept)])
    with pytest.raises(Fault):
        open_model(path)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b"RIFF\x24\x08\x00\x00WAVEfmt " + bytes(500), "is a sound file"),
        (b"%PDF-1.7\n" + bytes(500), "is a PDF"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "is a picture"),
        (b"<!DOCTYPE html><p>Not found", "is a web page"),
        (bytes(range(256)) * 9, "not a checkpoint"),
        (b"version https://git-lfs.github.com/spec/v1\noid", "is a Git LFS pointer"),
    ],
)
def test_what_is_no_checkpoint_is_called_by_its_name(tmp_path: Path, data: bytes, words: str) -> None:
    (tmp_path / "x_G.pt").write_bytes(data)
    with pytest.raises(Fault, match=words):
        open_model(tmp_path / "x_G.pt")


def test_a_pickle_of_something_else_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "a.pkl").write_bytes(b"".join(pickle.dumps(k) for k in range(5)))
    with pytest.raises(Fault, match="not one that PyTorch saved"):
        open_model(tmp_path / "a.pkl")


def test_a_zip_of_something_else_is_a_fault(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.pt", "w") as archive:
        archive.writestr("readme.txt", "hello")
    with pytest.raises(Fault, match="not one that PyTorch saved"):
        open_model(tmp_path / "a.pt")


@pytest.mark.parametrize("value", [{}, [1, 2], {"a": 3}, OrderedDict(), None])
def test_a_file_without_weights_is_a_fault(tmp_path: Path, value: object) -> None:
    with pytest.raises(Fault, match="no network weights"):
        open_model(save(tmp_path / "a.pt", value))


def test_another_network_is_a_fault_that_names_what_it_holds(tmp_path: Path) -> None:
    with pytest.raises(Fault, match=r"not a network that Phonoscope knows \(it holds encoder.weight"):
        open_model(save(tmp_path / "a.pt", {"encoder.weight": torch.zeros(3)}))


def test_reading_needs_no_torch() -> None:
    import subprocess
    import sys

    modules = "core.probing.forward, core.families.registry, core.checkpoint.torch_file"
    program = f"import sys, {modules}; print('torch' in sys.modules)"
    root = Path(__file__).parents[3]
    found = subprocess.run(
        [sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "False"


def test_a_buffer_is_no_file(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    torch.save({"w": torch.ones(2)}, buffer)
    (tmp_path / "named.weights").write_bytes(buffer.getvalue())
    assert TorchFile(tmp_path / "named.weights").read("w").tolist() == [1, 1]


class Inner(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = torch.nn.Conv1d(2, 3, 5)
        self.register_buffer("window", torch.arange(4.0))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.conv(x)


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
def test_a_torchscript_archive_gives_the_state_dict_of_its_modules(tmp_path: Path) -> None:
    whole = torch.nn.Sequential(Inner(), torch.nn.ReLU(), Inner())
    torch.jit.script(whole).save(tmp_path / "whole.jit")
    file = TorchFile(tmp_path / "whole.jit")
    assert set(file.specs) == set(whole.state_dict())
    for name, tensor in whole.state_dict().items():
        np.testing.assert_array_equal(file.read(name), tensor.numpy())


def test_a_module_that_holds_itself_ends(tmp_path: Path) -> None:
    """A pickle may close a circle, which no walk through it may follow for ever."""
    module = b"c__torch__.a\nB\n)\x81q\x01}(X\x01\x00\x00\x00mh\x01ub."
    found = pickles.load(b"\x80\x02" + module, "a.pt")
    assert pickles.tensors_in(found.root, "a.pt") == {}


def test_a_call_of_a_torchscript_name_is_refused() -> None:
    with pytest.raises(Fault, match="whole pickled program"):
        pickles.load(b"\x80\x02c__torch__.a\nB\n)R.", "a.pt")
