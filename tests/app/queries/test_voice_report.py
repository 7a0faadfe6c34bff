"""The voice report reads as Praat's does, line by line and digit by digit, and says how it was made."""

from __future__ import annotations

import json

import numpy as np
import pytest
import soundfile

from app.cli.main import main
from tests.support.praat_oracle import (
    beside,
    praat_lines,
    recording,
    write_wav,
)

REPORT = """
sound = Read from file: "{file}"
pitch = To Pitch (cc): 0, {floor}, 15, "no", 0.03, 0.45, 0.01, 0.35, 0.14, {ceiling}
selectObject: sound, pitch
pulses = To PointProcess (cc)
selectObject: sound, pitch, pulses
report$ = Voice report: {start}, {end}, {floor}, {ceiling}, 1.3, 1.6, 0.03, 0.45
writeInfoLine: report$
"""


def printed(capsys, *arguments) -> list[str]:
    assert main(["listing", *map(str, arguments)]) == 0
    return capsys.readouterr().out.splitlines()


@pytest.mark.parametrize("name", ["american", "words", *beside("speech/acoustic_corpus.wav")])
@pytest.mark.parametrize(("start", "end", "floor", "ceiling"), [(0.1, 1.3, 75, 500), (0.25, 0.9, 60, 300)])
def test_the_report_is_praats_line_by_line(name, start, end, floor, ceiling, tmp_path, capsys):
    file = write_wav(recording(name, 3.0), tmp_path / "part.wav")
    script = REPORT.format(file=file, start=start, end=end, floor=floor, ceiling=ceiling)
    theirs = praat_lines(script, tmp_path)
    ours = printed(capsys, file, "voice-report", "--range", f"{start},{end}",
                   "--setting", f"floor_hz={floor}", "--setting", f"ceiling_hz={ceiling}")  # fmt: skip
    assert ours[0] == "Voice report of part.wav"
    assert ours[1].startswith(f"Pitch here by raw cross-correlation, {floor} to {ceiling} Hz, silence")
    assert ours[2] == ""
    assert ours[3:] == theirs
    assert len(theirs) == 33


@pytest.mark.parametrize(
    ("name", "start", "end", "breaks"),
    [
        ("words", 0.0523, 0.236, "(0 seconds / 0.183700 seconds)"),
        ("words", 0.3532, 0.362, "--undefined--   (0 seconds / 0 seconds)"),
        ("words", 0, 0, "Degree of voice breaks: "),
        *beside(
            ("speech/acoustic_corpus.wav", 1.798, 1.9817, "(0 seconds / 0.183700 seconds)"),
            ("speech/acoustic_corpus.wav", 0.9235, 0.9323, "--undefined--   (0 seconds / 0 seconds)"),
            ("speech/acoustic_corpus.wav", 0, 0, "Degree of voice breaks: "),
        ),
    ],
)
def test_a_stretch_without_breaks_or_pulses_and_the_whole_read_as_praat_prints_them(
    name, start, end, breaks, tmp_path, capsys
):
    file = write_wav(recording(name, 3.0), tmp_path / "part.wav")
    theirs = praat_lines(REPORT.format(file=file, start=start, end=end, floor=75, ceiling=500), tmp_path)
    asked = ["--range", f"{start},{end}"] if end else []
    ours = printed(capsys, file, "voice-report", *asked,
                   "--setting", "floor_hz=75", "--setting", "ceiling_hz=500")  # fmt: skip
    assert ours[3:] == theirs
    assert breaks in "\n".join(ours)


def test_what_is_undefined_stands_as_in_praat(tmp_path, capsys):
    noise = np.random.default_rng(0).normal(0, 0.05, 8000)
    soundfile.write(tmp_path / "noise.wav", noise, 16000)
    theirs = praat_lines(
        REPORT.format(file=tmp_path / "noise.wav", start=0, end=0.5, floor=75, ceiling=500), tmp_path
    )
    ours = printed(capsys, tmp_path / "noise.wav", "voice-report", "--setting", "floor_hz=75",
                   "--setting", "ceiling_hz=500")  # fmt: skip
    assert ours[3:] == theirs
    assert sum("--undefined--" in line for line in theirs) > 10


def test_a_table_keeps_praats_digits_and_what_a_percentage_is_of(buzz, tmp_path, capsys):
    text = "\n".join(printed(capsys, buzz, "voice-report"))
    printed(capsys, buzz, "voice-report", "--out", tmp_path / "r.tsv")
    rows = [line.split("\t") for line in (tmp_path / "r.tsv").read_text().splitlines()]
    assert rows[0] == ["Measure", "Value", "Unit", "Of", "Group"]
    assert len(rows) == 29
    for name, value, unit, of, _ in rows[3:]:
        assert f"   {name}: {value}{'' if unit == '%' else ' '}{unit}".rstrip() in text
        assert not of or f"({of})" in text
    assert [row[0] for row in rows[1:] if row[3]] == [
        "Fraction of locally unvoiced frames",
        "Degree of voice breaks",
    ]
    settings = json.loads((tmp_path / "r.json").read_text())["settings"]
    assert settings["floor_hz"] == 75


def test_a_text_file_holds_what_is_printed(buzz, tmp_path, capsys):
    lines = printed(capsys, buzz, "voice-report")
    printed(capsys, buzz, "voice-report", "--out", tmp_path / "r.txt")
    assert (tmp_path / "r.txt").read_text().splitlines() == lines


def test_each_layer_has_its_report(small_model, capsys):
    lines = printed(capsys, small_model, "voice-report", "--layer", "all")
    assert any(line == "Voice report of out" for line in lines)
