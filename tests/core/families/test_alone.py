"""D or Q without a generator: a network that a sound drives."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from core.families.registry import Model, open_model
from core.faults import Fault
from core.networks.latent import Point
from core.networks.spec import ClassesOutput
from core.probing import forward
from tests.support.checkpoints import PORT as PORT_RUN
from tests.support.checkpoints import checkpoint
from tests.support.tiny import nets
from tests.support.tiny.bundles import write_bundle
from tests.support.tiny.compare import assert_listens
from tests.support.tiny.files import save_nested, save_state
from tests.support.tiny.truth import Layers, tf_listener, torch_listener

SOUND = np.random.default_rng(2).uniform(-1, 1, 16384).astype(np.float32)
PORT = [f"downconv_{i}.conv" for i in range(5)]
CRAMER = [f"conv{i}.module" for i in range(1, 6)]
Truth = tuple[Layers, np.ndarray]


def tensorflow(folder: Path) -> tuple[Path, Truth]:
    every = nets.tensorflow(classes=3)
    weights = {name: value for name, value in every.items() if name.startswith("Q/")}
    return write_bundle(folder / "model.ckpt-5", weights), tf_listener(every, "Q", SOUND, (4,) * 5)


def phonoscope(folder: Path) -> tuple[Path, Truth]:
    every = nets.tensorflow(classes=3)
    weights = {name: value for name, value in every.items() if name.startswith("Q/")}
    save_file(weights, folder / "q.safetensors", {"card": '{"rate_hz": 16000, "slope": 0.2}'})
    return folder / "q.safetensors", tf_listener(every, "Q", SOUND, (4,) * 5)


def port(folder: Path) -> tuple[Path, Truth]:
    weights = nets.port_listener(3)
    return save_state(folder / "epoch1_step2_Q.pt", weights), torch_listener(
        weights, SOUND, PORT, "fc_out", 0.2
    )


def cramer(folder: Path) -> tuple[Path, Truth]:
    weights = nets.cramer_listener(3)
    return save_state(folder / "Q.pkl", weights), torch_listener(weights, SOUND, CRAMER, "fc1.module", 0.2)


def elaraby(folder: Path) -> tuple[Path, Truth]:
    scope = "discriminator/"
    whole = nets.elaraby().items()
    weights = {name.removeprefix(scope): value for name, value in whole if name.startswith(scope)}
    scopes = [f"conv_layers.{i}.conv1d" for i in range(5)]
    path = save_nested(folder / "x.tar", {f"discriminator/{n}": v for n, v in weights.items()}, {})
    return path, torch_listener(weights, SOUND, scopes, "fc1", 0.2)


ALONE: dict[str, tuple[str, Callable[[Path], tuple[Path, Truth]]]] = {
    "tensorflow": ("Q", tensorflow),
    "phonoscope": ("Q", phonoscope),
    "port": ("Q", port),
    "cramer": ("Q", cramer),
    "elaraby": ("D", elaraby),
}


@pytest.mark.parametrize("name", ALONE)
def test_it_opens_as_a_network_that_a_sound_drives(tmp_path: Path, name: str) -> None:
    role, make = ALONE[name]
    path, truth = make(tmp_path)
    model = open_model(path)
    card = model.card
    assert list(card.networks) == [role]
    assert (card.generator, card.output, card.layout.size, card.sounds) == (None, "", 0, False)
    assert (card.rate_hz, card.slice_len, card.out_axis.n) == (16000, 16384, 16384)
    assert card.input_rates_hz == {role: 16000}
    facts = {fact.name: str(fact.value) for fact in card.facts}
    assert "driven by sound" in facts["Model"]
    assert facts["Input"] == "16384 samples of sound"
    output = card.networks[role].output
    labels = ("score",) if role == "D" else ("c1", "c2", "c3")
    assert isinstance(output, ClassesOutput)
    assert output.labels == labels
    assert_listens(model, role, SOUND, truth)


def lone_q(folder: Path) -> Model:
    return open_model(port(folder)[0])


def test_it_is_the_same_network_as_beside_its_generator(tmp_path: Path) -> None:
    alone = lone_q(tmp_path)
    _, logits = forward.listen(alone, "Q", SOUND, "d")
    save_state(tmp_path / "epoch1_step2_G.pt", nets.port_generator())
    whole = open_model(tmp_path)
    assert list(whole.card.networks) == ["G", "Q"]
    assert whole.network("Q").digest == alone.card.digest != whole.card.digest
    np.testing.assert_array_equal(forward.listen(whole, "Q", SOUND, "d")[1], logits)


def test_a_latent_point_does_not_drive_it(tmp_path: Path) -> None:
    model = lone_q(tmp_path)
    with pytest.raises(Fault, match="no generator"):
        forward.generate(model, Point(()))


def test_d_and_q_without_a_generator_open_together(tmp_path: Path) -> None:
    for role, classes in (("D", 1), ("Q", 3)):
        save_state(tmp_path / f"epoch1_step2_{role}.pt", nets.port_listener(classes))
    assert list(open_model(tmp_path).card.networks) == ["D", "Q"]


def test_normalisation_of_a_lone_discriminator_is_asked(tmp_path: Path) -> None:
    path, _ = elaraby(tmp_path)
    assert "norm" in open_model(path).card.unanswered
    plain, normed = (
        forward.listen(open_model(path, {"norm": answer}), "D", SOUND, "d")[1] for answer in ("no", "yes")
    )
    assert abs(float(plain[0] - normed[0])) > 1e-3


def test_a_lone_discriminator_of_six_layers_is_asked_for_its_slice(tmp_path: Path) -> None:
    weights = {n: v for n, v in nets.tensorflow(32768).items() if n.startswith("D/")}
    path = write_bundle(tmp_path / "model.ckpt-5", weights)
    assert "slice" in open_model(path).card.unanswered
    assert forward.input_samples(open_model(path, {"slice": 32768}), "D") == 32768


def test_a_published_q_alone_gives_its_own_logits(tmp_path: Path) -> None:
    folder = checkpoint(PORT_RUN)
    (found,) = folder.glob("*_Q.pt")
    shutil.copy(found, tmp_path)
    whole, alone = open_model(folder, {"slope": "0.2"}), open_model(tmp_path, {"slope": "0.2"})
    given = [forward.listen(model, "Q", SOUND, "d")[1] for model in (whole, alone)]
    np.testing.assert_array_equal(*given)
