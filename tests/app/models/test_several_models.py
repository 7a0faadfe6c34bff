"""Two models in one stack: each keeps its own point, lanes and numbers, and undo covers both."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QFontMetrics
from safetensors import safe_open
from safetensors.numpy import load_file, save_file

from app.cli.shot import Silence
from app.export.figure import caption
from app.program import assemble
from app.shell.instrument import Instrument
from core.annotation.store import default_path
from core.checkpoint.run_files import without_parts
from core.families.registry import roles_of
from core.networks.latent import draw
from core.probing.model_id import ModelId
from core.processes.engine import InlineEngine
from core.processes.engine_tasks import CloseRequest, HearRequest, RunRequest
from core.processes.praat_pool import InlinePool
from core.session.lane_key import FIRST_MODEL, LaneKey, RecordingKey
from core.session.lane_names import file_stem, short_model_names, title
from tests.support.contexts import inline_context
from tests.support.tiny import nets
from tests.support.tiny.files import save_port, save_state
from widgets.drawing.lane import COLLAPSED_PX, MODEL_PX
from widgets.stack.lane_menu import lane_menu
from widgets.theme.theme import font

SECOND = ModelId("m2")
OUT = LaneKey(FIRST_MODEL, "G", "out")
OUT_2 = LaneKey(SECOND, "G", "out")


class RecordingEngine(InlineEngine):
    """An engine that keeps what it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[object] = []

    def ask(self, asked, key="", urgent=False):
        self.asked.append(asked)
        return super().ask(asked, key, urgent)

    def probed(self) -> list[tuple[ModelId, str]]:
        """Give the model and network of every run since the last call."""
        asked = (one for one in self.asked if isinstance(one, HearRequest | RunRequest))
        runs = [(one.probe.model, one.probe.network) for one in asked]
        self.asked.clear()
        return runs


@pytest.fixture
def louder_model(small_model: Path) -> Path:
    """Give another checkpoint: the small model with other weights and another title."""
    with safe_open(small_model, "numpy") as file:
        card = json.loads(file.metadata()["card"]) | {"title": "Loud"}
    arrays = {name: (1.1 * values).astype(np.float32) for name, values in load_file(small_model).items()}
    path = small_model.with_name("loud.safetensors")
    save_file(arrays, path, {"card": json.dumps(card)})
    return path


@pytest.fixture
def services(small_model: Path, monkeypatch, tmp_path) -> Iterator[Instrument]:
    """Give all services on the small model, no widget made for them."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    made = assemble(inline_context(), RecordingEngine(), InlinePool(), Silence())
    made.model_loader.open(small_model)
    yield made
    made.close()


def point_of(services: Instrument, key: LaneKey) -> tuple[float, ...]:
    return services.session.shown.tracks[key].origin.point


def test_two_copies_of_one_checkpoint_stand_at_two_points(services, small_model):
    session = services.session
    session.redraw(3)
    services.model_loader.open_beside(small_model)
    assert session.model == SECOND
    assert session.point == draw(session.layout, 0)
    session.redraw(8)
    assert session.at(FIRST_MODEL).point == draw(session.layout, 3)
    assert point_of(services, OUT) == draw(session.layout, 3).z
    assert point_of(services, OUT_2) == draw(session.layout, 8).z
    own, other = (session.shown.tracks[key].samples for key in (OUT, OUT_2))
    assert not np.array_equal(own, other)
    session.redraw(3)
    np.testing.assert_array_equal(session.shown.tracks[OUT_2].samples, own)


def test_a_turned_knob_asks_the_model_in_focus_alone(services, small_model):
    session, engine = services.session, services.engine
    services.model_loader.open_beside(small_model)
    engine.probed()
    before = session.shown.tracks[OUT]
    session.set_value(10, 0.5)
    assert engine.probed() == [(SECOND, "G")]
    assert session.shown.tracks[OUT] is before
    assert set(session.shown.ghosts) == {key for key in session.shown.tracks if key.model == SECOND}
    session.set_active(OUT)
    assert session.model == FIRST_MODEL
    assert engine.probed() == []
    session.set_value(10, 0.25)
    assert engine.probed() == [(FIRST_MODEL, "G")]


def test_undo_covers_both_and_brings_the_changed_one_into_focus(services, small_model):
    session = services.session
    session.redraw(3)
    services.model_loader.open_beside(small_model)
    session.redraw(8)
    session.set_active(OUT)
    session.redraw(5)
    session.undo()
    assert [session.at(model).seed for model in (FIRST_MODEL, SECOND)] == [3, 8]
    session.undo()
    assert [session.at(model).seed for model in (FIRST_MODEL, SECOND)] == [3, 0]
    assert session.model == SECOND
    assert session.active == OUT_2
    session.undo()
    assert session.at(FIRST_MODEL).seed == 0
    assert point_of(services, OUT) == session.at(FIRST_MODEL).point.z
    for _ in range(3):
        session.redo()
    assert [session.at(model).seed for model in (FIRST_MODEL, SECOND)] == [5, 8]
    assert point_of(services, OUT) == session.at(FIRST_MODEL).point.z


def test_a_turn_in_another_model_is_a_step_of_its_own(services, small_model):
    session = services.session
    services.model_loader.open_beside(small_model)
    session.set_value(10, 0.5, final=False)
    session.set_active(OUT)
    session.set_value(10, 0.5, final=False)
    session.undo()
    assert session.at(SECOND).point.z[10] == 0.5
    assert session.at(FIRST_MODEL).point.z[10] != 0.5


def test_lanes_are_named_by_their_model_while_two_are_open(services, small_model, louder_model):
    session = services.session
    conv4 = LaneKey(FIRST_MODEL, "G", "conv4")
    assert title(session.models, conv4) == "Conv4"
    services.model_loader.open_beside(louder_model)
    services.model_loader.open_beside(small_model)
    third = LaneKey(session.model, "G", "conv4")
    names = [title(session.models, key) for key in (conv4, LaneKey(SECOND, "G", "conv4"), third)]
    assert names == ["Small · Conv4", "Loud · Conv4", "2: Small · Conv4"]
    assert file_stem(session.models, LaneKey(SECOND, "Q", "conv1")) == "Loud_Q.conv1"
    first = services.stack_views.view().lanes[0]
    assert (first.title, first.model, first.full_title) == ("Out", "Small", "Small · Out")
    session.close_model(session.model)
    session.close_model(SECOND)
    assert title(session.models, conv4) == "Conv4"


def test_long_titles_are_cut_to_their_first_words(services):
    from dataclasses import replace

    card = services.session.card
    titles = ("Mandarin syllables, small ciwGAN", "Mandarin words", "Anunforeseeablylongword")
    models = {ModelId(words): replace(card, title=words) for words in titles}
    assert list(short_model_names(models).values()) == ["Mandarin", "2: Mandarin", "Anunforese"]


def test_closing_one_leaves_the_other_as_it_was(services, small_model):
    session, engine = services.session, services.engine
    services.model_loader.open_beside(small_model)
    session.redraw(8)
    services.sound_driven.listen("Q")
    session.set_active(OUT)
    session.redraw(5)
    lanes, tracks = session.lanes, dict(session.shown.tracks)
    session.set_active(OUT_2)
    session.close_model(SECOND)
    assert CloseRequest(SECOND) in engine.asked
    assert session.model == FIRST_MODEL
    assert session.active == OUT
    assert session.lanes == tuple(lane for lane in lanes if lane.key.model == FIRST_MODEL)
    assert session.shown.tracks == {key: one for key, one in tracks.items() if key.model == FIRST_MODEL}
    assert services.sound_driven.listeners == ()
    session.undo()
    assert session.at(FIRST_MODEL).seed == 0
    assert list(session.models) == [FIRST_MODEL]
    session.close_model(FIRST_MODEL)
    assert list(session.models) == [FIRST_MODEL]


def test_a_closed_models_lanes_come_off_those_they_lay_over(services, small_model):
    from core.session import lanes as lane_tools

    session = services.session
    services.model_loader.open_beside(small_model)
    session.set_lanes(lane_tools.merged(session.lanes, OUT, OUT_2), "lay over")
    assert session.lane(OUT) is None
    session.close_model(SECOND)
    assert session.lane(OUT) is not None
    assert all(key.model == FIRST_MODEL for key in lane_tools.keys_of(session.lanes))


def test_both_outputs_lie_over_each_other_with_their_pitch(services, louder_model):
    from core.session import lanes as lane_tools

    session = services.session
    services.model_loader.open_beside(louder_model)
    session.set_lanes(lane_tools.merged(session.lanes, OUT_2, OUT), "lay over")
    lane = next(lane for lane in services.stack_views.view().lanes if lane.key == OUT)
    assert [curve.label for curve in lane.curves] == ["Small · Out", "Loud · Out"]
    assert lane.curves[0].role == "sound"
    assert [curve.key for curve in lane.merged_pitch] == [OUT_2]


def test_each_models_networks_hear_their_own_output(services, small_model):
    session, engine = services.session, services.engine
    services.sound_driven.listen("Q")
    services.model_loader.open_beside(small_model)
    assert not services.sound_driven.listens("Q")
    session.redraw(8)
    services.sound_driven.listen("Q")
    engine.probed()
    logits = [LaneKey(model, "Q", "logits") for model in (FIRST_MODEL, SECOND)]
    first, second = (session.shown.tracks[key] for key in logits)
    assert not np.array_equal(first.samples, second.samples)
    session.set_value(10, 0.5)
    assert engine.probed() == [(SECOND, "G"), (SECOND, "Q")]
    assert session.shown.tracks[logits[0]] is first
    services.sound_driven.quiet("Q", FIRST_MODEL)
    assert [one.model for one in services.sound_driven.listeners] == [SECOND]
    assert session.lane(logits[1]) is not None


def test_opening_replaces_the_model_in_focus_alone(services, small_model, louder_model):
    session = services.session
    services.model_loader.open_beside(small_model)
    session.redraw(8)
    session.set_active(OUT)
    services.model_loader.open(louder_model)
    assert [card.title for card in session.models.values()] == ["Loud", "Small"]
    assert session.model == FIRST_MODEL
    assert session.at(SECOND).seed == 8
    assert point_of(services, OUT_2) == session.at(SECOND).point.z
    assert session.shown.tracks[OUT].origin.checkpoint == session.models[FIRST_MODEL].digest
    assert len(session.lanes) == 12
    session.undo()
    assert session.at(SECOND).seed == 0
    assert session.models[FIRST_MODEL].title == "Loud"


def test_answers_tell_the_point_of_the_model_that_was_asked(services, louder_model):
    session = services.session
    session.redraw(3)
    services.model_loader.open_beside(louder_model)
    session.redraw(8)
    services.queries.ask("f0", key=OUT, where=0.3)
    services.queries.ask("f0", key=OUT_2, where=0.3)
    rows = services.queries.results.rows
    assert [(row.file, row.point, row.answer.layer) for row in rows] == [
        ("small.safetensors", "seed 3", "Small · Out"),
        ("loud.safetensors", "seed 8", "Loud · Out"),
    ]


def test_tiers_belong_to_a_checkpoints_point(services, small_model, louder_model):
    session, tiers = services.session, services.tier_editor
    tiers.new_tiers(("phones",), ())
    first = default_path(session.card.digest)
    services.model_loader.open_beside(louder_model)
    assert session.point == session.at(FIRST_MODEL).point
    assert tiers.tiers == ()
    tiers.new_tiers(("words",), ())
    second = default_path(session.card.digest)
    services.model_loader.open_beside(small_model)
    assert [tier.name for tier in tiers.tiers] == ["phones"]
    session.set_active(OUT)
    assert [tier.name for tier in tiers.tiers] == ["phones"]
    assert tiers.annotation_of(OUT_2).annotation.tiers[0].name == "words"
    session.close_model(FIRST_MODEL)
    copy = next(id for id in session.models if id != SECOND)
    assert session.annotation_of(copy).annotation.tiers[0].name == "phones"
    tiers.autosave.close()
    rows = {path: json.loads(path.read_text()) for path in (first, second)}
    assert ["phones" in rows[first][0]["textgrid"], "words" in rows[second][0]["textgrid"]] == [True, True]
    assert [len(rows[path]) for path in (first, second)] == [1, 1]


def test_a_closed_models_tiers_stay_on_the_disk_and_come_back(services, louder_model):
    session, tiers = services.session, services.tier_editor
    services.model_loader.open_beside(louder_model)
    tiers.new_tiers(("words",), ())
    path = default_path(session.card.digest)
    session.close_model(SECOND)
    tiers.new_tiers(("phones",), ())
    assert "words" not in [tier.name for tier in tiers.tiers]
    services.model_loader.open_beside(louder_model)
    assert [tier.name for tier in tiers.tiers] == ["words"]
    tiers.autosave.close()
    assert len(json.loads(path.read_text())) == 1


def test_after_a_crash_both_are_asked_again(services, small_model):
    services.model_loader.open_beside(small_model)
    services.engine.probed()
    services.latent_driven.ask_again()
    assert services.engine.probed() == [(FIRST_MODEL, "G"), (SECOND, "G")]


def test_a_layer_sounds_on_its_own_models_axis_and_level(services, louder_model):
    heard = []
    services.player.play = lambda samples, *rest: heard.append(samples)
    services.model_loader.open_beside(louder_model)
    for model in (FIRST_MODEL, SECOND):
        services.playback.play(LaneKey(model, "G", "conv4"), services.session.whole)
    assert len(heard) == 2
    assert not np.array_equal(*heard)


def test_a_figure_and_its_record_tell_of_both(services, louder_model):
    session = services.session
    session.redraw(3)
    assert "models" not in json.loads(services.file_export.origin_text())
    services.model_loader.open_beside(louder_model)
    first, second = caption(session, "as is")
    assert first.startswith("Small. Seed 3")
    assert second.startswith("Loud. Seed 0")
    record = json.loads(services.file_export.origin_text())
    assert [facts["seed"] for facts in record["models"].values()] == [3, 0]
    assert {lane["model"] for lane in record["lanes"]} == {"Small", "Loud"}


def test_a_refused_file_leaves_what_is_open(services, tmp_path):
    told = []
    services.messages.faulted.connect(told.append)
    services.model_loader.open_beside(tmp_path / "nowhere.safetensors")
    assert len(told) == 1
    assert list(services.session.models) == [FIRST_MODEL]


def test_the_command_line_opens_the_second_checkpoint_beside(qapp, small_model, louder_model, buzz):
    services = assemble(inline_context(), InlineEngine(), InlinePool(), Silence())
    services.model_loader.open_all([str(small_model), str(buzz), str(louder_model)])
    assert [card.title for card in services.session.models.values()] == ["Small", "Loud"]
    assert services.session.shown.tracks.keys() >= {OUT, OUT_2}
    assert len(services.recordings.file_of(services.session.lanes[0].key).path) > 0
    services.close()


def test_dropped_checkpoints_all_open_the_others_beside(window, small_model, louder_model, buzz):
    window.open_dropped([str(louder_model), str(buzz), str(small_model)])
    session = window.on.session
    assert [card.title for card in session.models.values()] == ["Loud", "Small"]
    assert any(isinstance(lane.key, RecordingKey) for lane in session.lanes)


def test_files_of_one_run_are_one_checkpoint(tmp_path):
    save_port(tmp_path, "epoch1_step2")
    files = [tmp_path / f"epoch1_step2_{role}.pt" for role in "GDQ"]
    other = save_state(tmp_path / "epoch2_step4_G.pt", nets.port_generator())
    assert without_parts([files[1], files[0], other, files[2]], roles_of) == [files[1], other]
    assert without_parts([files[0], files[0]], roles_of) == [files[0], files[0]]
    assert without_parts([tmp_path / "gone.pt"], roles_of) == [tmp_path / "gone.pt"]


def test_one_models_output_goes_through_anothers_network(services, louder_model):
    session, engine = services.session, services.engine
    services.model_loader.open_beside(louder_model)
    sound_driven = services.sound_driven
    assert set(sound_driven.networks_for(OUT)) == {(FIRST_MODEL, "Q"), (SECOND, "Q")}
    assert sound_driven.networks_for(LaneKey(FIRST_MODEL, "G", "conv4")) == ()
    sound_driven.send(FIRST_MODEL, "Q", OUT)
    sound_driven.send(SECOND, "Q", OUT)
    own, other = (session.shown.tracks[LaneKey(model, "Q", "logits")] for model in (FIRST_MODEL, SECOND))
    assert not np.array_equal(own.samples, other.samples)
    view = {lane.key: lane for lane in services.stack_views.view().lanes}
    assert view[LaneKey(SECOND, "Q", "logits")].note == "Q hears Small · Out"
    assert view[LaneKey(SECOND, "Q", "logits")].given == frozenset(), "another model's code says nothing"
    engine.probed()
    session.set_active(OUT)
    session.set_value(10, 0.5)
    assert sorted(engine.probed()) == [(FIRST_MODEL, "G"), (FIRST_MODEL, "Q"), (SECOND, "Q")]
    sound_driven.send(SECOND, "Q", OUT)
    assert [one.model for one in sound_driven.listeners] == [FIRST_MODEL]


def test_what_a_closed_model_said_is_no_longer_heard(services, louder_model):
    services.model_loader.open_beside(louder_model)
    services.sound_driven.send(SECOND, "Q", OUT)
    services.session.close_model(FIRST_MODEL)
    assert services.sound_driven.listeners == ()
    assert all(lane.key.network == "G" for lane in services.session.lanes)


def test_a_lanes_menu_closes_its_model(window, louder_model):
    window.on.model_loader.open_beside(louder_model)
    window.wiring.show_stack()
    lane = window.stack.lanes[0].lane
    assert (lane.key, lane.model) == (OUT, "Small")
    words = menu_words(lane, window)
    assert {"Send through Q of Small", "Send through Q of Loud", "Close the model Small"} <= set(words)
    window.stack.lane_wanted.emit(OUT, "through", (SECOND, "Q"))
    assert window.on.sound_driven.hears(SECOND, "Q", OUT)
    window.stack.lane_wanted.emit(OUT, "close model", True)
    assert list(window.on.session.models) == [SECOND]


def test_a_menu_command_asks_through_which_network(window, louder_model, monkeypatch):
    through = window.menus.actions["layers.through"]
    assert not through.isEnabled()
    window.on.model_loader.open_beside(louder_model)
    window.on.session.set_active(OUT)
    assert through.isEnabled()
    asked = []

    def choose(parent, title, label, choices, *more):
        asked.append((label, choices))
        return choices[-1], True

    monkeypatch.setattr("app.base.dialog_host.QInputDialog.getItem", choose)
    window.menus.run("layers.through")
    assert asked == [("Send Small · Out through:", ["Q of Small", "Q of Loud"])]
    assert window.on.sound_driven.hears(SECOND, "Q", OUT)


def test_headers_keep_the_badge_and_tables_one_line_a_row(window, louder_model):
    from widgets.results.layer_rows import title_px

    window.on.model_loader.open_beside(louder_model)
    window.wiring.show_stack()
    window.dock_view.show()
    rows = window.dock.table.rows
    assert {row.group for row in rows} == {"Small", "Loud"}
    assert not any(map(title_px, rows))
    for lane in window.stack.lanes:
        view = lane.lane
        name_px = QFontMetrics(font(13, 600)).horizontalAdvance(view.title)
        assert lane.header.name_width() >= name_px, f"{view.title} is not cut"
    folded = next(lane for lane in window.stack.lanes if lane.lane.collapsed)
    assert folded.height() >= COLLAPSED_PX + MODEL_PX


def menu_words(lane, window) -> list[str]:
    menu = lane_menu(lane, (0.0, 1.0), lambda *_: None, lambda _: None, window)
    return [action.text() for action in menu.actions()]


def test_the_window_follows_the_model_in_focus(window, louder_model):
    session = window.on.session
    session.redraw(3)
    window.named_points.switch("B")
    session.redraw(4)
    assert not window.menus.actions["file.close_model"].isEnabled()
    window.on.model_loader.open_beside(louder_model)
    window.wiring.show_stack()
    folder = Path(window.on.session.card.path).parent.name
    assert window.windowTitle() == f"Loud in {folder} – Phonoscope"
    assert window.menus.corner.words.text() == "Loud · seed 0"
    assert len(window.stack.lanes) == 12
    session.set_active(OUT)
    assert window.windowTitle() == f"Small in {folder} – Phonoscope"
    assert window.menus.corner.words.text() == "Small · seed 4"
    window.named_points.switch("A")
    assert session.at(FIRST_MODEL).seed == 3
    assert session.at(SECOND).seed == 0
    session.set_active(OUT_2)
    window.menus.run("file.close_model")
    window.wiring.show_stack()
    assert window.windowTitle() == f"Small in {folder} – Phonoscope"
    assert len(window.stack.lanes) == 6
    assert not window.menus.actions["file.close_model"].isEnabled()
