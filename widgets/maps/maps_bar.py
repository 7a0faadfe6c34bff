"""The bar of the page: which layer, how its maps are sorted, and by what."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSpinBox, QWidget

from widgets.controls.button import Button
from widgets.controls.combo import ComboBox
from widgets.controls.number_field import inset
from widgets.controls.segmented import Segmented
from widgets.theme.control_paint import Surface, Words, pass_theme
from widgets.theme.theme import LIGHT, Theme

BAR_PX = 40
MOST_SEGMENTS = 6
ROOMY_PX = 1240  # a narrower bar lists the layers
SORTS = (("number", "Number"), ("r", "r"), ("distance", "Distance"), ("cluster", "Cluster"))
LOOKS = (("map", "Map"), ("curves", "Curves"), ("similarity", "Self"))
Options = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class BarView:
    """What the bar shows: the choices, each with its key and words, and the current ones."""

    networks: Options = ()
    network: str = ""
    layers: Options = ()
    layer: str = ""
    sort: str = "number"
    contours: Options = ()
    contour: str = ""
    others: Options = ()
    other: str = ""
    clusters: int = 2
    draws: int = 0
    most_clusters: int = 6
    looks: str = "map"


class MapsBar(Surface):
    """Emits `wanted(field, value)`: network, layer, sort, contour, other, clusters or looks."""

    wanted = Signal(str, object)
    picture_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("panel", parent)
        self.setFixedHeight(BAR_PX)
        self._shown = BarView()
        self._layer_row = Segmented((), "Layer")
        self.network = ComboBox("Network", height_px=24, width_px=64)
        self.layer = ComboBox("Layer", height_px=24, width_px=116)
        self._gap = QWidget()
        self.sort = Segmented(SORTS, "Sort maps by")
        self.contour = ComboBox(
            "Contour that maps are compared with", prefix="Contour", height_px=24, width_px=170
        )
        self.other = ComboBox(
            "Point B, to which the distance is measured", prefix="To", height_px=24, width_px=150
        )
        self.clusters = QSpinBox()
        self.clusters.setRange(1, 6)
        self.clusters.setFixedSize(48, 24)
        inset(self.clusters)
        self.clusters.setAccessibleName("Number of clusters")
        self.clusters.setToolTip(
            "Spectral clustering as published: RBF affinity with a gamma of 1e−10, then k-means"
        )
        self.draws = QSpinBox()
        self.draws.setRange(0, 5000)
        self.draws.setSingleStep(100)
        self.draws.setSpecialValueText("this point")
        self.draws.setFixedSize(84, 24)
        inset(self.draws)
        self.draws.setAccessibleName("Random outputs whose maps are averaged before they are grouped")
        self.draws.setToolTip(
            "Groups the maps at this point, or their averages over random outputs (1000 as published)"
        )
        self.draws.setKeyboardTracking(False)
        self._count = Words("k-means", 12, 400, "ink2")
        self.looks = Segmented(LOOKS, "Heat map, one curve per map, or the layer compared with itself")
        self.picture = Button("", "image", kind="bordered", height_px=24, name="Save this picture")
        self._row = QHBoxLayout(self)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        self._row.setContentsMargins(12, 0, 12, 0)
        self._row.setSpacing(8)
        for part in (
            Words("Maps", 13, 600), self.network, self.layer, self._layer_row, self._gap,
            Words("Sort", 12, 400, "ink2"), self.sort, self.contour, self.other, self._count, self.clusters,
            self.draws, self.looks, self.picture,
        ):  # fmt: skip
            self._row.addWidget(part, 1 if part is self._gap else 0)

    def _connect(self) -> None:
        self.network.wanted.connect(lambda key: self.wanted.emit("network", key))
        self.layer.wanted.connect(lambda key: self.wanted.emit("layer", key))
        self.sort.wanted.connect(lambda key: self.wanted.emit("sort", key))
        self.contour.wanted.connect(lambda key: self.wanted.emit("contour", key))
        self.other.wanted.connect(lambda key: self.wanted.emit("other", key))
        self.clusters.valueChanged.connect(self._count_changed)
        self.draws.valueChanged.connect(self._draws_changed)
        self.looks.wanted.connect(lambda key: self.wanted.emit("looks", key))
        self.picture.clicked.connect(self.picture_wanted)

    def _count_changed(self, count: int) -> None:
        if count != self._shown.clusters:
            self.wanted.emit("clusters", count)

    def _draws_changed(self, count: int) -> None:
        if count != self._shown.draws:
            self.wanted.emit("draws", count)

    def show_view(self, view: BarView) -> None:
        """Show other choices."""
        before, self._shown = self._shown, view
        if view.layers != before.layers:
            self._replace_layers(view)
        self._layer_row.show_current(view.layer)
        self._fit()
        self.layer.show_options(view.layers, view.layer)
        self.network.setVisible(len(view.networks) > 1)
        self.network.show_options(view.networks, view.network)
        self.sort.show_current(view.sort)
        self.sort.enable(
            "distance", bool(view.others), "Keep a named point, or use the slots A and B, to compare with"
        )
        self.contour.show_options(view.contours, view.contour)
        self.other.setVisible(view.sort == "distance")
        self.other.show_options(view.others, view.other)
        for part in (self._count, self.clusters, self.draws):
            part.setVisible(view.sort == "cluster")
        self.draws.setValue(view.draws)
        self.clusters.setMaximum(max(1, view.most_clusters))
        self.clusters.setValue(view.clusters)
        self.looks.show_current(view.looks)

    def _fit(self) -> None:
        """Show few layers side by side if there is room, else as a list."""
        few = 0 < len(self._shown.layers) <= MOST_SEGMENTS and self.width() >= ROOMY_PX
        self._layer_row.setVisible(few)
        self.layer.setVisible(not few)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _replace_layers(self, view: BarView) -> None:
        """Make the row of layers anew: a row of segments has the width of its words."""
        old, place = self._layer_row, self._row.indexOf(self._layer_row)
        shown = view.layers if len(view.layers) <= MOST_SEGMENTS else ()
        self._layer_row = Segmented(shown, "Layer")
        self._layer_row.set_theme(self._theme)
        self._layer_row.wanted.connect(lambda key: self.wanted.emit("layer", key))
        self._row.insertWidget(place, self._layer_row)
        self._row.removeWidget(old)
        old.deleteLater()

    @property
    def view(self) -> BarView:
        """What the bar shows."""
        return self._shown

    @property
    def layer_row(self) -> Segmented:
        """The layers side by side, if there are few."""
        return self._layer_row

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self._theme = theme or LIGHT
        pass_theme(self, theme)
