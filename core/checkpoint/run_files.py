"""Find the files of one training run from a folder, a prefix, or any file of the run.

The names of files only say which of them belong together; what a file holds, its tensors say.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from core.checkpoint.foreign import looks_safe
from core.checkpoint.pretrained import CONFIG, PREPROCESSOR, TOKENIZER, VOCABULARY, WEIGHTS, describes_encoder
from core.checkpoint.tensorflow_bundle import BUNDLE_PART, index_of, prefix_of, stem_of
from core.faults import Fault

Kind = Literal["tensorflow", "files"]
Roles = Callable[[Path], frozenset[str]]
"""Return the networks that a file or bundle holds ("G", "D", ..), empty if it holds none that are known."""

WEIGHT_SUFFIXES = (
    ".pt",
    ".pth",
    ".pkl",
    ".ckpt",
    ".bin",
    ".tar",
    ".jit",
    ".safetensors",
    ".onnx",
    ".h5",
    ".hdf5",
)
NO_WEIGHTS = (
    ".txt", ".md", ".json", ".csv", ".tsv", ".yaml", ".yml", ".toml", ".cfg", ".ini", ".log", ".py", ".ipynb",
    ".sh", ".html", ".wav", ".flac", ".mp3", ".ogg", ".aif", ".aiff", ".m4a", ".textgrid", ".png", ".jpg",
    ".jpeg", ".svg", ".pdf", ".npz", ".npy", ".zip", ".gz", ".docx", ".xlsx", ".index", ".meta",
    ".omnivad",
)  # fmt: skip
STEP = re.compile(r"\d+")
WORD = re.compile(r"[^\W\d_]+")
CARD = ".phonoscope.json"
NAMES_OF_A_FOLDER = ("checkpoint", "args.txt", CONFIG, PREPROCESSOR, TOKENIZER, VOCABULARY)
HINT = "Choose the folder of a training run, or one of its files (.index, .pt, .safetensors, .onnx)."
DEEPEST, MOST_FOLDERS, TRIED = 4, 500, 3


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

    For TensorFlow both are the prefix; an empty prefix is named by its file `.index`. `others` are the other
    steps of the same run, oldest first; `unknown` are files beside it that are named like its networks and
    hold no known one; `unreadable` are later steps of the run that hold none, cut off while written.
    """

    path: Path
    kind: Kind
    files: tuple[Path, ...]
    others: tuple[Path, ...] = ()
    unknown: tuple[Path, ...] = ()
    unreadable: tuple[Path, ...] = ()

    @property
    def folder(self) -> Path:
        """The run's folder: above the one of its generator, if each network has a folder of its own."""
        return self.path.parent.parent if _has_own_folder(self.path) else self.path.parent

    @property
    def step(self) -> int | None:
        """The training step in the name, None if there is none."""
        numbers = STEP.findall(self.path.name)
        return int(numbers[-1]) if numbers else None

    @property
    def name(self) -> str:
        """The name for a title: the prefix, or the file name without its suffix."""
        if self.kind == "tensorflow":
            return stem_of(self.path) or self.path.parent.name
        return stem(self.path)


ROLE_WORDS = re.compile(
    r"(?i)(^|[^a-z])(net)?(g|d|q|gen|dis|disc|generator|discriminator|critic)(net)?([^a-z]|$)"
)


def _has_own_folder(path: Path) -> bool:
    """Return whether a file lies in a folder named after one network, such as `generator`."""
    return ROLE_WORDS.fullmatch(path.parent.name) is not None


def _plain(path: Path) -> str:
    """Return a file's name without its suffix; in a folder named after its network, behind the folder's name
    and without the network's own.
    """
    name = stem(path)
    return f"{path.parent.name}/" + ROLE_WORDS.sub(r"\1\5", name) if _has_own_folder(path) else name


def _name(path: Path) -> str:
    """Return a file's name as `_plain` gives it, with its suffix."""
    return _plain(path) + path.name[len(stem(path)) :]


def stem(path: Path) -> str:
    """Return a file name without its suffix, which has a letter: in `generator.1000` the number stays."""
    return path.stem if WORD.search(path.suffix) else path.name


def resolve(path: Path, roles: Roles) -> RunFiles:
    """Return the run that `path` belongs to; raises Fault, or ChooseRun if there are several."""
    if path.name.endswith(CARD):
        path = path.with_name(path.name.removesuffix(CARD))
    if path.is_dir():
        return _in_folder(path, roles)
    if path.is_file() and path.name in NAMES_OF_A_FOLDER:
        return _in_folder(path.parent, roles)
    if BUNDLE_PART.search(path.name) or (path.name and index_of(path).is_file()):
        return _bundle(prefix_of(path))
    if not path.exists():
        raise Fault(f"There is no “{path.name}” in “{path.absolute().parent}”.", HINT)
    if path.name == "saved_model.pb" and (path.parent / "variables").is_dir():
        return _in_folder(path.parent / "variables", roles)
    runs = _file_runs(_near(path, _files_beside(path)), roles)
    mine = next((run for run in runs if path in run.files), None)
    return _with_others(mine, runs) if mine else RunFiles(path, "files", (path,))


def without_parts(paths: Iterable[Path], roles: Roles) -> list[Path]:
    """Return the paths without further files of a run that another path stands for, such as its D beside its
    G. A path that is given twice stays twice.
    """
    paths = list(paths)
    found: list[tuple[Path, Path]] = []
    for path in paths if len(paths) > 1 else ():
        try:
            run = resolve(path, roles).path
        except (Fault, OSError):
            run = path
        if not any(run == other and path != first for first, other in found):
            found.append((path, run))
    return [path for path, _ in found] if len(paths) > 1 else paths


def _bundle(prefix: Path) -> RunFiles:
    index = index_of(prefix)
    if not index.is_file():
        raise Fault(
            f"The index is missing: there is no “{index.name}” in {prefix.parent}.",
            "Copy all files of the checkpoint into one folder.",
        )
    return _with_others(RunFiles(prefix, "tensorflow", (prefix,)), _bundles_in(prefix.parent))


def runs_in(folder: Path, roles: Roles) -> list[RunFiles]:
    """Return every checkpoint with a known network in a folder, with the steps of a run in order."""
    return _runs_among([folder], roles)


def _runs_among(folders: Iterable[Path], roles: Roles) -> list[RunFiles]:
    folders = list(folders)
    files = [path for folder in folders for path in _files_of(folder)]
    runs = [*(run for folder in folders for run in _bundles_in(folder)), *_file_runs(files, roles)]
    return sorted(runs, key=lambda run: (_family_name(run), run.step or 0))


def _bundles_in(folder: Path) -> list[RunFiles]:
    indices = [path for path in folder.glob("*.index") if path.is_file() and not path.name.startswith("._")]
    runs = [RunFiles(prefix, "tensorflow", (prefix,)) for prefix in map(prefix_of, indices)]
    return sorted(runs, key=lambda run: run.step or 0)


def _files_of(folder: Path) -> list[Path]:
    """Return the files in a folder that may hold weights, whatever their suffix."""
    files = sorted(path for path in folder.iterdir() if not path.name.startswith(".") and path.is_file())
    return [path for path in files if path.suffix.lower() in WEIGHT_SUFFIXES or _may_hold_weights(path)]


def _files_beside(path: Path) -> list[Path]:
    """Return the files of a folder that may hold weights, and of the folders of the other networks."""
    if not _has_own_folder(path):
        return _files_of(path.parent)
    folders = (folder for folder in path.parent.parent.iterdir() if folder.is_dir())
    return [
        file for folder in sorted(folders) if ROLE_WORDS.fullmatch(folder.name) for file in _files_of(folder)
    ]


def _may_hold_weights(path: Path) -> bool:
    """Return whether an unusual suffix hides a pickle, a ZIP archive or a safetensors file."""
    if path.suffix.lower() in NO_WEIGHTS or BUNDLE_PART.search(path.name):
        return False
    try:
        with path.open("rb") as file:
            head = file.read(9)
    except OSError:
        return False
    return head[:4] == b"PK\x03\x04" or head[:1] == b"\x80" or looks_safe(head)


def _file_runs(files: Iterable[Path], roles: Roles) -> list[RunFiles]:
    """Return the runs among files: each generator with the D and Q beside it, then D and Q alone."""
    files = list(files)
    held = _held(files, roles)
    known = [path for path in files if held[path]]
    runs: list[RunFiles] = []
    taken: set[Path] = set()
    index = _index_of_keys(known)
    for path in sorted(known, key=lambda path: "G" not in held[path]):
        if path in taken:
            continue
        beside = [other for other in _beside(path, index) if _adds(held, path, other)]
        beside = [other for other in beside if other not in taken or "G" in held[path]]
        taken |= {path, *beside}
        runs.append(RunFiles(path, "files", tuple(sorted({path, *beside}))))
    strange = _index_of_keys(path for path in files if not held[path])
    cut = [path for path in files if not held[path] and any(_later(path, other) for other in known)]
    orphans = {path for one in cut for path in _beside(one, index) if "G" not in held[path]}
    whole = [run for run in runs if not orphans.issuperset(run.files)]
    return [_with_unknown(run, strange, cut) for run in whole]


def _later(path: Path, other: Path) -> bool:
    """Return whether a file is a later step of another."""
    return _steps_name(path) == _steps_name(other) and _numbers(path) > _numbers(other)


def _held(files: Iterable[Path], roles: Roles) -> dict[Path, frozenset[str]]:
    """Return the networks in each file. Of the steps of one run, only the newest are opened."""
    steps: dict[str, list[Path]] = {}
    for path in files:
        steps.setdefault(_steps_name(path), []).append(path)
    found: dict[Path, frozenset[str]] = {}
    for paths in steps.values():
        newest = sorted(paths, key=_numbers, reverse=True)[:TRIED]
        tried = [(path, roles(path)) for path in newest[:1]]
        while not tried[-1][1] and len(tried) < len(newest):
            tried.append((newest[len(tried)], roles(newest[len(tried)])))
        found |= dict.fromkeys(paths, tried[-1][1]) | dict(tried)
    return found


def _numbers(path: Path) -> list[int]:
    return [int(digits[-18:]) for digits in STEP.findall(path.name)]


TRAINED_TOGETHER = frozenset({"G", "D", "Q"})


def _adds(held: Mapping[Path, frozenset[str]], path: Path, other: Path) -> bool:
    """Return whether another file holds what is missing; a recogniser is never part of a generator's run."""
    both = held[other] | held[path]
    return other != path and not held[other] & held[path] and both <= TRAINED_TOGETHER


def _keys(path: Path) -> Iterator[str]:
    """Yield a file's name without one of its words: `netG_epoch_24` and `netD_epoch_24` share one.

    A name of a single word has only its suffix left to share.
    """
    name = _plain(path)
    for word in WORD.finditer(name):
        rest = f"{name[: word.start()]}\0{name[word.end() :]}"
        yield rest if word[0] != name else rest + path.suffix


def _shorter(path: Path) -> Iterator[str]:
    """Yield a file's name without one of its words and the mark before or after it."""
    name = _plain(path)
    for word in WORD.finditer(name):
        left, right = name[: word.start()], name[word.end() :]
        yield left.rstrip("_-. ") + right
        yield left + right.lstrip("_-. ")


def _index_of_keys(paths: Iterable[Path]) -> Mapping[str, list[Path]]:
    index: dict[str, list[Path]] = {}
    for path in paths:
        for key in {*_keys(path), *(f"<{name}" for name in _shorter(path)), f">{_plain(path)}"}:
            index.setdefault(key, []).append(path)
    return index


def _beside(path: Path, index: Mapping[str, list[Path]]) -> list[Path]:
    """Return the files whose names differ from `path` in one word, or have one word more or less."""
    keys = [*_keys(path), f"<{_plain(path)}", *(f">{name}" for name in _shorter(path))]
    return list(dict.fromkeys(other for key in keys for other in index.get(key, ()) if other != path))


def _near(path: Path, files: Sequence[Path]) -> list[Path]:
    """Return the files that may belong to the run of `path`, to the same step or to another one."""
    kinds = dict.fromkeys(_steps_name(other) for other in files)
    beside = _beside(Path(_steps_name(path)), _index_of_keys(map(Path, kinds)))
    names = {_steps_name(path), *map(str, beside)}
    return sorted({path, *(other for other in files if _steps_name(other) in names)})


def _steps_name(path: Path) -> str:
    """Return a file name without its numbers, which is the same for all steps of a run."""
    return STEP.sub("#", _name(path))


OPTIMIZER = re.compile(r"(?i)opt(im|imi[sz]er)?([^a-z]|$)")


def _with_unknown(run: RunFiles, strange: Mapping[str, list[Path]], cut: Iterable[Path]) -> RunFiles:
    """Note the files beside a run that are named like D or Q and hold no network that is known, and its later
    steps that hold none.
    """
    beside = [
        path
        for path in _beside(run.path, strange)
        if ROLE_WORDS.search(stem(path)) and not OPTIMIZER.search(stem(path))
    ]
    later = tuple(path for path in cut if _later(path, run.path))
    return RunFiles(run.path, run.kind, run.files, unknown=tuple(beside), unreadable=later)


def _family_name(run: RunFiles) -> str:
    """Return a run's name without its numbers, which is the same for all steps of the run."""
    return f"{run.kind} {_steps_name(run.path)}"


def _with_others(run: RunFiles, siblings: Iterable[RunFiles]) -> RunFiles:
    same = [other for other in siblings if _family_name(other) == _family_name(run)]
    others = [other.path for other in sorted(same, key=lambda other: other.step or 0)]
    return replace(run, others=tuple(path for path in others if path != run.path))


def _in_folder(folder: Path, roles: Roles) -> RunFiles:
    """Return the run in a folder: the step that `checkpoint` names, or the newest."""
    runs = _one_copy(folder, runs_in(folder, roles))
    named = _named_latest(folder, runs)
    if named is not None and len({_family_name(run) for run in runs}) == 1:
        return _with_others(named, runs)
    if not runs:
        return _in_subfolders(folder, roles)
    latest = {_family_name(run): run for run in runs}
    if len(latest) > 1:
        raise _ambiguous(folder, latest.values())
    return _with_others(runs[-1], runs)


def _one_copy(folder: Path, runs: list[RunFiles]) -> list[RunFiles]:
    """Return the runs without the second copy of a pretrained network's weights, if there are two."""
    names = {run.path.name for run in runs}
    if not (names.issuperset(WEIGHTS) and describes_encoder(folder)):
        return runs
    return [run for run in runs if run.path.name != WEIGHTS[1]]


def _named_latest(folder: Path, runs: Iterable[RunFiles]) -> RunFiles | None:
    """Read TensorFlow's `checkpoint` file; its path often comes from another machine."""
    path = folder / "checkpoint"
    try:
        text = path.read_text(errors="replace")[:4096] if path.is_file() else ""
    except OSError:
        return None
    found = re.search(r'model_checkpoint_path:\s*"([^"]+)"', text)
    name = re.split(r"[/\\]", found[1])[-1] if found else ""
    return next((run for run in runs if run.path.name == name), None)


def _in_subfolders(folder: Path, roles: Roles) -> RunFiles:
    """Look in the folders below a folder without checkpoints."""
    inside = [run for folders in _together(_below(folder)) for run in _readable_runs(folders, roles)]
    latest = {(run.path.parent, _family_name(run)): run for run in inside}
    if not latest:
        return _without_networks(folder)
    if len(latest) > 1:
        raise _ambiguous(folder, latest.values())
    newest = next(iter(latest.values()))
    return _with_others(newest, inside) if newest.kind == "files" else _in_folder(newest.path.parent, roles)


def _together(folders: Iterable[Path]) -> list[list[Path]]:
    """Return folders one by one, but those of the networks of one run, `generator` and the like, together."""
    found: dict[Path, list[Path]] = {}
    for folder in folders:
        own = _has_own_folder(folder / "file")
        found.setdefault(folder.parent / "\0" if own else folder, []).append(folder)
    return list(found.values())


def _without_networks(folder: Path) -> RunFiles:
    """Return the largest file that looks like a checkpoint, so that opening it says what it is."""
    parts = sorted(path.name for path in folder.iterdir() if BUNDLE_PART.search(path.name))
    if parts:
        raise Fault(
            f"The index is missing: “{folder.name}” holds “{parts[0]}”, but no .index file.",
            "Copy all files of the checkpoint into one folder.",
        )
    files = [path for path in _files_of(folder) if path.suffix.lower() in WEIGHT_SUFFIXES]
    if not files and describes_encoder(folder):
        raise Fault(
            f"“{folder.name}” holds {CONFIG}, but no weights.",
            f"Copy {WEIGHTS[0]} (or {WEIGHTS[1]}) into the folder as well.",
        )
    if not files:
        raise Fault(f"There is no checkpoint in “{folder.name}”.", HINT)
    largest = max(files, key=lambda path: path.stat().st_size)
    return RunFiles(largest, "files", (largest,))


def _below(folder: Path) -> Iterator[Path]:
    """Yield the folders below a folder, down to the depth of Lightning's; hidden ones are left out."""
    for count, (place, names, _) in enumerate(os.walk(folder)):
        names[:] = sorted(name for name in names if not name.startswith("."))
        depth = len(Path(place).relative_to(folder).parts)
        if depth >= DEEPEST:
            names.clear()
        if depth:
            yield Path(place)
        if count > MOST_FOLDERS:
            return


def _readable_runs(folders: Iterable[Path], roles: Roles) -> list[RunFiles]:
    try:
        return _runs_among(folders, roles)
    except OSError:
        return []


def _ambiguous(folder: Path, runs: Iterable[RunFiles]) -> ChooseRun:
    choices = tuple((run.path, str(run.path.relative_to(folder))) for run in runs)
    return ChooseRun(f"“{folder.name}” holds {len(choices)} runs.", "Choose one of them.", choices)
