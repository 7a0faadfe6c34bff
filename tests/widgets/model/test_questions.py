"""What the weights cannot tell is asked with presets, and nothing is answered by closing."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QListWidget, QPushButton, QRadioButton

from core.families.card import Card, Choice, Fact, Question
from core.networks.latent import LatentLayout
from tests.support.cards import generator
from widgets.model.questions import ChooseRunDialog, QuestionsDialog
from widgets.theme.control_paint import Words
from widgets.theme.theme import DARK

QUESTIONS = (
    Question("rate", "At which rate?", (Choice(16000, "16000 Hz"), Choice(22050, "22050 Hz")), 16000, True),
    Question("kind", "What is the code?", (Choice("bits", "Bits"), Choice("none", "None")), "none"),
)


def card(**answers):
    facts = tuple(Fact(name, value, "read") for name, value in answers.items())
    open_ones = tuple(question.name for question in QUESTIONS if question.name not in answers)
    return Card(
        "p", "t", "f", "d", facts, QUESTIONS, {"G": generator((), LatentLayout(100))},
        answers=answers, unanswered=open_ones,
    )  # fmt: skip


@pytest.fixture
def ask(qtbot):
    def made(**answers):
        dialog = QuestionsDialog(card(**answers))
        qtbot.addWidget(dialog)
        dialog.set_theme(DARK)
        dialog.said = []
        dialog.answered.connect(dialog.said.append)
        dialog.show()
        return dialog

    return made


def press(qtbot, dialog, words):
    found = next(one for one in dialog.findChildren(QPushButton) if one.text() == words)
    qtbot.mouseClick(found, Qt.MouseButton.LeftButton)


def radio(dialog, words):
    return next(one for one in dialog.findChildren(QRadioButton) if one.text() == words)


def test_what_is_assumed_is_said_and_chosen_beforehand(ask):
    assert radio(ask(), "16000 Hz, assumed").isChecked()
    assert radio(ask(), "None, assumed").isChecked()


def test_an_answer_given_before_is_chosen_and_no_longer_called_assumed(ask):
    dialog = ask(rate=22050, kind="bits")
    assert radio(dialog, "22050 Hz").isChecked()
    assert radio(dialog, "16000 Hz").isVisible()


def test_confirming_answers_every_question(qtbot, ask):
    dialog = ask()
    radio(dialog, "22050 Hz").setChecked(True)
    press(qtbot, dialog, "Use these answers")
    assert dialog.said == [{"rate": 22050, "kind": "none"}]
    assert not dialog.isVisible()


@pytest.mark.parametrize(("text", "answer"), [("8000", 8000), ("11025,5", 11025.5)])
def test_another_number_may_be_typed(qtbot, ask, text, answer):
    dialog = ask()
    qtbot.keyClicks(dialog.findChild(QLineEdit), text)
    press(qtbot, dialog, "Use these answers")
    assert dialog.said == [{"rate": answer, "kind": "none"}]


def test_a_number_typed_before_is_still_there(ask):
    assert ask(rate=8000).findChild(QLineEdit).text() == "8000"


def test_nonsense_is_refused_in_a_sentence(qtbot, ask):
    dialog = ask()
    qtbot.keyClicks(dialog.findChild(QLineEdit), "fast")
    press(qtbot, dialog, "Use these answers")
    assert dialog.said == []
    assert dialog.isVisible()
    assert any("“fast” is not a number" in one.text() for one in dialog.findChildren(Words))


def test_keeping_the_assumptions_answers_nothing(qtbot, ask):
    dialog = ask()
    press(qtbot, dialog, "Keep the assumptions")
    assert dialog.said == []


def test_the_question_that_was_clicked_has_the_focus(qtbot):
    dialog = QuestionsDialog(card(), name="kind")
    qtbot.addWidget(dialog)
    dialog.show()
    with qtbot.waitActive(dialog):
        dialog.activateWindow()
    assert dialog.focusWidget() is radio(dialog, "None, assumed")


def test_a_run_is_chosen_once(qtbot):
    dialog = ChooseRunDialog((("/a", "Run a"), ("/b", "Run b")))
    qtbot.addWidget(dialog)
    dialog.set_theme(DARK)
    said = []
    dialog.chosen.connect(said.append)
    dialog.show()
    runs = dialog.findChild(QListWidget)
    qtbot.keyClick(runs, Qt.Key.Key_Down)
    qtbot.keyClick(runs, Qt.Key.Key_Return)
    assert said == ["/b"]


def test_no_run_is_chosen_by_cancelling(qtbot):
    dialog = ChooseRunDialog((("/a", "Run a"),))
    qtbot.addWidget(dialog)
    said = []
    dialog.chosen.connect(said.append)
    dialog.show()
    press(qtbot, dialog, "Cancel")
    assert said == []
