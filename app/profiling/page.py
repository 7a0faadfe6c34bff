"""The page of profiles, connected with what is computed, with dialogs and with the ear."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from psygnal import Signal
from PySide6.QtCore import QObject, QRectF, QTimer

from app.annotation.tier_editor import TierEditor
from app.base.context import Context
from app.base.dialog_host import DialogHost
from app.base.outlets import SoundOutlet
from app.base.panel_table import panel
from app.base.picture_saver import PictureSaver
from app.profiling import profile_views as views
from app.profiling.profiling import Profiling
from app.recordings.open_recordings import OpenRecordings
from core.annotation.tiers import Tier
from core.faults import Fault
from core.profiles.excerpt import Stretch, stretch_of
from core.profiles.live import LayerFigures
from core.profiles.settings import ProfileSettings
from widgets.profiles.profiles_page import ProfilesPage, SideView
from widgets.profiles.views import Excerpt

HINT = "Click a group for its profile · click a unit for what drives it · click an excerpt to hear it"
HALF_S = 0.4
EXCERPTS = "profiles: excerpts"


@panel("profiles", "Profiles", "page", needs_model=True, lazy=True, hint=HINT, tab="Profiles")
def make_profiles(
    context: Context,
    host: DialogHost,
    profiling: Profiling,
    sounds: SoundOutlet,
    saver: PictureSaver,
    recordings: OpenRecordings,
    tier_editor: TierEditor,
) -> ProfilesPage:
    """Make the page of profiles."""
    page = ProfilesPage()
    made = ProfilesPageWiring(context, host, profiling, sounds, saver, recordings, page)
    page.unit.tiers.clicked.connect(lambda: made.add_to_tiers(tier_editor))
    return page


class UnitExcerpts:
    """Reads what drives the chosen unit most, in a worker thread; `read` follows."""

    read = Signal()

    def __init__(self, context: Context) -> None:
        self._context = context
        self.rows: tuple[Excerpt, ...] = ()
        self.stretches: tuple[Stretch, ...] = ()
        self._asked: object = None

    def ask(self, found: LayerFigures | None, unit: int) -> None:
        """Read the excerpts of a unit, unless they are there already."""
        if found is None:
            self.rows, self.stretches, self._asked = (), (), None
            return
        asked = (id(found), unit)
        if asked == self._asked:
            return
        self._asked = asked
        future = self._context.clock.work(lambda: _read(found, unit))
        self._context.jobs.follow(EXCERPTS, future, self._arrived)

    def _arrived(self, found: tuple[tuple[Excerpt, ...], tuple[Stretch, ...]]) -> None:
        self.rows, self.stretches = found
        self.read.emit()


def _read(found: LayerFigures, unit: int) -> tuple[tuple[Excerpt, ...], tuple[Stretch, ...]]:
    """Read a unit's excerpts; a recording that has gone is left out."""
    some = found.excerpts
    rows: list[Excerpt] = []
    stretches: list[Stretch] = []
    for rank in range(some.value.shape[1]):
        path, at_s = Path(found.files[int(some.recording[unit, rank])]), float(some.time_s[unit, rank])
        try:
            stretch = stretch_of(path, at_s, HALF_S)
        except Fault:
            continue
        stretches.append(stretch)
        length_s = len(stretch.samples) / stretch.rate_hz
        label, value = str(some.group[unit, rank]), float(some.value[unit, rank])
        rows.append(
            Excerpt(label, path.stem, at_s, value, stretch.begin_s, length_s, stretch.samples, str(path))
        )
    return tuple(rows), tuple(stretches)


def _points(name: str, some: list[tuple[float, str]], start_s: float, end_s: float) -> Tier:
    """Return moments with their labels as a tier of points."""
    inside = {at_s: label for at_s, label in some if start_s <= at_s <= end_s}
    return Tier(name, "point", start_s, end_s, tuple(inside), tuple(inside.values()))


class ProfilesPageWiring(QObject):
    """Connects the page; lives as long as the page."""

    def __init__(
        self,
        context: Context,
        host: DialogHost,
        profiling: Profiling,
        sounds: SoundOutlet,
        saver: PictureSaver,
        recordings: OpenRecordings,
        page: ProfilesPage,
    ) -> None:
        super().__init__(page)
        self._context, self._host, self._profiling = context, host, profiling
        self._sounds, self._saver, self._recordings, self._page = sounds, saver, recordings, page
        self._excerpts = UnitExcerpts(context)
        self._visible, self._hear_next = False, False
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self.show_all)
        profiling.changed.connect(self._follow)
        self._excerpts.read.connect(self._read)
        self._from_page()

    def _follow(self) -> None:
        if self._visible:
            self._soon.start()

    def _read(self) -> None:
        """Show the excerpts of another unit, and play the best one if the unit was clicked on a map."""
        self._follow()
        if self._hear_next:
            self._hear_next = False
            self._play(0)

    def _hear_unit(self, unit: int) -> None:
        """Choose a unit on a map and hear what drives it most."""
        if unit == self._profiling.choice.unit:
            self._play(0)
            return
        self._hear_next = True
        self._profiling.choose(unit=unit)

    def _from_page(self) -> None:
        page = self._page
        page.shown_changed.connect(self._shown)
        page.wanted.connect(self._wanted)
        page.side.folder_wanted.connect(self._choose_folder)
        page.side.run_wanted.connect(self._run)
        page.side.write_wanted.connect(self._write)
        page.export_wanted.connect(self._write)
        page.picture_wanted.connect(self._save_picture)
        page.layers.layer_wanted.connect(lambda name: self._profiling.look(layer=name))
        page.heat.unit_wanted.connect(lambda unit: self._profiling.choose(unit=unit))
        page.maps.unit_wanted.connect(self._hear_unit)
        for plot in page.plots:
            plot.pointed.connect(lambda words: words and self._context.messages.noted.emit(words))
        for chooser in (page.tree, page.side.chips):
            chooser.group_wanted.connect(self._choose_group)
            chooser.group_added.connect(self._add_group)
        rows = page.unit.rows
        rows.play_wanted.connect(self._play)
        rows.open_wanted.connect(self._open)

    # --- what is shown --------------------------------------------------------------------------

    def _shown(self, visible: bool) -> None:
        self._visible = visible
        if visible:
            self.show_all()

    def show_all(self) -> None:
        """Show the present state."""
        profiling, page = self._profiling, self._page
        found, choice = profiling.figures, profiling.choice
        page.side.show_view(self._side())
        page.method.show_current(choice.settings.method)
        page.sort.show_current(choice.sort)
        page.distance.show_current(choice.look.metric)
        page.linkage.show_current(choice.look.linkage)
        page.layout_choice.show_current(choice.look.layout)
        self._excerpts.ask(found, choice.unit)
        if found is None or choice.group not in found.groups:
            words = profiling.why_none or (
                "Computing…" if profiling.running else "Start to hear the recordings."
            )
            page.show_words(words)
            page.unit.show_view(None)
            return
        page.show_words("")
        self._show_figures(found)

    def _side(self) -> SideView:
        card = self._context.session.card
        network = self._profiling.network
        title = card.title if card is not None else ""
        facts = f"network {network}" if network else "hears no sound"
        return views.side_view(self._profiling, title, facts)

    def _show_figures(self, found: LayerFigures) -> None:
        choice, page = self._profiling.choice, self._page
        card = self._context.session.card
        rate_hz = card.input_rates_hz.get(self._profiling.network, 16000.0) if card else 16000.0
        page.layers.show_view(views.layers_view(choice, found, self._profiling.probes))
        page.heat.show_view(views.heat_view(choice, found, rate_hz))
        page.curves.show_view(views.curves_view(choice, found))
        page.tree.show_view(views.tree_view(choice.groups, choice, found))
        other = views.OTHER.get(choice.groups, "")
        beside = views.tree_view(other, choice, self._profiling.other)
        page.other_tree.setVisible(beside is not None)
        page.other_tree.show_view(beside)
        page.maps.show_view(views.maps_view(choice, found))
        page.unit.show_view(views.unit_view(choice, found, self._excerpts.rows))

    # --- what is wanted -------------------------------------------------------------------------

    def _wanted(self, field: str, value: str) -> None:
        profiling = self._profiling
        if field in ("metric", "linkage", "layout"):
            profiling.look(**{field: value})
        elif field == "less":
            profiling.look(plain=value == "plain", weights="size" if value == "size" else "uniform")
        elif field == "method":
            kept = {"window_s": profiling.choice.settings.window_s, "least": profiling.choice.settings.least}
            profiling.choose(settings=ProfileSettings.of(value, **kept))  # type: ignore[arg-type]
        elif field in ("align", "mask"):
            profiling.set_method(**{field: value})
        elif field == "sort":
            profiling.choose(sort=value)
        elif field == "way":
            self._choose_way(value)

    def _choose_way(self, way: str) -> None:
        choose, host = self._profiling.choose, self._host
        if way == "tier":
            host.ask_text("Groups", "Name of the tier", lambda name: name and choose(groups=name.strip()))
        elif way == "name":
            words = "The part of each file's name, as a regular expression"
            host.ask_text("Groups", words, lambda text: text and choose(groups=f"name:{text}"), r"^(\d)_")
        elif way == "csv":
            name = host.ask_open("A table with the columns file,start_s,end_s,group", "Tables (*.csv)")
            if name:
                choose(groups=name)
        else:
            choose(groups=way)
        self.show_all()

    def _choose_folder(self) -> None:
        folder = self._host.ask_open_folder("A folder of recordings")
        if folder:
            self._profiling.choose(folder=folder)
            self._profiling.start()

    def _run(self) -> None:
        if self._profiling.running:
            self._profiling.pause()
        else:
            self._profiling.start()

    def _named(self, shown: str) -> str:
        """Return the group that is shown under a name."""
        found, choice = self._profiling.figures, self._profiling.choice
        names = found.groups if found is not None else ()
        return next((name for name in names if views.shown_name(choice.groups, name) == shown), "")

    def _choose_group(self, shown: str) -> None:
        name = self._named(shown)
        if name:
            self._profiling.choose(group=name)

    def _add_group(self, shown: str) -> None:
        """Add a group to the curves, or take it away; at most six are told apart by colour."""
        name, now = self._named(shown), self._profiling.choice.shown
        if not name:
            return
        rest = tuple(one for one in now if one != name)
        self._profiling.choose(shown=rest if name in now else (*now, name)[-6:])

    def _play(self, row: int) -> None:
        stretches, rows = self._excerpts.stretches, self._excerpts.rows
        if row < len(stretches):
            one = stretches[row]
            words = f"{rows[row].name}, {rows[row].at_s:.3f} s: {rows[row].label or 'no label'}"
            self._sounds.play_apart(one.samples, one.rate_hz, words)

    def _open(self, row: int) -> None:
        rows = self._excerpts.rows
        if row < len(rows):
            self._recordings.open(rows[row].file)

    def add_to_tiers(self, tier_editor: TierEditor) -> None:
        """Add the excerpts to the recordings that are open, as a tier of points named after the unit."""
        found, choice = self._profiling.figures, self._profiling.choice
        if found is None:
            return
        name = f"{found.layer} unit {choice.unit + 1}"
        added = 0
        for key in tier_editor.sounds:
            path = self._recordings.file_path(key)
            some = sorted(
                (one.at_s, one.label) for one in self._excerpts.rows if path and Path(one.file) == path
            )
            if some:
                tier_editor.add_filled(partial(_points, name, some), key)
                added += len(some)
        none = "None of these recordings is open: double-click a row first"
        told = f"Added {added} points" if added else none
        self._context.messages.noted.emit(told)

    def _write(self) -> None:
        folder = self._host.ask_save_folder("A folder for arrays, tables and figures")
        if folder:
            self._host.guard(lambda: self._profiling.write(folder))

    def _save_picture(self) -> None:
        """Save all figures as one picture."""
        from widgets.figures.figure_files import Picture, write_picture

        page, profiling = self._page, self._profiling
        if profiling.figures is None:
            return
        figures = page.figures

        def paint(painter, theme) -> None:  # type: ignore[no-untyped-def]
            for plot in page.plots:
                if plot.isVisibleTo(figures):
                    place = plot.mapTo(figures, plot.rect().topLeft())
                    plot.paint(painter, QRectF(place.x(), place.y(), plot.width(), plot.height()), theme)

        title = f"Profiles of {profiling.figures.layer}"
        picture = Picture(title, figures.width(), figures.height(), paint)
        dpi = self._context.preferences.values.figure_dpi
        origin = str(profiling.question)
        self._saver.save(
            f"profiles-{profiling.figures.layer}.pdf", lambda path: write_picture(path, picture, origin, dpi)
        )
