"""Training from the window: starts a run that outlives it, and watches the run's folder."""

from __future__ import annotations

import subprocess
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

from PySide6.QtCore import QTimer

from app.base.context import Context
from app.base.dialog_host import DialogHost
from app.base.player import PlayerLike
from app.models.model_loader import ModelLoader
from core.faults import Fault
from core.recordings.sound_file import read_sound
from core.train.letters.recipe import LetterRecipe
from core.train.monitor import RunStatus, check_start, see, start, stop
from core.train.processor_share import ProcessorShare
from core.train.recipe import KINDS
from widgets.controls.dialog import fit_to_screen
from widgets.training.panel import RECOGNISER, Progress, TrainPanel, TrainWish, told_left

LOOK_MS = 1000
MOST_POINTS = 2000
TOLD_ABOVE = (
    "step ",
    "stopped at step ",
    "done at step ",
)  # log lines that the panel's own words already say
OPTIONS = {
    "bands": "--bands",
    "head": "--head",
    "kernels": "--kernels",
    "batch": "--batch",
    "learning_rate": "--learning-rate",
    "warm_up": "--warm-up",
    "dropout": "--dropout",
    "masks": "--no-masks",
    "seed": "--seed",
}
"""The options of a recogniser that the panel has no field for."""
FIRST_STEPS = "Reading the recordings and taking the first steps"
STOPPING = "Stopping and saving after this step"
WAITING = "Waiting for other programs, which use all processors"


class TrainingPanel:
    """Connects the panel with the run in its folder; the panel is made when it is first shown."""

    def __init__(
        self, context: Context, host: DialogHost, player: PlayerLike, model_loader: ModelLoader
    ) -> None:
        self._host = host
        self._player = player
        self._model_loader = model_loader
        self._started: list[subprocess.Popen[bytes]] = []  # kept, so that an ended child process is collected
        self._stopped: Path | None = None  # the run that was asked to stop and is still running
        self._tried = False  # a start was refused; the reason is shown until it no longer holds
        self._share = ProcessorShare()

    @cached_property
    def panel(self) -> TrainPanel:
        """The panel, made on first use, which then watches the run."""
        made = TrainPanel(self._host.parent)
        made.start_wanted.connect(lambda wish: self._start(wish, []))
        made.go_on_wanted.connect(lambda wish: self._start(wish, ["--resume"]))
        made.stop_wanted.connect(self._stop)
        made.preview_wanted.connect(self._preview)
        made.open_wanted.connect(self._open)
        made.out_changed.connect(self._found)
        made.folder_changed.connect(self._show_fault)
        self._timer = QTimer(made, interval=LOOK_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()
        return made

    def show(self) -> None:
        """Open the panel, or bring it to the front."""
        self.panel.set_theme(self._host.theme)
        fit_to_screen(self.panel)
        self.panel.show()
        self.panel.raise_()

    @property
    def _out(self) -> Path | None:
        text = self.panel.wish().out
        return Path(text) if text else None

    def look(self) -> None:
        """Show the progress of the run in the panel's folder."""
        self._started = [
            one for one in self._started if one.poll() is None
        ]  # collects child processes that have ended
        if self.panel.isVisible() and self._out is not None:
            seen = see(self._out)
            shown, waits = progress_of(seen), self._share.waits(seen)
            if not shown.running:
                self._stopped = None
            stopping = self._stopped == self._out
            words = STOPPING if stopping else f"{WAITING} · {shown.words}" if waits else shown.words
            self.panel.show_progress(replace(shown, words=words))
        self._show_fault()

    def _show_fault(self, fault: Fault | None = None) -> None:
        """Show why training cannot start, or ended; the words go once that is no longer so."""
        if fault is None and self._tried:
            fault = _refusal(self.panel.wish())
            self._tried = fault is not None
        ended = see(self._out).fault if self._out is not None and fault is None else ""
        self.panel.show_fault(str(fault) if fault is not None else ended)

    def _start(self, wish: TrainWish, more: list[str]) -> None:
        try:
            tables, options = wish.model == RECOGNISER, [*wish.options(), *more]
            check_start(wish.folder, wish.out, tables)  # an empty field, as a path, would be this folder
            self._started.append(start(Path(wish.folder), Path(wish.out), options, tables))
        except Fault as fault:
            self._tried = True
            self._show_fault(fault)
        else:
            self._tried = False
            self.look()

    def _stop(self) -> None:
        if self._out is not None:
            stop(self._out)
            self._stopped = self._out
            self.look()

    def _found(self, out: str) -> None:
        """Fill the fields with the settings of the run found in a folder."""
        seen = see(Path(out)) if out else RunStatus()
        make = WISHES.get(str(seen.recipe.get("model")))
        with suppress(KeyError, TypeError, ValueError):  # a damaged file, or of another version
            if make is not None:
                self.panel.show_wish(make(seen, out, seen.recordings or self.panel.wish().folder))
        self.panel.show_progress(progress_of(seen))
        self._show_fault()

    def _preview(self, name: str) -> None:
        if self._out is None:
            return
        try:
            samples, axis, _ = read_sound(self._out / "previews" / name)
        except Fault as fault:
            self.panel.show_fault(str(fault))
            return
        self._player.play(samples, axis.rate_hz, 0.0)

    def _open(self) -> None:
        seen = see(self._out) if self._out is not None else RunStatus()
        if seen.model is not None:
            self._model_loader.open(seen.model)
            self._host.parent.activateWindow()


def _refusal(wish: TrainWish) -> Fault | None:
    """Return why a run with these settings cannot be started, or None."""
    try:
        check_start(wish.folder, wish.out, wish.model == RECOGNISER)
    except Fault as fault:
        return fault
    return None


def _wish(seen: RunStatus, out: str, folder: str) -> TrainWish:
    recipe = seen.recipe
    return TrainWish(
        folder, out, str(recipe["model"]), int(recipe["categories"]), int(recipe["dim"]),
        int(recipe["slice_len"]), int(recipe["rate_hz"]), bool(recipe["trim"]),
    )  # fmt: skip


def _letter_wish(seen: RunStatus, out: str, folder: str) -> TrainWish:
    """Return a recogniser's settings; what no field shows is kept as options."""
    recipe, default = seen.recipe, LetterRecipe().plain()
    differing = {name: recipe[name] for name in OPTIONS if list_of(recipe[name]) != list_of(default[name])}
    more = [
        word
        for name, value in differing.items()
        for word in (OPTIONS[name], *([] if name == "masks" else map(str, list_of(value))))
    ]
    return TrainWish(
        folder, out, RECOGNISER, 4, int(recipe["dim"]), 16384, int(recipe["rate_hz"]), True,
        str(recipe["letters"]), seen.tier, tuple(more),
    )  # fmt: skip


def list_of(value: Any) -> list[Any]:
    """Return a value, or several, as a list."""
    return list(value) if isinstance(value, (list, tuple)) else [value]


WISHES = {**dict.fromkeys(KINDS, _wish), RECOGNISER: _letter_wish}


def progress_of(seen: RunStatus) -> Progress:
    """Return a run's progress for the panel."""
    rate = f"{seen.steps_per_s:.2g} steps a second" if seen.running and seen.steps_per_s else ""
    left = told_left(seen.left_s) if seen.running else ""
    words = " · ".join(part for part in (f"Step {seen.step} of {seen.of}", rate, left) if part)
    every = max(1, len(seen.losses) // MOST_POINTS)
    last = seen.measures[-1] if seen.measures else None
    return Progress(
        running=seen.running,
        step=seen.step,
        of=seen.of,
        words=words if seen.of else FIRST_STEPS if seen.running else "",
        said="" if seen.said.startswith(TOLD_ABOVE) or seen.fault else seen.said,
        losses=tuple(
            (one.step, one.values[name])
            for one in seen.losses[::every]
            for name in ("distance", "ctc")
            if name in one.values
        ),
        distances=tuple((one.step, one.distance_db2) for one in seen.measures),
        floor=last.floor_db2 if last else None,
        accuracy=last.q_accuracy if last else None,
        previews=tuple(path.name for path in seen.previews),
        has_model=seen.model is not None,
        recogniser=bool(seen.errors) or any("ctc" in one.values for one in seen.losses[-1:]),
        letter_errors=tuple((one.step, 100 * one.letters) for one in seen.errors),
        word_error=seen.errors[-1].words if seen.errors else None,
        heard=seen.errors[-1].heard if seen.errors else (),
    )
