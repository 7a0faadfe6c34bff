"""Pickles that were made to harm: nothing they say outlives their reading, and none of them takes long."""

from __future__ import annotations

import contextlib
import datetime
import pickle
import pickletools
import zipfile
from collections import Counter
from dataclasses import FrozenInstanceError
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import pytest
import torch

from core.checkpoint import pickles
from core.checkpoint.pickle_names import NAMES
from core.checkpoint.torch_file import TorchFile
from core.families.registry import open_model
from core.faults import Fault
from tests.support.tiny import nets
from tests.support.tiny.files import as_state, save_state

STATE = b"}(X\x05\x00\x00\x00dtypeX\x05\x00\x00\x00int32X\x04\x00\x00\x00makeNu"
MATERIALS = (
    b"",
    b"N",
    b")",
    STATE,
    STATE + b"\x85",
    b"(",
    b"(NN",
    b"X\x01\x00\x00\x00kN",
    b"]",
    b"\x8f",
    b"0",
)


MAKING = ("torch._utils", "torch._tensor", "torch.nn.parameter", "collections")
TRIED = tuple(row for row in NAMES if row[0] in MAKING or row[1] in ("FloatStorage", "float32", "Size"))


def zipped(path: Path, program: bytes) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("archive/data.pkl", program)
    return path


def argument_of(opcode: pickletools.OpcodeInfo) -> bytes:
    """Return an argument in the notation of an opcode: zeros, or a name for the opcode that takes one."""
    if opcode.arg is None:
        return b""
    if opcode.name in ("GLOBAL", "INST"):
        return b"collections\nOrderedDict\n"
    lengths = {-1: b"0\n", -2: b"\0", -3: bytes(4), -4: bytes(4), -5: bytes(8)}
    return lengths.get(opcode.arg.n) or bytes(opcode.arg.n)


def programs(module: str, name: str) -> Any:
    """Yield pickles that use every opcode on one name, or on what a call of it gives."""
    stand_in = f"c{module}\n{name}\n".encode()
    for made in (stand_in, stand_in + b")R", stand_in + STATE + b"\x85R", stand_in + b")\x81"):
        for material in MATERIALS:
            for opcode in pickletools.opcodes:
                yield (
                    b"\x80\x02" + made + material + opcode.code.encode("latin-1") + argument_of(opcode) + b"."
                )


def test_no_opcode_on_any_name_changes_what_a_good_file_holds(tmp_path: Path) -> None:
    good = save_state(tmp_path / "x_G.pt", nets.port_generator())
    before = open_model(good).card.digest
    read = refused = 0
    for module, name in (*TRIED, *NAMES[::8]):
        for program in programs(module, name):
            try:
                pickles.load(program, "hostile.pt")
                read += 1
            except Fault:
                refused += 1
    assert read > 1000
    assert refused > 1000
    assert open_model(good).card.digest == before


@pytest.mark.parametrize(
    "name", [b"torch\nFloatStorage", b"torch._utils\n_rebuild_tensor_v2", b"collections\nOrderedDict"]
)
@pytest.mark.parametrize("state", [STATE, b"N" + STATE + b"\x86"])
def test_a_state_for_a_name_makes_the_file_damaged(tmp_path: Path, name: bytes, state: bytes) -> None:
    path = zipped(tmp_path / "a.pt", b"\x80\x02c" + name + b"\n" + state + b"b.")
    with pytest.raises(Fault, match=r"“a.pt” is damaged"):
        TorchFile(path)


@pytest.mark.parametrize("name", [b"torch\nFloatStorage", b"datetime\ndatetime", b"somewhere\nSettings"])
def test_what_stands_for_a_name_is_made_anew_and_cannot_be_changed(name: bytes) -> None:
    one, other = (pickles.load(b"\x80\x02c" + name + b"\n.", "a.pt").root for _ in range(2))
    assert one is not other
    with pytest.raises((FrozenInstanceError, AttributeError, TypeError)):
        one.name = "another"  # type: ignore[attr-defined]


# --- too much -----------------------------------------------------------------------------------


def key(program: bytes) -> bytes:
    """Return a pickle of a dictionary with the result of a program as its key."""
    return b"\x80\x02}" + program + b"Ns."


NESTED = {
    "a key of tuples in tuples": key(b")" + b"\x85" * 3_000_000),
    "a key of sixty pairs": key(b")" + b"2\x86" * 60),
    "a value of lists in lists": b"\x80\x02" + b"]" * 900_000 + b"a" * 899_999 + b".",
    "a list in itself": b"\x80\x02]q\0h\0a.",
    "a dictionary in itself": b"\x80\x02}q\0X\x01\0\0\0ah\0s.",
    "a number of a million digits": b"\x80\x02L" + b"9" * 1_000_000 + b"L\n.",
    "a number of ten million bits": key(b"\x8b" + (1_250_000).to_bytes(4, "little") + b"\x7f" * 1_250_000),
    "a text longer than the file": b"\x80\x04\x8d" + b"\xff" * 7 + b"\x7f.",
    "bytes longer than the file": b"\x80\x04\x8e" + b"\0\0\0\0\x01\0\0\0.",
}


@pytest.mark.parametrize("program", NESTED.values(), ids=NESTED)
@pytest.mark.parametrize("pack", [True, False], ids=["zip", "legacy"])
def test_a_nested_or_huge_value_is_a_fault_that_names_the_file(
    tmp_path: Path, program: bytes, pack: bool
) -> None:
    path = tmp_path / "small.pt"
    if pack:
        zipped(path, program)
    else:
        parts = (pickle.dumps(value, 2) for value in (0x1950A86A20F9469CFC6C, 1001, {}))
        path.write_bytes(b"".join(parts) + program + pickle.dumps([], 2))
    with pytest.raises(Fault, match=r"“small\.pt”"):
        open_model(path)


def test_dictionaries_that_share_each_other_are_a_fault(tmp_path: Path) -> None:
    inner: dict[str, Any] = {"w": torch.zeros(1)}
    for _ in range(8):
        inner = {f"key{number}": inner for number in range(200)}
    torch.save(inner, tmp_path / "shared.pt")
    with pytest.raises(Fault, match="holds or repeats more than the weights"):
        TorchFile(tmp_path / "shared.pt")


def test_long_keys_that_are_repeated_are_a_fault(tmp_path: Path) -> None:
    inner: dict[str, Any] = {str(number): torch.zeros(1) for number in range(100)}
    torch.save({f"{number} {'x' * 10_000}": inner for number in range(100)}, tmp_path / "long.pt")
    with pytest.raises(Fault, match="holds or repeats more than the weights"):
        TorchFile(tmp_path / "long.pt")


def test_a_key_that_is_no_text_in_utf_8_does_no_harm(tmp_path: Path) -> None:
    weights = as_state(nets.port_generator())
    torch.save({**weights, "odd\udcff": torch.zeros(2)}, tmp_path / "x_G.pt")
    assert open_model(tmp_path / "x_G.pt").card.layers["G"]


# --- harmless objects beside the weights -----------------------------------------------------------


class Settings:
    """A training program's own class."""

    def __init__(self) -> None:
        self.rate = 0.1


class Attributes(dict[str, object]):
    """A dictionary of a class of its own, as Lightning keeps hyperparameters."""


def harmless() -> dict[str, object]:
    generator = np.random.default_rng(1)
    return {
        "when": datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC),
        "took": datetime.timedelta(seconds=3),
        "day": datetime.date(2024, 1, 1),
        "counts": Counter("abca"),
        "where": PurePosixPath("x"),
        "set": {1, 2},
        "frozen": frozenset("ab"),
        "complex": 1j,
        "slice": slice(1, 2),
        "range": range(3),
        "settings": Settings(),
        "attributes": Attributes(rate=0.1, z=torch.zeros(1)),
        "random": np.random.RandomState(1),
        "bits": generator.bit_generator,
        "type": np.float32,
        "date": np.datetime64("2024-01-01"),
        "complexes": torch.zeros(2, dtype=torch.complex64),
        "sparse": torch.eye(2).to_sparse(),
        "state": torch.get_rng_state(),
        "several states": [torch.get_rng_state()],
    }


@pytest.mark.parametrize("zip_format", [True, False], ids=["zip", "legacy"])
@pytest.mark.parametrize("what", harmless())
def test_a_harmless_object_beside_the_weights_is_left_unread(
    tmp_path: Path, what: str, zip_format: bool
) -> None:
    weights = as_state(nets.port_generator())
    path = tmp_path / "x.pt"
    value = {"G": weights, "beside": harmless()[what], "epoch": 3}
    torch.save(value, path, _use_new_zipfile_serialization=zip_format)
    torch.save(weights, tmp_path / "alone.pt")
    assert open_model(path).card.digest == open_model(tmp_path / "alone.pt").card.digest


@pytest.mark.parametrize("module", ["pathlib", "pathlib._local"])
@pytest.mark.parametrize("name", ["PosixPath", "WindowsPath", "PurePosixPath", "PureWindowsPath"])
def test_a_path_is_harmless_whichever_python_wrote_it(module: str, name: str) -> None:
    program = f"\x80\x02}}X\x01\0\0\0pc{module}\n{name}\n(X\x01\0\0\0xtRs.".encode("latin-1")
    assert "p" in dict(pickles.load(program, "a.pt").root)  # type: ignore[call-overload]


@pytest.mark.parametrize("several", [list, tuple])
def test_networks_in_a_list_are_found(tmp_path: Path, several: Any) -> None:
    weights = as_state(nets.port_generator())
    torch.save(several((weights, 5)), tmp_path / "x.pt")
    torch.save(weights, tmp_path / "alone.pt")
    assert open_model(tmp_path / "x.pt").card.digest == open_model(tmp_path / "alone.pt").card.digest


def test_a_module_beside_a_state_dict_is_refused_by_its_class(tmp_path: Path) -> None:
    torch.save({"net": torch.nn.Linear(2, 2), "w": torch.zeros(2)}, tmp_path / "a.pt")
    with pytest.raises(Fault, match=r"whole pickled program \(torch\.nn\.modules\.linear\.Linear\)"):
        TorchFile(tmp_path / "a.pt")


def test_a_call_of_another_programs_function_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.pt", b"\x80\x02}X\x01\0\0\0acnumpy.testing\nrunstring\n)Rs.")
    with pytest.raises(Fault, match=r"numpy\.testing\.runstring"):
        TorchFile(path)


def test_random_pickles_of_names_give_content_or_a_fault() -> None:
    rng = np.random.default_rng(0)
    codes = b"".join(opcode.code.encode("latin-1") for opcode in pickletools.opcodes)
    for _ in range(3000):
        chosen = bytes(rng.choice(list(codes), 12).astype(np.uint8))
        with contextlib.suppress(Fault):
            pickles.load(b"\x80\x02ctorch\nFloatStorage\n" + chosen + b".", "a.pt")
