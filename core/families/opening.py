"""From the networks found in a run's files to an open model: which of them run, and what is left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.checkpoint import answers_file
from core.checkpoint.folded import folds_of
from core.checkpoint.run_files import RunFiles
from core.checkpoint.tensorflow_bundle import size_of
from core.checkpoint.tensors import Tensors
from core.checkpoint.training_args import QUESTIONS, read_args
from core.families.card import Answer, Card, Choice, NetworkCard, Question
from core.families.family import Description, Family, Parts
from core.families.model import NAMES, Model, runner_of
from core.families.questions import MODELS, GivenAnswer, Inquiry
from core.families.state_dicts import Networks, short_names
from core.families.unused import OWN, proof_of_another, unused
from core.faults import Fault
from core.files.path_text import shown
from core.frontends.waveform import WaveformChannels
from core.networks.spec import NetworkSpec, SoundDrive, SoundOutput
from core.networks.weights import Misfit, Weights

MOST_NAMED = 3
LISTENERS = {"D": "Discriminator", "Q": "Q network"}
DOUBT = "The network that was trained may compute something else than the layers shown here."
CUT = "Training may have been stopped while it was written. Open it by itself to see what is wrong with it."
UNKNOWN = "What else was trained is not shown."
FOLDED = "Stored in parts; the kernel that runs is computed from them, as PyTorch does in evaluation."


@dataclass(frozen=True)
class Opening:
    """The networks of one family in the files of a run, on their way to a model."""

    run: RunFiles
    files: Sequence[Tensors]
    family: Family
    found: Networks
    given: Mapping[str, Answer]

    def model(self) -> Model:
        """Return the model. Raises Fault if its first network is another than the family's."""
        inquiry = self._inquiry()
        inquiry.fact("Saved by", self.family.title, "inferred")
        if self.run.step is not None and NAMES.keys() & self.found.keys():  # elsewhere 16k is no step
            inquiry.fact("Training step", self.run.step, "read")
        parts, left_out = self._fitting(self._chosen(inquiry))
        description = self.family.describe(parts, inquiry)
        self._note_model(description, inquiry)
        for network in description.networks:
            _note_channels(network, inquiry)
        first = description.networks[0]
        runner = runner_of(first, parts[first.role], description.builds.get(first.role))
        for name in runner.warnings[:MOST_NAMED]:
            inquiry.warn(
                f"“{name}” contains values that are not finite numbers.",
                "Training had failed by then: open an earlier step of the run.",
            )
        self._note_parts(parts, left_out, inquiry)
        card = self._card(description, inquiry, runner.digest)
        return Model(card, description, parts, {first.role: runner})

    def _inquiry(self) -> Inquiry:
        """Return the answers of args.txt, of the card beside the checkpoint and of the user."""
        args = read_args(self.run.folder)
        told = {QUESTIONS[key]: GivenAnswer(value, "read") for key, value in args.items() if key in QUESTIONS}
        for answers in (answers_file.load(self.run.path), self.given):
            told |= {name: GivenAnswer(value, "set by you") for name, value in answers.items()}
        hint = f"{self.run.folder.name} {self.run.path.name}".lower()
        return Inquiry(told, hint, bool(args))

    def _chosen(self, inquiry: Inquiry) -> Parts:
        """Return one network for each role: the answered one, or the first until the user answers."""
        return {role: self._one_of(role, groups, inquiry) for role, groups in self.found.items()}

    def _one_of(self, role: str, groups: Sequence[Weights], inquiry: Inquiry) -> Weights:
        if len(groups) == 1:
            return groups[0]
        names = short_names(groups)
        what = NAMES.get(role, f"network {role}")
        question = Question(
            what.replace(" ", "_").lower(),
            f"The checkpoint holds {len(groups)} {what}s. Which one do you want to open?",
            tuple(Choice(name, name) for name in names),
            names[0],
        )
        note = f"The checkpoint also holds {', '.join(names[1:])}."
        chosen = inquiry.ask(question, what[:1].upper() + what[1:], note=note)
        return groups[names.index(str(chosen))]

    def _fitting(self, parts: Parts) -> tuple[Parts, Mapping[str, Fault]]:
        """Return the networks that are what they were taken for, and why each of the others is not.

        Raises the reason if it is the generator, or if none is left.
        """
        kept: dict[str, Weights] = {}
        left: dict[str, Fault] = {}
        for role in sorted(parts, key=lambda role: role != "G"):
            reason = self._misfit({**kept, role: parts[role]}, role)
            if reason is None:
                kept[role] = parts[role]
            elif role == "G":
                raise reason
            else:
                left[role] = reason
        if not kept:
            raise next(iter(left.values()))
        return kept, left

    def _misfit(self, parts: Parts, role: str) -> Fault | None:
        """Return why a network is another than the family's, or None if it is the family's."""
        weights, listens = parts[role], role != "G"
        try:
            self.family.describe(parts, self._inquiry())
        except Misfit as flaw:
            return proof_of_another(weights, self._left(weights), listens, whole=False) or flaw
        return proof_of_another(weights, self._left(weights), listens) if role in NAMES else None

    def _left(self, weights: Weights) -> list[str]:
        """Return the tensors of a network that nothing uses, without those of other networks in the file."""
        others = [group for groups in self.found.values() for group in groups if group is not weights]
        claimed = {
            full
            for group in others
            if group.tensors is weights.tensors
            for name, full in group.names.items()
            if len(group.names) < len(weights.names) or name in group.used
        }
        return unused(weights, self.family.spare, claimed)

    def _note_model(self, found: Description, inquiry: Inquiry) -> None:
        """Note the kind of model, from its code or from the networks present."""
        generator = found.network("G")
        if generator is None:
            names = " and ".join(LISTENERS.get(network.role, network.role) for network in found.networks)
            inquiry.fact("Model", f"{names}, driven by sound", "inferred")
            return
        kind = next(fact for fact in inquiry.facts if fact.name == "Code")
        audible = isinstance(generator.output, SoundOutput) and generator.output.audible
        inquiry.fact("Model", MODELS[str(kind.value)] if audible else self.family.title, kind.source)

    def _note_parts(self, parts: Parts, left_out: Mapping[str, Fault], inquiry: Inquiry) -> None:
        """Warn of networks that are left out and of tensors that nothing uses; note the rest of the run."""
        for role, reason in left_out.items():
            inquiry.warn(f"{role} is left out. {reason.sentence}", reason.hint)
        for path in self.run.unknown:
            inquiry.warn(f"“{path.name}” beside it holds no network that Phonoscope knows.", UNKNOWN)
        if self.run.unreadable:
            names = ", ".join(f"“{path.name}”" for path in self.run.unreadable)
            inquiry.warn(f"{names} cannot be read: “{self.run.path.name}” is open instead.", CUT)
        for role, weights in parts.items():
            left = self._left(weights)
            if left:
                inquiry.warn(f"{_listed(left)} of {role} {_are(left)} not used.", DOUBT)
        strange = self._strange()
        if strange:
            inquiry.warn(
                f"{_listed(strange)} {_belong(strange)} to no network that Phonoscope knows.", UNKNOWN
            )
        for role, weights in parts.items():
            kinds = {fold.kind for full, fold in folds_of(weights.tensors).items() if full in _fulls(weights)}
            if kinds:
                inquiry.fact(f"Weights of {role}", " and ".join(sorted(kinds)), "read", FOLDED)
        if self.run.others:
            steps = ", ".join(path.name for path in self.run.others[-8:])
            inquiry.fact("Other steps of this run", steps, "read")

    def _strange(self) -> list[str]:
        """Return the tensors in the files that belong to none of the networks found."""
        known = {
            (id(group.tensors), full)
            for groups in self.found.values()
            for group in groups
            for full in group.names.values()
        }
        return [
            name
            for file in self.files
            for name, spec in file.specs.items()
            if (id(file), name) not in known and spec.count > 1 and not OWN.search(name)
        ]

    def _card(self, found: Description, inquiry: Inquiry, digest: str) -> Card:
        run = self.run
        return Card(
            path=str(run.path),
            title=found.title or shown(run.name),
            family=self.family.name,
            digest=digest,
            facts=inquiry.in_order(),
            questions=tuple(inquiry.questions),
            networks={network.role: NetworkCard.of(network) for network in found.networks},
            answers=dict(inquiry.answers),
            size_bytes=size_of(run.path)
            if run.kind == "tensorflow"
            else sum(file.stat().st_size for file in run.files),
            unanswered=tuple(inquiry.unanswered),
        )


def _note_channels(network: NetworkSpec, inquiry: Inquiry) -> None:
    """Note that a network takes several channels, and what becomes of a sound of one."""
    drive = network.drive
    if isinstance(drive, SoundDrive) and isinstance(drive.frontend, WaveformChannels):
        words = "A sound of one channel is given to each of them."
        inquiry.fact(f"Sound for {network.role}", f"{drive.frontend.channels} channels", "inferred", words)


def _fulls(weights: Weights) -> set[str]:
    return set(weights.names.values())


def _listed(names: Sequence[str]) -> str:
    """Return one or several tensors in words."""
    shown = ", ".join(names[:MOST_NAMED]) + (", .." if len(names) > MOST_NAMED else "")
    return f"“{names[0]}”" if len(names) == 1 else f"{len(names)} tensors ({shown})"


def _are(names: Sequence[str]) -> str:
    return "is" if len(names) == 1 else "are"


def _belong(names: Sequence[str]) -> str:
    return "belongs" if len(names) == 1 else "belong"
