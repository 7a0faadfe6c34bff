"""What a user types is understood as the manual says, or refused in one sentence."""

from __future__ import annotations

import os
import subprocess
import sys
import types
from argparse import Namespace
from pathlib import Path

import pytest

from app.cli.layers import fitted
from app.cli.main import main
from app.cli.model import drawn, typed
from app.cli.parser import COMMANDS, make_parser, with_values_joined
from core.faults import Fault
from core.networks.latent import LatentLayout, draw

PROJECT = Path(__file__).parents[3]
LAYOUT = LatentLayout(10, 3, "one-hot")


def understood(*words: str) -> Namespace:
    return make_parser(words[0]).parse_args(with_values_joined(list(words)))


@pytest.mark.parametrize(
    "words",
    [
        ["layers"],
        ["layers", "x"],
        ["layers", "x", "--out"],
        ["layers", "x", "--out", "d", "--code", "a"],
        ["layers", "x", "--out", "d", "--code", "1,,0"],
        ["layers", "x", "--out", "d", "--set", "z11"],
        ["layers", "x", "--out", "d", "--set", "z11=nan"],
        ["layers", "x", "--out", "d", "--set", "z11=inf"],
        ["layers", "x", "--out", "d", "--seed", "-1"],
        ["layers", "x", "--out", "d", "--seed", "1.5"],
        ["layers", "x", "--out", "d", "--network", "X"],
        ["layers", "x", "--out", "d", "--network", "D"],
        ["layers", "x", "--out", "d", "--sound", "a.wav"],
        ["layers", "x", "--out", "d", "--network", "Q", "--sound", "a.wav", "--seed", "3"],
        ["layers", "x", "--out", "d", "--answer", "slope"],
        ["inof"],
        ["some/run", "--seed", "3"],
        ["info", "x", "--jso"],
        ["shot", "x"],
        ["shot", "x", "--out", "a.bmp"],
        ["shot", "x", "--out", "a.png", "--show", "loudness"],
        ["shot", "x", "--out", "a.png", "--range", "2,1"],
        ["shot", "x", "--out", "a.png", "--range", "1"],
        ["bench", "everything"],
        ["no-command", "x"],
        ["--no-option"],
        ["layers", "no-such-file", "--out", "d"],
    ],
)
def test_bad_arguments_exit_2_with_one_line(
    words: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(words) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("phonoscope: ")
    assert said.err.count("\n") == 1
    assert "Traceback" not in said.err
    assert not list(tmp_path.iterdir())


def test_negative_lists_need_no_equals_sign() -> None:
    asked = understood("layers", "x", "--code", "-1,0,.5", "--set", "z[3]=-15", "--out", "d")
    assert asked.code == (-1.0, 0.0, 0.5)
    assert asked.changes == [("z[3]", -15.0)]
    assert understood("shot", "x", "--range", "-0.1,0.5", "--out", "a.SVG").range == (-0.1, 0.5)


def test_a_picture_takes_the_same_options_and_the_measures_to_show() -> None:
    asked = understood("shot", "x", "--seed", "4", "--show", "pitch, formants", "--out", "a.pdf")
    assert (asked.seed, asked.show, asked.range) == (4, ("pitch", "formants"), None)


def test_names_count_from_1_with_the_code_included_and_in_brackets_from_0() -> None:
    asked = understood(
        "layers", "x", "--out", "d", "--set", "z4=-15", "--set", "z[4]=5", "--set", "c2=9", "--set", "z2=8"
    )
    z = drawn(asked, LAYOUT).point.z
    assert (z[3], z[4], z[1]) == (-15.0, 5.0, 8.0)


def test_the_default_point_is_seed_0_with_the_first_category() -> None:
    made = drawn(understood("layers", "x", "--out", "d"), LAYOUT)
    assert (made.seed, made.point) == (0, draw(LAYOUT, 0))
    assert made.point.z[:3] == (1.0, 0.0, 0.0)


def test_a_point_file_is_used_as_it_stands_or_not_at_all(tmp_path: Path) -> None:
    file = tmp_path / "p.json"
    file.write_text(f'{{"z": {[0.25] * 10}}}')
    asked = understood("layers", "x", "--out", "d", "--point", str(file))
    assert drawn(asked, LAYOUT).point.z == (0.25,) * 10
    asked = understood("layers", "x", "--out", "d", "--point", str(file), "--set", "z5=1")
    with pytest.raises(Fault, match="without changes"):
        drawn(asked, LAYOUT)


def test_answers_are_read_as_the_numbers_they_are() -> None:
    assert [typed(text) for text in ("0.2", "65536", "bits")] == [0.2, 65536, "bits"]
    assert isinstance(typed("65536"), int)


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Give what the window would be opened on, each time."""
    paths: list[list[str]] = []
    window = types.ModuleType("app.launch")
    window.main = lambda wanted: paths.append(list(wanted)) or 7  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "app.launch", window)
    return paths


@pytest.mark.parametrize(
    "paths", [[], ["some/run"], ["some/run", "a.wav"], ["a.wav", "b.flac"], ["a.wav", "some/run"]]
)
def test_no_command_opens_the_window_on_a_model_and_sounds(opened: list[list[str]], paths: list[str]) -> None:
    assert main(paths) == 7
    assert opened == [paths]


def test_a_file_named_like_no_command_is_opened(
    opened: list[list[str]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "run").mkdir()
    assert main(["run"]) == 7
    assert opened == [["run"]]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems always have a screen")
def test_without_a_screen_the_window_is_refused(
    opened: list[list[str]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    assert main([]) == 2
    assert capsys.readouterr().err.startswith("phonoscope: There is no screen here")
    assert opened == []


def test_every_command_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    overview = capsys.readouterr().out
    assert all(f"    {name} " in overview for name in COMMANDS)
    for name in COMMANDS:
        with pytest.raises(SystemExit) as ended:
            main([name, "--help"])
        assert ended.value.code == 0
        assert f"usage: phonoscope {name}" in capsys.readouterr().out


def test_an_interrupt_is_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_asked: Namespace) -> int:
        raise KeyboardInterrupt

    bench = types.ModuleType("app.bench.main")
    bench.run = interrupt  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "app.bench.main", bench)
    assert main(["bench"]) == 130


def test_a_bug_flies(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_asked: Namespace) -> int:
        raise ZeroDivisionError

    bench = types.ModuleType("app.bench.main")
    bench.run = broken  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "app.bench.main", bench)
    with pytest.raises(ZeroDivisionError):
        main(["bench"])


def test_help_and_version_start_without_numpy_torch_or_qt() -> None:
    script = (
        "import sys; from app.cli.main import main\n"
        "try: main(['layers', '--help'])\n"
        "except SystemExit: pass\n"
        "print([name for name in ('numpy', 'torch', 'PySide6', 'scipy') if name in sys.modules])"
    )
    said = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, cwd=PROJECT, check=True
    )
    assert said.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_reader_that_leaves_early_gets_no_traceback(unbuffered: str) -> None:
    script = "import sys; from app.cli.main import main; sys.exit(main(['--version']))"
    program = subprocess.Popen(
        [sys.executable, "-c", script],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=PROJECT,
        env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
    )
    assert program.stdout is not None
    assert program.stderr is not None
    program.stdout.close()
    said = program.stderr.read()
    program.stderr.close()
    assert (program.wait(), said) == (141, b"")


def test_a_sound_is_cut_or_padded_at_its_end_and_it_is_said() -> None:
    import numpy as np

    from core.signals.axis import TimeAxis

    sound = np.arange(1, 6, dtype=np.float32)
    axis = TimeAxis.of_sound(10.0, 5)
    cut, words = fitted(sound, 3, axis)
    assert (cut.tolist(), words) == ([1, 2, 3], ("cut to its first 0.3 s of 0.5 s",))
    padded, words = fitted(sound, 8, axis)
    assert (padded.tolist(), words) == (
        [1, 2, 3, 4, 5, 0, 0, 0],
        ("padded with zeros from 0.5 s to 0.8 s",),
    )
    assert fitted(sound, 5, axis)[1] == ()
