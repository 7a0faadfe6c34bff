"""Pictures of overlays are made beside the window's thread; until one has come, the one before stays."""

from __future__ import annotations

import gc
import weakref
from concurrent.futures import Future

import numpy as np
import pytest

from app.analysis.drawn_overlays import DrawnOverlays
from app.cli.shot import Silence
from app.program import assemble
from core.analyses.spectrogram import greys
from core.processes.engine import InlineEngine
from core.processes.praat_pool import InlinePool
from tests.support.contexts import inline_context
from tests.support.keys import G

OUT = G("out")


@pytest.fixture
def services(small_model):
    made = assemble(inline_context(), InlineEngine(), InlinePool(), Silence())
    made.model_loader.open(small_model)
    yield made
    made.close()


@pytest.fixture
def held(services, monkeypatch):
    """Give pictures whose making waits, and a function that lets the oldest one be made."""
    waiting = []

    def work(task):
        waiting.append((Future(), task))
        return waiting[-1][0]

    def make():
        future, task = waiting.pop(0)
        future.set_result(task())

    monkeypatch.setattr(services.clock, "work", work)
    drawn = DrawnOverlays(services.context, services.analysis_settings, services.tiled_overlays)
    return drawn, make, waiting


def test_greys_come_later_and_are_asked_for_once(services, held):
    drawn, make, waiting = held
    told = []
    drawn.changed.connect(lambda: told.append(1))
    assert drawn.spectrogram(OUT) is None
    assert drawn.spectrogram(OUT) is None
    assert len(waiting) == 1
    make()
    assert told == [1]
    image = services.session.shown.images[OUT]
    np.testing.assert_array_equal(
        drawn.spectrogram(OUT).values, greys(image, services.analysis_settings.greys, None)
    )
    assert waiting == []


def test_the_picture_before_stays_until_the_next_has_come(services, held):
    drawn, make, _ = held
    drawn.spectrogram(OUT)
    make()
    before = drawn.spectrogram(OUT)
    services.session.set_value(10, 3.0)
    assert drawn.spectrogram(OUT) is before
    make()
    assert not np.array_equal(drawn.spectrogram(OUT).values, before.values)


def test_quiet_frames_of_formants_are_not_drawn(services, held):
    drawn, make, _ = held
    formants = services.session.shown.overlays[OUT, "formants"]
    assert drawn.formants(OUT, formants) == ()
    make()
    shown = drawn.formants(OUT, formants)
    assert [one.name for one in shown] == [one.name for one in formants if one.name.startswith("f")]
    for one, whole in zip(shown, (one for one in formants if one.name.startswith("f")), strict=True):
        kept = np.isfinite(one.samples)
        np.testing.assert_array_equal(one.samples[kept], whole.samples[kept])


def test_pictures_of_closed_lanes_are_forgotten(services, held):
    drawn, make, _ = held
    drawn.spectrogram(OUT)
    make()
    picture = weakref.ref(drawn.spectrogram(OUT).values)
    assert picture() is not None
    services.session.show(tracks={})
    services.session.set_lanes((), "close")
    gc.collect()
    assert picture() is None
