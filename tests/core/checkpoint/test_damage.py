"""Whatever happens to a file's bytes, opening it gives numbers or a Fault."""

from __future__ import annotations

import contextlib
import warnings
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.numpy import save_file

from core.families.registry import open_model
from core.faults import Fault
from tests.support.tiny import nets
from tests.support.tiny.bundles import write_bundle
from tests.support.tiny.files import save_state


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("damage")


WEIGHTS = nets.port_generator(latent=2)
TF_WEIGHTS = {name: value for name, value in nets.tensorflow(latent=2).items() if name.startswith("G/")}


def zipped(folder: Path) -> Path:
    return save_state(folder / "z_G.pt", WEIGHTS)


def legacy(folder: Path) -> Path:
    return save_state(folder / "l_G.pt", WEIGHTS, _use_new_zipfile_serialization=False)


def index(folder: Path) -> Path:
    return write_bundle(folder / "t", TF_WEIGHTS).with_name("t.index")


def data(folder: Path) -> Path:
    return write_bundle(folder / "t", TF_WEIGHTS).with_name("t.data-00000-of-00001")


def safetensors(folder: Path) -> Path:
    save_file(TF_WEIGHTS, folder / "s.safetensors", {"card": '{"rate_hz": 8000}'})
    return folder / "s.safetensors"


def try_to_open(path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with contextlib.suppress(Fault):
            assert open_model(path).card.layers["G"]


def whole(make: Any, folder: Path) -> tuple[Path, bytes]:
    """Give a file in a folder of its own, and its bytes, the same for every example."""
    own = folder / make.__name__
    if not own.exists():
        own.mkdir()
        path = make(own)
        (folder / f"{make.__name__} whole").write_bytes(path.read_bytes())
        (folder / f"{make.__name__} name").write_text(path.name)
    name = (folder / f"{make.__name__} name").read_text()
    return own / name, (folder / f"{make.__name__} whole").read_bytes()


MAKERS = [zipped, legacy, index, data, safetensors]
QUICK = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.parametrize("make", MAKERS)
@QUICK
@given(st.data())
def test_a_cut_file_gives_a_fault(folder: Path, make: Any, data: st.DataObject) -> None:
    path, before = whole(make, folder)
    path.write_bytes(before[: data.draw(st.integers(0, len(before) - 1))])
    with pytest.raises(Fault):
        open_model(path)


@pytest.mark.parametrize("make", MAKERS)
@QUICK
@given(st.data())
def test_flipped_bits_give_numbers_or_a_fault(folder: Path, make: Any, data: st.DataObject) -> None:
    path, before = whole(make, folder)
    damaged, last = bytearray(before), len(before) - 1
    near, anywhere = st.integers(0, min(3000, last)), st.integers(0, last)
    end = st.integers(max(0, last - 2500), last)
    for at in data.draw(st.lists(st.one_of(near, anywhere, end), min_size=1, max_size=4)):
        damaged[at] ^= 1 << data.draw(st.integers(0, 7))
    path.write_bytes(bytes(damaged))
    try_to_open(path)


@pytest.mark.parametrize("suffix", [".pt", ".pkl", ".safetensors", ".index"])
@QUICK
@given(st.binary(max_size=300))
def test_random_bytes_give_a_fault(folder: Path, suffix: str, noise: bytes) -> None:
    path = folder / f"noise{suffix}"
    path.write_bytes(noise)
    with pytest.raises(Fault):
        open_model(path)


@QUICK
@given(noise=st.binary(max_size=200))
def test_random_pickles_give_a_fault(folder: Path, noise: bytes) -> None:
    import zipfile

    path = folder / "pickle.pt"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a/data.pkl", b"\x80\x02}" + noise + b".")
    with pytest.raises(Fault):
        open_model(path)
