"""The plot of the page: the heat map or the small multiples, and the means of the clusters below."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Signal
from PySide6.QtWidgets import QWidget

from widgets.maps.cluster_area import CLUSTER_PX, ClusterArea
from widgets.maps.heat_area import HeatArea
from widgets.maps.maps_view import ClusterRow, HeatView, TimeView
from widgets.maps.multiples_area import MultiplesArea
from widgets.maps.similarity_area import SimilarityArea
from widgets.maps.time_box import NO_TIME
from widgets.plots.view import PlotView

LEAST_PX = 150


class MapsPlot(PlotView):
    """Shows one layer's maps; a cluster's requests carry its place, a map's its channel."""

    cluster_field_wanted = Signal(int, str)
    cluster_play_wanted = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.heat, self.multiples, self.similarity = HeatArea(), MultiplesArea(), SimilarityArea()
        self.clusters: list[ClusterArea] = []
        self._time: TimeView = NO_TIME
        self.add_area(self.heat)
        self.add_area(self.multiples)
        self.add_area(self.similarity)
        self.multiples.hide()
        self.similarity.hide()
        self.setMouseTracking(True)
        self.setMinimumHeight(LEAST_PX)
        self.setAccessibleName("Feature maps")

    def show_view(self, view: HeatView | None) -> None:
        """Show other maps."""
        self.heat.show_view(view)
        self.multiples.show_view(view)
        self._show_clusters(view.clusters if view is not None else (), view.cluster_count if view else 0)
        self.show_time(self._time)
        self.setAccessibleDescription(f"{len(view.rows)} maps of {view.maps.name}" if view else "")

    def _show_clusters(self, rows: tuple[ClusterRow, ...], count: int) -> None:
        for area in self.clusters:
            self.areas.remove(area)
            self.scene().removeItem(area)
        self.clusters = [ClusterArea(row, row.cluster / max(1, count - 1)) for row in rows]
        for area in self.clusters:
            self.add_area(area)
            area.field_wanted.connect(self.cluster_field_wanted)
            area.play_wanted.connect(self.cluster_play_wanted)
        self.arrange()

    def show_looks(self, looks: str) -> None:
        """Show the heat map ("map"), the small multiples ("curves") or the layer compared with itself."""
        self.heat.setVisible(looks == "map")
        self.multiples.setVisible(looks == "curves")
        self.similarity.setVisible(looks == "similarity")
        self.arrange()

    def show_time(self, time: TimeView) -> None:
        """Show another range of time, cursor or selection."""
        self._time = time
        for area in (self.heat, self.multiples, self.similarity, *self.clusters):
            area.show_time(time)

    def arrange(self) -> None:
        """Place the heat map above the clusters."""
        room = QRectF(self.rect())
        below = CLUSTER_PX * len(self.clusters)
        top = QRectF(0, 0, room.width(), max(40.0, room.height() - below))
        for area in (self.heat, self.multiples, self.similarity):
            area.setGeometry(top)
        for place, area in enumerate(self.clusters):
            area.setGeometry(QRectF(0, top.height() + place * CLUSTER_PX, room.width(), CLUSTER_PX))
        for area in (self.heat, self.similarity, *self.clusters):
            area.show_time(self._time)
