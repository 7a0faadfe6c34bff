"""Where the user stood comes back: after a crash, when the model is opened again, and at the next start."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from safetensors import safe_open
from safetensors.numpy import load_file, save_file

from app.cli.shot import Silence
from app.launch import open_first
from app.models.working_points import WAIT_MS
from app.program import assemble
from core.networks.latent import draw
from core.processes.engine import InlineEngine
from core.processes.praat_pool import InlinePool
from core.session.session import ModelPoint
from core.session.working_points import path_in, read_working_point
from tests.support.contexts import inline_context


@pytest.fixture
def services(tmp_path):
    """Give all services; the points are kept in a folder."""
    made = assemble(inline_context(), InlineEngine(), InlinePool(), Silence())
    made.working_points.keep(tmp_path / "points")
    yield made
    made.close()


@pytest.fixture
def another_model(small_model: Path) -> Path:
    """Give a model with other weights and another title."""
    with safe_open(small_model, "numpy") as file:
        card = json.loads(file.metadata()["card"]) | {"title": "Loud"}
    arrays = {name: (1.1 * values).astype(np.float32) for name, values in load_file(small_model).items()}
    path = small_model.with_name("loud.safetensors")
    save_file(arrays, path, {"card": json.dumps(card)})
    return path


def kept(services, folder: Path) -> ModelPoint | None:
    card = services.session.card
    return read_working_point(path_in(folder, card.digest), card.layout.size)


def test_a_turned_knob_is_on_the_disk_a_moment_later(qtbot, services, small_model, tmp_path):
    services.model_loader.open(small_model)
    services.session.redraw(7)
    services.session.set_value(10, -15.0, final=False)
    at = services.session.at(services.session.model)
    qtbot.waitUntil(lambda: kept(services, tmp_path / "points") == at)
    assert (at.seed, at.point.z[10]) == (7, -15.0)
    assert WAIT_MS <= 500


def test_the_next_start_opens_the_model_where_it_was_left(services, small_model, tmp_path):
    services.model_loader.open(small_model)
    services.session.set_value(10, -15.0)
    services.session.change("pin", pins=frozenset({10}))
    left = services.session.at(services.session.model)
    services.close()
    next_start = assemble(inline_context(), InlineEngine(), InlinePool(), Silence())
    next_start.working_points.keep(tmp_path / "points")
    told: list[str] = []
    next_start.messages.noted.connect(told.append)
    next_start.model_loader.open(small_model)
    assert next_start.session.at(next_start.session.model) == left
    assert told == ["Back at seed 0*, where you left this model"]
    next_start.session.reset()
    assert next_start.session.point == draw(next_start.session.layout, 0)
    next_start.close()


def test_turned_knobs_are_kept_and_told_when_another_model_opens(services, small_model, another_model):
    told: list[str] = []
    services.messages.noted.connect(told.append)
    services.model_loader.open(small_model)
    services.session.set_value(10, -15.0)
    left = services.session.point
    services.model_loader.open(another_model)
    assert told == ["Your point in “Small” (seed 0*) is kept and comes back when you open it again"]
    assert services.session.point == draw(services.session.layout, 0)
    services.model_loader.open(small_model)
    assert services.session.point == left


def test_a_model_that_was_not_moved_opens_at_its_draw_and_nothing_is_said(
    services, small_model, another_model
):
    told: list[str] = []
    services.messages.noted.connect(told.append)
    services.model_loader.open(small_model)
    services.model_loader.open(another_model)
    assert (told, services.session.snapshot.seed) == ([], 0)


def test_a_second_copy_begins_at_a_draw_and_the_first_ones_point_is_kept(services, small_model, tmp_path):
    services.model_loader.open(small_model)
    services.session.set_value(10, -15.0)
    first = services.session.at(services.session.model)
    services.model_loader.open_beside(small_model)
    session = services.session
    assert session.point == draw(session.layout, 0)
    session.set_value(10, 4.0)
    services.close()
    assert kept(services, tmp_path / "points") == first


def test_points_that_cannot_be_kept_are_told_once(qtbot, services, small_model, tmp_path):
    (tmp_path / "points").write_text("")
    told, tries, work = [], [], services.clock.work
    services.clock.work = lambda task: (tries.append(1), work(task))[1]
    services.messages.faulted.connect(told.append)
    services.model_loader.open(small_model)
    for count in (1, 2):
        services.session.set_value(10, float(count))
        qtbot.waitUntil(lambda count=count: len(tries) == count)
    assert len(told) == 1


# --- what was open last


def test_the_next_start_opens_what_was_open_last(window, small_model, another_model, buzz):
    window.on.model_loader.open_beside(another_model)
    window.on.recordings.open(buzz)
    paths = (str(small_model), str(another_model), str(buzz))
    assert window.on.preferences.values.last_open == paths
    window.on.session.close_model(window.on.session.model)
    assert window.on.preferences.values.last_open == (str(small_model), str(buzz))
    services = assemble(inline_context(window.on.preferences.values), InlineEngine(), InlinePool(), Silence())
    assert services.last_open.paths == (str(small_model), str(buzz))
    services.close()


def test_it_can_be_switched_off(window, small_model):
    assert window.on.last_open.paths == (str(small_model),)
    window.menus.run("file.reopen")
    assert window.on.last_open.paths == ()
    assert not window.menus.actions["file.reopen"].isChecked()


def test_files_on_the_command_line_come_before_what_was_open_last(window, small_model, another_model):
    assert window.on.last_open.paths == (str(small_model),)
    open_first(window, [str(another_model)])
    assert window.on.session.card.title == "Loud"


def test_a_relative_path_is_remembered_whole(services, small_model, buzz, monkeypatch):
    monkeypatch.chdir(small_model.parent)
    services.model_loader.open(small_model.name)
    services.recordings.open(buzz.name)
    kept = services.context.preferences.values
    assert kept.last_open == (str(small_model), str(buzz))
    assert kept.recent == (str(buzz), str(small_model))


def test_the_built_in_model_alone_is_not_remembered(window):
    window.on.model_loader.open_demo()
    assert window.on.preferences.values.last_open == ()
