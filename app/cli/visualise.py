"""`phonoscope visualise`: the input that drives a unit most, under several penalties, step by step."""

from __future__ import annotations

import os
from argparse import Namespace
from typing import Any

import numpy as np

from app.cli.model import name_assumptions, opened
from app.cli.outputs import hearing_network
from core.files.atomic import folder_for


def run(asked: Namespace) -> int:
    """Optimise the input under every row's penalties, and write arrays and picture."""
    from core.explain.subject import module_of
    from core.explain.targets import unit_of
    from core.explain.visualise import rows_of, visualise
    from core.files.npz import write_arrays
    from core.frontends.band_axis import band_centres_hz

    model = opened(asked)
    network = hearing_network(model.card, asked.network)
    module = module_of(model, network)
    layer, unit = unit_of(module.spec, asked.target)
    out = folder_for(asked.out)
    rows = {
        name: visualise(module, layer, unit, settings)
        for name, settings in rows_of(max(1, asked.steps), asked.seed, asked.objective).items()
    }
    drive: Any = module.spec.drive
    arrays: dict[str, Any] = {
        "steps": np.array([one.step for one in rows["none"]]),
        "frequency_hz": np.array(band_centres_hz(drive.frontend, drive.rate_hz)),
    }
    for name, found in rows.items():
        key = name.replace(" ", "_")
        arrays[key] = np.stack([one.values.T for one in found])
        arrays[f"{key}_activation"] = np.array([one.activation for one in found])
        print(f"{name}: {found[-1].activation:.4g} after {found[-1].step} steps", flush=True)
    write_arrays(out / "visualise.npz", arrays)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication

    app = QApplication.instance() or QApplication(["phonoscope"])
    from app.export.relevance_figure import write_visualised

    write_visualised(out / "visualise.png", f"What drives {asked.target}", rows, drive)
    del app
    name_assumptions(model.card)
    print(f"{out}: visualise.npz, visualise.png")
    return 0
