"""Networks for cards that tests make up: `{"G": generator(layers, layout)}`."""

from __future__ import annotations

from core.families.card import NetworkCard
from core.networks.latent import LatentLayout
from core.networks.layer_info import LayerInfo
from core.networks.spec import LatentDrive, SoundOutput


def generator(
    layers: tuple[LayerInfo, ...],
    layout: LatentLayout,
    rate_hz: float = 16000.0,
    n: int = 16384,
    audible: bool = True,
) -> NetworkCard:
    return NetworkCard("G", LatentDrive(layout), layers, SoundOutput(rate_hz, n, audible))
