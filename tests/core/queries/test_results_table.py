"""The results table grows, forgets nothing that was not taken back, and leaves as plain text."""

from __future__ import annotations

import csv
import json

from core.provenance import Origin
from core.queries.queries import Answer
from core.queries.results_store import read_kept, write_kept
from core.queries.results_table import COLUMNS, Results, as_text, write_results


def answer(value: float, measure: str = "Mean pitch") -> Answer:
    return Answer("Out", measure, 0.180979, 0.331697, value, "Hz", origin=Origin(analysis="pitch"))


def filled() -> Results:
    results = Results()
    results.add(
        answer(124.978331234), file="g.pt", model="g (0badcafe)", point="seed 69", settings="Praat 6.4"
    )
    results.add(answer(float("nan")), answer(-0.5, "Mean activation"))
    return results


def test_every_query_adds_a_row_and_numbers_are_never_given_twice():
    results = filled()
    results.undo()
    results.add(answer(1.0))
    assert [row.number for row in results.rows] == [1, 4]


def test_undo_takes_back_the_last_query_note_or_removal():
    results = filled()
    results.annotate(1, "creaky")
    results.remove([2, 3])
    assert [row.number for row in results.rows] == [1]
    results.undo()
    assert len(results.rows) == 3
    results.undo()
    assert results.rows[0].note == ""
    results.redo()
    assert results.rows[0].note == "creaky"


def test_a_change_that_changes_nothing_tells_nothing():
    results, told = filled(), []
    results.changed.connect(lambda: told.append(1))
    results.remove([99])
    results.annotate(1, "")
    assert told == []


def test_copied_rows_have_plain_minus_six_decimals_and_empty_undefined_values():
    lines = as_text(filled().rows).splitlines()
    assert lines[0].split("\t") == list(COLUMNS)
    first, second, third = (dict(zip(COLUMNS, line.split("\t"), strict=True)) for line in lines[1:])
    assert (first["start_s"], first["end_s"], first["value"]) == ("0.180979", "0.331697", "124.978331")
    assert (first["file"], first["model"], first["point"]) == ("g.pt", "g (0badcafe)", "seed 69")
    assert second["value"] == ""
    assert third["value"] == "-0.5"


def test_an_export_reads_back_with_any_note_and_has_its_origins_beside_it(tmp_path):
    results = filled()
    note = 'says "seven", then\nstops, with a\ttab'
    results.annotate(1, note)
    for name, delimiter in (("results.csv", ","), ("results.tsv", "\t")):
        write_results(tmp_path / name, results.rows)
        with (tmp_path / name).open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file, delimiter=delimiter))
        assert [row["note"] for row in rows] == [note, "", ""]
    origins = json.loads((tmp_path / "results.origins.json").read_text())["origins"]
    assert origins["1"] == {"analysis": "pitch"}


def test_rows_come_back_as_they_were_and_numbers_go_on(tmp_path):
    results = filled()
    results.annotate(1, "creaky, “ə”")
    write_kept(results.rows, tmp_path / "data" / "results.json")
    again = Results(read_kept(tmp_path / "data" / "results.json"))
    assert as_text(again.rows) == as_text(results.rows)
    assert [row.answer.origin for row in again.rows] == [row.answer.origin for row in results.rows]
    again.add(answer(1.0))
    assert again.rows[-1].number == 4
    again.undo()
    assert again.undo_words == "", "what stood there at the start is no step"


def test_a_damaged_line_costs_only_its_row(tmp_path):
    path = tmp_path / "results.json"
    assert read_kept(path) == ()
    write_kept(filled().rows, path)
    lines = path.read_bytes().splitlines()
    path.write_bytes(b"\n".join([lines[0], lines[1][:20], b"\xff", lines[2]]))
    assert [row.number for row in read_kept(path)] == [1, 3]


def test_clearing_is_a_step_of_undo():
    results = filled()
    results.clear()
    assert (results.rows, results.undo_words) == ((), "clearing")
    results.undo()
    assert (len(results.rows), results.redo_words) == (3, "clearing")


def test_a_late_answer_takes_the_place_of_its_question():
    results = Results()
    late = results.reserve()
    results.add(answer(70.0, "Intensity"))
    results.add(answer(120.0, "F0"), number=late)
    assert [(row.number, row.answer.measure) for row in results.rows] == [(1, "F0"), (2, "Intensity")]
    refused = results.reserve()
    results.release(refused)
    results.add(answer(500.0, "F1"))
    assert [row.number for row in results.rows] == [1, 2, 3]
