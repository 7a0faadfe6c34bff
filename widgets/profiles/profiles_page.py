"""The page of profiles: what is asked at the left, the figures, and one unit at the right."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QScrollArea, QVBoxLayout, QWidget

from widgets.controls.button import Button
from widgets.controls.combo import ComboBox
from widgets.controls.segmented import Segmented
from widgets.profiles.chips import Chips
from widgets.profiles.excerpt_rows import ExcerptRows
from widgets.profiles.plots import BarsPlot, CurvesPlot, HeatPlot, LayersPlot, MapsPlot, PatternPlot, TreePlot
from widgets.profiles.views import UnitView
from widgets.theme.control_paint import Rule, ShortWords, Surface, Words, pass_theme
from widgets.theme.number_text import number_text
from widgets.theme.theme import LIGHT, Theme

BAR_PX, LEFT_PX, RIGHT_PX = 40, 240, 332
METHODS = (("average", "Average"), ("nap", "NAP"), ("gradnap", "GradNAP"))
SORTS = (("number", "Number"), ("likeness", "Similarity"))
MASKS = (("none", "None"), ("hard", "Hard"), ("soft", "Soft"))
ALIGNS = (
    ("none", "not aligned"),
    ("gradient", "largest |gradient|"),
    ("gradient-activation", "|gradient| × activation"),
)
LESS = (
    ("uniform", "mean over groups, equal"),
    ("size", "mean over groups, by size"),
    ("plain", "nothing"),
)
DISTANCES = tuple((name, name) for name in ("cosine", "correlation", "euclidean"))
LINKAGES = tuple((name, name) for name in ("average", "complete", "single", "ward"))
LAYOUTS = tuple((name, name) for name in ("SOM", "PCA", "t-SNE", "UMAP"))


@dataclass(frozen=True, slots=True)
class SideView:
    """What the left panel shows: the network, the corpus, how far it has been heard, groups and settings."""

    network: str = ""
    facts: str = ""
    folder: str = ""
    progress: str = ""
    share: float = 0.0
    running: bool = False
    can_start: bool = False
    ways: tuple[tuple[str, str], ...] = ()
    way: str = ""
    groups: tuple[tuple[str, int], ...] = ()
    chosen: str = ""
    shown: frozenset[str] = frozenset()
    least: int = 5
    notes: str = ""
    align: str = "gradient"
    mask: str = "none"
    less: str = "uniform"
    window: str = ""
    shift: str = ""
    agreement: str = ""
    method: str = "nap"


class SidePanel(Surface):
    """Emits `wanted(field, value)`: way, align, mask, less; and what the buttons ask for."""

    wanted = Signal(str, str)
    folder_wanted = Signal()
    run_wanted = Signal()
    write_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("panel", parent)
        self.setFixedWidth(LEFT_PX)
        self.network, self.facts = ShortWords("", 13, 600), ShortWords("", 11, 400, "ink2")
        self.folder = Button("Choose folder…", "folder-open", kind="bordered", height_px=24)
        self.corpus = ShortWords("", 11, 400, "ink2")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(3)
        self.progress = Words("", 11, 400, "ink2", wrap=True)
        self.run = Button("Start", "play-fill", kind="primary", height_px=26)
        self.way = ComboBox("Groups by", height_px=24)
        self.chips = Chips()
        self.notes = Words("", 11, 400, "ink3", wrap=True)
        self.align = ComboBox("Alignment", height_px=24)
        self.masking = Segmented(MASKS, "Mask")
        self.less = ComboBox("Less", height_px=24)
        self.window_words, self.shift, self.agreement = (Words("", 11, 400, "ink2") for _ in range(3))
        self.write = Button("Write arrays and tables…", "export", kind="bordered", height_px=24)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(6)
        parts: tuple[QWidget, ...] = (
            self.network, self.facts, Rule(), Words("Corpus", 12, 600), self.corpus, self.folder, self.bar,
            self.progress, self.run, Rule(), Words("Groups", 12, 600), self.way, self.chips, self.notes,
            Rule(), Words("Alignment", 12, 600), self.align, self.window_words, self.shift, self.agreement,
            Words("Mask", 12, 600), self.masking, Words("Less", 12, 600), self.less, Rule(),
            Words("Exchange", 12, 600), self.write,
        )  # fmt: skip
        for part in parts:
            column.addWidget(part)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inside)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(area)

    def _connect(self) -> None:
        self.folder.clicked.connect(lambda: self.folder_wanted.emit())
        self.run.clicked.connect(lambda: self.run_wanted.emit())
        self.write.clicked.connect(lambda: self.write_wanted.emit())
        for field, control in (("way", self.way), ("align", self.align), ("less", self.less)):
            control.wanted.connect(lambda value, field=field: self.wanted.emit(field, value))
        self.masking.wanted.connect(lambda value: self.wanted.emit("mask", value))
        self.align.show_options(ALIGNS, "gradient")
        self.less.show_options(LESS, "uniform")

    def show_view(self, view: SideView) -> None:
        """Show another state."""
        self.network.setText(view.network)
        self.facts.setText(view.facts)
        self.corpus.setText(view.folder or "No folder of recordings yet")
        self.bar.setValue(round(100 * view.share))
        self.bar.setVisible(view.running or 0 < view.share < 1)
        self.progress.setText(view.progress)
        self.progress.setVisible(bool(view.progress))
        self.run.setText("Pause" if view.running else "Go on" if 0 < view.share < 1 else "Start")
        self.run.setEnabled(view.can_start)
        self.way.show_options(view.ways, view.way)
        self.chips.show_groups(view.groups, view.chosen, view.shown, view.least)
        self.chips.setFixedHeight(self.chips.heightForWidth(LEFT_PX - 24))
        self.chips.setVisible(bool(view.groups))
        self.notes.setText(view.notes)
        self.notes.setVisible(bool(view.notes))
        self.align.show_current(view.align)
        self.align.setEnabled(view.method != "average")
        self.masking.show_current(view.mask)
        self.masking.setEnabled(view.method == "gradnap")
        self.less.show_current(view.less)
        self.window_words.setText(view.window)
        self.shift.setText(view.shift)
        self.agreement.setText(view.agreement)
        self.write.setEnabled(bool(view.groups))


class UnitPanel(Surface):
    """One unit: its value for every group, the units like it, and excerpts to hear."""

    unit_wanted = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("panel", parent)
        self.setFixedWidth(RIGHT_PX)
        self.title, self.layer = Words("", 13, 600), ShortWords("", 11, 400, "ink2")
        self.bars, self.pattern = BarsPlot(), PatternPlot()
        self.facts = Words("", 11, 400, "ink2", wrap=True)
        self.near = Words("", 11, 400, "ink2", wrap=True)
        self.rows = ExcerptRows()
        self.tiers = Button("Add to tiers", "", kind="bordered", height_px=24)
        self.tiers.setToolTip("Add these places as a tier of points to the recordings that are open")
        head = QHBoxLayout()
        head.addWidget(self.title)
        head.addWidget(self.layer, 1)
        head.addWidget(self.tiers)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(6)
        column.addLayout(head)
        for part in (self.bars, self.pattern, self.facts, Rule(), self.near, Rule()):
            column.addWidget(part)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setWidget(self.rows)
        column.addWidget(area, 1)

    def show_view(self, view: UnitView | None) -> None:
        """Show another unit."""
        self.bars.show_view(view)
        self.pattern.show_view(view)
        self.rows.show_rows(view.excerpts if view else ())
        self.tiers.setEnabled(bool(view and view.excerpts))
        if view is None:
            for part in (self.title, self.layer, self.facts, self.near):
                part.setText("")
            return
        self.title.setText(view.title)
        self.layer.setText(f"of {view.layer}")
        self.facts.setText(view.facts)
        lines = [
            f"unit {name}   {number_text(like, 4)}   for {best}   against {worst}"
            for name, like, best, worst in view.near
        ]
        self.near.setText("\n".join(["Nearest units, by likeness of profile", *lines]) if lines else "")
        self.near.updateGeometry()


class ProfilesPage(Surface):
    """Shows frozen values and emits requests; `shown_changed` follows whether the page is visible."""

    shown_changed = Signal(bool)
    wanted = Signal(str, str)
    picture_wanted = Signal()
    export_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("chrome", parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Profiles")
        self.side, self.unit = SidePanel(), UnitPanel()
        self.method, self.sort = Segmented(METHODS, "Method"), Segmented(SORTS, "Sort units by")
        self.distance = ComboBox("Distance", prefix="Distance", height_px=24, width_px=150)
        self.linkage = ComboBox("Linkage", prefix="Linkage", height_px=24, width_px=150)
        self.layout_choice = Segmented(LAYOUTS, "Places of units")
        self.picture = Button("", "image", name="Save the figures as a picture")
        self.export = Button("", "export", name="Write the profiles, tables and figures…")
        self.layers, self.heat, self.curves = LayersPlot(), HeatPlot(), CurvesPlot()
        self.tree, self.other_tree = TreePlot("Tree of groups"), TreePlot("Tree of other groups")
        self.maps, self.notice = MapsPlot(), Words("", 12, 400, "ink2", wrap=True)
        self.notice.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._lay_out()
        self._connect()
        self.set_theme(LIGHT)
        self.show_words("")

    def _lay_out(self) -> None:
        bar = Surface("panel")
        bar.setFixedHeight(BAR_PX)
        row = QHBoxLayout(bar)
        row.setContentsMargins(12, 0, 8, 0)
        row.setSpacing(8)
        row.addWidget(Words("Profiles", 13, 600))
        for part in (self.method, Words("Sort", 11, 400, "ink2"), self.sort, self.distance, self.linkage):
            row.addWidget(part)
        row.addStretch(1)
        row.addWidget(self.picture)
        row.addWidget(self.export)
        self.figures = QWidget()
        column = QVBoxLayout(self.figures)
        column.setContentsMargins(12, 6, 12, 6)
        column.setSpacing(8)
        column.addWidget(self.layers)
        across = QHBoxLayout()
        across.setSpacing(16)
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addWidget(self.heat, 7)
        left.addWidget(self.curves, 3)
        across.addLayout(left, 5)
        across.addWidget(self.tree, 2)
        across.addWidget(self.other_tree, 2)
        column.addLayout(across, 1)
        choice = QHBoxLayout()
        choice.addWidget(self.maps, 1)
        choice.addWidget(self.layout_choice, 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(choice)
        middle = QVBoxLayout()
        middle.setContentsMargins(0, 0, 0, 0)
        middle.setSpacing(0)
        for part, share in ((bar, 0), (Rule(), 0), (self.notice, 1), (self.figures, 1)):
            middle.addWidget(part, share)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.side)
        whole.addLayout(middle, 1)
        whole.addWidget(self.unit)

    def _connect(self) -> None:
        fields = (("method", self.method), ("sort", self.sort), ("layout", self.layout_choice))
        for field, control in (*fields, ("metric", self.distance), ("linkage", self.linkage)):
            control.wanted.connect(lambda value, field=field: self.wanted.emit(field, value))
        self.side.wanted.connect(self.wanted)
        self.picture.clicked.connect(lambda: self.picture_wanted.emit())
        self.export.clicked.connect(lambda: self.export_wanted.emit())
        self.distance.show_options(DISTANCES, "cosine")
        self.linkage.show_options(LINKAGES, "average")
        self.method.show_current("nap")
        self.sort.show_current("likeness")
        self.layout_choice.show_current("SOM")

    @property
    def plots(self) -> tuple[LayersPlot, HeatPlot, CurvesPlot, TreePlot, TreePlot, MapsPlot]:
        """The figures."""
        return self.layers, self.heat, self.curves, self.tree, self.other_tree, self.maps

    def show_words(self, words: str) -> None:
        """Show a sentence in place of the figures, or with "" the figures."""
        self.notice.setText(words)
        self.notice.setVisible(bool(words))
        self.figures.setVisible(not words)

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        pass_theme(self, theme)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.shown_changed.emit(True)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.shown_changed.emit(False)
