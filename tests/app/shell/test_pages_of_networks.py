"""Pages that a network cannot have are faint and say why."""

from __future__ import annotations

from PySide6.QtWidgets import QAbstractButton

from app.base.panel_table import all_panels
from app.shell.menus import Corner
from tests.support.commands import can_run


def test_a_network_that_makes_no_sound_has_no_sweep(qtbot):
    corner = Corner([(one.id, one.tab) for one in all_panels().values() if one.tab])
    qtbot.addWidget(corner)
    corner.enable(False)
    buttons = {one.text(): one for one in corner.findChildren(QAbstractButton)}
    assert not buttons["Sweep"].isEnabled()
    assert buttons["Sweep"].toolTip() == "No Sweep: this network makes no sound."
    assert buttons["Stack"].isEnabled()
    corner.enable(True)
    assert buttons["Sweep"].isEnabled()


def test_the_command_needs_a_generator(fresh, small_model):
    assert not can_run(fresh, "view.sweep")
    fresh.model_loader.open(small_model)
    assert can_run(fresh, "view.sweep")
