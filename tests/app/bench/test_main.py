"""Bench prints named costs beside their limits; how large they are here is no test's business."""

from __future__ import annotations

import json
import math
import os
from argparse import Namespace
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from app.bench import (
    analyses,
    beside_training,
    generate,
    knob,
    live,
    main,
    profiles,
    scroll,
    search,
    start,
    sweep,
    train,
    yardsticks,
)
from app.bench.figures import Figure, Yardstick, head
from app.bench.model import multiply_adds, write_model
from core.faults import Fault
from core.networks.latent import draw
from core.processes.engine import InlineEngine
from core.train.recipe import Recipe

DIM = 2
KEYS = {"name", "median", "p95", "unit", "n", "ratio", "ratio_p95", "to", "limit"}


@pytest.fixture(scope="module")
def model(tmp_path_factory) -> Path:
    return write_model(tmp_path_factory.mktemp("model"), DIM)


def assert_sound(figures: list[Figure], units: dict[str, str]) -> None:
    """Every figure has the shape that readers of the JSON count on."""
    rows = [json.loads(figure.line()) for figure in figures]
    assert {row["name"]: row["unit"] for row in rows} == units
    for row in rows:
        assert set(row) == KEYS
        assert row["n"] >= 2
        assert all(
            math.isfinite(row[name]) and row[name] > 0 for name in ("median", "p95", "ratio", "ratio_p95")
        )
        assert (row["unit"] == "x") == (row["to"] == ""), "a time is told beside a yardstick of the same run"
        limits = row["limit"] if isinstance(row["limit"], list) else [row["limit"]]
        assert all(limit > 0 for limit in limits)


# --- figures ------------------------------------------------------------------------------------


def test_a_figure_gives_median_and_95th_percentile():
    row = json.loads(Figure("x", tuple(float(k) for k in range(1, 102)), "ms", (33.0, 50.0)).line())
    assert (row["name"], row["unit"], row["n"]) == ("x", "ms", 101)
    assert (row["median"], row["p95"], row["limit"]) == (51.0, 96.0, [33.0, 50.0])


def test_a_figure_is_a_ratio_to_its_yardstick():
    figure = Figure("x", (20.0, 30.0), "ms", (2.0, 3.0), Yardstick("a walk", (9.0, 10.0, 30.0)))
    assert (figure.ratio, figure.ratio_p95) == (2.5, 2.95)
    assert not figure.kept
    assert json.loads(figure.line())["to"] == "a walk"
    assert figure.words().endswith("to a walk  above")


@pytest.mark.parametrize(
    ("limit", "kept"),
    [(2.0, True), (1.9, False), ((2.0, 3.0), True), ((2.0, 2.5), False), ((1.0, 3.0), False)],
)
def test_a_limit_of_two_numbers_holds_the_slow_ones_too(limit, kept):
    figure = Figure("x", (1.0, 2.0, 3.0), "s", limit)
    assert figure.kept is kept
    assert figure.words().endswith("above") is not kept


def test_the_table_names_what_it_prints():
    words = Figure("knob_to_pixels", (20.0, 30.0), "ms", (3, 4), Yardstick("a walk", (10.0,))).words()
    assert words.split()[:7] == ["knob", "to", "pixels", "25.00", "29.50", "ms", "2.50"]
    assert words.split()[7:] == ["2.95", "3", "/", "4", "2", "to", "a", "walk"]
    assert head().split() == ["median", "p95", "ratio", "p95", "limit", "n"]


# --- the model ----------------------------------------------------------------------------------


def test_the_model_is_a_ciwgan_that_is_not_dead(model):
    from core.families.registry import open_model
    from core.probing.forward import generate

    opened = open_model(model, {})
    assert opened.card.unanswered == ()
    tracks = generate(opened, draw(opened.card.layout, 0))
    assert list(tracks) == ["fc", "conv1", "conv2", "conv3", "conv4", "out"]
    assert tracks["out"].axis.n == 16384
    assert all(track.samples.std() > 1e-3 for track in tracks.values())


def test_multiply_adds_are_counted_as_the_layers_have_them(model):
    from safetensors.numpy import load_file

    kernels = [array for name, array in load_file(model).items() if name.endswith("kernel")]
    dense = [array for array in kernels if array.ndim == 2]
    convolutions = sorted((array for array in kernels if array.ndim == 4), key=lambda array: -array.shape[3])
    steps = [16 * 4**k for k in range(5)]
    counted = sum(array.size for array in dense)
    counted += sum(n * array.size for n, array in zip(steps, convolutions, strict=True))
    assert multiply_adds(DIM) == counted
    assert 0.84e9 < multiply_adds() < 0.87e9


# --- measuring ----------------------------------------------------------------------------------


def test_generate_is_told_as_a_ratio(model):
    figures = list(generate.figures(model, share=0.01, dim=DIM))
    names = ("generate_1", "generate_1_beside_pytorch", "generate_32", "generate_32_beside_pytorch")
    assert_sound(figures, dict.fromkeys(names, "x"))


def test_a_sweep_is_told_beside_torch_a_matrix_product_and_praat(model, monkeypatch):
    monkeypatch.setattr("core.processes.engine.ProcessEngine", InlineEngine)
    figures = list(sweep.figures(model, share=0.01, dim=DIM))
    units = {"sweep_first_trace": "ms", "sweep_of_11_steps": "ms", "sweep_bulk": "x", "sweep_analyses": "ms"}
    assert_sound(figures, units)


def test_the_yardstick_in_pytorch_computes_what_the_generator_computes(model):
    import torch

    from app.bench.yardsticks import plain_forward
    from core.families.registry import open_model
    from core.probing.forward import generate

    opened = open_model(model, {})
    point = draw(opened.card.layout, 0)
    with torch.inference_mode():
        averages = plain_forward(model)(torch.tensor([point.z]))
    for track, average in zip(generate(opened, point).values(), averages, strict=True):
        np.testing.assert_allclose(average[0].numpy(), track.samples, atol=1e-5)


def test_a_cached_image_is_painted_as_often_as_it_is_timed(qapp):
    from PySide6.QtWidgets import QLabel

    from app.bench.yardsticks import repainted

    label = QLabel("a")
    label.resize(200, 100)
    assert len(repainted(label, rounds=4)) == 4


def test_a_bare_window_is_started_as_often_as_it_is_timed():
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    assert all(0 < time_s < 60 for time_s in yardsticks.bare_window(environment, rounds=1))


@pytest.mark.parametrize(("used", "said"), [(3.0, ""), (60.0, "60%")])
def test_a_busy_machine_is_said(used, said, monkeypatch):
    import psutil

    monkeypatch.setattr(psutil, "cpu_percent", lambda interval: used)
    assert said in main.busy()
    assert bool(main.busy()) is bool(said)


def test_a_knob_is_followed_to_its_pixels(model, qapp):
    figures = list(knob.figures(model, share=0.01))
    assert_sound(figures, {"knob_to_pixels": "ms", "overlays_after_rest": "ms"})


def test_a_network_listens_live(model, qapp, monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setattr(live, "SPANS", 2)
    units = dict.fromkeys(("live_frame", "live_answer", "live_stall"), "ms")
    assert_sound(list(live.figures(model)), units)


@pytest.mark.usefixtures("training_at_full_speed")
def test_a_knob_is_compared_with_itself_beside_a_training(qapp):
    turned = []
    figure = beside_training.beside(lambda: turned.append(0) or 0.01, share=0.01)
    assert_sound([figure], {"knob_beside_training": "x"})
    assert len(turned) == 8


def test_a_training_step_is_told_as_a_ratio(model):
    small = Recipe(categories=2, dim=1, batch=2, critic_updates=1)
    assert_sound(list(train.figures(model, share=0.01, recipe=small)), {"training_step": "x"})


def test_the_search_is_compared_with_bare_torch(model, monkeypatch):
    monkeypatch.setattr(search, "RESTARTS", 2)
    monkeypatch.setattr(search, "SMALL", replace(search.SMALL, steps=(1, 2)))
    units = {
        "first_tiles": "ms", "search_step_of_50": "x", "published_grid_by_snapshots": "x",
        "frechet_50_by_50_in_1024": "ms",
    }  # fmt: skip
    assert_sound(list(search.figures(model, share=0.01)), units)


def test_frames_and_silences_are_measured(model, qapp):
    figures = list(scroll.figures(model, share=0.01))
    assert_sound(figures, {"scroll_and_zoom_frame": "ms", "main_thread_block": "ms"})


def test_scrolling_shows_other_times_in_every_frame(model, qapp):
    wishes = scroll.wishes(scroll.Range(0.0, 1.024), 50)
    starts = np.array([wish.start_s for wish in wishes])
    ends = np.array([wish.end_s for wish in wishes])
    assert starts.min() >= 0
    assert ends.max() <= 1.024 + 1e-9
    assert (np.abs(np.diff(starts)) + np.abs(np.diff(ends)) > 0).all()


def test_a_start_tells_its_window_before_its_panels_and_its_tracks(model):
    moments = start.start(model)
    assert 0 < moments.window_s < moments.panels_s < moments.tracks_s


def test_a_start_that_fails_is_a_fault(tmp_path):
    broken = tmp_path / "broken.safetensors"
    broken.write_bytes(b"nothing")
    with pytest.raises(Fault):
        start.start(broken, limit_s=1.5)


# --- the command --------------------------------------------------------------------------------


@pytest.fixture
def rows(monkeypatch, model) -> None:
    """Bench with two small benchmarks, one of which cannot be measured here."""

    class Works:
        @staticmethod
        def figures(path: Path):
            assert path.suffix == ".safetensors"
            yield Figure("first", (1.0, 2.0), "s", 1.0)

    class Refuses:
        @staticmethod
        def figures(path: Path):
            raise Fault("There is no sound server here.")
            yield

    parts = {"a": Works, "b": Refuses}
    monkeypatch.setattr(main, "ROWS", {"knob": "a", "beside": "b", "sound": "b"})
    monkeypatch.setattr(main.importlib, "import_module", parts.__getitem__)
    monkeypatch.setattr(main, "write_model", lambda folder: model)
    monkeypatch.setattr(main, "busy", lambda: "")


@pytest.mark.usefixtures("rows")
@pytest.mark.parametrize("which", [None, "knob"])
def test_json_is_one_object_per_line_and_what_is_missing_is_said_apart(which, capsys):
    assert main.run(Namespace(which=which, json=True)) == 0
    said = capsys.readouterr()
    assert [json.loads(line)["name"] for line in said.out.splitlines()] == ["first"]
    assert "There is no sound server here." in said.err


@pytest.mark.usefixtures("rows")
def test_without_json_a_table_is_printed(capsys):
    main.run(Namespace(which="knob", json=False))
    first, second = capsys.readouterr().out.splitlines()
    assert first == head()
    assert second.startswith("first")


def test_every_benchmark_of_the_command_line_is_there():
    from app.cli.parser import BENCHES

    assert set(BENCHES) <= set(main.ROWS | main.ALONE)


# --- an hour --------------------------------------------------------------------------------------


def test_a_long_recording_is_opened_and_scrolled(model, qapp, monkeypatch):
    from app.bench import long_recording

    monkeypatch.setenv("XDG_CACHE_HOME", "")  # put back what the benchmark changes
    monkeypatch.setattr(long_recording, "LENGTH_S", 620.0)
    monkeypatch.setattr(long_recording, "SEEN_S", {"without": (300.0,), "with": (2.0,)})
    scrolls = ("hour_scroll_without_overlays", "hour_scroll_with_overlays")
    units = dict.fromkeys((*scrolls, "hour_save_block", "hour_play_five_lanes_block"), "ms")
    first, *others = long_recording.figures(model, 0.02)
    assert (first.name, first.unit) == ("hour_first_paint", "s")
    assert 0 < first.median < 30
    assert_sound(others, units)


def test_the_hour_is_like_speech():
    from app.bench.long_recording import syllables, wished
    from core.analyses.registry import TABLE
    from core.signals.axis import Range, TimeAxis
    from core.signals.track import Track

    samples = syllables(2.0, 16000.0).astype(np.float32)
    assert np.abs(samples).max() == pytest.approx(1.0)
    pitch = TABLE["pitch"].run(Track("x", samples, TimeAxis.of_sound(16000.0, samples.size)))[0].samples
    assert 0.4 < np.mean(np.isfinite(pitch)) < 1.0
    assert 120 < np.nanmedian(pitch) < 180
    wishes = wished(Range(0.0, 100.0), 20.0, 500)
    assert all(wish.start_s >= 0 and wish.end_s <= 100 + 1e-9 for wish in wishes)
    assert all(one.start_s != other.start_s for one, other in pairwise(wishes))


# --- analyses -----------------------------------------------------------------------------------


def test_profiles_are_measured_beside_a_bare_loop(model):
    units = {"profiles_of_an_utterance": "ms", "map_of_250_units": "ms", "trees_and_silhouettes": "ms"}
    assert_sound(list(profiles.figures(model, 0.02)), units)


def test_analyses_are_measured_at_rest_and_shared(model):
    units = {"shown_of_output": "ms", "everything_of_all_layers": "ms", "pitch_and_formants_of_60_s": "x"}
    assert_sound(list(analyses.figures(model, 0.2)), units)
