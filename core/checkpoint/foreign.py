"""Files that are not checkpoints Phonoscope can read, named for what they are, with the way on."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from core.faults import Fault

HEAD_BYTES = 4096
CONVERT = 'torch.save(model.state_dict(), "G.pt")'
CHOOSE = "Choose the file that training saved."
SOUND = "Convert it to WAV, for example: ffmpeg -i “{name}” “{stem}.wav”"
STATE = f"Open the model in the program that wrote it and save its weights: {CONVERT}"
UNPACK = "Unpack it and open the folder."
EXPORT = "Save its weights in the program that made them, with PyTorch, safetensors or TensorFlow 1."
HDF5 = ("no HDF5 file, whatever its name says", EXPORT)
TFLITE = ("a TensorFlow Lite model, which Phonoscope does not read", EXPORT)
KERAS = ("a Keras model, which Phonoscope does not read", EXPORT)
SAVED_MODEL = (
    "the program of a TensorFlow SavedModel; its weights lie in the folder “variables”",
    "Copy the whole SavedModel, and open its folder.",
)
OLD_TAR = (
    "a checkpoint of a PyTorch before 0.1.10, which Phonoscope cannot read",
    "Load it in that PyTorch and save it again with a later one.",
)
BY_NAME = {
    ".h5": HDF5,
    ".hdf5": HDF5,
    ".tflite": TFLITE,
    ".keras": KERAS,
    "saved_model.pb": SAVED_MODEL,
    "keras_metadata.pb": SAVED_MODEL,
}


@dataclass(frozen=True, slots=True)
class Sign:
    """A kind of file: how its first bytes show it, what it is ("a picture"), and what to do instead."""

    fits: Callable[[bytes], bool]
    words: str
    hint: str


def _begins(*signs: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.startswith(signs)


def _at(place: int, *signs: bytes) -> Callable[[bytes], bool]:
    return lambda head: head[place:].startswith(signs)


def looks_safe(head: bytes) -> bool:
    """Return whether a file begins like safetensors: the length of a header, and the header."""
    return head[4:9] == b"\0\0\0\0{"


def _page(head: bytes) -> bool:
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return text.startswith((b"<!doctype html", b"<html", b"<head", b"<script"))


def looks_like_onnx(head: bytes) -> bool:
    """Return whether a protocol buffer begins with ONNX's version, and its writer or its graph."""
    return head[:1] == b"\x08" and head[2:3] in (b"\x12", b"\x3a")


def _mp3(head: bytes) -> bool:
    return head[:3] == b"ID3" or (head[:1] == b"\xff" and head[1:2] in (b"\xfb", b"\xf3", b"\xf2", b"\xfa"))


SIGNS: tuple[Sign, ...] = (
    Sign(
        _begins(b"version https://git-lfs.github.com/"),
        "a Git LFS pointer: the weights themselves were not downloaded",
        "Run “git lfs pull” in its folder, or download the file from the repository's page.",
    ),
    Sign(
        _page,
        "a web page, not a checkpoint",
        "Download the file again: the link led to a page instead of the file.",
    ),
    Sign(_at(4, b"TFL3"), *TFLITE),
    Sign(
        _begins(b"GGUF"),
        "a GGUF file, not a checkpoint",
        "Choose the PyTorch or safetensors checkpoint that it was made from.",
    ),
    Sign(_begins(b"\x93NUMPY"), "a NumPy array, not a checkpoint", CHOOSE),
    Sign(_begins(b"MATLAB"), "a MATLAB file, not a checkpoint", CHOOSE),
    Sign(
        _at(257, b"ustar"), "a tar archive, not a checkpoint", f"{UNPACK} In a terminal: tar -xf “{{name}}”"
    ),
    Sign(
        _begins(b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd", b"7z\xbc\xaf", b"Rar!"),
        "compressed, and not a checkpoint as it is",
        UNPACK,
    ),
    Sign(_at(4, b"ftyp"), "a sound or film in MP4 (m4a, mp4), which Phonoscope cannot read", SOUND),
    Sign(_begins(b"\x30\x26\xb2\x75"), "a sound in WMA, which Phonoscope cannot read", SOUND),
    Sign(_begins(b"\x1a\x45\xdf\xa3"), "a WebM or Matroska file, which Phonoscope cannot read", SOUND),
    Sign(_begins(b"#!AMR"), "a sound in AMR, which Phonoscope cannot read", SOUND),
    Sign(
        lambda head: head.startswith((b"RIFF", b"FORM", b"fLaC", b"OggS", b"RF64", b".snd")) or _mp3(head),
        "a sound file, not a checkpoint",
        "To open it as a recording, give it the usual ending of its format, such as .wav.",
    ),
    Sign(
        lambda head: b"ooTextFile" in head[:40] or b"ooBinaryFile" in head[:40],
        "a Praat file, not a checkpoint",
        "Open a Sound as a recording and a TextGrid as an annotation.",
    ),
    Sign(_begins(b"%PDF"), "a PDF document, not a checkpoint", CHOOSE),
    Sign(_begins(b"\x89PNG", b"\xff\xd8\xff", b"GIF8"), "a picture, not a checkpoint", CHOOSE),
)


def refuse_foreign(path: Path) -> None:
    """Raise Fault, which names the kind of file and the way on, if a file is not a checkpoint."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if looks_safe(head):
        return  # its first bytes are a length, which can look like anything
    if not head:
        raise Fault(f"“{path.name}” is empty.", "Copy it again from its source.")
    found = next(((sign.words, sign.hint) for sign in SIGNS if sign.fits(head)), None)
    found = BY_NAME.get(path.name) or BY_NAME.get(path.suffix.lower()) or found
    if found is None:
        return
    words, hint = OLD_TAR if head[257:262] == b"ustar" and _is_old_torch(path) else found
    raise Fault(f"“{path.name}” is {words}.", hint.format(name=path.name, stem=path.stem))


def _is_old_torch(path: Path) -> bool:
    """Return whether a tar archive is the format that PyTorch wrote before version 0.1.10."""
    import tarfile

    try:
        with tarfile.open(path, "r:") as archive:
            first = [member.name for member in itertools.islice(archive, 8)]
    except (tarfile.TarError, OSError, ValueError):
        return False
    return {"sys_info", "pickle", "storages"} <= set(first)


# Archives by the names inside them: the end or the whole of a name, what the archive is, the way on.
ARCHIVES: tuple[tuple[Callable[[str], bool], str, str], ...] = (
    (lambda name: name.endswith(".npy"), "a NumPy archive (.npz), not a checkpoint", STATE),
    (
        lambda name: name.endswith(
            ("archive_format", "serialized_exported_program.json", "models/model.json")
        ),
        "a program that torch.export wrote (.pt2), not a checkpoint",
        STATE,
    ),
    (lambda name: name.endswith("model.weights.h5"), *KERAS),
    (
        lambda name: name.endswith((".index", ".pt", ".pth", ".pkl", ".ckpt", ".safetensors", ".bin")),
        "a ZIP archive of a run, not a checkpoint",
        UNPACK,
    ),
    (lambda name: name.startswith("word/"), "a Word document, not a checkpoint", CHOOSE),
    (lambda name: name.startswith("xl/"), "an Excel table, not a checkpoint", CHOOSE),
)


def foreign_archive(what: str, names: Iterable[str]) -> Fault:
    """Return the fault for a ZIP archive that PyTorch did not save as weights, by the names in it."""
    names = list(names)
    for fits, words, hint in ARCHIVES:
        if any(map(fits, names)):
            return Fault(f"“{what}” is {words}.", hint)
    return Fault(f"“{what}” is a ZIP archive, but not one that PyTorch saved.", UNPACK)


def is_program(names: Iterable[str]) -> bool:
    """Return whether a ZIP archive with a pickle holds a program of torch.export."""
    program = ("archive_format", "serialized_exported_program.json")
    return any(name.endswith(program) for name in names)
