"""The Praat script recomputes every number of the table: Debian's Praat is asked."""

from __future__ import annotations

import csv
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.analyses.measures import MEASURES
from core.annotation.tiers import Annotation
from core.measures.measuring import IntervalChoice, MeasurementItem, measure
from core.measures.plan import plan_of
from core.measures.praat_script import has_query, praat_script, text, write_praat_script
from core.playback.sonification import published
from tests.core.measures.test_measuring import GRID, glide, model, note, sound
from tests.support.praat_oracle import beside, needs_praat, recording, sound_file

EVERYTHING = tuple(key for key, row in MEASURES.items() if has_query(row))
NUMBERS = ("start_s", "end_s", "time_s", "normalised_time", "value")


def table_rows(path: Path) -> list[dict[str, str]]:
    data = path.read_bytes()
    encoding = "utf-16" if data[:2] in (b"\xfe\xff", b"\xff\xfe") else "utf-8"
    return list(csv.DictReader(data.decode(encoding).splitlines(keepends=True)))


def assert_praat_measures_the_same(
    folder: Path,
    items: list[MeasurementItem],
    plan,
    choice=IntervalChoice(),  # noqa: B008
) -> int:
    """Run the script that was written; give how many defined values were compared."""
    table = measure(items, plan, choice)
    write_praat_script(folder, items, table, choice, {})
    said = subprocess.run(
        ["praat", "--run", str(folder / "measure.praat")],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert said.returncode == 0, said.stderr
    ours, theirs = table_rows(folder / "phonoscope.csv"), table_rows(folder / "praat.csv")
    assert len(ours) == len(theirs)
    assert f"{len(ours)} values" in said.stdout.replace("\x00", "")
    for mine, praats in zip(ours, theirs, strict=True):
        for name, cell in mine.items():
            if name not in NUMBERS:
                assert cell == praats[name]
            elif cell and praats[name]:
                assert float(praats[name]) == pytest.approx(float(cell), rel=5.001e-9, abs=6e-10), mine
            else:
                assert cell == praats[name], mine
    return sum(bool(row["value"]) for row in ours)


@needs_praat
@pytest.mark.parametrize(
    "preset",
    ["Praat 6.1-6.3", "Praat 6.4", "Praat 6.4, 75-450 Hz", "WaveGAN, 60-300 Hz", "Low layers, 5-150 Hz"],
)
def test_praat_recomputes_every_layer_with_every_preset(preset, tmp_path):
    count = assert_praat_measures_the_same(tmp_path, [model()], plan_of(EVERYTHING, 10, preset))
    assert count > 300


@needs_praat
def test_praat_recomputes_by_cross_correlation_and_other_settings(tmp_path):
    plan = plan_of(EVERYTHING, 20, "Praat 6.1-6.3", (750.0, 1500.0))
    plan = replace(
        plan,
        pitch=replace(plan.pitch, method="filtered cross-correlation", time_step_s=0.004),
        formants=replace(plan.formants, ceiling_hz=5000.0, max_formants=4.5, time_step_s=0.005),
        intensity=replace(plan.intensity, subtract_mean=False, time_step_s=0.01),
    )
    assert_praat_measures_the_same(tmp_path, [model()], plan)


@needs_praat
def test_praat_recomputes_layers_as_published(tmp_path):
    item = model()
    axes = {key: track.axis for key, track in item.tracks.items()}
    up = {key: published(track, item.tracks["out"].axis) for key, track in item.tracks.items()}
    lifted = MeasurementItem("demo", "seed 0", up, "out", axes, GRID)
    assert_praat_measures_the_same(tmp_path, [lifted], plan_of(EVERYTHING, 10, "Praat 6.1-6.3"))


@needs_praat
def test_praat_recomputes_several_items_odd_labels_and_intervals_beyond_the_sound(tmp_path):
    odd = note(
        ('aː, "ŋ"', 0, 0.3), ("a\\ct", 0.3, 0.31), ("two\nlines", 0.31, 1.5), ("late", 1.5, 2), end_s=2
    )
    grid = Annotation((replace(odd, name='tier "1", IPA'),), 0.0, 2.0)
    items = [model(grid), replace(model(None), item="seed 1, 2")]
    assert_praat_measures_the_same(tmp_path, items, plan_of(EVERYTHING, 10, "Praat 6.1-6.3"))
    assert (tmp_path / "1-conv4.Sound").is_file()
    assert (tmp_path / "1-annotation.TextGrid").is_file()


@needs_praat
def test_praat_puts_no_variable_where_a_label_or_a_name_has_apostrophes(tmp_path):
    labels = ("'m'", "t'p't", "'points'", "''", "'own_rate'", "l'", "'rows$'", "\"'p'\"", "'head$'\n'p'")
    times = np.linspace(0, 1, len(labels) + 1).tolist()
    one = note(*((label, *times[k : k + 2]) for k, label in enumerate(labels)))
    grid = Annotation((replace(one, name="the 'measures' tier"),), 0.0, 1.0)
    item = replace(sound(glide(), grid), file="talker 'm'.wav", item="talker 'nx' 'x1'")
    assert_praat_measures_the_same(tmp_path, [item, item], plan_of(("duration", "f0"), 2))


@needs_praat
@pytest.mark.parametrize(
    ("name", "tier"), [("words", "word"), *beside(("speech/acoustic_corpus.wav", "words"))]
)
@pytest.mark.parametrize("preset", ["Praat 6.1-6.3", "Praat 6.4"])
def test_praat_recomputes_annotated_speech(preset, name, tier, tmp_path):
    from core.annotation.textgrid import read_textgrid

    grid = read_textgrid(sound_file(name).with_suffix(".TextGrid")).annotation
    item = sound(recording(name, 6.0), grid)
    plan = plan_of(("f0", "intensity", "formants", "duration", "moments", "peak_time"), 10, preset)
    count = assert_praat_measures_the_same(tmp_path, [item], plan, IntervalChoice(tier, "[a-f].*"))
    assert count > 200


def test_what_praat_would_not_give_alike_is_left_out_and_named(tmp_path):
    table = measure([sound(glide())], plan_of(("duration", "harmonicity"), 2))
    lines = list(praat_script([sound(glide())], table))
    assert "# Praat has no query with the same numbers for harmonicity: it is left out." in lines
    assert "measures = 1" in lines


def test_a_word_in_the_script_is_what_it_was():
    assert text('say "a"') == '"say ""a"""'
    assert text("one\ntwo") == '"one" + newline$ + "two"'
    assert text("'m' l") == '"\'" + "m\'" + " l"'


def test_a_label_cannot_run_as_a_command(tmp_path):
    """Every label stays inside its quotes, whatever is in it."""
    evil = note(('", 0, 1\nrunSystem: "x"', 0.0, 1.0))
    item = sound(glide(), Annotation((evil,), 0.0, 1.0))
    table = measure([item], plan_of(("duration",)))
    lines = list(praat_script([item], table))
    assert not any(line.startswith("runSystem") for line in lines)
    (asked,) = [line for line in lines if line.startswith("@interval")]
    assert np.count_nonzero(np.array(list(asked)) == '"') % 2 == 0
