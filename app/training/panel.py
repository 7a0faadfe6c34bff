"""Training from the window: starts a run that outlives it, and watches the run's folder."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from PySide6.QtCore import QTimer

from app.base.context import Context
from app.base.dialog_host import DialogHost
from app.base.player import PlayerLike
from app.models.model_loader import ModelLoader
from core.faults import Fault
from core.recordings.sound_file import read_sound
from core.train.monitor import RunStatus, see, start, stop
from widgets.controls.dialog import fit_to_screen
from widgets.training.panel import Progress, TrainPanel, TrainWish, told_left

LOOK_MS = 1000
MOST_POINTS = 2000
TOLD_ABOVE = (
    "step ",
    "stopped at step ",
    "done at step ",
)  # log lines that the panel's own words already say
FIRST_STEPS = "Reading the recordings and taking the first steps"
STOPPING = "Stopping and saving after this step"


class TrainingPanel:
    """Connects the panel with the run in its folder; the panel is made when it is first shown."""

    def __init__(
        self, context: Context, host: DialogHost, player: PlayerLike, model_loader: ModelLoader
    ) -> None:
        self._messages = context.messages
        self._host = host
        self._player = player
        self._model_loader = model_loader
        self._started: list[subprocess.Popen[bytes]] = []  # kept, so that an ended child process is collected
        self._stopped: Path | None = None  # the run that was asked to stop and is still running

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
            shown = progress_of(see(self._out))
            if not shown.running:
                self._stopped = None
            stopping = self._stopped == self._out
            self.panel.show_progress(replace(shown, words=STOPPING) if stopping else shown)

    def _start(self, wish: TrainWish, more: list[str]) -> None:
        if not wish.folder or not wish.out:
            self._messages.faulted.emit(Fault("Training needs recordings and a folder to write to."))
            return
        try:
            self._started.append(start(Path(wish.folder), Path(wish.out), [*wish.options(), *more]))
        except Fault as fault:
            self._messages.faulted.emit(fault)
        self.look()

    def _stop(self) -> None:
        if self._out is not None:
            stop(self._out)
            self._stopped = self._out
            self.look()

    def _found(self, out: str) -> None:
        """Fill the fields with the settings of the run found in a folder."""
        seen = see(Path(out)) if out else RunStatus()
        if seen.recipe:
            self.panel.show_wish(_wish(seen, out, self.panel.wish().folder))
        self.panel.show_progress(progress_of(seen))

    def _preview(self, name: str) -> None:
        if self._out is None:
            return
        try:
            samples, axis, _ = read_sound(self._out / "previews" / name)
        except Fault as fault:
            self._messages.faulted.emit(fault)
            return
        self._player.play(samples, axis.rate_hz, 0.0)

    def _open(self) -> None:
        seen = see(self._out) if self._out is not None else RunStatus()
        if seen.model is not None:
            self._model_loader.open(seen.model)
            self._host.parent.activateWindow()


def _wish(seen: RunStatus, out: str, folder: str) -> TrainWish:
    recipe = seen.recipe
    return TrainWish(
        folder, out, str(recipe["model"]), int(recipe["categories"]), int(recipe["dim"]),
        int(recipe["slice_len"]), int(recipe["rate_hz"]), bool(recipe["trim"]),
    )  # fmt: skip


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
        said="" if seen.said.startswith(TOLD_ABOVE) else seen.said,
        losses=tuple((one.step, one.values.get("distance", 0.0)) for one in seen.losses[::every]),
        distances=tuple((one.step, one.distance_db2) for one in seen.measures),
        floor=last.floor_db2 if last else None,
        accuracy=last.q_accuracy if last else None,
        previews=tuple(path.name for path in seen.previews),
        has_model=seen.model is not None,
    )
