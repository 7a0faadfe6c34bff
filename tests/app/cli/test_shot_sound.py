"""`phonoscope shot NETWORK --sound FILE`: what a network takes and says, as a figure."""

from __future__ import annotations

import numpy as np
import pytest
import soundfile
from PySide6.QtGui import QImage

from app.cli.main import main
from tests.core.families.test_hearing_networks import drawn, snfa_shapes
from tests.support.tiny.files import save_state


@pytest.fixture
def network(tmp_path):
    return save_state(tmp_path / "phones.pt", drawn(snfa_shapes()))


@pytest.fixture
def recording(tmp_path):
    soundfile.write(tmp_path / "word.wav", np.random.default_rng(0).uniform(-0.3, 0.3, 8000), 16000)
    return tmp_path / "word.wav"


def heights(path):
    image = QImage(str(path))
    assert not image.isNull()
    return image.height()


def test_it_draws_the_recording_the_input_the_answer_and_every_layer(qapp, tmp_path, network, recording):
    out, few = tmp_path / "all.png", tmp_path / "few.png"
    asked = ["shot", str(network), "--sound", str(recording), "--dpi", "72", "--out"]
    assert main([*asked, str(out)]) == 0
    assert main([*asked, str(few), "--layers", "word.wav,recogniser.input,recogniser.logits"]) == 0
    assert heights(out) > heights(few) > 0


def test_without_a_recording_it_says_what_is_missing(qapp, tmp_path, network, capsys):
    assert main(["shot", str(network), "--out", str(tmp_path / "x.png")]) != 0
    assert "Name a recording with --sound." in capsys.readouterr().err


def test_a_recording_that_cannot_be_read_is_named(qapp, tmp_path, network, capsys):
    broken = tmp_path / "broken.wav"
    broken.write_bytes(b"RIFF")
    out = tmp_path / "x.png"
    assert main(["shot", str(network), "--sound", str(broken), "--out", str(out)]) != 0
    assert "broken.wav" in capsys.readouterr().err
    assert not out.exists()
