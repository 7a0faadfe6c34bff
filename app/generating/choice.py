"""What a search shall be, as it is chosen in the window, and what can be chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from core.families.card import Card, NetworkCard
from core.faults import Fault
from core.generation.grid import QUICK, Grid
from core.generation.latent_prior import LatentPrior
from core.generation.tasks import Pair
from core.generation.unit import Over, Unit, UnitKind, Value
from core.networks.latent import LatentLayout
from core.networks.layer_info import LayerInfo
from core.networks.spec import ClassesOutput, FramesOutput, SoundDrive, SoundOutput
from core.probing.model_id import ModelId

Cards = Mapping[ModelId, Card]
TURN = "turn"
"""The key of every code in turn."""


@dataclass(frozen=True)
class GenerationChoice:
    """The choices at the left of the page; `channel` counts from 1, `unit` is a place from 0."""

    target: ModelId | None = None
    network: str = ""
    kind: UnitKind = "unit"
    layer: str = ""
    unit: int = 0
    channel: int = 1
    value: Value = "before"
    over: Over = "mean"
    prior: ModelId | None = None
    code: str = TURN
    folder: str = ""
    top: int = 50
    grid: Grid = QUICK

    def fitted(self, cards: Cards) -> GenerationChoice:
        """Return the choice with what no longer exists replaced by the first that does."""
        found = self
        hearing = networks_of(cards)
        if (found.target, found.network) not in hearing:
            first = hearing[0] if hearing else (None, "")
            found = replace(
                found, target=first[0], network=first[1], kind="unit", unit=0, layer="", channel=1
            )
            card = found.card(cards)
            found = replace(found, over=usual(card) if card else "mean")
        priors = priors_of(cards)
        if found.prior not in priors:
            found = replace(found, prior=priors[0] if priors else None, code=TURN)
        return found._fitted_unit(cards)

    def _fitted_unit(self, cards: Cards) -> GenerationChoice:
        card = self.card(cards)
        if card is None:
            return self
        labels, layers = labels_of(card), card.layers
        kind: UnitKind = self.kind if labels or self.kind != "unit" else "channel"
        names = [layer.name for layer in layers]
        layer = self.layer if self.layer in names else (names[0] if names else "")
        width = next((one.channels for one in layers if one.name == layer), 1)
        unit = min(max(0, self.unit), max(0, len(labels) - 1))
        return replace(self, kind=kind, layer=layer, unit=unit, channel=min(max(1, self.channel), width))

    def card(self, cards: Cards) -> NetworkCard | None:
        """Return the card of the network that is driven."""
        model = cards.get(self.target) if self.target is not None else None
        return model.networks.get(self.network) if model is not None else None

    def layout(self, cards: Cards) -> LatentLayout:
        """Return the latent layout of the prior."""
        card = cards.get(self.prior) if self.prior is not None else None
        return card.layout if card is not None else LatentLayout(0)

    def latent(self, cards: Cards) -> LatentPrior:
        """Return the prior's vectors as they are searched."""
        layout = self.layout(cards)
        codes = layout.codes() if layout.code else ()
        fixed = codes[int(self.code)] if self.code != TURN and int(self.code) < len(codes) else None
        return LatentPrior(layout, fixed)

    def pair(self, cards: Cards) -> Pair:
        """Return the networks and the unit. Raises Fault if something is missing."""
        reason = missing(self, cards)
        card = self.card(cards)
        if reason or card is None or self.target is None or self.prior is None:
            raise Fault(reason or "No network that hears sound is open.", "Open one beside the generator.")
        return Pair(self.prior, self.target, unit_of(self, card), self.latent(cards))


def networks_of(cards: Cards) -> list[tuple[ModelId, str]]:
    """Return the open networks that hear, those with labels of their own first."""
    found = [
        (model, role)
        for model, card in cards.items()
        for role, network in card.networks.items()
        if isinstance(network.drive, SoundDrive)
    ]
    return sorted(found, key=lambda one: cards[one[0]].networks[one[1]].role == "D")


def priors_of(cards: Cards) -> list[ModelId]:
    """Return the open models that make sounds."""
    return [model for model, card in cards.items() if card.generator is not None and card.sounds]


def labels_of(card: NetworkCard) -> tuple[str, ...]:
    """Return the names of a network's outputs, numbers from 1 if it has none."""
    output = card.output
    if isinstance(output, FramesOutput):
        count = card.answer.channels if card.answer else len(output.labels)
        return output.labels if len(output.labels) == count else tuple(str(k + 1) for k in range(count))
    return output.labels if isinstance(output, ClassesOutput) else ()


def usual(card: NetworkCard) -> Over:
    """Return how frames become one number if nobody says (see `core.generation.unit.usual_over`)."""
    if isinstance(card.output, FramesOutput) and card.output.blank is not None:
        return "max"
    drive = card.drive
    silence = getattr(drive.frontend, "silence", 0) if isinstance(drive, SoundDrive) else 0
    return "middle" if silence else "mean"


def unit_of(choice: GenerationChoice, card: NetworkCard) -> Unit:
    """Return what is driven."""
    over, value = choice.over, choice.value
    if choice.kind == "unit":
        labels = labels_of(card)
        layer = card.answer.name if card.answer is not None else "logits"
        return Unit(card.role, layer, "unit", (choice.unit,), (), (), over, value, labels[choice.unit])
    if choice.kind == "channel":
        name = f"{choice.layer}:{choice.channel}"
        return Unit(card.role, choice.layer, "channel", (choice.channel - 1,), (), (), over, value, name)
    return Unit(card.role, choice.layer, "layer", (), (), (), over, value, choice.layer)


def missing(choice: GenerationChoice, cards: Cards) -> str:
    """Return why nothing can be searched, or ""."""
    if choice.card(cards) is None:
        return "No open network hears sound. Open one with File > Open beside."
    if choice.prior is None:
        return "No open model makes sounds, so there is no prior. Open a generator beside it."
    return ""


def sound_of(card: Card) -> tuple[int, int]:
    """Return the samples of a generator's sounds and their rate."""
    output = card.generator.output if card.generator is not None else None
    if not isinstance(output, SoundOutput):
        raise Fault(f"“{card.title}” makes no sound.", "Choose a generator of sounds.")
    return output.n, round(output.rate_hz)


def layer_named(card: NetworkCard, name: str) -> LayerInfo | None:
    """Return a layer of a network."""
    return next((layer for layer in card.layers if layer.name == name), None)
