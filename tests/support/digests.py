"""Digests of what the command line writes: `python -m tests.support.digests` prints one line per number file.

Two checkouts give the same lines exactly where layers, analyses, WAV files and tables are equal to the bit.
The demo model is read, and the shared checkpoints where they are. Run it in each checkout and compare.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path.cwd()
SHARED = Path(os.environ.get("PHONOSCOPE_SHARED", HERE.parent / "shared")) / "checkpoints"
ANALYSES = (
    "pitch", "formants", "intensity", "spectrogram", "harmonicity", "pulses", "voice-report",
    "slice", "ltas", "moments", "zero-crossings", "envelope-peaks",
)  # fmt: skip
TOLD = (".json",)  # records name versions, places and times; their numbers are in the other files


def models() -> dict[str, Path]:
    """Give every model by a name that is the same in every checkout."""
    found = {"demo": next((HERE / "resources" / "demo").glob("*.safetensors"))}
    if SHARED.is_dir():
        found |= {path.name: path for path in sorted(SHARED.iterdir()) if path.is_dir()}
    return found


def phonoscope(*words: str) -> subprocess.CompletedProcess[bytes]:
    """Run the command line in this checkout."""
    return subprocess.run([sys.executable, "-P", "-m", "app", *words], capture_output=True,
                          env={**os.environ, "PYTHONPATH": str(HERE)})  # fmt: skip


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:20]


def npz_digest(path: Path) -> str:
    """Digest an archive by its arrays: the archive itself holds times of writing."""
    import numpy as np

    with np.load(path) as kept:
        return digest(b"".join(name.encode() + kept[name].tobytes() for name in sorted(kept.files)))


def folder_lines(name: str, folder: Path) -> list[str]:
    """Give one line per file of numbers."""
    files = [path for path in sorted(folder.iterdir()) if path.suffix not in TOLD]
    return [
        f"{name}/{path.name} {npz_digest(path) if path.suffix == '.npz' else digest(wav_free(path))}"
        for path in files
    ]


def wav_free(path: Path) -> bytes:
    """Give a file's bytes, of a WAV file its samples alone: its origin names the program's version."""
    if path.suffix.lower() != ".wav":
        return path.read_bytes()
    import soundfile

    return soundfile.read(path, dtype="float32")[0].tobytes()


def lines_of(name: str, model: Path, out: Path) -> list[str]:
    """Run every network of a model, every analysis and the long table, and give the digests."""
    told = phonoscope("layers", str(model), "--seed", "3", "--set", "z11=-5", "--out", str(out / "G"))
    lines = [f"{name} layers {told.returncode}", *folder_lines(f"{name}/G", out / "G")]
    sound = out / "G" / "out.wav"
    for network in ("Q", "D") if sound.exists() else ():
        where = out / network
        told = phonoscope(
            "layers", str(model), "--network", network, "--sound", str(sound), "--out", str(where)
        )
        logits = told.stdout.split(b"logits")[-1].split(str(out).encode())[0]
        lines.append(f"{name} {network} {told.returncode} {digest(logits)}")
        lines += folder_lines(f"{name}/{network}", where) if where.exists() else []
    for analysis in ANALYSES:
        whose = () if analysis == "voice-report" else ("--layer", "all")
        told = phonoscope("listing", str(model), analysis, *whose, "--seed", "3")
        lines.append(f"{name} listing {analysis} {told.returncode} {digest(told.stdout)}")
    table = out / "table.csv"
    measures = "f0,intensity,formants,duration,moments,latency"
    told = phonoscope("measure", str(model), "--seed", "3", "--measures", measures, "--out", str(table))
    said = digest(table.read_bytes()) if table.exists() else told.stderr.decode()[:80]
    lines.append(f"{name} measure {told.returncode} {said}")
    return lines


def main() -> None:
    """Print every line."""
    for name, model in models().items():
        with tempfile.TemporaryDirectory() as folder:
            for line in lines_of(name, model, Path(folder)):
                print(line, flush=True)


if __name__ == "__main__":
    main()
