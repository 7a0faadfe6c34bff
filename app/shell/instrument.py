"""Everything but the window: the session, the engine, the workers, the player and what ties them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import Any, Protocol

from psygnal import Signal

from core.faults import Fault
from core.playback.devices import Device
from core.processes.engine import Engine
from core.processes.latest_wins import Jobs
from core.processes.praat_pool import Pool
from core.session.preferences import Preferences
from core.session.session import Session


class Player(Protocol):
    """What the instrument needs of a player."""

    @property
    def volume_db(self) -> float: ...
    @volume_db.setter
    def volume_db(self, value: float) -> None: ...
    @property
    def playing(self) -> bool: ...
    @property
    def looping(self) -> bool: ...
    @property
    def position_s(self) -> float | None: ...

    def play(self, samples: Any, rate_hz: float, start_s: float, loop: bool = False) -> None: ...
    def swap(self, samples: Any, rate_hz: float) -> None: ...
    def stop(self) -> None: ...
    def close(self) -> None: ...
    def devices(self) -> Sequence[Device]: ...
    def set_device(self, device: str) -> None: ...
    def refresh(self) -> None: ...


def at_once(task: Callable[[], Any]) -> Future[Any]:
    """Do a task in the calling thread: for tests and pictures."""
    future: Future[Any] = Future()
    try:
        future.set_result(task())
    except BaseException as error:
        future.set_exception(error)
    return future


@dataclass(frozen=True)
class Clock:
    """How the window's thread is reached, queued or once things are at rest, and how files are read.

    `work` does what takes longer than a frame, beside the window's thread.
    """

    post: Callable[[Callable[[], None]], None]
    rest: Callable[[Callable[[], None]], None]
    work: Callable[[Callable[[], Any]], Future[Any]] = at_once


class Instrument:
    """Holds the parts; signals what the window should say.

    `faulted` carries a Fault to show, `noted` a sentence for the status bar, `preferences_changed`
    follows any change of what is remembered, `busy_changed` tells whether answers are under way,
    `mended` takes a fault back.
    """

    faulted = Signal(Fault)
    mended = Signal(Fault)
    noted = Signal(str)
    preferences_changed = Signal()
    busy_changed = Signal(bool)

    def __init__(
        self,
        engine: Engine,
        pool: Pool,
        player: Player,
        clock: Clock,
        settings: Preferences | None = None,
        on_bug: Callable[[BaseException], None] | None = None,
    ) -> None:
        from app.analysis.overlays import Overlays
        from app.analysis.tiled_overlays import TiledOverlays
        from app.annotation.tier_editor import TierEditor
        from app.measuring.measurement import Measurement
        from app.models.contact_sheet import ContactSheet
        from app.models.latent_driven import LatentDriven
        from app.models.model_loader import ModelLoader
        from app.models.sound_driven import SoundDriven
        from app.playback.playback import Playback
        from app.recordings.alignment import Alignment
        from app.recordings.open_recordings import OpenRecordings

        self.session = Session()
        self.preferences = settings or Preferences()
        self.is_wide = True  # whether the window has room for the dock where nobody has asked for it
        self.engine = engine
        self.pool = pool
        self.player = player
        self.clock = clock
        self.jobs = Jobs(clock.post, self.faulted.emit, on_bug or _fly)
        self.overlays = Overlays(self)
        self.tiled_overlays = TiledOverlays(self)
        self.sound_driven = SoundDriven(self)
        self.alignment = Alignment(self)
        self.recordings = OpenRecordings(self)
        self.latent_driven = LatentDriven(self)
        self.model_loader = ModelLoader(self)
        self.playback = Playback(self)
        self.contact_sheet = ContactSheet(self)
        self.tier_editor = TierEditor(self)
        self.measurement = Measurement(self)

    @property
    def shows_dock(self) -> bool:
        """Whether the stack has the dock beside it: as chosen, else where there is room."""
        chosen = self.preferences.dock
        return self.is_wide if chosen is None else chosen

    def remember(self, **values: Any) -> None:
        """Change what is kept between starts."""
        before = self.preferences
        self.preferences = replace(before, **values)
        if self.preferences != before:
            self.preferences_changed.emit()

    def close(self) -> None:
        """Stop the sound and end the processes."""
        self.recordings.leave()
        self.tier_editor.close()
        self.player.close()
        self.engine.close()
        self.pool.close()
        self.measurement.close()


def _fly(bug: BaseException) -> None:
    raise bug
