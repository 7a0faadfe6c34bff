"""Questions, answers and where they come from."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.checkpoint import answers_file
from core.families.card import Card
from core.families.registry import open_model
from core.faults import Fault
from tests.support.tiny import nets
from tests.support.tiny.bundles import write_bundle
from tests.support.tiny.files import save_port, save_state


def source(card: Card, name: str) -> str:
    return next(fact.source for fact in card.facts if fact.name == name)


def test_answers_count_in_order(tmp_path: Path) -> None:
    prefix = write_bundle(tmp_path / "model.ckpt-5", nets.tensorflow())
    assert (open_model(prefix).card.rate_hz, source(open_model(prefix).card, "Sampling rate")) == (
        16000,
        "assumed",
    )
    (tmp_path / "args.txt").write_text("data_sample_rate,22050\n")
    assert (open_model(prefix).card.rate_hz, source(open_model(prefix).card, "Sampling rate")) == (
        22050,
        "read",
    )
    answers_file.save(prefix, {"rate": 8000})
    card = open_model(prefix).card
    assert (card.rate_hz, source(card, "Sampling rate")) == (8000, "set by you")
    assert open_model(prefix, {"rate": "44100"}).card.rate_hz == 44100


def test_a_run_without_q_can_be_told_its_code(tmp_path: Path) -> None:
    path = save_state(tmp_path / "x_G.pt", nets.port_generator())
    card = open_model(path).card
    assert (card.layout.code, card.layout.kind) == (0, "none")
    assert {"kind", "rate"} <= set(card.unanswered)
    told = open_model(path, {"kind": "one-hot"}).card
    assert "code" in told.unanswered
    told = open_model(path, {"kind": "bits", "code": 3}).card
    assert (told.layout.code, told.layout.kind) == (3, "bits")


def test_a_code_of_its_own_is_one_hot_until_told(tmp_path: Path) -> None:
    path = save_state(tmp_path / "x_G.pt", nets.port_generator())
    assert open_model(path, {"code": 4}).card.layout.kind == "one-hot"


def test_a_folders_name_can_tell_the_kind(tmp_path: Path) -> None:
    folder = tmp_path / "my-fiwGAN-run"
    folder.mkdir()
    save_port(folder)
    card = open_model(folder).card
    assert (card.layout.kind, source(card, "Code")) == ("bits", "inferred")


@pytest.mark.parametrize(
    "answers",
    [
        {"rate": "fast"},
        {"rate": 0},
        {"rate": -3},
        {"rate": "nan"},
        {"kind": "both"},
        {"slope": "steep"},
        {"slope": "inf"},
    ],
)
def test_an_answer_that_is_none_is_a_fault(tmp_path: Path, answers: dict[str, str]) -> None:
    save_port(tmp_path)
    with pytest.raises(Fault):
        open_model(tmp_path, answers)  # type: ignore[arg-type]


@pytest.mark.parametrize("code", ["many", -1, 2.5])
def test_a_code_is_a_number_of_variables(tmp_path: Path, code: str | float) -> None:
    path = save_state(tmp_path / "x_G.pt", nets.port_generator())
    with pytest.raises(Fault, match="How many latent variables"):
        open_model(path, {"kind": "bits", "code": code})


def test_a_code_longer_than_the_latent_vector_is_a_fault(tmp_path: Path) -> None:
    path = save_state(tmp_path / "x_G.pt", nets.port_generator())
    with pytest.raises(Fault, match="does not fit"):
        open_model(path, {"kind": "bits", "code": 11})


def test_answers_are_remembered_beside_the_checkpoint(tmp_path: Path) -> None:
    checkpoint = tmp_path / "x_G.pt"
    assert answers_file.load(checkpoint) == {}
    answers_file.save(checkpoint, {"slope": "0.2", "rate": 16000})
    assert answers_file.load(checkpoint) == {"slope": "0.2", "rate": 16000}
    assert [path.name for path in tmp_path.iterdir()] == ["x_G.pt.phonoscope.json"]


@pytest.mark.parametrize("text", ["", "{", "[1]", '{"answers": {"slope": [1]}}', "\xff"])
def test_a_damaged_card_is_a_fault(tmp_path: Path, text: str) -> None:
    (tmp_path / "x_G.pt.phonoscope.json").write_bytes(text.encode("latin-1"))
    with pytest.raises(Fault, match="delete it"):
        answers_file.load(tmp_path / "x_G.pt")


def test_a_card_of_a_later_version_still_gives_its_answers(tmp_path: Path) -> None:
    text = json.dumps({"format": 2, "answers": {"rate": 8000}, "notes": "new"})
    (tmp_path / "x.phonoscope.json").write_text(text)
    assert answers_file.load(tmp_path / "x") == {"rate": 8000}


def test_a_folder_that_cannot_be_written_to_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(Fault, match="is not writeable"):
        answers_file.save(tmp_path / "nowhere" / "x", {"rate": 8000})
