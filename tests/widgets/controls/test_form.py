"""The settings form: Praat's manners, made from the dataclass alone."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Literal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QWidget

from core.faults import Fault
from widgets.controls.form import SettingsForm, self_report
from widgets.controls.form_fields import label_and_unit
from widgets.theme.control_paint import Words
from widgets.theme.theme import DARK


@dataclass(frozen=True)
class Made:
    """Settings that no analysis has."""

    floor_hz: float = 75.0
    method: Literal["raw", "filtered"] = "raw"
    candidates: int = 15
    accurate: bool = False
    time_step_s: float | None = None
    pre_emphasis_db_per_octave: float = 6.0

    def __post_init__(self) -> None:
        if self.floor_hz <= 0:
            raise ValueError("The floor is above 0 Hz.")


STANDARD = Made()


@pytest.fixture
def form(qtbot):
    made = SettingsForm("Pitch settings", STANDARD, STANDARD)
    qtbot.addWidget(made)
    made.set_theme(DARK)
    made.said = []
    made.applied.connect(made.said.append)
    return made


def field(form, name, kind=QLineEdit):
    return next(one for one in form.findChildren(kind) if name in (one.accessibleName(), one.text()))


def write(form, name, text):
    line = field(form, name)
    line.selectAll()
    line.insert(text)
    line.textEdited.emit(line.text())


def says(form, words):
    return any(words in one.text() for one in form.findChildren(Words))


def click(qtbot, form, words):
    qtbot.mouseClick(form.buttons[words], Qt.MouseButton.LeftButton)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("floor_hz", ("Floor", "Hz")),
        ("window_length_s", ("Window length", "s")),
        ("dynamic_range_db", ("Dynamic range", "dB")),
        ("pre_emphasis_db_per_octave", ("Pre-emphasis", "dB/octave")),
        ("voiced_unvoiced_cost", ("Voiced / unvoiced cost", "")),
        ("max_formants", ("Number of formants", "")),
        ("pre_emphasis_from_hz", ("Pre-emphasis from", "Hz")),
    ],
)
def test_a_fields_unit_comes_from_its_suffix(name, words):
    assert label_and_unit(name) == words


def test_the_first_field_is_chosen_when_the_form_opens(qtbot, form):
    form.show()
    with qtbot.waitActive(form):
        form.activateWindow()
    first = field(form, "Floor")
    assert form.focusWidget() is first
    assert first.selectedText() == "75"


def test_apply_gives_a_new_value_and_leaves_the_form_open(qtbot, form):
    form.show()
    write(form, "Floor", "50")
    field(form, "Accurate", QCheckBox).setChecked(True)
    box = form.findChild(QComboBox)
    box.setCurrentIndex(box.findData("filtered"))
    click(qtbot, form, "Apply")
    assert form.said == [Made(50.0, "filtered", 15, True)]
    assert form.isVisible()


def test_ok_with_nothing_changed_asks_for_nothing(qtbot, form):
    form.show()
    click(qtbot, form, "OK")
    assert form.said == []
    assert not form.isVisible()


def test_apply_and_then_ok_asks_once(qtbot, form):
    write(form, "Floor", "50")
    click(qtbot, form, "Apply")
    click(qtbot, form, "OK")
    assert len(form.said) == 1


def test_cancel_asks_for_nothing(qtbot, form):
    form.show()
    write(form, "Floor", "50")
    click(qtbot, form, "Cancel")
    assert form.said == []
    assert not form.isVisible()


def test_an_empty_field_of_an_optional_is_automatic(qtbot, form):
    write(form, "Time step", "0,01")
    click(qtbot, form, "Apply")
    write(form, "Time step", "automatic")
    click(qtbot, form, "Apply")
    assert [value.time_step_s for value in form.said] == [0.01, None]


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("Floor", "high", "Floor: “high” is not a number."),
        ("Floor", "", "is not a number"),
        ("Candidates", "1.5", "Candidates: “1.5” is not a whole number."),
        ("Floor", "−3", "The floor is above 0 Hz."),
    ],
)
def test_nonsense_is_refused_in_a_sentence_and_the_form_stays(qtbot, form, name, text, sentence):
    form.show()
    line = field(form, name)
    line.clear()
    line.insert(text)
    click(qtbot, form, "OK")
    assert form.said == []
    assert form.isVisible()
    assert says(form, sentence)
    with pytest.raises(Fault):
        form.value()


def test_standards_come_back_and_are_applied_only_when_asked(qtbot):
    form = SettingsForm("Pitch settings", Made(50.0), STANDARD)
    qtbot.addWidget(form)
    said = []
    form.applied.connect(said.append)
    assert says(form, "has a non-standard value: floor")
    click(qtbot, form, "Standards")
    assert said == []
    assert says(form, "(all of your pitch settings have their standard values)")
    click(qtbot, form, "OK")
    assert said == [STANDARD]


def test_the_report_names_what_differs():
    assert self_report("Pitch settings", ["Floor", "Method"]) == (
        "(2 of your pitch settings have non-standard values: floor, method)"
    )


def test_help_shows_the_settings_own_words(qtbot, form):
    form.show()
    click(qtbot, form, "Help")
    shown = next(one for one in form.findChildren(Words) if one.text().startswith("Settings that no"))
    assert shown.isVisible()


# --- values with a name of their own ---------------------------------------------------------------


@dataclass(frozen=True)
class Named:
    """Settings of which one has named values and another says where, not how."""

    ceiling_hz: float = dataclasses.field(
        default=5500.0,
        metadata={"label": "Formant ceiling", "named": {"Man 5000 Hz": 5000.0, "Woman 5500 Hz": 5500.0}},
    )
    start_s: float = dataclasses.field(default=0.0, metadata={"form": False})


@pytest.fixture
def named(qtbot):
    made = SettingsForm("Formant settings", Named(start_s=0.3), Named())
    qtbot.addWidget(made)
    made.said = []
    made.applied.connect(made.said.append)
    return made


def names(form):
    return next(
        one for one in form.findChildren(QComboBox) if one.accessibleName() == "Formant ceiling, by name"
    )


def choose(form, words):
    box = names(form)
    box.setCurrentIndex(box.findText(words))
    box.activated.emit(box.currentIndex())


def test_a_named_value_is_chosen_beside_its_number(qtbot, named):
    choose(named, "Man 5000 Hz")
    assert field(named, "Formant ceiling").text() == "5000"
    assert says(
        named,
        "(1 of your formant settings has a non-standard value: formant ceiling (man 5000 Hz))",
    )
    click(qtbot, named, "Apply")
    assert named.said == [Named(5000.0, 0.3)]


def test_a_number_shows_its_name_or_that_it_has_none(named):
    assert says(named, "have their standard values; formant ceiling: woman 5500 Hz)")
    write(named, "Formant ceiling", "5300")
    assert names(named).currentText() == "Other"
    write(named, "Formant ceiling", "5000")
    assert names(named).currentText() == "Man 5000 Hz"


def test_what_says_where_has_no_field_and_is_kept(named):
    assert named.value().start_s == 0.3
    assert not any("Start" in one.accessibleName() for one in named.findChildren(QLineEdit))


def test_values_that_make_no_sense_together_keep_the_form_open_with_the_reason(qtbot):
    said = []
    form = SettingsForm(
        "Pitch settings", Made(), Made(), wrong=lambda value: "No pitch" if value.floor_hz > 500 else None
    )
    qtbot.addWidget(form)
    form.applied.connect(said.append)
    form.show()
    write(form, "Floor", "600")
    click(qtbot, form, "OK")
    assert form.isVisible()
    assert says(form, "No pitch.")
    assert said == []
    write(form, "Floor", "60")
    click(qtbot, form, "OK")
    assert not form.isVisible()
    assert [value.floor_hz for value in said] == [60]


@dataclass(frozen=True)
class Wide:
    """Settings with long words, a list beside a number, and a number that one method leaves idle."""

    method: Literal["raw", "filtered"] = "raw"
    attenuation: float = dataclasses.field(default=0.03, metadata={"used": "filtered"})
    ceiling_of_the_formants_of_any_kind_of_speaker_hz: float = dataclasses.field(
        default=5500.0, metadata={"named": {"Woman 5500 Hz": 5500.0}}
    )

    @property
    def filtered(self) -> bool:
        return self.method == "filtered"


def test_a_form_above_a_window_is_as_wide_as_its_words_and_fields(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    form = SettingsForm("Formant settings", Wide(), Wide(), window)
    form.show()
    asked = (*form.findChildren(Words), *form.findChildren(QComboBox))
    cut = [one for one in asked if one.isVisible() and one.width() < one.minimumSizeHint().width()]
    assert cut == []
    number, names = (
        field(form, "Ceiling of the formants of any kind of speaker"),
        form.findChildren(QComboBox),
    )
    assert all(not number.geometry().intersects(box.geometry()) for box in names)


def test_no_dialog_is_wider_than_its_screen(qtbot):
    form = SettingsForm("Formant settings", Wide(), Wide())
    qtbot.addWidget(form)
    form.body.addWidget(Words("far too long " * 200))
    form.show()
    assert form.width() <= form.screen().availableSize().width()


def test_words_that_take_more_lines_make_the_form_grow(qtbot, form):
    form.show()
    before = form.height()
    form.say("a long reason " * 40, "warn")
    assert form.height() > before
    assert form.report.height() >= form.report.heightForWidth(form.report.width())


def test_a_field_that_the_chosen_method_leaves_idle_is_grey(qtbot):
    form = SettingsForm("Pitch settings", Wide(), Wide())
    qtbot.addWidget(form)
    assert not field(form, "Attenuation").isEnabled()
    form.show_value(Wide(method="filtered"))
    assert field(form, "Attenuation").isEnabled()
