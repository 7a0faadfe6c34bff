"""Files of other kinds are named for what they are, with the way on."""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from core.families.registry import open_model
from core.faults import Fault
from tests.support.tiny import nets
from tests.support.tiny.bundles import write_bundle
from tests.support.tiny.files import save_state

MP4 = b"\x00\x00\x00\x20ftypM4A \x00\x00\x02\x00isomiso2" + bytes(200)
HEADS: dict[str, tuple[str, bytes, str, str]] = {
    "m4a": ("b.m4a", MP4, "sound or film in MP4", "ffmpeg -i “b.m4a” “b.wav”"),
    "m4a with another suffix": ("b.pt", MP4, "sound or film in MP4", "Convert it to WAV"),
    "wma": ("b.wma", b"\x30\x26\xb2\x75\x8e\x66\xcf\x11" + bytes(90), "sound in WMA", "Convert"),
    "webm": ("b.webm", b"\x1a\x45\xdf\xa3" + bytes(90), "WebM or Matroska", "Convert"),
    "lfs": ("G.pt", b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "Git LFS", "git lfs pull"),
    "page": ("G.pt", b"\n<!doctype html><html><title>Sign in", "a web page", "Download the file again"),
    "saved model": ("saved_model.pb", b"\x08\x01\x12\x8f", "SavedModel", "open its folder"),
    "compressed": ("run.tar.gz", b"\x1f\x8b\x08" + bytes(90), "compressed", "Unpack it"),
    "numpy": ("z.npy", b"\x93NUMPY\x01\x00" + bytes(90), "a NumPy array", "Choose"),
    "praat": ("a.TextGrid", b'File type = "ooTextFile"\nObject class = "TextGrid"', "Praat file", "TextGrid"),
    "empty": ("G.pt", b"", "is empty", "Copy it again"),
}


@pytest.mark.parametrize("kind", HEADS)
def test_a_file_of_another_kind_is_named_with_the_way_on(tmp_path: Path, kind: str) -> None:
    name, data, words, hint = HEADS[kind]
    (tmp_path / name).write_bytes(data)
    with pytest.raises(Fault, match=words) as caught:
        open_model(tmp_path / name)
    assert hint in caught.value.hint


def npz(folder: Path) -> Path:
    np.savez(folder / "a.npz", x=np.zeros(3))
    return folder / "a.npz"


def keras(folder: Path) -> Path:
    with zipfile.ZipFile(folder / "a.keras", "w") as archive:
        archive.writestr("config.json", "{}")
        archive.writestr("model.weights.h5", b"\x89HDF")
    return folder / "a.keras"


def zip_of_a_run(folder: Path) -> Path:
    with zipfile.ZipFile(folder / "run.zip", "w") as archive:
        archive.writestr("run/model.ckpt-5.index", "x")
    return folder / "run.zip"


def tar_of_a_run(folder: Path) -> Path:
    with tarfile.open(folder / "run.tar", "w") as archive:
        archive.addfile(tarfile.TarInfo("run/G.pt"), io.BytesIO())
    return folder / "run.tar"


def oldest_torch(folder: Path) -> Path:
    with tarfile.open(folder / "G.tar", "w") as archive:
        for name in ("sys_info", "pickle", "storages", "tensors"):
            archive.addfile(tarfile.TarInfo(name), io.BytesIO())
    return folder / "G.tar"


ARCHIVES: dict[Callable[[Path], Path], tuple[str, str]] = {
    npz: ("a NumPy archive, and holds no network", "state_dict"),
    keras: ("a Keras model", "Save its weights"),
    zip_of_a_run: ("a ZIP archive of a run", "Unpack it"),
    tar_of_a_run: ("a tar archive", "tar -xf “run.tar”"),
    oldest_torch: ("a PyTorch before 0.1.10", "save it again"),
}


@pytest.mark.parametrize("make", ARCHIVES, ids=lambda make: make.__name__)
def test_an_archive_is_named_by_what_is_in_it(tmp_path: Path, make: Callable[[Path], Path]) -> None:
    words, hint = ARCHIVES[make]
    with pytest.raises(Fault, match=words) as caught:
        open_model(make(tmp_path))
    assert hint in caught.value.hint


def test_a_pointer_in_place_of_tensorflows_weights_is_named(tmp_path: Path) -> None:
    prefix = write_bundle(tmp_path / "model.ckpt-5", nets.tensorflow())
    data = tmp_path / "model.ckpt-5.data-00000-of-00001"
    data.write_bytes(b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n")
    with pytest.raises(Fault, match="Git LFS pointer"):
        open_model(prefix)


def test_a_folder_with_only_a_foreign_checkpoint_says_what_it_is(tmp_path: Path) -> None:
    (tmp_path / "G.pt").write_bytes(HEADS["page"][1])
    with pytest.raises(Fault, match="a web page"):
        open_model(tmp_path)


def test_the_variables_of_a_saved_model_open(tmp_path: Path) -> None:
    (tmp_path / "variables").mkdir()
    (tmp_path / "saved_model.pb").write_bytes(b"\x08\x01\x12\x8f")
    bare = open_model(write_bundle(tmp_path / "variables" / "variables", nets.tensorflow())).card
    assert open_model(tmp_path).card.digest == bare.digest
    assert open_model(tmp_path / "saved_model.pb").card.digest == bare.digest


def test_safetensors_are_known_by_their_first_bytes_whatever_those_look_like(tmp_path: Path) -> None:
    from safetensors.numpy import save_file

    weights = nets.port_generator()
    bare = open_model(save_state(tmp_path / "bare.pt", weights)).card
    for pad in range(0, 4000, 40):  # lengths of headers that begin like other files' signs, among others
        save_file(weights, tmp_path / "x.weights", {"pad": " " * pad})
        assert open_model(tmp_path / "x.weights").card.digest == bare.digest
