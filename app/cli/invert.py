"""`phonoscope invert`: the latent points whose sounds come nearest to a recording."""

from __future__ import annotations

import csv
import sys
from argparse import Namespace
from pathlib import Path
from typing import Any

from app.cli.model import name_assumptions, note, opened

REPORT_EVERY = 20
HEADS = ("rank", "distance_db", "loss", "file")


def run(asked: Namespace) -> int:
    """Search, and write the best points with their sounds, a table and a record."""
    from core.inversion.search import SearchSettings, begun, found_points, moved, sound_output, target_of

    model = opened(asked)
    output = sound_output(model)
    numbers = asked.tries, asked.restarts, asked.steps, asked.rate, asked.limit, asked.seed or 0
    settings = SearchSettings(*numbers).checked()
    target = target_of(_sound(Path(asked.sound), output.rate_hz), output)
    out = Path(asked.out)
    state = begun(model, target, settings)
    while state.step < settings.steps:
        state = moved(model, target, state, settings, REPORT_EVERY)
        _progress(state.step, settings.steps, found_points(model, target, state)[0].distance_db)
    found = found_points(model, target, state)
    _write(out, model, asked, settings, found)
    name_assumptions(model.card)
    nearest = f"{found[0].distance_db:.2f} dB from {Path(asked.sound).name}"
    print(f"{out}: {len(found)} points; the nearest is {nearest}")
    return 0


def _sound(path: Path, rate_hz: float) -> Any:
    """Return a recording at the generator's rate, float32 [samples]; what was changed is told."""
    from core.recordings.sound_file import read_sound

    samples, _, notes = read_sound(path, rate_hz)
    for sentence in notes:
        note(f"“{path.name}”: {sentence}")
    return samples


def _progress(step: int, steps: int, distance_db: float) -> None:
    if sys.stderr.isatty():
        end = "\n" if step >= steps else "\r"
        print(f"step {step} of {steps}: {distance_db:.2f} dB   ", end=end, file=sys.stderr, flush=True)


def _write(out: Path, model: Any, asked: Namespace, settings: Any, found: Any) -> None:
    from dataclasses import asdict

    from core.export.record import write_json
    from core.files.atomic import atomic, folder_for
    from core.files.versions import versions
    from core.files.wav import write_wav
    from core.probing.forward import generate

    folder_for(out)
    for rank, one in enumerate(found, 1):
        write_wav(out / f"point-{rank}.wav", generate(model, one.point)[model.card.output])
        facts = {"distance_db": one.distance_db, "loss": one.loss}
        write_json(out / f"point-{rank}.json", {"z": list(one.point.z), **facts})
    with atomic(out / "points.csv") as draft, draft.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(HEADS)
        for rank, one in enumerate(found, 1):
            table.writerow((rank, f"{one.distance_db:.4f}", f"{one.loss:.6f}", f"point-{rank}.json"))
    record = {"model": model.card.title, "checkpoint": model.card.digest, "sound": Path(asked.sound).name}
    write_json(out / "invert.json", {**record, "settings": asdict(settings), "versions": versions()})
