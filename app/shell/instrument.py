"""All services that the window is connected to, as one record."""

from __future__ import annotations

from dataclasses import dataclass, fields

from app.analysis.drawn_overlays import DrawnOverlays
from app.analysis.overlays import Overlays
from app.analysis.settings import AnalysisSettings
from app.analysis.tiled_overlays import TiledOverlays
from app.annotation.tier_editor import TierEditor
from app.base.clock import Clock
from app.base.context import Context
from app.base.messages import Messages
from app.base.player import PlayerLike
from app.base.preference_store import PreferenceStore
from app.explain.explanations import Explanations
from app.export.save import FileExport
from app.generating.generation_run import GenerationRun
from app.measuring.measurement import Measurement
from app.measuring.open_in_praat import PraatExchange
from app.models.background import BackgroundEngine
from app.models.contact_sheet import ContactSheet
from app.models.input_choice import InputChoice
from app.models.last_open import LastOpen
from app.models.latent_driven import LatentDriven
from app.models.live import Live
from app.models.model_loader import ModelLoader
from app.models.sound_driven import SoundDriven
from app.models.working_points import WorkingPoints
from app.playback.interruptions import Interruptions
from app.playback.playback import Playback
from app.profiling.profiling import Profiling
from app.queries.layer_results import LayerResults
from app.queries.queries import Queries
from app.recordings.alignment import Alignment
from app.recordings.open_recordings import OpenRecordings
from app.recordings.recorder import Recorder
from app.shell.dock_visibility import DockVisibility
from app.stack.layering import Layering
from app.stack.stack_view import StackViews
from app.sweeping.dose_run import DoseRun
from app.sweeping.effect_run import EffectRun
from app.sweeping.sweep_files import SweepFiles
from app.sweeping.sweep_run import SweepRun
from core.processes.engine import Engine
from core.processes.latest_wins import Jobs
from core.processes.praat_pool import Pool
from core.processes.results import ResultStore
from core.session.session import Session


@dataclass(frozen=True)
class Instrument:
    """The services by name; `app.program` makes them and gives each what it needs."""

    context: Context
    engine: Engine
    background: BackgroundEngine
    pool: Pool
    results: ResultStore
    player: PlayerLike
    recordings: OpenRecordings
    recorder: Recorder
    alignment: Alignment
    model_loader: ModelLoader
    working_points: WorkingPoints
    last_open: LastOpen
    latent_driven: LatentDriven
    live: Live
    sound_driven: SoundDriven
    input_choice: InputChoice
    contact_sheet: ContactSheet
    analysis_settings: AnalysisSettings
    tiled_overlays: TiledOverlays
    overlays: Overlays
    drawn_overlays: DrawnOverlays
    playback: Playback
    tier_editor: TierEditor
    layering: Layering
    stack_views: StackViews
    layer_results: LayerResults
    queries: Queries
    measurement: Measurement
    praat_exchange: PraatExchange
    explanations: Explanations
    file_export: FileExport
    dock_visibility: DockVisibility
    profiling: Profiling
    sweep_run: SweepRun
    sweep_files: SweepFiles
    dose_run: DoseRun
    effect_run: EffectRun
    generation_run: GenerationRun
    interruptions: Interruptions

    @property
    def services(self) -> tuple[object, ...]:
        """All objects that a command may declare by type."""
        own = (getattr(self, field.name) for field in fields(self) if field.name != "context")
        return (self.session, self.preferences, self.messages, self.queries.results, *own)

    @property
    def session(self) -> Session:
        return self.context.session

    @property
    def preferences(self) -> PreferenceStore:
        return self.context.preferences

    @property
    def jobs(self) -> Jobs:
        return self.context.jobs

    @property
    def messages(self) -> Messages:
        return self.context.messages

    @property
    def clock(self) -> Clock:
        return self.context.clock

    def close(self) -> None:
        """Stop playback and end the processes."""
        self.recordings.leave()
        self.recorder.close()
        self.live.close()
        self.tier_editor.autosave.close()
        self.working_points.close()
        self.player.close()
        self.engine.close()
        self.background.close()
        self.pool.close()
        self.measurement.close()
        self.praat_exchange.close()
