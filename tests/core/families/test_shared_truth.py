"""The shared checkpoints against the activations that their own frameworks computed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.families.registry import open_model
from core.networks.latent import Point
from core.probing import forward
from tests.support.tiny.compare import SHARED

FOLDERS = ("tf1-ciwgan-16384", "tf1-wavegan-16384-pp", "pt-ciwgan-digits")

pytestmark = pytest.mark.skipif(
    not SHARED.is_dir(), reason="the shared checkpoints are not beside the project"
)


def truth(folder: str) -> dict[str, np.ndarray]:
    with np.load(SHARED / folder / "expected.npz") as file:
        return dict(file)


def points(expected: dict[str, np.ndarray]) -> list[Point]:
    return [Point(tuple(map(float, z))) for z in expected["z"]]


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_layer_of_the_generator_is_the_frameworks(folder: str) -> None:
    expected, model = truth(folder), open_model(SHARED / folder)
    for item, point in enumerate(points(expected)):
        tracks = forward.generate(model, point)
        assert {f"G.{name}.mean" for name in tracks} == {k for k in expected if k[:2] == "G." and "mean" in k}
        for name, track in tracks.items():
            close = 1e-4 if name in ("out", "pp") else 1e-5
            np.testing.assert_allclose(track.samples, expected[f"G.{name}.mean"][item], atol=close, rtol=0)


@pytest.mark.parametrize("folder", FOLDERS)
@pytest.mark.parametrize("layer", ["conv1", "conv2"])
def test_every_feature_map_is_the_frameworks(folder: str, layer: str) -> None:
    expected, model = truth(folder), open_model(SHARED / folder)
    maps = forward.maps(model, points(expected)[0], layer)
    np.testing.assert_allclose(maps.T, expected[f"G.{layer}.maps"], atol=1e-5, rtol=0)


@pytest.mark.parametrize(
    ("folder", "network"),
    [(FOLDERS[0], "D"), (FOLDERS[0], "Q"), (FOLDERS[1], "D"), (FOLDERS[2], "D"), (FOLDERS[2], "Q")],
)
def test_every_layer_that_listens_is_the_frameworks(folder: str, network: str) -> None:
    expected, model = truth(folder), open_model(SHARED / folder)
    for item, sound in enumerate(expected["G.out.mean"]):
        tracks, logits = forward.listen(model, network, sound, "x")  # type: ignore[arg-type]
        np.testing.assert_allclose(logits, expected[f"{network}.logits"][item], atol=1e-4, rtol=0)
        assert len(tracks) == 5
        for name, track in tracks.items():
            mean = expected[f"{network}.{name}.mean"][item]
            np.testing.assert_allclose(track.samples, mean, atol=1e-4, rtol=0)


@pytest.mark.parametrize(
    "file",
    [
        "",
        "model.ckpt-15920",
        "model.ckpt-15920.index",
        "model.ckpt-15920.data-00000-of-00001",
        "checkpoint",
        "args.txt",
    ],
)
def test_any_file_of_a_run_opens_it(file: str) -> None:
    assert open_model(SHARED / FOLDERS[0] / file).card.path.endswith("model.ckpt-15920")


@pytest.mark.parametrize("letter", ["G", "D", "Q"])
def test_any_network_of_the_port_opens_all_three(letter: str) -> None:
    card = open_model(SHARED / FOLDERS[2] / f"epoch320_step11840_{letter}.pt").card
    assert list(card.layers) == ["G", "D", "Q"]
    assert Path(card.path).name == "epoch320_step11840_G.pt"


def test_the_card_tells_read_from_inferred_and_assumed() -> None:
    facts = {fact.name: fact for fact in open_model(SHARED / FOLDERS[2]).card.facts}
    assert (facts["Training step"].value, facts["Training step"].source) == (11840, "read")
    assert (facts["Code variables"].value, facts["Code variables"].source) == (4, "inferred")
    assert (facts["Slope of D and Q"].value, facts["Slope of D and Q"].source) == ("0.2", "assumed")
    rate = {fact.name: fact for fact in open_model(SHARED / FOLDERS[0]).card.facts}["Sampling rate"]
    assert (rate.value, rate.source) == ("16000 Hz", "read")
