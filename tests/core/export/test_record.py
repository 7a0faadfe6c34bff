"""The record beside an export names everything needed to compute its numbers again."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from core.export.record import assumed, point_drive, read_point, record, write_json
from core.families.card import Card, Choice, Fact, Question
from core.faults import Fault
from core.networks.latent import LatentLayout, Point, draw
from core.networks.layer_info import LayerInfo
from core.signals.axis import TimeAxis
from tests.support.cards import generator

LAYOUT = LatentLayout(6, 2, "one-hot")
OUT = LayerInfo("out", 1, TimeAxis.of_sound(16000.0, 16384))
FC = LayerInfo("fc", 1024, TimeAxis(15.625, 16, 682.5 / 16000))
QUESTIONS = (
    Question("slope", "Which leaky slope?", (Choice(0.2, "0.2"),), 0.2, free=True),
    Question("rate", "Which rate?", (Choice(16000, "16 kHz"),), 16000, free=True),
)
CARD = Card(
    path="/tmp/run/model.ckpt-1.index",
    title="run",
    family="ciwGAN",
    digest="ab" * 32,
    facts=(Fact("latent", 6, "read"),),
    questions=QUESTIONS,
    networks={"G": generator((FC, OUT), LAYOUT)},
    answers={"slope": "0.2", "rate": 22050},
    unanswered=("slope",),
)


def test_a_record_names_model_point_answers_layers_and_versions() -> None:
    point = draw(LAYOUT, 3, None, {"z3": -15})
    drive = point_drive(LAYOUT, point, 3, None, {"z3": -15.0})
    made = json.loads(json.dumps(record(CARD, "G", drive, {"fc.wav": "as published"})))
    assert made["checkpoint"] == CARD.digest
    assert (made["z"], made["names"]) == (list(point.z), ["c1", "c2", "z3", "z4", "z5", "z6"])
    assert (made["seed"], made["code"], made["changes"]) == (3, [1.0, 0.0], {"z3": -15.0})
    assert (made["answers"], made["assumed"]) == ({"slope": "0.2", "rate": 22050}, {"slope": "0.2"})
    assert made["layers"][0] == {
        "name": "fc",
        "channels": 1024,
        "samples": 16,
        "rate_hz": 15.625,
        "nyquist_hz": 7.8125,
        "start_s": 0.04265625,
    }
    assert {"phonoscope", "torch", "numpy", "parselmouth"} <= set(made["versions"])
    assert "/tmp" not in json.dumps(made)


def test_an_answered_question_is_not_called_assumed() -> None:
    assert assumed(CARD) == {"slope": "0.2"}
    assert assumed(replace(CARD, unanswered=())) == {}


def test_a_record_is_a_point_file_that_gives_the_same_point(tmp_path: Path) -> None:
    point = draw(LAYOUT, 3)
    drive = point_drive(LAYOUT, point, 3, None, {})
    write_json(tmp_path / "origin.json", record(CARD, "G", drive, {}))
    assert read_point(tmp_path / "origin.json", LAYOUT) == point


def test_a_point_file_needs_only_z_and_takes_any_real_value(tmp_path: Path) -> None:
    (tmp_path / "p.json").write_text('{"z": [1, -15.5, 0, 1e3, 0.1, 7], "who": "me"}')
    assert read_point(tmp_path / "p.json", LAYOUT) == Point((1.0, -15.5, 0.0, 1000.0, 0.1, 7.0))


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "not a point file"),
        ("[1, 2]", "not a point file"),
        ('{"z": "abc"}', "not a point file"),
        ('{"z": [1, null, 3]}', "not a point file"),
        ('{"z": [true, 1, 2, 3, 4, 5]}', "not a point file"),
        ('{"zed": [1]}', "not a point file"),
        ('{"z": [1, 2, 3]}', "3 values; this model takes 6"),
        ('{"z": [1e400, 1, 2, 3, 4, 5]}', "not a (finite|point)"),
        ("\xff\xfe", "not a point file"),
    ],
)
def test_a_file_that_is_no_point_is_a_fault(tmp_path: Path, text: str, word: str) -> None:
    (tmp_path / "p.json").write_bytes(text.encode("latin-1"))
    with pytest.raises(Fault, match=word):
        read_point(tmp_path / "p.json", LAYOUT)


def test_a_missing_point_file_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(Fault, match="could not be read"):
        read_point(tmp_path / "none.json", LAYOUT)
    with pytest.raises(Fault, match="could not be read"):
        read_point(tmp_path, LAYOUT)
