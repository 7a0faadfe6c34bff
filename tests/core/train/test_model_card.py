"""The built-in model's page tells the figures that were measured on the file that ships."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.analyses.acoustic_checks import hear
from core.families.registry import open_model
from core.probing.forward import generate
from core.session.named_points import read_points
from core.train.model_file import digest_of

ROOT = Path(__file__).parents[3]
DEMO = ROOT / "resources" / "demo"
LARGEST_BYTES = 20_000_000


@pytest.fixture(scope="module")
def card() -> dict[str, Any]:
    return json.loads((DEMO / "model.json").read_text(encoding="utf-8"))


def test_the_built_in_model_opens_with_its_points(card: dict[str, Any]) -> None:
    model = open_model(DEMO / "model.safetensors")
    assert set(model.card.layers) == {"G", "Q"}
    assert (model.card.layout.kind, model.card.rate_hz) == ("one-hot", 16000)
    assert sum(path.stat().st_size for path in DEMO.iterdir() if path.is_file()) <= LARGEST_BYTES
    points = read_points(DEMO / "points.json", model.card.layout.size)
    assert len(points) >= 4
    assert len({one.point for one in points}) == len(points)


def test_the_card_is_of_the_file_beside_it(card: dict[str, Any]) -> None:
    from safetensors.numpy import load_file

    arrays = load_file(DEMO / "model.safetensors")
    assert {array.dtype for array in arrays.values()} == {np.dtype(np.float16)}
    assert digest_of(arrays) == card["sha256"]


def test_the_named_points_sound_as_their_notes_say() -> None:
    model = open_model(DEMO / "model.safetensors")
    heard = {
        one.name: hear(generate(model, one.point)["out"].samples, 16000)
        for one in read_points(DEMO / "points.json")
    }
    assert all(one.voiced_s > 0 for one in heard.values())
    if "falling tone" in heard:
        assert heard["falling tone"].f0_start_hz > 1.2 * heard["falling tone"].f0_end_hz
    if "rising tone" in heard:
        assert heard["rising tone"].f0_end_hz > 1.2 * heard["rising tone"].f0_start_hz


def test_the_page_tells_the_measured_figures(card: dict[str, Any]) -> None:
    page = (ROOT / "MODEL_CARD.md").read_text(encoding="utf-8")
    measured = card["measured"]
    told = [f"{card['steps']:,} generator steps", card["command"], card["sha256"]]
    told += [f"{measured['q_accuracy']:.1%}".replace("%", " %"), f"{measured['frechet_db2']:.1f} dB²"]
    told += [f"{measured['floor_db2']:.1f} dB²"]
    for source in ("generated", "recordings"):
        told.append(f"{measured[source]['voiced_80_ms_share']:.1%}".replace("%", " %"))
        told.append(f"{measured[source]['median_f0_hz']:.1f} Hz")
        told.append(f"{measured[source]['median_duration_s']:.3f} s")
        told.append(f"{measured[source]['median_intensity_db']:.1f} dB")
    assert [words for words in told if words not in page] == []


def test_the_licence_names_who_spoke() -> None:
    terms = (DEMO / "LICENSE.txt").read_text(encoding="utf-8")
    assert "Chen Wang" in terms
    assert "CC BY-SA" in terms
