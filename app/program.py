"""The program: all services, each made with its neighbours."""

from __future__ import annotations

import sys

from app.analysis.drawn_overlays import DrawnOverlays
from app.analysis.overlays import Overlays
from app.analysis.settings import AnalysisSettings
from app.analysis.tiled_overlays import TiledOverlays
from app.annotation.autosave import Autosave
from app.annotation.textgrid_files import TextGridFiles
from app.annotation.tier_editor import TierEditor
from app.base.clock import Clock
from app.base.context import Context, make_context
from app.base.main_thread import MainThread
from app.base.player import PlayerLike
from app.explain.explanations import Explanations
from app.export.save import FileExport
from app.generating.generation_run import GenerationRun
from app.measuring.items import ItemGathering
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
from app.shell.instrument import Instrument
from app.stack.layering import Layering
from app.stack.stack_view import StackViews
from app.sweeping.dose_run import DoseRun
from app.sweeping.effect_run import EffectRun
from app.sweeping.sweep_files import SweepFiles
from app.sweeping.sweep_run import SweepRun
from core.capture.inputs import InputBackend, PortAudioInputs
from core.processes.engine import Engine, InlineEngine, ProcessEngine
from core.processes.praat_pool import Pool
from core.processes.results import ResultStore
from core.session.preferences import Preferences

HAND_OVER_S = 0.00005
"""The interval in seconds at which a computing Python thread lets the window's thread run.

With Python's own 5 ms, paid at each of a frame's many calls of Qt, reading ten thousand intervals in another
thread blocked the window for 110 ms.
"""


def result_store(context: Context, pool: Pool) -> ResultStore:
    """Make the store of results; its budget is a preference."""
    kept = context.preferences
    made = ResultStore(pool, context.jobs, kept.values.results_mb << 20)
    kept.changed.connect(lambda: made.set_budget(kept.values.results_mb << 20))
    return made


def assemble(
    context: Context, engine: Engine, pool: Pool, player: PlayerLike, inputs: InputBackend | None = None
) -> Instrument:
    """Make every service with its neighbours; `inputs` are the microphones, by default PortAudio's."""
    inputs = inputs or PortAudioInputs()
    in_process = InlineEngine if isinstance(engine, InlineEngine) else ProcessEngine
    alignment = Alignment(context)
    recordings = OpenRecordings(context, alignment)
    working_points = WorkingPoints(context)
    model_loader = ModelLoader(context, engine, recordings, working_points)
    latent_driven = LatentDriven(context, engine)
    sound_driven = SoundDriven(context, engine, alignment, recordings, latent_driven)
    input_choice = InputChoice(context, recordings, sound_driven)
    contact_sheet = ContactSheet(context, engine)
    settings = AnalysisSettings(context)
    results = result_store(context, pool)
    tiled_overlays = TiledOverlays(context, results, settings, recordings)
    overlays = Overlays(
        context, results, settings, alignment, recordings, latent_driven, sound_driven, tiled_overlays
    )
    playback = Playback(context, player, recordings, latent_driven)
    textgrid_files = TextGridFiles(context)
    autosave = Autosave(context, recordings, textgrid_files)
    tier_editor = TierEditor(context, recordings, alignment, textgrid_files, autosave)
    drawn_overlays = DrawnOverlays(context, settings, tiled_overlays)
    layering = Layering(context)
    background = BackgroundEngine(context, in_process)
    explanations = Explanations(context, background, sound_driven, alignment, playback)
    stack_views = StackViews(
        context,
        settings,
        recordings,
        alignment,
        sound_driven,
        tiled_overlays,
        playback,
        tier_editor,
        drawn_overlays,
        layering,
        explanations,
    )
    layer_results = LayerResults(context, results, settings, latent_driven, overlays, tiled_overlays)
    items = ItemGathering(context, engine, recordings, latent_driven, tier_editor)
    sweep_run = SweepRun(context, engine)
    return Instrument(
        context=context,
        engine=engine,
        background=background,
        pool=pool,
        results=results,
        player=player,
        recordings=recordings,
        recorder=Recorder(context, inputs, player, recordings),
        alignment=alignment,
        model_loader=model_loader,
        working_points=working_points,
        last_open=LastOpen(context, recordings),
        latent_driven=latent_driven,
        live=Live(context, engine, inputs),
        sound_driven=sound_driven,
        input_choice=input_choice,
        contact_sheet=contact_sheet,
        analysis_settings=settings,
        tiled_overlays=tiled_overlays,
        overlays=overlays,
        drawn_overlays=drawn_overlays,
        playback=playback,
        tier_editor=tier_editor,
        layering=layering,
        stack_views=stack_views,
        layer_results=layer_results,
        queries=Queries(context, settings, alignment, tiled_overlays, layer_results),
        measurement=Measurement(context, settings, tier_editor, items),
        praat_exchange=PraatExchange(context, latent_driven, tier_editor),
        explanations=explanations,
        file_export=FileExport(context, settings, latent_driven),
        dock_visibility=DockVisibility(context.preferences),
        profiling=Profiling(context, background),
        sweep_run=sweep_run,
        sweep_files=SweepFiles(context, model_loader, sweep_run),
        dose_run=DoseRun(context, background),
        effect_run=EffectRun(context, background),
        generation_run=GenerationRun(context, background),
        interruptions=Interruptions(),
    )


def start_processes(
    preferences: Preferences, thread: MainThread, engine: ProcessEngine | None = None
) -> Instrument:
    """Start the engine, the Praat workers and the player, and make the services around them.

    `engine` may be running already; it is told here whom to call after a crash.
    """
    from concurrent.futures import ThreadPoolExecutor

    from app.base.log import bug
    from core.faults import Fault
    from core.playback.audio_library import AudioLibrary
    from core.playback.devices import PortAudio
    from core.playback.player import Player
    from core.processes.praat_pool import PraatPool

    sys.setswitchinterval(HAND_OVER_S)
    made: list[Instrument] = []
    engine = engine or ProcessEngine()
    engine.on_crash = lambda: thread.post(lambda: made[0].latent_driven.ask_again())
    library = AudioLibrary()
    player = Player(
        lambda fault: thread.post(lambda: made[0].playback.failed(fault)),
        lambda: thread.post(lambda: made[0].playback.ended()),
        PortAudio(library=library),
    )

    def tell(error: BaseException) -> None:
        thread.post(lambda: context.messages.faulted.emit(Fault(bug(error))))

    files, kept = ThreadPoolExecutor(2, "files"), ThreadPoolExecutor(1, "kept files")
    clock = Clock(thread.post, thread.rest, files.submit, kept.submit)
    context = make_context(clock, preferences, tell)
    made.append(assemble(context, engine, PraatPool(), player, PortAudioInputs(library)))
    return made[0]
