"""The page of searches, connected with the session, the background engine and the ear."""

from __future__ import annotations

from dataclasses import astuple, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, QPoint, QRectF, QTimer
from PySide6.QtGui import QPainter

from app.base.context import Context
from app.base.dialog_host import DialogHost
from app.base.outlets import PageSwitch, SoundOutlet
from app.base.panel_table import panel
from app.base.picture_saver import PictureSaver
from app.generating.blind_listening import BlindListening
from app.generating.choice import GenerationChoice, networks_of, sound_of, usual
from app.generating.generation_run import GenerationAsked, GenerationRun
from app.generating.save import write_search
from app.generating.views import (
    SIGNS,
    choices_view,
    example_of,
    findings_view,
    measures_text,
    nearest_examples,
    network_key,
    number,
    row_of,
    settings_view,
    tile_rows,
    trajectory_view,
)
from app.models.built_in import built_in_model
from app.models.model_loader import ModelLoader
from app.models.sound_driven import SoundDriven
from app.playback.interruptions import Interruptions
from core.faults import Fault
from core.generation.acoustics import NAMES, Acoustics
from core.generation.grid import PUBLISHED, QUICK, Setting
from core.generation.grid import SIGNS as SIGN_SETS
from core.generation.tiles import Example
from core.generation.trajectory import Course
from core.networks.latent import Point
from core.probing.model_id import ModelId
from core.queries.queries import Answer
from core.queries.results_table import Results
from widgets.generation.generate_page import GeneratePage
from widgets.theme.theme import Theme

SHOW_MS = 120
PAUSE_S = 0.25
HINT = "Click a cell for its examples · click a tile to hear it · Enter opens it in the stack"


@panel("generate", "Generate", "page", needs_model=True, lazy=True, hint=HINT, tab="Generate")
def make_generate(
    context: Context,
    host: DialogHost,
    generation_run: GenerationRun,
    sound_driven: SoundDriven,
    sounds: SoundOutlet,
    pages: PageSwitch,
    results: Results,
    saver: PictureSaver,
    interruptions: Interruptions,
    model_loader: ModelLoader,
) -> GeneratePage:
    """Make the page of searches."""
    page = GeneratePage()
    GenerateWiring(
        context, host, generation_run, sound_driven, sounds, pages, results, saver, model_loader, page
    )
    interruptions.add(generation_run.cancel)
    return page


class GenerateWiring(QObject):
    """Connects the page; lives as long as the page."""

    def __init__(
        self,
        context: Context,
        host: DialogHost,
        generation_run: GenerationRun,
        sound_driven: SoundDriven,
        sounds: SoundOutlet,
        pages: PageSwitch,
        results: Results,
        saver: PictureSaver,
        model_loader: ModelLoader,
        page: GeneratePage,
    ) -> None:
        super().__init__(page)
        self._session, self._messages = context.session, context.messages
        self._host, self._run, self._sound_driven = host, generation_run, sound_driven
        self._sounds, self._pages, self._results, self._saver = sounds, pages, results, saver
        self._model_loader = model_loader
        self._page, self._sign, self._tile = page, 1, ""
        self._soon = QTimer(self, singleShot=True, interval=SHOW_MS)
        self._soon.timeout.connect(self.show_all)
        self._connect()
        self._refit()

    @property
    def choice(self) -> GenerationChoice:
        """What is chosen at the left."""
        return self._run.choice

    def _connect(self) -> None:
        page, run, session = self._page, self._run, self._session
        run.changed.connect(lambda: self._soon.isActive() or self._soon.start())
        for signal in (session.card_changed, session.focus_changed, session.model_closed):
            signal.connect(lambda *_: self._refit())
        page.shown_changed.connect(lambda shown: self._refit() if shown else None)
        page.choices.wanted.connect(self._choose)
        page.choices.start_wanted.connect(self.start)
        page.choices.stop_wanted.connect(run.cancel)
        page.choices.go_on_wanted.connect(run.resume)
        page.choices.folder_wanted.connect(self._ask_folder)
        page.choices.built_in_wanted.connect(self._open_built_in)
        page.bar.sign_wanted.connect(self._show_sign)
        page.bar.distance_wanted.connect(run.set_distance)
        page.bar.listen_wanted.connect(self.judge)
        page.bar.picture_wanted.connect(self._save_picture)
        page.bar.export_wanted.connect(self._export)
        page.table.setting_wanted.connect(self._choose_setting)
        page.tiles.tile_wanted.connect(self._choose_tile)
        page.tiles.play_wanted.connect(self._play)
        page.tiles.open_wanted.connect(self.open_in_stack)
        page.tiles.all_wanted.connect(self._play_row)
        page.findings.open_wanted.connect(lambda: self.open_in_stack(self._tile))
        page.findings.keep_wanted.connect(self._keep)
        page.findings.save_wanted.connect(self._export)
        page.findings.nearest_wanted.connect(self._play_nearest)

    # --- what is shown ----------------------------------------------------------------------------

    def _refit(self) -> None:
        """Fit the choices to the models that are open."""
        self._run.choice = self.choice.fitted(self._session.models)
        self.show_all()

    def show_all(self) -> None:
        """Show the present state."""
        page, run = self._page, self._run
        state = run.state
        page.choices.show_view(choices_view(self.choice, self._session.models, run))
        page.show_settings(settings_view(state, self._sign))
        page.plot.show_view(trajectory_view(state, self._sign))
        page.tiles.show_rows(tile_rows(state), self._tile)
        page.findings.show_view(findings_view(state, self._tile))
        unit = state.asked.pair.unit if state is not None else None
        page.bar.words.setText(f"{unit.words}, {unit.value_words}" if unit is not None else "")
        signs = state.asked.grid.signs if state is not None else (1, -1)
        for key, sign in (("max", 1), ("min", -1)):
            page.bar.sign.enable(key, sign in signs, "This search goes in the other direction.")
        page.bar.distance.show_current(state.asked.kind if state is not None else "unit")
        page.bar.distance.setEnabled(state is not None and state.search.comparison is not None)
        page.bar.listen.setEnabled(state is not None and bool(state.real) and bool(state.examples))
        for button in (page.bar.picture, page.bar.export):
            button.setEnabled(state is not None and bool(state.examples))

    def _show_sign(self, key: str) -> None:
        self._sign = 1 if key == "max" else -1
        self.show_all()

    def _choose_tile(self, key: str) -> None:
        self._tile = key
        row = row_of(key)
        if row in ("max", "min") and (row == "max") != (self._sign > 0):
            self._page.bar.sign.show_current(row)
            self._sign = 1 if row == "max" else -1
        self.show_all()

    # --- what is chosen ---------------------------------------------------------------------------

    def _choose(self, field: str, value: Any) -> None:
        try:
            self._run.choice = self._changed(field, value).fitted(self._session.models)
        except Fault as fault:
            self._messages.faulted.emit(fault)
        self.show_all()

    def _changed(self, field: str, value: Any) -> GenerationChoice:
        choice, grid = self.choice, self.choice.grid
        if field == "network":
            there = networks_of(self._session.models)
            model, role = next(one for one in there if network_key(*one) == value)
            found = replace(choice, target=model, network=role, unit=0, layer="", channel=1)
            card = found.card(self._session.models)
            return replace(found, over=usual(card) if card else choice.over)
        if field == "prior":
            return replace(choice, prior=ModelId(str(value)), code="turn")
        if field == "unit":
            return replace(choice, unit=int(value))
        if field == "sign":
            return replace(choice, grid=replace(grid, signs=SIGN_SETS[value]))
        if field == "grid":
            named = PUBLISHED if value == "published" else QUICK
            return replace(choice, grid=replace(named, signs=grid.signs, seed=grid.seed))
        if field == "steps":
            return replace(choice, grid=replace(grid, steps=tuple(int(one) for one in value)))
        if field in ("rates", "penalties", "restarts", "seed"):
            return replace(choice, grid=replace(grid, **{field: value}))
        return replace(choice, **{field: value})

    def _open_built_in(self) -> None:
        """Open the generator that ships with the program beside the network, as the prior."""
        file = built_in_model()
        if file is None:
            words = "No model ships with this copy of Phonoscope."
            self._messages.faulted.emit(Fault(words, "Open a generator of your own beside the network."))
            return
        self._model_loader.open_beside(file)

    def _ask_folder(self) -> None:
        folder = self._host.ask_open_folder("Recordings to compare with")
        if folder:
            self._choose("folder", folder)

    def _choose_setting(self, step: int, rate: int, penalty: int) -> None:
        state = self._run.state
        if state is None:
            return
        grid = state.asked.grid
        setting = Setting(
            Course(self._sign, grid.rates[rate], grid.penalties[penalty]), grid.ordered_steps[step]
        )
        if state.search.best(setting) is None:
            self._messages.noted.emit(f"{setting.words}: not there yet")
            return
        self._run.choose(self._sign, setting)

    def start(self) -> None:
        """Search anew with what is chosen."""
        choice, cards = self.choice, self._session.models
        try:
            pair = choice.pair(cards)
            n, rate_hz = sound_of(cards[pair.prior])
        except Fault as fault:
            self._messages.faulted.emit(fault)
            return
        self._tile = ""
        self._sign = choice.grid.signs[0]
        self._page.bar.sign.show_current("max" if self._sign > 0 else "min")
        self._run.start(GenerationAsked(pair, choice.grid, n, rate_hz, choice.folder, choice.top))

    # --- what is heard ----------------------------------------------------------------------------

    def _play(self, key: str) -> None:
        one = example_of(self._run.state, key)
        if one is not None:
            self._play_example(one, key)

    def _play_example(self, one: Example, key: str) -> None:
        row = {"max": "maximised", "min": "minimised"}.get(row_of(key), f"real, {one.label}")
        words = f"{row}: activation {number(one.value)}, {'as generated' if len(one.z) else 'as recorded'}"
        self._sounds.play_apart(one.samples, one.rate_hz, words)

    def _play_row(self, row: str) -> None:
        """Play all tiles of a row, one after the other."""
        state = self._run.state
        found = next((one for one in tile_rows(state) if one.key == row), None)
        examples = [example_of(state, tile.key) for tile in found.tiles] if found is not None else []
        sounds = [one for one in examples if one is not None]
        if sounds:
            rest = np.zeros(round(PAUSE_S * sounds[0].rate_hz), np.float32)
            joined = np.concatenate([part for one in sounds for part in (one.samples, rest)])
            self._sounds.play_apart(
                joined, sounds[0].rate_hz, f"{found.title if found else ''}: all, in order"
            )

    def _play_nearest(self, place: int) -> None:
        state, one = self._run.state, example_of(self._run.state, self._tile)
        if state is not None and one is not None:
            nearest = nearest_examples(state, one)
            if place < len(nearest):
                self._play_example(nearest[place][0], "real")

    def judge(self) -> None:
        """Open the screen of blind listening over the examples that are shown."""
        state = self._run.state
        if state is not None:
            BlindListening(self._host, self._sounds, state, self._sign).open()

    # --- where it goes ----------------------------------------------------------------------------

    def open_in_stack(self, key: str) -> None:
        """Set the prior's knobs to a tile's latent point, and let the network hear the output there."""
        state, one = self._run.state, example_of(self._run.state, key)
        if state is None or one is None or not len(one.z):
            return
        pair, session = state.asked.pair, self._session
        row = row_of(key)
        session.focus(pair.prior)
        name = f"{pair.unit.words} {row} {one.number}"
        session.go(f"open {name}", Point(tuple(float(value) for value in one.z)), name)
        source = session.output_of(pair.prior)
        role = pair.unit.network
        if source is not None and not self._sound_driven.hears(pair.target, role, source):
            self._sound_driven.listen(role, source, pair.target)
        self._pages.show_page("stack")

    def _keep(self) -> None:
        """Add a tile's activation and measures to the results."""
        state, one = self._run.state, example_of(self._run.state, self._tile)
        if state is None or one is None:
            return
        unit, end_s = state.asked.pair.unit, len(one.samples) / one.rate_hz
        answers = [Answer(unit.layer, f"activation of {unit.words}", 0.0, end_s, one.value)]
        for field, value in zip(fields(Acoustics), astuple(one.acoustics), strict=True):
            title, word = NAMES[field.name]
            answers.append(Answer("out", title, 0.0, end_s, float(value), word))
        row = row_of(self._tile)
        sign = -1 if row == "min" else 1
        setting = state.shown.get(sign)
        point = f"{SIGNS[sign][0].lower()}, restart {one.number}" if len(one.z) else one.label
        cards = self._session.models
        model = cards[state.asked.pair.target].label if state.asked.pair.target in cards else ""
        settings = setting.words if setting is not None and len(one.z) else ""
        self._results.add(*answers, file=one.path, point=point, settings=settings, model=model)
        self._messages.noted.emit(f"Added to the results: {measures_text(one)}")

    def _export(self) -> None:
        state = self._run.state
        if state is None:
            return
        folder = self._host.ask_save_folder("Save tables, sounds and points in")
        if folder:
            self._host.guard(lambda: self._write(Path(folder)))

    def _write(self, folder: Path) -> None:
        state = self._run.state
        if state is not None:
            write_search(folder, state)
            self._messages.noted.emit(f"Saved settings.csv, examples.csv, sounds and points in {folder.name}")

    def _save_picture(self) -> None:
        """Save settings, trajectories and examples as one figure, on white paper."""
        from widgets.figures.figure_files import Picture, write_picture

        centre, page = self._page.centre, self._page

        def paint(painter: QPainter, theme: Theme) -> None:
            before = page.plot.theme
            page.set_theme(theme)
            centre.render(painter, QPoint())
            page.set_theme(before)

        state = self._run.state
        origin = repr(state.asked.pair.unit) if state is not None else ""
        size = QRectF(centre.rect())
        picture = Picture("Sounds that drive a unit", round(size.width()), round(size.height()), paint)
        self._saver.save("generate", lambda path: write_picture(path, picture, origin, 300))
