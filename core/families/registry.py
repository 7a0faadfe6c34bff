"""The table of families, and opening a checkpoint of any of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from core.checkpoint.foreign import CONVERT
from core.checkpoint.open_file import open_bundle, open_file
from core.checkpoint.pickle_names import EXPORT
from core.checkpoint.run_files import RunFiles, resolve
from core.checkpoint.tensors import Tensors
from core.checkpoint.torch_file import TorchFile
from core.families import (
    articulation_gan,
    ciwgan_pytorch,
    cramer,
    crepe,
    elaraby,
    encoders,
    firered,
    graph_network,
    ina_speech_segmenter,
    mazzzystar,
    musicnn,
    phonoscope,
    schlueter_grill,
    silero,
    snfa,
    wav2letter,
    wavegan_tensorflow,
)
from core.families.card import Answer
from core.families.family import Family
from core.families.model import Model
from core.families.opening import Opening
from core.families.state_dicts import Networks, groups_of, networks_in
from core.faults import Fault
from core.networks.weights import Weights

HEARING: tuple[Family, ...] = (
    wav2letter.FAMILY,
    crepe.FAMILY,
    firered.FAMILY,
    silero.FAMILY,
    snfa.FAMILY,
    schlueter_grill.FAMILY,
    musicnn.FAMILY,
    ina_speech_segmenter.FAMILY,
    encoders.FAMILY,
    graph_network.FAMILY,
)
"""The families of networks that give letters, pitch, classes or tags for a sound."""

FAMILIES: tuple[Family, ...] = (
    phonoscope.FAMILY,
    wavegan_tensorflow.FAMILY,
    ciwgan_pytorch.FAMILY,
    articulation_gan.FAMILY,
    elaraby.FAMILY,
    cramer.FAMILY,
    mazzzystar.FAMILY,
    *HEARING,
)


def open_model(path: Path, answers: Mapping[str, Answer] | None = None) -> Model:
    """Open the checkpoint that `path` belongs to.

    `answers` take precedence over the card beside the checkpoint, and the card over args.txt. Raises Fault if
    the files cannot be read or belong to no known family.
    """
    try:
        run = resolve(Path(path), roles_of)
        files = opened(run)
    except OSError as flaw:
        raise Fault(
            f"“{Path(path).name}” cannot be read: {flaw.strerror or flaw}.", "Check that you may open it."
        ) from flaw
    found = _recognised([group for file in files for group in groups_of(file)])
    if found is None:
        raise _unknown(run, files)
    return Opening(run, files, *found, answers or {}).model()


def opened(run: RunFiles) -> list[Tensors]:
    """Open the files of a run."""
    return [(open_bundle if run.kind == "tensorflow" else open_file)(file) for file in run.files]


def roles_of(path: Path) -> frozenset[str]:
    """Return the networks that one file holds, empty if it holds no known one or cannot be read."""
    try:
        found = _recognised(groups_of(open_file(path)))
    except (Fault, OSError):
        return frozenset()
    return frozenset(found[1]) if found else frozenset()


def _recognised(groups: Sequence[Weights]) -> tuple[Family, Networks] | None:
    """Return the family that knows the networks, with all of them; families that find a generator first.

    A graph says itself what it computes, so it is never taken for a family by the names of its tensors.
    """
    graphs = any(hasattr(group.tensors, "program") for group in groups)
    families = (graph_network.FAMILY,) if graphs else FAMILIES
    fitting = [(family, found) for family in families if (found := networks_in(family, groups))]
    return min(fitting, key=lambda pair: "G" not in pair[1], default=None)


def _unknown(run: RunFiles, files: Sequence[Tensors]) -> Fault:
    names = [name for file in files for name in file.specs]
    shown = ", ".join(sorted(names)[:3])
    if run.path.suffix.lower() == ".npz":
        words = f"“{run.path.name}” is a NumPy archive, and holds no network that Phonoscope knows ({shown})."
        return Fault(words, f"Save the network's weights in PyTorch: {CONVERT}")
    if any(isinstance(file, TorchFile) and file.is_script for file in files):
        return Fault(
            f"“{run.path.name}” is a TorchScript program that Phonoscope does not know; no program is run.",
            f"Export the network that it was made from: {EXPORT}",
        )
    return Fault(
        f"“{run.path.name}” is not a network that Phonoscope knows (it holds {shown}, ..).",
        "Phonoscope opens WaveGAN, ciwGAN, fiwGAN and articulationGAN, and of networks that hear sound "
        f"{', '.join(family.title for family in HEARING)}.",
    )
