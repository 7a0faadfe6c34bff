"""Everything that is written about the profiles of a corpus."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from core.files.atomic import folder_for
from core.files.table import digits
from core.profiles import exports
from core.profiles.clusters import silhouettes, similarities
from core.profiles.events import Corpus
from core.profiles.probes import probe
from core.profiles.profile_set import ProfileSet, Weights

LAYER_HEAD = (
    "layer", "units", "step_s", "agreement_before", "agreement_after", "silhouette", "silhouette_manner",
    "silhouette_place", "probe", "probe_shuffled", "probe_by_speaker",
)  # fmt: skip


def write_all(
    found: ProfileSet, corpus: Corpus, out: Path, plain: bool = False, weights: Weights = "uniform"
) -> None:
    """Write arrays and tables into a folder; raises Fault if the disk does not take them."""
    folder_for(out)
    names = [one.name for one in corpus.recordings]
    exports.write_profiles(found, out / "profiles.npz", plain, weights)
    exports.write_counts(found, out / "counts.csv")
    exports.write_curves(found, out / "curves.csv")
    exports.write_units(found, out / "units.csv", plain, weights)
    exports.write_excerpts(found, names, out / "excerpts.csv")
    exports.write_projector(found, names, out / "projector")
    exports.write_rows(out / "layers.csv", LAYER_HEAD, _layers(found, corpus))
    rows = [layer.vectors for layer in found.layers.values()]
    like = similarities(rows, rows)
    exports.write_rows(
        out / "similarity.csv",
        ("layer", *found.layers),
        ((name, *map(digits, row.tolist())) for name, row in zip(found.layers, like, strict=True)),
    )


def _layers(found: ProfileSet, corpus: Corpus) -> Iterator[Sequence[Any]]:
    """Yield agreement, silhouettes and probes of the bare input and of every layer."""
    speakers = [corpus.recordings[place].speaker for place in found.spoken]
    every = {"input": found.heard, **{name: layer.vectors for name, layer in found.layers.items()}}
    for name, vectors in every.items():
        layer = found.layers.get(name)
        before, after = exports.mean_agreement(layer) if layer else (np.nan, np.nan)
        apart = silhouettes(vectors, found.sampled)
        told = probe(vectors, found.sampled, speakers, found.spoken)
        step = digits(layer.step_s) if layer else ""
        values = (before, after, apart.groups, apart.manner, apart.place, told.score, told.shuffled)
        yield name, vectors.shape[1], step, *map(digits, values), int(told.by_speaker)
