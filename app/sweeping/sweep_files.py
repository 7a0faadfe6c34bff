"""A sweep's record opened in the window: its checkpoint, its grid, and its first draw at the knobs."""

from __future__ import annotations

from pathlib import Path

from psygnal import Signal

from app.base.context import Context
from app.models.model_loader import ModelLoader
from app.sweeping.sweep_run import SweepRun
from core.faults import Fault
from core.session.session import ModelPoint
from core.sweeps.sweep_record import SweepFile, read_sweep


class SweepFiles:
    """Opens `sweep.json`; `opened` follows, so that the page can be shown."""

    opened = Signal()

    def __init__(self, context: Context, model_loader: ModelLoader, sweep_run: SweepRun) -> None:
        self._session = context.session
        self._messages = context.messages
        self._loader = model_loader
        self._run = sweep_run
        self._waiting: SweepFile | None = None  # for its checkpoint
        model_loader.sweep_met.connect(self.open)

    def open(self, path: str) -> None:
        """Open the record at a path, and its checkpoint if that is not open yet."""
        session = self._session
        try:
            file = read_sweep(Path(path))
            there = [id for id, card in session.models.items() if card.digest == file.checkpoint]
            if there:
                session.focus(there[0])
                self._show(file)
                return
            if not Path(file.path).exists():
                said = f"The checkpoint of this sweep, “{Path(file.path).name}”, is not where it was."
                raise Fault(said, "Open the checkpoint first, and then the sweep.")
        except Fault as fault:
            self._messages.faulted.emit(fault)
            return
        self._waiting = file
        self._loader.open(file.path, file.answers)

    def checkpoint_opened(self) -> None:
        """Show the sweep whose checkpoint is open now, if one waits for it."""
        card, waiting = self._session.card, self._waiting
        self._waiting = None
        if waiting is not None and card is not None and card.path == waiting.path:
            self._show(waiting)

    def _show(self, file: SweepFile) -> None:
        """Go to the first draw and sweep; another checkpoint than the sweep's is a fault."""
        session = self._session
        card = session.card
        try:
            if card is None or card.digest != file.checkpoint:
                said = f"“{Path(file.path).name}” is another checkpoint than the one that was swept."
                raise Fault(said, "Open the one that was swept first, and then the sweep.")
            sweep = file.sweep(session.layout)
        except Fault as fault:
            self._messages.faulted.emit(fault)
            return
        first = sweep.draws[0]
        base = ModelPoint(first.point, first.point, first.seed)
        session.change("open a sweep", point=first.point, drawn=first.point, seed=first.seed, name="")
        self._run.run(sweep.grid, base)
        if len(sweep.draws) > 1:
            said = f"The first of {len(sweep.draws):,} draws; Run measures as many as you ask for"
            self._messages.noted.emit(said)
        self.opened.emit()
