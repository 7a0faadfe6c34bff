"""The table of front ends, and how one is written in a network's card."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from core.faults import Fault
from core.frontends.chunks import Chunks
from core.frontends.frontend import FrontEnd
from core.frontends.kaldi_fbank import KaldiFbank
from core.frontends.log_mel import LogMel
from core.frontends.mfcc import Mfcc
from core.frontends.normalised_waveform import NormalisedWaveform
from core.frontends.power_spectrum import PowerSpectrum
from core.frontends.sidekit_mel import SidekitMel
from core.frontends.waveform import Waveform, WaveformChannels, WaveformFrames

FRONTENDS: dict[str, type[FrontEnd]] = {
    "waveform": Waveform,
    "normalised waveform": NormalisedWaveform,
    "waveform channels": WaveformChannels,
    "waveform frames": WaveformFrames,
    "chunks": Chunks,
    "power spectrum": PowerSpectrum,
    "log-mel": LogMel,
    "kaldi filter bank": KaldiFbank,
    "mfcc": Mfcc,
    "sidekit mel": SidekitMel,
}


def plain(frontend: FrontEnd) -> dict[str, Any]:
    """Return a front end as JSON-ready values, with its kind and all its numbers."""
    return msgspec.to_builtins(frontend)


def from_plain(values: Mapping[str, Any]) -> FrontEnd:
    """Return the front end that `plain` wrote. Raises Fault for an unknown kind or a value that is wrong."""
    kind = values.get("kind")
    made = FRONTENDS.get(str(kind))
    if made is None:
        raise Fault(f"There is no front end “{kind}”.", f"Known are: {', '.join(FRONTENDS)}.")
    try:
        return msgspec.convert(dict(values), made)
    except (msgspec.ValidationError, ValueError) as flaw:
        raise Fault(
            f"The front end “{kind}” on the network's card cannot be used: {flaw}.", "Correct the card."
        ) from flaw


def words(frontend: FrontEnd) -> str:
    """Describe a front end for the card.

    >>> words(Waveform())
    'waveform'
    """
    if isinstance(frontend, Waveform):
        return "waveform"
    if isinstance(frontend, NormalisedWaveform):
        return "waveform, minus its mean over its standard deviation"
    return f"{plain(frontend)['kind']}, {frontend.channels} values every {frontend.step:g} samples"
