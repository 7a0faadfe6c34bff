"""The lens: what an encoder's head would write if it read an earlier layer instead of the last one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.answers.label_scores import LabelScores, label_scores
from core.families.registry import Model
from core.faults import Cancelled, Fault
from core.frontends.tensors import tensor
from core.networks.runner import Cancel
from core.networks.torch_runner import TorchRunner

if TYPE_CHECKING:
    from core.networks.torch_encoder import EncoderModule

Array = NDArray[np.float32]


def lens_layers(model: Model, network: str) -> tuple[str, ...]:
    """Return the layers whose hidden states the head can read, empty for a network without such a head."""
    module = _encoder(model, network)
    return () if module is None else module.read_out_layers


def lens(model: Model, network: str, samples: Array, cancelled: Cancel = None) -> Mapping[str, LabelScores]:
    """Return what the head says of every layer's hidden states, by the layer's name, in order.

    The last one is the network's answer. Raises Cancelled between layers, and Fault for a network without a
    head that reads hidden states.
    """
    import torch

    module = _encoder(model, network)
    if module is None or not module.read_out_layers:
        raise Fault(
            f"{network} has no head that can read its layers.",
            "The lens needs an encoder with a CTC head, such as Wav2Vec2ForCTC.",
        )
    spec = model.spec(network).for_length(len(samples))
    axes = {info.name: info.axis for info in spec.infos()}
    found: dict[str, LabelScores] = {}
    with torch.no_grad():
        for name, maps in module.walk(tensor(np.asarray(samples, np.float32)[None])):
            if cancelled is not None and cancelled():
                raise Cancelled
            if name in module.read_out_layers:
                rows: Array = module.read_out(maps)[0].numpy()
                found[name] = label_scores(spec.output, rows, axes[name])
    return found


def _encoder(model: Model, network: str) -> EncoderModule | None:
    runner = model.network(network)
    if not isinstance(runner, TorchRunner) or model.card.family != "encoder":
        return None
    from core.networks.torch_encoder import EncoderModule

    module = runner.module()
    return module if isinstance(module, EncoderModule) else None
