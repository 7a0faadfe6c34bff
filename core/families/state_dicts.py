"""The state dicts in the files of a run, whatever dictionaries and wrappers they lie in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from core.checkpoint.safetensors import SafeFile
from core.checkpoint.tensorflow_bundle import Bundle
from core.checkpoint.tensors import Tensors
from core.families.family import Family
from core.networks.weights import Weights

Networks = Mapping[str, Sequence[Weights]]
"""The networks in a run by role; a role has several where the run holds copies of a network."""

MARK = re.compile(r"[./:_-]")
MOST_MARKS, MOST_NETWORKS = 12, 20
AVERAGED = re.compile(r"(?i)(ema|swa|avg|average|averaged|shadow|target|old|prev|best)")
SHADOW = "/ExponentialMovingAverage"
# Wrappers that PyTorch puts anywhere in a name: DataParallel, torch.compile, FSDP.
WRAPPERS = frozenset(("module", "_orig_mod", "_fsdp_wrapped_module", "_checkpoint_wrapped_module"))


def groups_of(file: Tensors) -> list[Weights]:
    """Return every group of tensors in a file whose names begin alike, with that beginning taken off.

    A network's tensors are one of these groups, however its dictionary is named and however many wrappers lie
    around it. Plain copies come before averaged ones, the dictionaries of a PyTorch file before what holds
    several of them, and short beginnings before long ones.
    """
    groups: dict[str, dict[str, str]] = {}
    for full in file.specs:
        plain = _plain(full)
        for begin in _beginnings(plain):
            groups.setdefault(begin, {})[plain[len(begin) :]] = full
    found = [Weights(_label(file, begin), file, names) for begin, names in groups.items()]
    return sorted([*found, *_shadows(found)], key=_place)


def _plain(name: str) -> str:
    """Return a name without the parts that PyTorch's wrappers insert."""
    scope, _, last = name.rpartition("/")
    parts = [part for part in last.split(".") if part not in WRAPPERS]
    return f"{scope}/{'.'.join(parts)}" if scope else ".".join(parts)


def _beginnings(name: str) -> Iterator[str]:
    yield ""
    for count, mark in enumerate(MARK.finditer(name)):
        if count >= MOST_MARKS:
            return
        yield name[: mark.end()]


def _label(file: Tensors, begin: str) -> str:
    return f"{file.path.stem}/{begin.rstrip('./:_-')}".rstrip("/")


def _shadows(groups: Iterable[Weights]) -> Iterator[Weights]:
    """Yield the averaged copies that TensorFlow stores beside the variables themselves."""
    for group in groups:
        names = {n.removesuffix(SHADOW): full for n, full in group.names.items() if n.endswith(SHADOW)}
        if names:
            yield Weights(f"{group.label}{SHADOW}", group.tensors, names)


def _place(group: Weights) -> tuple[bool, bool, int, str]:
    label, scoped = group.label, not isinstance(group.tensors, Bundle | SafeFile)
    several = scoped and any("/" in name for name in group.names)
    return bool(AVERAGED.search(label.partition("/")[2])), several, len(MARK.findall(label)), label


def networks_in(family: Family, groups: Sequence[Weights]) -> Networks:
    """Return every network of a family in a run."""
    first = family.sort(groups)
    if not first:
        return {}
    return {role: (found, *_copies(family, groups, role, found)) for role, found in first.items()}


def _copies(family: Family, groups: Sequence[Weights], role: str, found: Weights) -> Iterator[Weights]:
    """Yield the other networks in a role: those found once the ones before are gone."""
    left = list(groups)
    for _ in range(MOST_NETWORKS):
        kept = [group for group in left if _kernels(group) != _kernels(found)]
        parts = family.sort(kept) if len(kept) < len(left) else None
        if not parts or role not in parts:
            return
        found, left = parts[role], kept
        yield found


def _kernels(group: Weights) -> tuple[int, frozenset[str]]:
    """Return what tells a network from the same one behind a longer beginning: its file, and its kernels."""
    specs = group.tensors.specs
    return id(group.tensors), frozenset(n for n in group.names.values() if len(specs[n].shape) > 1)


def short_names(groups: Sequence[Weights]) -> tuple[str, ...]:
    """Return what tells several groups apart: their labels without what all have in common."""
    labels = [group.label.split("/") for group in groups]
    common = 0
    while all(len(parts) > common + 1 and parts[common] == labels[0][common] for parts in labels):
        common += 1
    return tuple("/".join(parts[common:]) for parts in labels)
