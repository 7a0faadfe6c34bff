"""Profiles of a corpus: each layer's groups, their contrasts, and what is too small to count."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from core.profiles.corpus_sums import CorpusSums, Excerpts
from core.profiles.group_sums import GroupSums
from core.profiles.settings import ProfileSettings

Floats = NDArray[np.float64]
Weights = Literal["uniform", "size"]
Form = Literal["mean", "max", "sorted"]


@dataclass(frozen=True, eq=False)
class GroupProfile:
    """One group in one layer: its mean and standard error [units, time], the mean over units with its
    bootstrap band [time], the mean input [bands, frames], and how well its examples agree.

    `flat` examples had no alignment; `shift_s` is the mean size of the others' shifts.
    """

    count: int
    flat: int
    shift_s: float
    mean: Floats
    error: Floats
    curve: Floats
    low: Floats
    high: Floats
    sound: Floats
    agreement_before: float
    agreement_after: float


@dataclass(frozen=True, eq=False)
class LayerProfiles:
    """The profiles of one layer; time 0 is at step `centre`, steps are `step_s` apart.

    `vectors` [events, units] are a sample of events, of the groups `sampled`.
    """

    name: str
    step_s: float
    groups: Mapping[str, GroupProfile]
    excerpts: Excerpts
    vectors: NDArray[np.float32]

    @property
    def centre(self) -> int:
        """The step of time 0."""
        first = next(iter(self.groups.values()), None)
        return 0 if first is None else first.mean.shape[1] // 2

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.groups)

    def means(self) -> Floats:
        """Return all profiles [groups, units, time]."""
        return np.stack([one.mean for one in self.groups.values()])

    def contrasts(self, weights: Weights = "uniform") -> Floats:
        """Return all profiles minus their mean over groups [groups, units, time] (see `contrasts`)."""
        return contrasts(self.means(), self.weights(weights))

    def weights(self, how: Weights) -> Floats:
        """Return the groups' weights, which sum to 1: equal, or by their number of events."""
        sizes = np.array([one.count if how == "size" else 1 for one in self.groups.values()], float)
        return sizes / sizes.sum()


def contrasts(means: Floats, weights: Floats) -> Floats:
    """Return means [groups, ..] minus their weighted mean; their own weighted mean is 0."""
    return means - np.tensordot(weights, means, 1)


def still(profiles: Floats, form: Form) -> Floats:
    """Return profiles [.., time] in a form that does not depend on time: the mean or the maximum [..], or
    each unit's values in falling order [.., time].
    """
    if form == "sorted":
        return -np.sort(-profiles, -1)
    return profiles.mean(-1) if form == "mean" else profiles.max(-1)


@dataclass(frozen=True, eq=False)
class ProfileSet:
    """The profiles of all layers, the number of events of every group, and what was left out.

    `sampled` and `spoken` are the group and the recording of each event whose vectors were kept; `heard` are
    the vectors of the bare input [events, bands].
    """

    settings: ProfileSettings
    layers: Mapping[str, LayerProfiles]
    counts: Mapping[str, int]
    left_out: tuple[str, ...]
    sampled: tuple[str, ...]
    spoken: tuple[int, ...]
    heard: NDArray[np.float32]
    notes: tuple[str, ...] = ()


def profiles_of(sums: CorpusSums, settings: ProfileSettings) -> ProfileSet:
    """Return the profiles of what was added up, without groups of fewer than `settings.least` events."""
    nothing: Mapping[str, GroupSums] = {}
    first = next(iter(sums.sums.values()), nothing)
    counts = {group: first[group].count for group in sorted(first)}
    kept = [group for group, count in counts.items() if count >= settings.least]
    left_out = tuple(group for group in counts if group not in kept)
    rows = [k for k, group in enumerate(sums.sampled) if group in kept]
    layers = {name: _layer(sums, name, kept, rows) for name in sums.sums}
    heard = sums.vectors.get("input", np.zeros((0, 0), np.float32))[rows]
    return ProfileSet(
        settings, layers, counts, left_out, tuple(sums.sampled[k] for k in rows),
        tuple(sums.spoken[k] for k in rows), heard, tuple(sums.notes),
    )  # fmt: skip


def _layer(sums: CorpusSums, name: str, kept: list[str], rows: list[int]) -> LayerProfiles:
    groups: dict[str, GroupProfile] = {}
    for group in kept:
        one = sums.sums[name][group]
        low, high = one.band()
        groups[group] = GroupProfile(
            one.count, one.flat, one.shift_s / max(1, one.count - one.flat), one.mean().T,
            one.deviation().T, one.mean().mean(1), low, high, one.sound_mean().T,
            one.agreement(False), one.agreement(True),
        )  # fmt: skip
    return LayerProfiles(name, 1 / sums.rates_hz[name], groups, sums.excerpts[name], sums.vectors[name][rows])
