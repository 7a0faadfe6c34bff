"""The interface of a family file: how it recognises a checkpoint, and what it makes of the weights."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from core.families.questions import Inquiry, ask_channel
from core.frontends.waveform import WAVEFORM, WaveformChannels
from core.networks.latent import LatentLayout
from core.networks.spec import (
    ClassesOutput,
    LatentDrive,
    LayerSpec,
    NetworkSpec,
    SoundDrive,
    SoundOutput,
)
from core.networks.torch_runner import Build
from core.networks.weights import Misfit, Weights

Parts = Mapping[str, Weights]
Layers = tuple[LayerSpec, ...]
ROLES = {
    "G": ("g", "gen", "generator", "decoder"),
    "D": ("d", "dis", "disc", "discriminator", "critic"),
    "Q": ("q", "recogniser", "recognizer"),
}


@dataclass(frozen=True)
class Description:
    """A checkpoint as its family describes it, before any weight is read: its networks in order.

    `builds` makes the modules of networks, by role, whose layers are more than operations.
    """

    networks: tuple[NetworkSpec, ...]
    title: str = ""
    builds: Mapping[str, Build] = field(default_factory=dict[str, Build])

    def network(self, role: str) -> NetworkSpec | None:
        """Return the network with this role, or None."""
        return next((network for network in self.networks if network.role == role), None)


@dataclass(frozen=True)
class Family:
    """A row of the table of families.

    `sort` finds the networks among the groups of tensors in a run's files, or returns None if the run is not
    of this family; a run without a generator may hold D or Q alone. `describe` may raise Misfit for weights
    that do not fit. `spare` matches the names of tensors that the published code stores and never uses.
    """

    name: str
    title: str
    sort: Callable[[Sequence[Weights]], Parts | None]
    describe: Callable[[Parts, Inquiry], Description]
    spare: str = "(?!)"


def role_named(label: str) -> str:
    """Return the role that a group's label names, the innermost part first; "" if it names none.

    >>> role_named("epoch1_step2_G"), role_named("run/state_dict/netQ"), role_named("D_1000"), role_named("x")
    ('G', 'Q', 'D', '')
    """
    for part in reversed(label.split("/")):
        words = re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", re.sub(r"(?i)net(work)?", "_", part))
        lower = [word.lower() for word in words]
        named = [role for role, names in ROLES.items() if any(name in lower for name in names)]
        if len(named) == 1:
            return named[0]
    return ""


def is_q(group: Weights, dense: str) -> bool:
    """Return whether a listener of PyTorch with the last layer `dense` is Q: it is named so, or has classes.

    Where there is another dense layer, the rows of `dense` need not be classes.
    """
    named = role_named(group.label)
    shapes = {plain: group.tensors.specs[full].shape for plain, full in group.names.items()}
    more = any(len(s) == 2 and n != dense and n.count(".") == 1 and "/" not in n for n, s in shapes.items())
    classes = shapes[dense][:1] > (1,)
    return named == "Q" or (classes and named != "D" and not more)


def generator_spec(
    layers: Layers, layout: LatentLayout, rate_hz: float, slice_len: int, audible: bool = True
) -> NetworkSpec:
    """Return the spec of a generator, driven by a latent vector."""
    return NetworkSpec("G", LatentDrive(layout), layers, SoundOutput(rate_hz, slice_len, audible))


def asked_generator(
    inquiry: Inquiry, layers: Layers, layout: LatentLayout, rate_hz: float, slice_len: int
) -> NetworkSpec:
    """Return the spec of a generator of sounds; of several channels, the user says which one is heard."""
    channel, audible = ask_channel(inquiry, layers)
    return NetworkSpec("G", LatentDrive(layout), layers, SoundOutput(rate_hz, slice_len, audible, channel))


def sound_channels(weights: Weights, kernel: str, axis: int, made: int | None) -> int:
    """Return the channels of the sound that a network takes, from its first kernel.

    Raises Misfit if the generator makes another number of channels (`made`; None: there is no generator).
    """
    taken = weights.shape(kernel, None, None, None)[axis]
    if made not in (None, taken):
        raise Misfit(
            f"It takes {taken} channels, where the generator makes {made}: it is conditional, or another's.",
            "The checkpoint comes from a modified network that Phonoscope does not know.",
        )
    return taken


def listener_spec(role: str, layers: Layers, rate_hz: float, n: int, channels: int = 1) -> NetworkSpec:
    """Return the spec of D or Q, driven by `n` samples of sound; Q's classes are the entries of the code."""
    frontend = WAVEFORM if channels == 1 else WaveformChannels(channels)
    classes = layers[-1].channels
    labels = ("score",) if classes == 1 else tuple(f"c{k}" for k in range(1, classes + 1))
    return NetworkSpec(role, SoundDrive(rate_hz, n, frontend), layers, ClassesOutput(labels))


def note_input(inquiry: Inquiry, n: int) -> None:
    """Note what the networks take if there is no generator."""
    inquiry.fact(
        "Input", f"{n} samples of sound", "inferred", "There is no generator; a sound drives the network."
    )
    inquiry.settle("slice", n)
