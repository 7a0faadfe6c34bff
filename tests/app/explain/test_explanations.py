"""A click explains an answer: its map stands as a lane, is checked at rest, heard, and follows the sound."""

from __future__ import annotations

import numpy as np
import pytest
import soundfile

from core.explain.check_listing import check_listing
from core.session.lane_key import FIRST_MODEL, INPUT, LOGITS, RELEVANCE, LaneKey
from core.signals.axis import Range
from tests.support.commands import run
from tests.support.tiny.recogniser_file import LABELS, save_recogniser

ANSWER, MAP = LaneKey(FIRST_MODEL, "recogniser", LOGITS), LaneKey(FIRST_MODEL, "recogniser", RELEVANCE)


@pytest.fixture
def hearing(fresh, tmp_path):
    """A tiny recogniser that hears a second of noise."""
    noise = 0.1 * np.random.default_rng(1).standard_normal(16000)
    soundfile.write(tmp_path / "noise.wav", noise, 16000)
    fresh.model_loader.open(save_recogniser(tmp_path / "net.safetensors"))
    fresh.model_loader.open(tmp_path / "noise.wav")
    fresh.session.set_cursor(0.5)
    return fresh


def best(on, time_s: float) -> str:
    scores = on.session.shown.predictions[ANSWER].scores
    row = scores.logits[round(scores.axis.index(time_s))].copy()
    row[scores.blank] = -np.inf
    return LABELS[int(row.argmax())]


def test_the_best_answer_at_the_cursor_is_explained_and_checked(hearing):
    run(hearing, "explain.this")
    found = hearing.explanations.explanation
    assert found.found.target.words.startswith(f"{best(hearing, 0.5)} at 0.49")
    assert found.found.method == "lrp"
    image = hearing.session.shown.channels[MAP]
    np.testing.assert_array_equal(image.values, found.found.values.T)
    assert image.low == -image.high
    assert len(hearing.explanations.steps) == 5
    assert hearing.explanations.verdict.startswith("This map")
    assert found.figures is not None
    keys = [lane.key for lane in hearing.session.lanes]
    assert keys.index(MAP) == keys.index(ANSWER) + 1
    (view,) = (lane for lane in hearing.stack_views.view().lanes if lane.key == MAP)
    assert view.signed
    assert view.under is hearing.session.shown.channels[LaneKey(FIRST_MODEL, "recogniser", INPUT)]


def test_a_selection_and_a_rival_are_explained(hearing):
    hearing.session.set_selection(Range(0.3, 0.6))
    run(hearing, "explain.against")
    target = hearing.explanations.explanation.found.target
    assert target.against is not None
    assert " against " in target.words
    axis = hearing.session.shown.predictions[ANSWER].scores.axis
    assert (target.frames[0], target.frames[-1] + 1) == axis.samples_in(Range(0.3, 0.6))


def test_another_method_explains_the_same_and_a_curve_is_a_curve(hearing):
    run(hearing, "explain.this")
    target = hearing.explanations.explanation.found.target
    run(hearing, "explain.by_grad-cam")
    assert hearing.explanations.explanation.found.target == target
    assert MAP not in hearing.session.shown.channels
    assert hearing.session.shown.tracks[MAP].axis.n == 63
    (view,) = (lane for lane in hearing.stack_views.view().lanes if lane.key == MAP)
    assert view.curves


def test_the_sound_is_heard_through_the_map(hearing):
    run(hearing, "explain.this")
    made = hearing.explanations.explanation.masked
    for part in ("through", "complement", "original"):
        run(hearing, f"explain.hear_{part}")
        np.testing.assert_array_equal(hearing.player.heard[-1][0], getattr(made, part))


def test_the_checks_are_a_table(hearing):
    run(hearing, "explain.this")
    made = check_listing(hearing.explanations.explanation, hearing.explanations.steps)
    cells = {(row[0], row[1]) for row in made.rows}
    assert ("Reaches the input of", "conv1") in cells
    assert ("ρ with shuffled weights", "logits to conv1") in cells
    assert ("Probability of the answer", "") in cells
    assert made.notice == hearing.explanations.verdict
    assert all(len(row) == len(made.head) for row in made.rows)


def test_the_map_is_taken_away(hearing):
    run(hearing, "explain.this")
    run(hearing, "explain.close")
    assert hearing.explanations.explanation is None
    assert MAP not in hearing.session.shown.tracks
    assert MAP not in [lane.key for lane in hearing.session.lanes]


def test_another_sound_is_explained_again(hearing, tmp_path):
    run(hearing, "explain.this")
    before = hearing.explanations.explanation
    other = 0.1 * np.random.default_rng(2).standard_normal(12000)
    soundfile.write(tmp_path / "other.wav", other, 16000)
    hearing.model_loader.open(tmp_path / "other.wav")
    after = hearing.explanations.explanation
    assert after is not before
    assert len(after.masked.original) == 12000


def test_without_a_network_that_hears_it_says_so(fresh):
    heard = []
    fresh.context.messages.faulted.connect(heard.append)
    fresh.explanations.explain_here()
    assert "No network says anything here" in str(heard[0])
