"""A measure is one row: once registered, every reader has it."""

from __future__ import annotations

import csv

import numpy as np
import pytest
import soundfile

from app.cli.main import main
from core.analyses.measures import MEASURES, Measure
from core.analyses.registry import TABLE
from core.faults import Fault
from core.measures.measuring import MeasurementItem, measure
from core.measures.plan import names_of, plan_of
from core.measures.praat_script import praat_script
from core.queries.queries import Layer, ask
from core.signals.axis import Range, TimeAxis
from core.signals.track import Track

ROWS = (
    Measure(
        "level_minimum", "Level", "dB", "intensity", "intensity", digits=1, mean="frames",
        group="levels", praat='Get value at time: .time, "linear"',
    ),
    Measure(
        "jitter_local", "Jitter", "", "voice report", "Jitter (local)", reading="interval", group="levels"
    ),
)  # fmt: skip


@pytest.fixture
def made_up(monkeypatch: pytest.MonkeyPatch) -> None:
    for row in ROWS:
        monkeypatch.setitem(MEASURES, row.key, row)


def voice() -> Track:
    """A second of a pulse train at 150 Hz that grows louder."""
    axis = TimeAxis.of_sound(16000.0, 16000)
    harmonics = sum(np.sin(2 * np.pi * 150 * k * axis.times()) / k for k in range(1, 20))
    return Track("out", (0.1 * axis.times() * harmonics).astype(np.float32), axis)


def test_a_query_knows_a_new_row(made_up):
    track = voice()
    found = TABLE["intensity"].run(track)
    layer = Layer("out", "Out", track, results={"intensity": found})
    answer = ask(layer, MEASURES["level_minimum"], Range(0.2, 0.8), "minimum")
    assert (answer.measure, answer.unit, answer.digits) == ("Minimum level", "dB", 1)
    assert answer.value == ask(layer, MEASURES["intensity"], Range(0.2, 0.8), "minimum").value
    mean = found[0].part(Range(0.2, 0.8)).mean()
    assert ask(layer, MEASURES["level_minimum"], Range(0.2, 0.8)).value == pytest.approx(mean, rel=1e-12)


def test_the_long_table_and_its_script_know_new_rows(made_up):
    item = MeasurementItem("a.wav", "a", {"sound": voice().renamed("sound")})
    plan = plan_of(("levels", "intensity"), 5)
    assert plan.measures == (*(row.key for row in ROWS), "intensity")
    table = measure([item], plan)
    level, jitter, intensity = table.layers[0].columns
    np.testing.assert_array_equal(level.points, intensity.points)
    report = TABLE["voice report"].run(voice()).values()
    assert jitter.whole.tolist() == [report["Jitter (local)"]]
    assert 0 <= jitter.whole[0] < 0.01
    lines = list(praat_script([item], table))
    assert 'unit$ [1] = "dB"' in lines
    assert any("jitter_local" in line for line in lines if line.startswith("# Praat has no query"))


def test_the_command_line_offers_new_rows(made_up, capsys, tmp_path):
    with pytest.raises(SystemExit):
        main(["measure", "--help"])
    told = capsys.readouterr().out
    assert "levels (level_minimum,jitter_local)" in " ".join(told.split())
    track = voice()
    soundfile.write(tmp_path / "a.wav", track.samples, 16000, subtype="FLOAT")
    out = tmp_path / "table.csv"
    assert main(["measure", str(tmp_path / "a.wav"), "--measures", "levels", "--out", str(out)]) == 0
    with out.open(encoding="utf-8", newline="") as file:
        assert {row["measure"] for row in csv.DictReader(file)} == {row.key for row in ROWS}
    with pytest.raises(Fault, match="level_minimum"):
        names_of(("nonsense",))


def test_a_row_that_is_taken_out_is_gone_everywhere(monkeypatch, capsys):
    with monkeypatch.context() as while_here:
        for row in ROWS:
            while_here.setitem(MEASURES, row.key, row)
        assert names_of(("levels",))
    with pytest.raises(Fault, match="“levels” cannot be measured"):
        names_of(("levels",))
    with pytest.raises(SystemExit):
        main(["measure", "--help"])
    assert "levels" not in capsys.readouterr().out
