"""The panel that sets the latent point: its name, seed, code, and every z."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from core.networks.latent import LatentLayout, Point
from widgets.controls.button import Button
from widgets.controls.number_field import NumberField
from widgets.controls.search_field import SearchField
from widgets.controls.segmented import Segmented
from widgets.latent.code_knobs import CodeKnobs
from widgets.latent.knob_list import KnobList
from widgets.latent.point_field import PointField
from widgets.theme.control_paint import Rule, Surface, Words, pass_theme
from widgets.theme.theme import Theme

LABEL_PX = 48


class LatentPanel(Surface):
    """Point, seed, code and latent z; every change of a knob is emitted as a request.

    Signals: `value_wanted(index, value, final)`, `code_wanted(tuple)`, `seed_wanted(int)`,
    `randomise_wanted()`, `reset_wanted(index)` with -1 for all, `pins_wanted(frozenset)`,
    `ab_wanted("A" or "B")`, `point_wanted(name)`, `point_named(name)` to save the present point under a
    typed name, `save_point_wanted()` and `points_wanted()` from the list of points.
    """

    value_wanted = Signal(int, float, bool)
    code_wanted = Signal(object)
    seed_wanted = Signal(int)
    randomise_wanted = Signal()
    reset_wanted = Signal(int)
    pins_wanted = Signal(object)
    ab_wanted = Signal(str)
    point_named = Signal(str)
    point_wanted = Signal(str)
    save_point_wanted = Signal()
    points_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("panel", parent)
        self._code = 0
        self._point_now, self._drawn = Point(()), Point(())
        self._named: tuple[str, Point, Point] | None = None
        self._point = PointField()
        self._ab = Segmented((("A", "A"), ("B", "B")), "Which of two points is shown")
        self._seed = NumberField("Seed", whole=True)
        self._randomise = Button(
            "Randomise", "dice-five", kind="bordered", height_px=24, name="Draw another seed"
        )
        self._randomise.setAccessibleName("Randomise")
        self._code_knobs = CodeKnobs()
        self._range = Words("", 11, 400, "ink3")
        self._reset_all = Button(
            "Reset all", "arrow-counter-clockwise", kind="bordered", height_px=24, icon_px=14
        )
        self._reset_all.setToolTip("Reset every z to its drawn value")
        self._search = SearchField("Filter: 11, pinned, changed", "Filter the latent variables")
        self._search.setToolTip("Filter: number, “pinned” or “changed”")
        self._list = KnobList()
        self._ab.show_current("A")
        self._lay_out()
        self._connect()
        self.set_theme(self._theme)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(Rule())
        column.addLayout(self._point_rows())
        column.addWidget(Rule())
        column.addWidget(self._code_knobs)
        self._code_rule = Rule()
        column.addWidget(self._code_rule)
        head = QHBoxLayout()
        head.setContentsMargins(12, 9, 12, 8)
        head.setSpacing(8)
        head.addWidget(Words("Latent z", 12, 600))
        head.addWidget(self._range)
        head.addStretch(1)
        head.addWidget(self._reset_all)
        column.addLayout(head)
        search = QHBoxLayout()
        search.setContentsMargins(12, 0, 12, 6)
        search.addWidget(self._search)
        column.addLayout(search)
        column.addWidget(self._list, 1)

    def _point_rows(self) -> QVBoxLayout:
        rows = QVBoxLayout()
        rows.setContentsMargins(12, 9, 12, 10)
        rows.setSpacing(8)
        for title, weight, ink, parts in (
            ("Point", 600, "ink", (self._point, self._ab)),
            ("Seed", 400, "ink2", (self._seed, self._randomise)),
        ):
            row = QHBoxLayout()
            row.setSpacing(4)
            label = Words(title, 12, weight, ink)
            label.setFixedWidth(LABEL_PX - 4)
            row.addWidget(label)
            row.addWidget(parts[0], 1)
            row.addWidget(parts[1])
            rows.addLayout(row)
        return rows

    def _connect(self) -> None:
        self._point.named.connect(self.point_named)
        self._point.chosen.connect(self._go)
        self._point.keep_wanted.connect(self.save_point_wanted)
        self._point.points_wanted.connect(self.points_wanted)
        self._ab.wanted.connect(self.ab_wanted)
        self._seed.value_wanted.connect(lambda value: self.seed_wanted.emit(int(value)))
        self._randomise.clicked.connect(lambda: self.randomise_wanted.emit())
        self._code_knobs.value_wanted.connect(self.value_wanted)
        self._code_knobs.code_wanted.connect(self.code_wanted)
        self._code_knobs.reset_wanted.connect(self.reset_wanted)
        self._reset_all.clicked.connect(lambda: self.reset_wanted.emit(-1))
        self._search.textChanged.connect(self._list.show_search)
        self._search.returnPressed.connect(lambda: self._list.setFocus(Qt.FocusReason.OtherFocusReason))
        self._list.value_wanted.connect(self.value_wanted)
        self._list.reset_wanted.connect(self.reset_wanted)
        self._list.pins_wanted.connect(self.pins_wanted)

    # --- what is shown --------------------------------------------------------------------------

    def show_layout(self, layout: LatentLayout) -> None:
        """Show another model's slots and knobs."""
        self._code = layout.code
        first, last = layout.code + 1, layout.size
        self._range.setText(f"z{first} to z{last}" if last >= first else "")
        self._code_knobs.show_layout(layout)
        self._code_rule.setVisible(layout.code > 0)
        self._list.show_layout(layout)
        self.setEnabled(layout.size > 0)

    def show_point(self, point: Point, drawn: Point) -> None:
        """Show a point's values and mark those that differ from the draw (called at each step of a drag)."""
        self._point_now, self._drawn = point, drawn
        self._code_knobs.show_code(point.z[: self._code], drawn.z[: self._code])
        self._list.show_point(point, drawn)
        self._reset_all.setEnabled(point.z[self._code :] != drawn.z[self._code :])
        self._show_name()

    def show_pins(self, pins: frozenset[int]) -> None:
        self._list.show_pins(pins)

    def show_seed(self, seed: int | None) -> None:
        """Show the seed that the point was drawn with; None if it was not drawn from a seed."""
        self._seed.show_value(seed)

    def show_slot(self, which: str) -> None:
        """Show which of the two points, "A" or "B", is active."""
        self._ab.show_current(which)

    def show_points(self, names: Sequence[str]) -> None:
        """Show the names of the saved points of this model."""
        self._point.show_names(names)
        if self._named is not None and self._named[0] not in names:
            self._named = None
        self._show_name()

    def show_point_name(self, name: str) -> None:
        """Show that the present point is saved under a name."""
        self._named = (name, self._point_now, self._drawn)
        self._show_name()

    def _show_name(self) -> None:
        """Mark the name with a star when the point was changed; clear it after a new draw."""
        if self._named is None or self._named[2] != self._drawn:
            self._point.show_name("", changed=False)
        else:
            self._point.show_name(self._named[0], changed=self._named[1] != self._point_now)

    def _go(self, name: str) -> None:
        self.point_wanted.emit(name)
        self.show_point_name(name)

    def show_mode(self, mode: str) -> None:
        """Show the code as "one-hot", "bits" or "free"."""
        self._code_knobs.show_mode(mode)

    def focus_search(self) -> None:
        """Put the keyboard focus into the search field."""
        self._search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._search.selectAll()

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        pass_theme(self, theme)
