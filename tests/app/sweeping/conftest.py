"""The page of sweeps around the services, without the rest of the window."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from PySide6.QtWidgets import QWidget

from app.base.picture_saver import PictureSaver
from app.models.named_points import NamedPoints
from app.sweeping.sweep_page import make_sweep
from tests.support.commands import dialog_host
from widgets.latent.panel import LatentPanel


@pytest.fixture
def made(qtbot, services):
    """Give the shown page, the services, the dialogs' host and the named points."""
    on, latent, parent = services, LatentPanel(), QWidget()
    host = dialog_host(on, parent)
    points = NamedPoints(on.context, latent)
    on.model_loader.ended.connect(points.refresh)
    points.refresh()
    page = make_sweep(
        on.context, host, on.sweep_run, on.playback, points, PictureSaver(on.context, host), on.interruptions,
        on.analysis_settings, on.dose_run, on.effect_run,
    )  # fmt: skip
    for widget in (page, latent, parent):
        qtbot.addWidget(widget)
    page.resize(1400, 800)
    page.show()
    return SimpleNamespace(page=page, on=on, host=host, points=points)


@pytest.fixture
def page(made):
    return made.page
