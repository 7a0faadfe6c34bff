"""Find the files of one training run from a folder, a prefix, or any file of the run."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from core.checkpoint.tensorflow_bundle import BUNDLE_PART, prefix_of, stem_of
from core.faults import Fault

Kind = Literal["tensorflow", "torch", "safetensors", "numpy", "omnivad"]
TORCH_SUFFIXES = (".pt", ".pth", ".pkl", ".ckpt", ".bin", ".tar", ".jit")
ROLE = re.compile(r"(?i)(^|[_.-])(G|D|Q|gen|dis|disc|generator|discriminator|netG|netD)$")
OPTIMIZER = re.compile(r"(?i)(opt|optim|optimi[sz]er)$")
STEP = re.compile(r"\d+")
CARD = ".phonoscope.json"
NAMED_ALONE: dict[str, Kind] = {".npz": "numpy", ".omnivad": "omnivad"}
"""Suffixes of networks that are opened by name only: in a folder, `.npz` are exported layers as well."""
NOT_READ = {
    ".onnx": "an ONNX network",
    ".h5": "an HDF5 file",
    ".hdf5": "an HDF5 file",
    ".keras": "a Keras archive",
    ".tflite": "a TensorFlow Lite network",
}
EXPORT = (
    "Save its weights in the program that made them: torch.save(model.state_dict(), “G.pt”), or safetensors."
)
HINT = "Choose the folder of a training run, or one of its files (.index, .pt, .safetensors)."


class ChooseRun(Fault):
    """A folder holds several runs; `choices` pairs the path to open with its description."""

    def __init__(self, sentence: str, hint: str, choices: tuple[tuple[Path, str], ...]) -> None:
        super().__init__(sentence, hint)
        self.choices = choices

    def __reduce__(self) -> Any:
        """Pickle with the choices, so that the window can offer them."""
        return (type(self), (self.sentence, self.hint, self.choices))


@dataclass(frozen=True, slots=True)
class RunFiles:
    """A checkpoint of one training step: `path` names it, `files` hold its tensors.

    For TensorFlow both are the prefix. `others` are the other steps of the same run, oldest first.
    """

    path: Path
    kind: Kind
    files: tuple[Path, ...]
    others: tuple[Path, ...] = ()

    @property
    def step(self) -> int | None:
        """The training step in the name, None if there is none."""
        numbers = STEP.findall(self.path.name)
        return int(numbers[-1]) if numbers else None


def resolve(path: Path) -> RunFiles:
    """Return the run that `path` belongs to; raises Fault, or ChooseRun if there are several."""
    if path.name.endswith(CARD):
        path = path.with_name(path.name.removesuffix(CARD))
    if path.is_dir():
        return _in_folder(path)
    if path.is_file() and path.name in ("checkpoint", "args.txt"):
        return _in_folder(path.parent)
    prefix = prefix_of(path)
    if BUNDLE_PART.search(path.name) or _index(path).is_file():
        return _bundle(prefix)
    if not path.exists():
        raise Fault(f"There is no “{path.name}” in {path.parent}.", HINT)
    kind = NAMED_ALONE.get(path.suffix.lower())
    if kind is not None:
        return RunFiles(path, kind, (path,))
    if path.suffix.lower() in NOT_READ:
        raise Fault(
            f"“{path.name}” is {NOT_READ[path.suffix.lower()]}, which Phonoscope does not read.", EXPORT
        )
    siblings = runs_in(path.parent)
    mine = next((run for run in siblings if path in run.files), None)
    return _with_others(mine, siblings) if mine else RunFiles(path, "torch", (path,))


def without_parts(paths: Iterable[Path]) -> list[Path]:
    """Return the paths without further files of a run that another path stands for, such as its D beside its
    G. A path that is given twice stays twice.
    """
    found: list[tuple[Path, Path]] = []
    for path in paths:
        try:
            run = resolve(path).path
        except (Fault, OSError):
            run = path
        if not any(run == other and path != first for first, other in found):
            found.append((path, run))
    return [path for path, _ in found]


def _index(prefix: Path) -> Path:
    return prefix.with_name(f"{stem_of(prefix)}.index")


def _bundle(prefix: Path) -> RunFiles:
    if not _index(prefix).is_file():
        raise Fault(
            f"The index is missing: there is no “{_index(prefix).name}” in {prefix.parent}.",
            "Copy all files of the checkpoint into one folder.",
        )
    run = RunFiles(prefix, "tensorflow", (prefix,))
    return _with_others(run, runs_in(prefix.parent))


def runs_in(folder: Path) -> list[RunFiles]:
    """Return every checkpoint in a folder, with the steps of a run in order."""
    files = sorted(path for path in folder.iterdir() if path.is_file())
    bundles = [prefix_of(path) for path in files if path.name.endswith(".index")]
    runs = [RunFiles(prefix, "tensorflow", (prefix,)) for prefix in bundles]
    runs += [RunFiles(path, "safetensors", (path,)) for path in files if path.suffix == ".safetensors"]
    runs += _torch_runs(path for path in files if path.suffix in TORCH_SUFFIXES)
    return sorted(runs, key=lambda run: (_family_name(run), run.step or 0))


def _torch_runs(files: Iterable[Path]) -> list[RunFiles]:
    groups: dict[str, list[Path]] = {}
    for path in files:
        stem = path.name.removesuffix(path.suffix)
        if not OPTIMIZER.search(stem):
            groups.setdefault(ROLE.sub("", stem), []).append(path)
    return [RunFiles(_main(group), "torch", tuple(group)) for group in groups.values()]


def _main(group: list[Path]) -> Path:
    """Return the file that represents a run: the generator's."""
    generators = [path for path in group if re.search(r"(?i)(^|[_.-])(G|gen|generator|netG)$", path.stem)]
    return (generators or group)[0]


def _family_name(run: RunFiles) -> str:
    """Return a run's name without its numbers, which is the same for all steps of the run."""
    return f"{run.kind} {STEP.sub('#', run.path.name)}"


def _with_others(run: RunFiles, siblings: Iterable[RunFiles]) -> RunFiles:
    same = [other.path for other in siblings if _family_name(other) == _family_name(run)]
    return RunFiles(run.path, run.kind, run.files, tuple(path for path in same if path != run.path))


def _in_folder(folder: Path) -> RunFiles:
    """Return the run in a folder: the step that `checkpoint` names, or the newest."""
    runs = runs_in(folder)
    named = _named_latest(folder, runs)
    if named is not None and len({_family_name(run) for run in runs}) == 1:
        return _with_others(named, runs)
    if not runs:
        return _in_subfolders(folder)
    latest = {_family_name(run): run for run in runs}
    if len(latest) > 1:
        raise _ambiguous(folder, latest.values())
    return _with_others(runs[-1], runs)


def _named_latest(folder: Path, runs: Iterable[RunFiles]) -> RunFiles | None:
    """Read TensorFlow's `checkpoint` file; its path often comes from another machine."""
    try:
        text = (folder / "checkpoint").read_text(errors="replace")[:4096]
    except OSError:
        return None
    found = re.search(r'model_checkpoint_path:\s*"([^"]+)"', text)
    name = re.split(r"[/\\]", found[1])[-1] if found else ""
    return next((run for run in runs if run.path.name == name), None)


def _in_subfolders(folder: Path) -> RunFiles:
    """Look in the immediate subfolders of a folder without checkpoints."""
    inside = [run for sub in sorted(folder.iterdir()) if sub.is_dir() for run in _readable_runs(sub)]
    latest = {(run.path.parent, _family_name(run)): run for run in inside}
    if not latest:
        parts = sorted(path.name for path in folder.iterdir() if BUNDLE_PART.search(path.name))
        if parts:
            raise Fault(
                f"The index is missing: “{folder.name}” holds “{parts[0]}”, but no .index file.",
                "Copy all files of the checkpoint into one folder.",
            )
        raise Fault(f"There is no checkpoint in “{folder.name}”.", HINT)
    if len(latest) > 1:
        raise _ambiguous(folder, latest.values())
    return _in_folder(next(iter(latest.values())).path.parent)


def _readable_runs(folder: Path) -> list[RunFiles]:
    try:
        return runs_in(folder)
    except OSError:
        return []


def _ambiguous(folder: Path, runs: Iterable[RunFiles]) -> ChooseRun:
    choices = tuple((run.path, str(run.path.relative_to(folder))) for run in runs)
    return ChooseRun(f"“{folder.name}” holds {len(choices)} runs.", "Choose one of them.", choices)
