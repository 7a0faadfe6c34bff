"""A selection is saved as Praat extracts it, from a layer and from a recording alone."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest
import soundfile

from core.signals.axis import Range
from tests.support.keys import G
from tests.support.praat_oracle import needs_praat


@pytest.fixture
def recording(services, tmp_path) -> Path:
    chance = np.random.default_rng(4)
    path = tmp_path / "said.wav"
    soundfile.write(path, (0.1 * chance.standard_normal(8000)).astype(np.float32), 8000, subtype="FLOAT")
    services.recordings.open(path)
    return path


SCRIPT = """
Read from file: "{mine}"
Rename: "mine"
Read from file: "{whole}"
Extract part: {start}, {end}, "rectangular", 1, "{preserve}"
Rename: "theirs"
for k to 2
    name$ = if k = 1 then "mine" else "theirs" fi
    selectObject: "Sound " + name$
    n = Get number of samples
    x1 = Get time from sample number: 1
    first = Get value at sample number: 1, 1
    last = Get value at sample number: 1, n
    xmin = Get start time
    xmax = Get end time
    appendInfoLine: n, " ", fixed$ (x1, 9), " ", fixed$ (xmin, 9), " ", fixed$ (xmax, 9), " ",
    ... fixed$ (first, 7), " ", fixed$ (last, 7)
endfor
"""


@needs_praat
@pytest.mark.parametrize("from_zero", [False, True])
def test_praat_extracts_the_same_part(services, recording, tmp_path, from_zero):
    selection = Range(0.250031, 0.5)
    services.session.set_selection(selection)
    services.file_export.save_selected(tmp_path / "mine.Sound", from_zero)
    script = SCRIPT.format(
        mine=tmp_path / "mine.Sound", whole=recording, start=repr(selection.start_s),
        end=repr(selection.end_s), preserve="no" if from_zero else "yes",
    )  # fmt: skip
    (tmp_path / "compare.praat").write_text(script)
    said = subprocess.run(
        ["praat", "--run", str(tmp_path / "compare.praat")], capture_output=True, text=True, check=True
    )
    mine, theirs = said.stdout.replace("\x00", "").strip().splitlines()
    assert mine == theirs


def test_a_selection_of_a_layer_is_cut_from_what_is_heard_of_it(services, tmp_path):
    session = services.session
    session.set_active(G("conv3"))
    session.set_selection(Range(0.25, 0.5))
    services.file_export.save_selected(tmp_path / "part.wav")
    services.file_export.save_sound(tmp_path / "whole.wav")
    part, rate_hz = soundfile.read(tmp_path / "part.wav", dtype="float32")
    whole, _ = soundfile.read(tmp_path / "whole.wav", dtype="float32")
    np.testing.assert_array_equal(part, whole[round(0.25 * rate_hz) : round(0.5 * rate_hz)])


def test_a_recording_is_saved_without_a_model_too(services, recording, tmp_path):
    services.session.models.clear()
    services.file_export.save_sound(tmp_path / "again.wav")
    np.testing.assert_array_equal(soundfile.read(recording)[0], soundfile.read(tmp_path / "again.wav")[0])


def test_a_selection_beside_the_lane_is_refused(services, recording, tmp_path):
    services.session.set_active(G("out"))
    services.session.set_whole(Range(0.0, 3.0))
    services.session.set_selection(Range(2.0, 2.5))
    told = []
    services.messages.faulted.connect(told.append)
    services.file_export.save_selected(tmp_path / "x.wav")
    assert "contains no sample" in told[-1].sentence
    assert not (tmp_path / "x.wav").exists()
