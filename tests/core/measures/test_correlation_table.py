"""r as a table: what is copied, and what R reads."""

from __future__ import annotations

import csv
import io
import json

import numpy as np
import pytest

from core.faults import Fault
from core.measures.correlation import Pair, interval_names
from core.measures.correlation_table import COLUMNS, as_text, write

CHANCE = np.random.default_rng(3)
MINE, THEIRS = CHANCE.standard_normal((2, 4, 10))
PAIRS = (
    Pair("conv4", "f0", "Hz", MINE, THEIRS),
    Pair("conv3", "cog", "Hz", np.full((1, 3), np.nan), np.zeros((1, 3)), "as published"),
)


def test_r_is_written_with_n_for_each_layer_and_measure(tmp_path):
    beside = write(tmp_path / "r.csv", PAIRS, json.dumps({"preset": "Praat"}))
    with (tmp_path / "r.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == tuple(COLUMNS)
    assert (rows[0]["layer"], rows[0]["measure"], rows[0]["n"]) == ("conv4", "f0", "40")
    assert float(rows[0]["r"]) == pytest.approx(np.corrcoef(MINE.ravel(), THEIRS.ravel())[0, 1], rel=1e-8)
    assert (rows[1]["r"], rows[1]["n"], rows[1]["resampling"]) == ("", "0", "as published")
    record = json.loads(beside.read_text(encoding="utf-8"))
    assert (record["preset"], record["table"]) == ("Praat", "r.csv")


def test_the_copied_text_holds_the_same_rows(tmp_path):
    write(tmp_path / "r.csv", PAIRS, "")
    copied = list(csv.reader(io.StringIO(as_text(PAIRS)), delimiter="\t"))
    with (tmp_path / "r.csv").open(encoding="utf-8", newline="") as file:
        assert copied == list(csv.reader(file))


def test_another_kind_of_file_is_refused(tmp_path):
    with pytest.raises(Fault, match="not a name for a table"):
        write(tmp_path / "r.xlsx", PAIRS, "")
    assert list(tmp_path.iterdir()) == []


def test_intervals_of_several_items_are_named_with_them():
    assert interval_names([("word", "a"), ("word", "")]) == ("a", "word")
    assert interval_names([("one", "a"), ("two", "a")]) == ("one: a", "two: a")
