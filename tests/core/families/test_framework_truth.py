"""Checkpoints against the activations that their own frameworks computed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.families.registry import open_model
from core.networks.latent import Point
from core.probing import forward
from tests.support.checkpoints import NAMES, PORT, TENSORFLOW, checkpoint, expected


def points(expected: dict[str, np.ndarray]) -> list[Point]:
    return [Point(tuple(map(float, z))) for z in expected["z"]]


@pytest.mark.parametrize("name", NAMES)
def test_every_layer_of_the_generator_is_the_frameworks(name: str) -> None:
    truth, model = expected(name), open_model(checkpoint(name))
    for item, point in enumerate(points(truth)):
        tracks = forward.generate(model, point)
        assert {f"G.{layer}.mean" for layer in tracks} == {k for k in truth if k[:2] == "G." and "mean" in k}
        for layer, track in tracks.items():
            close = 1e-4 if layer in ("out", "pp") else 1e-5
            np.testing.assert_allclose(track.samples, truth[f"G.{layer}.mean"][item], atol=close, rtol=0)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("layer", ["conv1", "conv2"])
def test_every_feature_map_is_the_frameworks(name: str, layer: str) -> None:
    truth, model = expected(name), open_model(checkpoint(name))
    maps = forward.maps(model, points(truth)[0], layer)
    np.testing.assert_allclose(maps.T, truth[f"G.{layer}.maps"], atol=1e-5, rtol=0)


@pytest.mark.parametrize(
    ("name", "network"),
    [(name, network) for name in NAMES for network in "DQ" if (name, network) != (TENSORFLOW[1], "Q")],
)
def test_every_layer_that_listens_is_the_frameworks(name: str, network: str) -> None:
    truth, model = expected(name), open_model(checkpoint(name))
    for item, sound in enumerate(truth["G.out.mean"]):
        tracks, logits = forward.listen(model, network, sound, "x")  # type: ignore[arg-type]
        np.testing.assert_allclose(logits, truth[f"{network}.logits"][item], atol=1e-4, rtol=0)
        assert len(tracks) == 5
        for layer, track in tracks.items():
            mean = truth[f"{network}.{layer}.mean"][item]
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
    assert open_model(checkpoint(TENSORFLOW[0]) / file).card.path.endswith("model.ckpt-15920")


@pytest.mark.parametrize("letter", ["G", "D", "Q"])
def test_any_network_of_the_port_opens_all_three(letter: str) -> None:
    card = open_model(checkpoint(PORT) / f"epoch2_step40_{letter}.pt").card
    assert list(card.layers) == ["G", "D", "Q"]
    assert Path(card.path).name == "epoch2_step40_G.pt"


def test_the_card_tells_read_from_inferred_and_assumed() -> None:
    facts = {fact.name: fact for fact in open_model(checkpoint(PORT)).card.facts}
    assert (facts["Training step"].value, facts["Training step"].source) == (40, "read")
    assert (facts["Code variables"].value, facts["Code variables"].source) == (4, "inferred")
    assert (facts["Slope of D and Q"].value, facts["Slope of D and Q"].source) == ("0.2", "assumed")
    rate = {fact.name: fact for fact in open_model(checkpoint(TENSORFLOW[0])).card.facts}["Sampling rate"]
    assert (rate.value, rate.source) == ("16000 Hz", "read")
