"""`info` and `layers` on real checkpoints give what their own frameworks computed."""

from __future__ import annotations

import csv
import json
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import parselmouth
import pytest
import soundfile

from app.cli.main import main
from core.families import registry
from core.networks.spec import SoundOutput
from tests.support.checkpoints import NAMES, PORT, TENSORFLOW, checkpoint, checkpoints, expected
from tests.support.tiny import nets
from tests.support.tiny.files import save_state
from tests.support.wav_origin import origin_in_wav

PROJECT = Path(__file__).parents[3]
LAYERS = ("fc", "conv1", "conv2", "conv3", "conv4", "out")


@pytest.fixture(scope="module")
def points(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, int], str]:
    """Point files of the latent vectors that the expected layers belong to."""
    folder = tmp_path_factory.mktemp("points")

    def point(name: str, item: int) -> str:
        file = folder / f"{name}-{item}.json"
        file.write_text(json.dumps({"z": expected(name)["z"][item].tolist()}))
        return str(file)

    return point


@pytest.fixture(scope="module", params=NAMES)
def exported(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    points: Callable[[str, int], str],
) -> tuple[str, Path]:
    """The files written for the second latent vector of one checkpoint."""
    name = request.param
    out = tmp_path_factory.mktemp(name) / "item 1"
    path = str(checkpoint(name))
    assert main(["layers", path, "--point", points(name, 1), "--out", str(out)]) == 0
    return name, out


def test_the_layers_are_those_of_the_framework_that_made_the_checkpoint(exported: tuple[str, Path]) -> None:
    name, out = exported
    truth = expected(name)
    with np.load(out / "layers.npz") as stored:
        assert stored.files == [key[2:-5] for key in truth if key.startswith("G.") and "mean" in key]
        for key in stored.files:
            assert stored[key].dtype == np.float32
            limit = 1e-4 if key in ("out", "pp") else 1e-5
            np.testing.assert_allclose(stored[key], truth[f"G.{key}.mean"][1], rtol=0, atol=limit)


def test_a_wav_is_the_layer_as_published(exported: tuple[str, Path]) -> None:
    _, out = exported
    with np.load(out / "layers.npz") as stored:
        for key in stored.files:
            samples, rate_hz = soundfile.read(out / f"{key}.wav", dtype="float32")
            assert (rate_hz, len(samples)) == (16000, 16384)
            places = (np.arange(16384) + 0.5) * len(stored[key]) / 16384 - 0.5
            wanted = np.interp(places, np.arange(len(stored[key])), stored[key]).clip(-1, 1)
            np.testing.assert_allclose(samples, wanted, rtol=0, atol=1e-7)
            origin = origin_in_wav(out / f"{key}.wav")
            assert origin is not None
            assert (origin.network, origin.layer, origin.resampling) == ("G", key, "as published")


def test_praat_reads_each_layer_at_its_native_rate_and_true_start(exported: tuple[str, Path]) -> None:
    name, out = exported
    offsets = {"pt": (341, 85, 21, 5, 1, 0), "tf": (682, 170, 42, 10, 2, 0)}[name[:2]]
    with np.load(out / "layers.npz") as stored:
        for key, offset in zip(LAYERS, offsets, strict=True):
            sound = parselmouth.read(str(out / f"{key}.Sound"))
            assert isinstance(sound, parselmouth.Sound)
            np.testing.assert_array_equal(sound.values[0], stored[key].astype(float))
            assert sound.dx == pytest.approx(1.024 / len(stored[key]), rel=1e-12)
            assert sound.x1 == pytest.approx((offset + 0.5) / 16000, rel=1e-12)
            assert (sound.xmin, sound.xmax) == (0.0, 1.024)


def test_the_table_holds_the_same_values_at_true_times(exported: tuple[str, Path]) -> None:
    name, out = exported
    with (out / "layers.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    with np.load(out / "layers.npz") as stored:
        for key in stored.files:
            mine = [row for row in rows if row["layer"] == key]
            np.testing.assert_array_equal([np.float32(row["value"]) for row in mine], stored[key])
    label = registry.open_model(checkpoint(name)).card.label
    assert {(row["file"], row["model"]) for row in rows} == {("item 1", label)}
    first = next(row for row in rows if row["layer"] == "conv1")
    sound: Any = parselmouth.read(str(out / "conv1.Sound"))
    assert float(first["time_s"]) == pytest.approx(sound.x1, abs=1e-9)


def test_the_record_gives_the_same_layers_again(exported: tuple[str, Path], tmp_path: Path) -> None:
    name, out = exported
    origin = out / "origin.json"
    assert main(["layers", str(checkpoint(name)), "--point", str(origin), "--out", str(tmp_path)]) == 0
    assert (tmp_path / "layers.npz").read_bytes() == (out / "layers.npz").read_bytes()
    assert (tmp_path / "conv1.wav").read_bytes() == (out / "conv1.wav").read_bytes()
    made = json.loads(origin.read_text())
    assert set(made["files"]) | {"origin.json"} == {file.name for file in out.iterdir()}


def test_a_seed_a_code_and_a_change_make_the_point_that_is_recorded(tmp_path: Path) -> None:
    path = str(checkpoint(TENSORFLOW[0]))
    words = ["--seed", "7", "--code", "0,-2,0,0,1", "--set", "z11=-15", "--set", "z[0]=3"]
    assert main(["layers", path, *words, "--out", str(tmp_path / "a")]) == 0
    z = np.random.default_rng(7).uniform(-1, 1, 100)
    z[:5] = (3, -2, 0, 0, 1)
    z[10] = -15
    made = json.loads((tmp_path / "a" / "origin.json").read_text())
    assert made["z"] == z.tolist()
    assert (made["seed"], made["code"]) == (7, [0, -2, 0, 0, 1])
    (tmp_path / "p.json").write_text(json.dumps({"z": z.tolist()}))
    assert main(["layers", path, "--point", str(tmp_path / "p.json"), "--out", str(tmp_path / "b")]) == 0
    assert (tmp_path / "a/layers.npz").read_bytes() == (tmp_path / "b/layers.npz").read_bytes()


@pytest.mark.parametrize(
    ("name", "network"),
    [(name, network) for name in NAMES for network in "DQ" if (name, network) != (TENSORFLOW[1], "Q")],
)
def test_a_sound_through_d_or_q_gives_the_frameworks_layers_and_logits(
    name: str, network: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    truth = expected(name)
    sound = tmp_path / "given.wav"
    soundfile.write(sound, truth["G.out.mean"][0], 16000, "FLOAT")
    words = ["--network", network, "--sound", str(sound), "--answer", "slope=0.2"]
    slope = words if name.startswith("pt") else words[:4]
    assert main(["layers", str(checkpoint(name)), *slope, "--out", str(tmp_path / "o")]) == 0
    with np.load(tmp_path / "o" / "layers.npz") as stored:
        assert stored.files == ["conv1", "conv2", "conv3", "conv4", "conv5", "logits"]
        for key in stored.files[:-1]:
            np.testing.assert_allclose(stored[key], truth[f"{network}.{key}.mean"][0], rtol=0, atol=1e-4)
        np.testing.assert_allclose(stored["logits"], truth[f"{network}.logits"][0], rtol=0, atol=1e-4)
    said = capsys.readouterr()
    assert said.out.startswith("logits ")
    assert "given.wav: used as it is" in said.err


def test_what_is_done_to_a_recording_is_said_and_recorded(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tone = np.sin(2 * np.pi * 440 * np.arange(4000) / 8000)
    soundfile.write(tmp_path / "two.flac", np.stack([tone, 0 * tone], axis=1) * 0.5, 8000)
    path = str(checkpoint(PORT))
    words = ["--network", "Q", "--sound", str(tmp_path / "two.flac"), "--out", str(tmp_path / "o")]
    assert main(["layers", path, *words]) == 0
    said = capsys.readouterr().err
    steps = json.loads((tmp_path / "o" / "origin.json").read_text())["sound"]["steps"]
    assert len(steps) == 3
    for step, word in zip(steps, ("averaged", "8000", "zeros"), strict=True):
        assert word in step
        assert step in said


def test_assumed_answers_are_named_until_they_are_given(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(checkpoint(PORT))
    assert main(["info", path]) == 0
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "assumed" in said
    assert "slope 0.2" in said
    assert main(["info", path, "--answer", "slope=0.2"]) == 0
    assert "slope" not in capsys.readouterr().err


@pytest.mark.parametrize("name", NAMES)
def test_info_as_json_names_layers_with_rates_and_true_starts(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["info", str(checkpoint(name)), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["rate_hz"], told["slice_len"], told["sounds"]) == (16000, 16384, True)
    assert told["latent"]["size"] == 100
    truth = expected(name)
    for layer in told["networks"]["G"]:
        assert layer["samples"] == truth[f"G.{layer['name']}.mean"].shape[1]
        assert layer["rate_hz"] == pytest.approx(layer["samples"] / 1.024)
    conv1 = told["networks"]["G"][1]
    assert conv1["channels"] == truth["G.conv1.maps"].shape[1]
    assert {fact["source"] for fact in told["facts"]} <= {"read", "inferred", "set by you", "assumed"}
    assert set(told["networks"]) == {key[0] for key in truth if "." in key}


def test_info_for_reading_shows_every_layer_and_fact(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["info", str(checkpoint(TENSORFLOW[0]))]) == 0
    said = capsys.readouterr().out
    assert "64 × 16" in said
    assert "32 × 64" in said
    assert "15.625 Hz" in said
    assert "Sampling rate" in said


@pytest.mark.parametrize(
    "words",
    [
        ["--set", "z101=1"],
        ["--set", "q1=1"],
        ["--set", "c6=1"],
        ["--set", "z[100]=1"],
        ["--code", "1,0"],
        ["--answer", "colour=blue"],
        ["--answer", "rate=blue"],
        ["--point", "{tmp}/none.json"],
        ["--point", "{tmp}/short.json"],
        ["--point", "{tmp}/noise.bin"],
        ["--network", "Q", "--sound", "{tmp}/none.wav"],
        ["--network", "Q", "--sound", "{tmp}/noise.bin"],
        ["--network", "Q", "--sound", "{tmp}/empty.wav"],
        ["--network", "Q", "--sound", "{tmp}"],
        ["--out", "{tmp}/noise.bin"],
        ["--out", "{tmp}/noise.bin/deeper"],
    ],
)
def test_what_a_model_cannot_take_exits_2_with_one_line(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "short.json").write_text('{"z": [1, 2]}')
    (tmp_path / "noise.bin").write_bytes(np.random.default_rng(0).bytes(3000))
    soundfile.write(tmp_path / "empty.wav", np.zeros(0), 16000)
    given = [word.replace("{tmp}", str(tmp_path)) for word in words]
    where = [] if "--out" in given else ["--out", str(tmp_path / "o")]
    assert main(["layers", str(checkpoint(TENSORFLOW[0])), *given, *where]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("phonoscope: ")
    assert said.err.count("\n") == 1


def test_a_folder_of_several_runs_names_what_to_type(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["info", str(checkpoints())]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    for word in said.rpartition("Choose one: ")[2].split(", "):
        assert main(["info", word.strip()]) == 0


def test_presets_of_an_open_question_are_options_to_paste(capsys: pytest.CaptureFixture[str]) -> None:
    path = str(checkpoint(PORT))
    assert main(["info", path]) == 0
    lines = [
        line for line in capsys.readouterr().out.splitlines() if "--answer 'slope=2 in D, 0 in Q'" in line
    ]
    assert len(lines) == 1
    assert main(["info", path, *shlex.split(lines[0].partition("  2 in D")[0]), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["answers"]["slope"] == "2 in D, 0 in Q"


def test_an_output_that_is_no_sound_gives_layers_but_no_wav(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    model = registry.open_model(checkpoint(TENSORFLOW[1]))
    silent = replace(model.card.networks["G"], output=SoundOutput(16000, 16384, audible=False))
    model.card = replace(model.card, networks={"G": silent}, unanswered=())
    monkeypatch.setattr(registry, "open_model", lambda _path, _answers: model)
    assert main(["layers", "run", "--out", str(tmp_path / "o")]) == 0
    assert not list((tmp_path / "o").glob("*.wav"))
    assert len(list((tmp_path / "o").glob("*.Sound"))) == 7
    assert capsys.readouterr().err == "phonoscope: the output is not a sound, so no WAV was written\n"


def test_a_network_that_is_not_there_is_named(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    words = ["--network", "Q", "--sound", "x.wav", "--out", str(tmp_path / "o")]
    assert main(["layers", str(checkpoint(TENSORFLOW[1])), *words]) == 2
    assert "no Q network" in capsys.readouterr().err


def test_the_program_itself_writes_layers_and_refuses_noise_without_a_traceback(tmp_path: Path) -> None:
    def program(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "app", *words]
        return subprocess.run(command, capture_output=True, text=True, cwd=PROJECT, timeout=60, check=False)

    copy = tmp_path / "run"
    shutil.copytree(checkpoint(TENSORFLOW[1]), copy)
    done = program("layers", str(copy), "--out", str(tmp_path / "o"))
    assert (done.returncode, done.stdout.count("\n")) == (0, 1)
    assert (tmp_path / "o" / "pp.wav").is_file()
    next(copy.glob("*.data-*")).write_bytes(b"noise")
    refused = program("layers", str(copy), "--out", str(tmp_path / "p"))
    assert (refused.returncode, refused.stdout, refused.stderr.count("\n")) == (2, "", 1)
    assert "Traceback" not in refused.stderr
    assert not (tmp_path / "p").exists()


def test_what_is_doubtful_is_a_warning_of_info_and_of_layers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    doubtful = {**nets.port_generator(), "extra.weight": np.zeros((3, 3), np.float32)}
    path = str(save_state(tmp_path / "x_G.pt", doubtful))
    assert main(["info", path]) == 0
    told = capsys.readouterr()
    assert told.out.count("Warning: “extra.weight” of G is not used.") == 1
    assert "extra.weight" not in told.err
    for words in (["info", path, "--json"], ["layers", path, "--out", str(tmp_path / "o")]):
        assert main(words) == 0
        assert "phonoscope: warning: “extra.weight” of G is not used." in capsys.readouterr().err


def test_the_record_says_which_channel_was_written(tmp_path: Path) -> None:
    stereo = dict(nets.port_generator())
    kernel, bias = stereo["upconv4.conv.weight"], stereo["upconv4.conv.bias"]
    stereo |= {
        "upconv4.conv.weight": np.concatenate([kernel, -kernel], 1),
        "upconv4.conv.bias": np.concatenate([bias, -bias]),
    }
    path = str(save_state(tmp_path / "x_G.pt", stereo))
    peaks = []
    for answer in ("1", "average"):
        out = tmp_path / answer
        assert main(["layers", path, "--answer", f"channel={answer}", "--out", str(out)]) == 0
        made = json.loads((out / "origin.json").read_text())
        assert ("channel 1 of the output" in made["reduction"]) == (answer == "1")
        peaks.append(float(np.abs(soundfile.read(out / "out.wav")[0]).max()))
    assert peaks[0] > 0.01
    assert peaks[1] == 0


def test_a_stereo_sound_drives_a_critic_of_two_channels_as_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    critic = dict(nets.port_listener(1))
    critic["downconv_0.conv.weight"] = np.random.default_rng(9).standard_normal((1, 2, 25)).astype(np.float32)
    path = str(save_state(tmp_path / "x_D.pt", critic))
    x = np.random.default_rng(3).uniform(-0.5, 0.5, (16384, 2))
    logits = []
    for name, sound in (("both", x), ("mono", x.mean(1)), ("turned", x[:, ::-1])):
        soundfile.write(tmp_path / f"{name}.wav", sound, 16000, "FLOAT")
        words = ["--network", "D", "--sound", str(tmp_path / f"{name}.wav"), "--answer", "slope=0.2"]
        assert main(["layers", path, *words, "--out", str(tmp_path / name)]) == 0
        logits.append(json.loads((tmp_path / name / "origin.json").read_text())["logits"][0])
        said = capsys.readouterr().err
        assert ("given to each of the network's 2 channels" in said) == (name == "mono")
    assert len({round(value, 4) for value in logits}) == 3
