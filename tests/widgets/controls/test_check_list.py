"""Measures are ticked; the value is the same text that is typed elsewhere."""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox

from app.measuring.settings import MeasureSettings, measure_choices
from core.analyses.measures import MEASURES, groups
from core.measures.plan import names_of
from widgets.controls.form_fields import check_list


def boxes(field) -> dict[str, QCheckBox]:
    return {box.toolTip(): box for box in field.widget.findChildren(QCheckBox)}


def test_every_measure_has_a_box_or_belongs_to_one():
    words = [word for word, _ in measure_choices()]
    covered = {key for word in words for key in groups().get(word, (word,))}
    assert covered == set(MEASURES)
    assert len(words) == len(set(words))


def test_the_standard_measures_read_back_unchanged(qtbot):
    field = check_list("Measures", measure_choices(), lambda: None)
    qtbot.addWidget(field.widget)
    field.show(MeasureSettings().measures)
    assert field.read() == MeasureSettings().measures
    assert [word for word, box in boxes(field).items() if box.isChecked()] == [
        "f0", "intensity", "formants", "duration",
    ]  # fmt: skip


def test_ticking_adds_a_measure_and_tells(qtbot):
    told = []
    field = check_list("Measures", measure_choices(), lambda: told.append(True))
    qtbot.addWidget(field.widget)
    field.show("f0")
    told.clear()
    boxes(field)["moments"].click()
    assert field.read() == "f0, moments"
    assert told == [True]
    assert names_of(field.read().split(",")) == ("f0", *groups()["moments"])


def test_a_word_without_a_box_is_kept(qtbot):
    field = check_list("Measures", measure_choices(), lambda: None)
    qtbot.addWidget(field.widget)
    field.show("f1, duration")
    assert field.read() == "duration, f1"
