"""Tensors that no part of a network uses: a warning, or the proof that it is another network."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from core.families.registry import open_model
from core.faults import Fault
from tests.support.tiny import nets
from tests.support.tiny.bundles import write_bundle
from tests.support.tiny.files import save_nested, save_state

Tensors = Mapping[str, np.ndarray]


def zeros(*shape: int) -> np.ndarray:
    return np.zeros(shape, np.float32)


GENERATORS: dict[str, tuple[Tensors, Tensors, str]] = {
    "a label embedding": (nets.port_generator(), {"label_emb.weight": zeros(10, 10)}, "conditional"),
    "a class input": (nets.port_generator(), {"cond_project.weight": zeros(16, 4)}, "conditional"),
    "a second dense layer": (
        nets.port_generator(),
        {"z_project2.weight": zeros(16, 16)},
        "further layer|second",
    ),
    "a second dense layer by another name": (
        nets.cramer_generator(),
        {"fc2.weight": zeros(9, 9)},
        "further|second",
    ),
    "a further upsampling layer": (
        nets.cramer_generator(),
        {"upSampConv6.conv1d.weight": zeros(1, 1, 25)},
        "further layer",
    ),
    "a layer out of order": (
        nets.port_generator(),
        {"upconv9.conv.weight": zeros(1, 1, 25)},
        "further layer",
    ),
    "attention": (nets.port_generator(), {"attn.query.weight": zeros(4, 4, 1)}, "another kind"),
    "too many layers": (
        nets.port_generator(65536) | {"upconv6.conv.weight": zeros(1, 1, 25), "upconv6.conv.bias": zeros(1)},
        {},
        "7 upsampling layers",
    ),
}


@pytest.mark.parametrize("kind", GENERATORS)
def test_a_generator_that_is_another_network_is_refused_with_the_reason(tmp_path: Path, kind: str) -> None:
    tensors, more, words = GENERATORS[kind]
    with pytest.raises(Fault, match=words):
        open_model(save_state(tmp_path / "x_G.pt", {**tensors, **more}))


LISTENERS: dict[str, tuple[Tensors, str]] = {
    "a label embedding": (nets.port_listener(1) | {"label_emb.weight": zeros(10, 16)}, "conditional"),
    "two dense layers": (
        nets.port_listener(8) | {"fc2.weight": zeros(1, 8), "fc2.bias": zeros(1)},
        "second fully connected layer",
    ),
    "a label beside the last map": (
        {**nets.port_listener(1), "fc_out.weight": zeros(1, 16 * 16 + 10)},
        "has the shape",
    ),
    "a label as another channel": (
        {**nets.port_listener(1), "downconv_0.conv.weight": zeros(1, 2, 25)},
        "takes 2 channels, where the generator makes 1",
    ),
    "a sixth convolution": (
        {
            **nets.port_listener(1, 65536),
            "downconv_5.conv.weight": zeros(16, 16, 25),
            "downconv_5.conv.bias": zeros(16),
        },
        "take",
    ),
}


@pytest.mark.parametrize("kind", LISTENERS)
def test_a_listener_that_is_another_network_is_left_out_with_the_reason(tmp_path: Path, kind: str) -> None:
    tensors, words = LISTENERS[kind]
    save_state(tmp_path / "x_G.pt", nets.port_generator())
    save_state(tmp_path / "x_D.pt", tensors)
    card = open_model(tmp_path).card
    assert list(card.networks) == ["G"]
    (warning,) = card.warnings
    assert str(warning.value).startswith("D is left out. ")
    assert words in str(warning.value)


def test_a_conditional_critic_with_two_dense_layers_is_no_q(tmp_path: Path) -> None:
    critic = {**nets.cramer_listener(8, ""), "fc2.weight": zeros(1, 12), "fc2.bias": zeros(1)}
    save_state(tmp_path / "x_gen.pt", nets.cramer_generator())
    save_state(tmp_path / "x_net.pt", critic)
    card = open_model(tmp_path / "x_gen.pt").card
    assert list(card.networks) == ["G"]
    assert card.layout.code == 0
    assert "D is left out" in str(card.warnings[0].value)


def test_a_lone_listener_that_is_another_network_is_refused(tmp_path: Path) -> None:
    tensors = nets.port_listener(1) | {"label_emb.weight": zeros(10, 16)}
    with pytest.raises(Fault, match="conditional"):
        open_model(save_state(tmp_path / "x_D.pt", tensors))


@pytest.mark.parametrize("role", ["D", "Q"])
def test_a_sixth_convolution_of_tensorflow_leaves_the_network_out(tmp_path: Path, role: str) -> None:
    prefix = "Q" if role == "Q" else ""
    more = {
        f"{role}/{prefix}downconv_5/conv1d/kernel": zeros(25, 16, 16),
        f"{role}/{prefix}downconv_5/conv1d/bias": zeros(16),
    }
    card = open_model(write_bundle(tmp_path / "m", nets.tensorflow(classes=3) | more)).card
    assert list(card.networks) == [name for name in "GDQ" if name != role]
    assert f"{role} is left out. The network has 6 convolutions" in str(card.warnings[0].value)


def test_another_head_beside_the_score_is_a_warning(tmp_path: Path) -> None:
    critic = nets.port_listener(1)
    width = critic["fc_out.weight"].shape[1]
    save_state(tmp_path / "x_G.pt", nets.port_generator())
    save_state(tmp_path / "x_D.pt", critic | {"fc_class.weight": zeros(10, width)})
    card = open_model(tmp_path).card
    assert list(card.networks) == ["G", "D"]
    assert [fact.value for fact in card.warnings] == ["“fc_class.weight” of D is not used."]


def test_a_critic_of_another_naming_is_named_as_not_used(tmp_path: Path) -> None:
    weights = {f"G/{name}": value for name, value in nets.port_generator().items()}
    critic = {f"critic/block{k}.weight": zeros(3, 3, 5) for k in range(4)}
    card = open_model(save_nested(tmp_path / "x.pt", weights | critic, {"epoch": 3})).card
    (warning,) = card.warnings
    assert str(warning.value).startswith("4 tensors (critic/block0.weight, ")
    assert "belong to no network that Phonoscope knows" in str(warning.value)


def test_optimisers_and_counters_are_no_reason_for_a_warning(tmp_path: Path) -> None:
    weights = {f"G/{name}": value for name, value in nets.port_generator().items()}
    more = {"optimizer_G/exp_avg": zeros(4, 4), "n_averaged": np.array(3, np.int64)}
    assert open_model(save_nested(tmp_path / "x.pt", weights | more, {"epoch": 3})).card.warnings == ()


@pytest.mark.parametrize("normed", [False, True])
def test_what_published_code_stores_and_never_uses_is_no_reason_for_a_warning(
    tmp_path: Path, normed: bool
) -> None:
    elaraby = save_nested(tmp_path / "x.tar", nets.elaraby(normed=normed), {})
    assert open_model(elaraby).card.warnings == ()
    mazzzystar = save_state(tmp_path / "m.pt", nets.mazzzystar_generator())
    assert open_model(mazzzystar).card.warnings == ()
    assert (
        open_model(write_bundle(tmp_path / "t", nets.tensorflow(normed=normed, classes=3))).card.warnings
        == ()
    )
