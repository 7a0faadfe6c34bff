"""What only looks like a file is refused at once, and no link leads a sidecar out of its folder."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from core.annotation.textgrid import read_textgrid
from core.checkpoint import answers_file
from core.checkpoint.answers_file import sidecar_path
from core.export.record import read_point, write_json
from core.families.registry import open_model
from core.faults import Fault
from core.files.atomic import atomic
from core.networks.latent import LatentLayout
from core.recordings.sound_file import look_at
from tests.support.tiny import nets
from tests.support.tiny.files import save_port, save_state

READERS: dict[str, Callable[[Path], object]] = {
    "x_G.pt": open_model,
    "x.safetensors": open_model,
    "x.index": open_model,
    "x.wav": look_at,
    "x.mp3": look_at,
    "x.TextGrid": read_textgrid,
    "x.json": lambda path: read_point(path, LatentLayout(2)),
}


@pytest.mark.parametrize("name", READERS)
def test_a_named_pipe_is_refused_and_not_waited_for(tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / name)
    with pytest.raises(Fault):
        READERS[name](tmp_path / name)


@pytest.mark.parametrize("name", READERS)
def test_a_device_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).symlink_to("/dev/zero")
    with pytest.raises(Fault):
        READERS[name](tmp_path / name)


def test_a_folder_with_a_named_pipe_beside_its_run_opens(tmp_path: Path) -> None:
    save_port(tmp_path)
    os.mkfifo(tmp_path / "checkpoint")
    os.mkfifo(tmp_path / "args.txt")
    assert open_model(tmp_path).card.layers["G"]


def test_a_socket_or_a_device_is_never_written_over(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "x.csv"))
        with pytest.raises(Fault, match="is a socket, not a file"), atomic(tmp_path / "x.csv"):
            pass
    (tmp_path / "y.csv").symlink_to("/dev/null")
    with pytest.raises(Fault, match="is a device, not a file"), atomic(tmp_path / "y.csv"):
        pass
    assert [one.name for one in tmp_path.iterdir() if one.name.startswith(".")] == []


# --- sidecars -----------------------------------------------------------------------------------


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    (tmp_path / "run").mkdir()
    return save_state(tmp_path / "run" / "x_G.pt", nets.port_generator())


@pytest.mark.parametrize("there", [True, False])
def test_a_sidecar_that_links_out_of_its_folder_is_neither_read_nor_written(
    tmp_path: Path, checkpoint: Path, there: bool
) -> None:
    outside = tmp_path / "outside.json"
    if there:
        outside.write_text('{"format": 1, "answers": {"rate": 8000}}')
    sidecar_path(checkpoint).symlink_to(outside)
    with pytest.raises(Fault, match="link that leads out of its folder"):
        open_model(checkpoint)
    with pytest.raises(Fault, match="link that leads out of its folder"):
        answers_file.save(checkpoint, {"rate": 22050})
    assert outside.exists() == there
    assert not there or "8000" in outside.read_text()


def test_a_sidecar_may_link_to_a_file_of_its_folder_and_a_run_may_be_a_link(
    tmp_path: Path, checkpoint: Path
) -> None:
    (checkpoint.parent / "answers.json").write_text('{"answers": {"rate": 8000}}')
    sidecar_path(checkpoint).symlink_to("answers.json")
    (tmp_path / "linked").symlink_to("run")
    assert open_model(tmp_path / "linked" / "x_G.pt").card.rate_hz == 8000


def test_a_record_is_never_written_through_a_link_out_of_its_folder(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "origin.json").symlink_to(tmp_path / "mine.json")
    with pytest.raises(Fault, match="link"):
        write_json(tmp_path / "out" / "origin.json", {"a": 1})
    assert not (tmp_path / "mine.json").exists()


@pytest.mark.parametrize(
    "answers",
    [
        '{"slope": true}',
        '{"rate": true}',
        '{"rate": "fast"}',
        '{"rate": -16000}',
        '{"rate": [16000]}',
        '{"rate": null}',
        '{"rate": 1e999}',
        "[" * 100_000,
        '{"slope": "\xff"}',
    ],
)
def test_an_answer_of_the_wrong_type_is_a_fault(tmp_path: Path, answers: str) -> None:
    save_port(tmp_path)
    path = next(tmp_path.glob("*_G.pt"))
    sidecar_path(path).write_bytes(f'{{"format": 1, "answers": {answers}}}'.encode("latin-1"))
    with pytest.raises(Fault):
        open_model(path)


def test_deep_nesting_in_a_point_file_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "p.json").write_text('{"z": [0, 0], "more": ' + "[" * 100_000)
    with pytest.raises(Fault, match="not a point file"):
        read_point(tmp_path / "p.json", LatentLayout(2))


# --- names --------------------------------------------------------------------------------------


def test_a_name_with_a_byte_that_is_no_utf_8_opens(tmp_path: Path) -> None:
    folder = tmp_path / os.fsdecode(b"run\xff")
    folder.mkdir()
    path = save_state(folder / os.fsdecode(b"x\xfe_G.pt"), nets.port_generator())
    card = open_model(path).card
    card.title.encode()
    assert Path(card.path) == path
    answers_file.save(path, {"rate": 8000})
    assert open_model(Path(card.path)).card.rate_hz == 8000
    sound = folder / os.fsdecode(b"a\xff.wav")
    soundfile.write(os.fsencode(sound), np.zeros(800, np.float32) + 0.1, 8000)
    assert look_at(sound).n == 800
