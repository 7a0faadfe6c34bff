"""Networks of our own: safetensors with a card."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from core.families.registry import open_model
from core.faults import Fault
from tests.support.tiny import nets, truth
from tests.support.tiny.compare import assert_generates, assert_listens, some_point

CARD = {
    "format": 1,
    "model": "fiwgan",
    "title": "Digits",
    "slice_len": 16384,
    "rate_hz": 8000,
    "dim": 1,
    "latent": {"size": 10, "code": 3, "kind": "bits", "prior": "uniform"},
    "upsample": "zeros",
    "slope": 0.2,
    "license": "CC BY-SA 4.0",
    "data": "ten words",
    "steps": 1200,
}


def save(path: Path, card: object, dtype: type = np.float32, **settings: int) -> dict[str, np.ndarray]:
    weights = nets.tensorflow(classes=3, **settings)  # type: ignore[arg-type]
    weights = {name: value.astype(dtype) for name, value in weights.items() if name != "global_step"}
    save_file(weights, path, {"card": card if isinstance(card, str) else json.dumps(card)})
    return {name: value.astype(np.float32) for name, value in weights.items()}


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
def test_it_runs_as_tensorflows_network_does(tmp_path: Path, dtype: type) -> None:
    weights = save(tmp_path / "digits.safetensors", CARD, dtype)
    model = open_model(tmp_path / "digits.safetensors")
    point, z = some_point(model)
    assert_generates(model, point, truth.tf_generator(weights, z, nets.STRIDES[16384]))
    sound = np.random.default_rng(1).uniform(-1, 1, 16384).astype(np.float32)
    assert_listens(model, "Q", sound, truth.tf_listener(weights, "Q", sound, nets.STRIDES[16384]))


def test_its_card_answers_everything(tmp_path: Path) -> None:
    save(tmp_path / "digits.safetensors", CARD)
    card = open_model(tmp_path).card
    assert (card.title, card.rate_hz, card.unanswered, card.family) == ("Digits", 8000, (), "phonoscope")
    assert (card.layout.kind, card.layout.code, card.layout.size) == ("bits", 3, 10)
    facts = {fact.name: fact.value for fact in card.facts}
    assert facts["License"] == "CC BY-SA 4.0"
    assert facts["Trained on"] == "ten words"


def test_an_answer_of_the_users_counts_more(tmp_path: Path) -> None:
    save(tmp_path / "digits.safetensors", CARD)
    card = open_model(tmp_path, {"rate": 16000}).card
    assert card.rate_hz == 16000
    assert [f.source for f in card.facts if f.name == "Sampling rate"] == ["set by you"]


def test_a_card_beside_the_file_completes_the_one_inside(tmp_path: Path) -> None:
    inside = {key: value for key, value in CARD.items() if key != "license"}
    save(tmp_path / "digits.safetensors", inside)
    (tmp_path / "digits.json").write_text(json.dumps({"license": "CC0", "title": "Other"}))
    card = open_model(tmp_path).card
    assert card.title == "Digits"
    assert {fact.name: fact.value for fact in card.facts}["License"] == "CC0"


def test_nearest_neighbour_is_told_by_its_keys(tmp_path: Path) -> None:
    weights = save(tmp_path / "digits.safetensors", CARD, nearest=True, dim=2)
    model = open_model(tmp_path)
    point, z = some_point(model)
    assert_generates(model, point, truth.tf_generator(weights, z, nets.STRIDES[16384]))


@pytest.mark.parametrize("card", ["{", "[]", '"x"', "\x00"])
def test_a_broken_card_is_a_fault(tmp_path: Path, card: str) -> None:
    save(tmp_path / "digits.safetensors", card)
    with pytest.raises(Fault, match=r"card of “digits\.safetensors”"):
        open_model(tmp_path)


@pytest.mark.parametrize("latent", [None, 3, [], {"kind": [], "code": {}}])
def test_a_card_with_odd_fields_still_opens(tmp_path: Path, latent: object) -> None:
    save(tmp_path / "digits.safetensors", {**CARD, "latent": latent, "title": 5, "slope": None})
    assert open_model(tmp_path).card.layout.size == 10
