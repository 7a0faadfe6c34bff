"""Networks in one file under any names and wrappers: they are told apart by their tensors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from core.families.family import role_named
from core.families.registry import Model, open_model
from core.probing import forward
from tests.support.tiny import nets, truth
from tests.support.tiny.bundles import write_bundle
from tests.support.tiny.compare import assert_generates, assert_listens, some_point
from tests.support.tiny.files import as_state, save_state

Tensors = Mapping[str, np.ndarray]
SOUND = np.random.default_rng(2).uniform(-1, 1, 16384).astype(np.float32)
DOWN = [f"downconv_{i}.conv" for i in range(5)]
NETWORKS: dict[str, Tensors] = {
    "G": nets.port_generator(),
    "D": nets.port_listener(1),
    "Q": nets.port_listener(4),
}


def named(**scopes: str) -> dict[str, torch.Tensor]:
    """One flat dict with each network's tensors behind a prefix."""
    return {
        f"{scopes[role]}{name}": value
        for role, tensors in NETWORKS.items()
        for name, value in as_state(tensors).items()
    }


def lightning(folder: Path) -> Path:
    state = named(G="generator.", D="discriminator.", Q="Q.")
    whole = {"epoch": 3, "global_step": 500, "state_dict": state, "optimizer_states": [], "loops": {}}
    torch.save(whole, folder / "epoch=3-step=500.ckpt")
    return folder / "epoch=3-step=500.ckpt"


def lightning_of_parallel(folder: Path) -> Path:
    state = named(G="model.module.G.", D="model.module.D.", Q="model.module.Q.")
    torch.save({"state_dict": state}, folder / "last.ckpt")
    return folder / "last.ckpt"


def compiled(folder: Path) -> Path:
    state = named(G="_orig_mod.netG.", D="_orig_mod.netD.", Q="_orig_mod.netQ.")
    torch.save(state, folder / "x.pth")
    return folder / "x.pth"


def safetensors(folder: Path) -> Path:
    save_file(
        named(G="generator.", D="discriminator.", Q="Q."), folder / "model.safetensors", {"format": "pt"}
    )
    return folder / "model.safetensors"


def under_any_names(folder: Path) -> Path:
    state = {name: dict(as_state(tensors)) for name, tensors in zip("abc", NETWORKS.values(), strict=True)}
    torch.save({"run": {"nets": state}, "epoch": 3}, folder / "x.pt")
    return folder / "x.pt"


def in_words(folder: Path) -> Path:
    torch.save(named(G="first_", D="second_", Q="third:"), folder / "x.pt")
    return folder / "x.pt"


def beside_its_own(folder: Path) -> Path:
    """The generator at the root, the others inside it, as a module that owns its critics is saved."""
    torch.save(named(G="", D="critic.", Q="code.q."), folder / "x.pt")
    return folder / "x.pt"


MAKERS = (
    lightning,
    lightning_of_parallel,
    compiled,
    safetensors,
    under_any_names,
    in_words,
    beside_its_own,
)


def plain(folder: Path) -> Model:
    folder.mkdir()
    for role, tensors in NETWORKS.items():
        save_state(folder / f"x_{role}.pt", tensors)
    return open_model(folder)


@pytest.mark.parametrize("make", MAKERS)
def test_wrapped_networks_are_those_of_plain_files(tmp_path: Path, make: Callable[[Path], Path]) -> None:
    model, bare = open_model(make(tmp_path)), plain(tmp_path / "plain")
    assert list(model.card.networks) == ["G", "D", "Q"]
    assert [model.network(role).digest for role in "GDQ"] == [bare.network(role).digest for role in "GDQ"]
    assert (model.card.layout.code, model.card.warnings) == (4, ())
    point, z = some_point(model)
    assert_generates(model, point, truth.port_generator(NETWORKS["G"], z, 5))
    for role in "DQ":
        heard = truth.torch_listener(NETWORKS[role], SOUND, DOWN, "fc_out", 0.2)
        assert_listens(model, role, SOUND, heard)


@pytest.mark.parametrize("prefix", ["module.", "ema_model.", "a.b.c.d.", "net/", "generator.module."])
@pytest.mark.parametrize(
    "tensors",
    [
        nets.port_generator(),
        nets.cramer_generator(),
        nets.mazzzystar_generator(),
        nets.articulation_generator(),
    ],
    ids=["port", "cramer", "mazzzystar", "articulation"],
)
def test_a_prefix_that_all_tensors_share_is_no_part_of_their_names(
    tmp_path: Path, prefix: str, tensors: Tensors
) -> None:
    bare = open_model(save_state(tmp_path / "bare.pt", tensors))
    path = save_state(tmp_path / "x.pt", {f"{prefix}{name}": value for name, value in tensors.items()})
    assert open_model(path).card.digest == bare.card.digest


def test_a_scope_around_tensorflows_networks_is_no_part_of_their_names(tmp_path: Path) -> None:
    tensors = nets.tensorflow(classes=3)
    bare = open_model(write_bundle(tmp_path / "a", tensors))
    renamed = {
        name.replace("G/", "model/gen/", 1).replace("D/", "model/dis/", 1).replace("Q/", "model/q/", 1): value
        for name, value in tensors.items()
    }
    model = open_model(write_bundle(tmp_path / "b", renamed))
    assert list(model.card.networks) == ["G", "D", "Q"]
    assert model.card.digest == bare.card.digest
    assert model.network("Q").digest == bare.network("Q").digest


@pytest.mark.parametrize("order", [("g_ema", "g", "d"), ("g", "d", "g_ema")])
def test_of_a_generator_and_its_average_one_opens_and_the_other_is_named(
    tmp_path: Path, order: tuple[str, ...]
) -> None:
    g, d = as_state(NETWORKS["G"]), as_state(NETWORKS["D"])
    states = {"g": g, "g_ema": {name: value * 0.5 for name, value in g.items()}, "d": d}
    torch.save({name: states[name] for name in order}, tmp_path / "x.pt")
    card = open_model(tmp_path / "x.pt").card
    fact = next(fact for fact in card.facts if fact.name == "Generator")
    assert (fact.value, fact.source, fact.note) == ("g", "assumed", "The checkpoint also holds g_ema.")
    assert "generator" in card.unanswered
    for answer, factor in (("g", 1.0), ("g_ema", 0.5)):
        model = open_model(tmp_path / "x.pt", {"generator": answer})
        point, z = some_point(model)
        weights = {name: value * np.float32(factor) for name, value in NETWORKS["G"].items()}
        assert_generates(model, point, truth.port_generator(weights, z, 5))
        assert list(model.card.networks) == ["G", "D"]


def test_the_average_that_tensorflow_keeps_can_be_chosen(tmp_path: Path) -> None:
    tensors = nets.tensorflow()
    shadows = {
        f"{name}/ExponentialMovingAverage": value * np.float32(0.5)
        for name, value in tensors.items()
        if name.startswith("G/")
    }
    prefix = write_bundle(tmp_path / "model.ckpt-5", tensors | shadows)
    names = [choice.value for choice in open_model(prefix).card.questions[0].choices]
    assert len(names) == 2
    model = open_model(prefix, {"generator": names[1]})
    point, z = some_point(model)
    halved = {name: value * np.float32(0.5) for name, value in tensors.items()}
    assert_generates(model, point, truth.tf_generator(halved, z, (4,) * 5))


def test_two_critics_are_a_question_too(tmp_path: Path) -> None:
    other = {name: value * np.float32(2) for name, value in NETWORKS["D"].items()}
    states = {"generator": NETWORKS["G"], "critic_a": NETWORKS["D"], "critic_b": other}
    torch.save({name: dict(as_state(state)) for name, state in states.items()}, tmp_path / "x.pt")
    assert "discriminator" in open_model(tmp_path / "x.pt").card.unanswered
    logits = [
        forward.listen(open_model(tmp_path / "x.pt", {"discriminator": name}), "D", SOUND, "d")[1]
        for name in ("critic_a", "critic_b")
    ]
    assert abs(float(logits[0][0] - logits[1][0])) > 1e-3


@pytest.mark.parametrize(
    ("label", "role"),
    [
        ("epoch1_step2_G", "G"),
        ("netD_epoch_24", "D"),
        ("q_net", "Q"),
        ("run/state_dict/critic", "D"),
        ("Gen", "G"),
        ("G_and_D", ""),
        ("vocoder", ""),
    ],
)
def test_a_label_names_a_role_by_a_whole_word(label: str, role: str) -> None:
    assert role_named(label) == role
