"""The card: what is known of a model, and from where; what is assumed can be asked about."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from core.families.card import Card, Choice, Fact, Question
from core.networks.latent import LatentLayout
from core.networks.layer_info import LayerInfo
from core.signals.axis import TimeAxis
from tests.support.cards import generator
from widgets.controls.button import Button
from widgets.model.card import CardPanel, FactRow, latent_text, size_text, slice_text, two_lines
from widgets.model.card_details import CardDetails, as_table, fact_rows
from widgets.theme.control_paint import Words
from widgets.theme.theme import DARK

RATE = Question("rate", "At which rate?", (Choice(16000, "16000 Hz"),), 16000, True)
SLICE = Question("slice", "How long?", (Choice(16384, "16384"),), 16384)
LAYERS = (
    LayerInfo("fc", 256, TimeAxis(15.625, 16, 0.03)),
    LayerInfo("out", 1, TimeAxis(16000.0, 16384)),
)
CARD = Card(
    "/runs/digits/epoch60.pt",
    "ciwGAN, digits",
    "PyTorch port, dim 16",
    "ab" * 32,
    (
        Fact("Latent variables", 100, "inferred"),
        Fact("Code", "one-hot", "set by you"),
        Fact("Slice", "16384 samples", "inferred"),
        Fact("Sampling rate", "16000 Hz", "assumed", "The checkpoint does not say."),
        Fact("Prior", "uniform", "assumed"),
        Fact("Batch normalisation", True, "inferred"),
    ),
    (RATE, SLICE),
    {"G": generator(LAYERS, LatentLayout(100, 4, "one-hot"))},
    size_bytes=6_012_345,
)


@pytest.fixture
def panel(qtbot):
    made = CardPanel()
    qtbot.addWidget(made)
    made.resize(240, 200)
    made.show_card(CARD)
    made.show()
    return made


def said_rows(panel):
    return [row.accessibleName() for row in panel.findChildren(FactRow) if row.parent() is panel]


def test_a_doubt_about_the_model_is_a_row_with_what_to_do(panel):
    doubt = Fact("Warning", "“attn” of G is not used.", "read", "The network may compute something else.")
    panel.show_card(replace(CARD, facts=(*CARD.facts, doubt)))
    assert said_rows(panel)[-1] == "Warning: “attn” of G is not used."
    tips = [row.toolTip() for row in panel.findChildren(FactRow)]
    assert tips[-1] == "“attn” of G is not used.\nThe network may compute something else."


def test_each_row_tells_its_source_and_an_assumed_prior_is_not_hidden(panel):
    assert said_rows(panel) == [
        "Family: PyTorch port, dim 16",
        "Latent: 4 code + 96 z, set by you",
        "Slice: 16384 = 1.024 s, inferred",
        "Rate: 16000 Hz, assumed",
        "Prior: uniform, assumed",
    ]


@pytest.mark.parametrize(("row", "asked"), [("Rate", ["rate"]), ("Slice", []), ("Latent", []), ("Prior", [])])
def test_a_click_asks_only_what_can_be_answered(qtbot, panel, row, asked):
    said = []
    panel.question_wanted.connect(said.append)
    one = next(one for one in panel.findChildren(FactRow) if one.accessibleName().startswith(row))
    qtbot.mouseClick(one, Qt.MouseButton.LeftButton)
    assert said == asked


def test_the_keyboard_reaches_an_assumed_row(qtbot, panel):
    one = next(one for one in panel.findChildren(FactRow) if one.accessibleName().startswith("Rate"))
    assert one.focusPolicy() & Qt.FocusPolicy.TabFocus
    with qtbot.waitSignal(panel.question_wanted):
        qtbot.keyClick(one, Qt.Key.Key_Return)


def test_another_card_replaces_the_rows(qtbot, panel):
    panel.show_card(replace(CARD, networks={"G": generator(LAYERS, LatentLayout(100), 22050.0)}))
    qtbot.waitUntil(lambda: len(panel.findChildren(FactRow)) == 5)
    assert "Rate: 22050 Hz, assumed" in said_rows(panel)


def test_no_card_has_nothing_to_tell(qtbot, panel):
    panel.show_card(CARD, "digits")
    folder = next(words for words in panel.findChildren(Words) if words.text() == "in digits")
    assert folder.isVisibleTo(panel)
    panel.show_card(None)
    assert not folder.isVisibleTo(panel)
    assert not panel.findChild(Button).isEnabled()
    panel.show_details()
    qtbot.waitUntil(lambda: not panel.findChildren(FactRow))


def test_the_info_button_wants_the_details(qtbot, panel):
    with qtbot.waitSignal(panel.details_wanted):
        qtbot.mouseClick(panel.findChild(Button), Qt.MouseButton.LeftButton)


def test_the_details_hold_every_fact_and_layer_and_can_be_copied(qtbot):
    rows = fact_rows(CARD)
    names = [row[0] for row in rows]
    assert {"SHA-256", "Batch normalisation", "G, FC", "G, Out"} <= set(names)
    assert ("Batch normalisation", "yes", "inferred", "") in rows
    assert as_table(rows).splitlines()[0] == "File\t/runs/digits/epoch60.pt"
    details = CardDetails(CARD)
    qtbot.addWidget(details)
    details.set_theme(DARK)
    assert not details.grab().isNull()


def test_sizes_and_latent_vectors_in_words():
    assert [size_text(n) for n in (512, 6_012_345, 812_000_000)] == ["512 bytes", "6.0 MB", "812 MB"]
    assert latent_text(replace(CARD, networks={"G": generator(LAYERS, LatentLayout(100))})) == "100 z"
    assert "sound" in latent_text(replace(CARD, networks={}))


def test_a_long_title_is_broken_where_both_lines_are_short():
    assert two_lines("Mandarin syllables, small ciwGAN", 186) == ("Mandarin syllables,", "small ciwGAN")
    assert two_lines("Small", 186) == ("Small", "")
    assert two_lines("a_file_name_without_any_space_in_it.safetensors", 186)[1] == ""


def test_every_family_has_a_name_for_the_card():
    from core.families.registry import FAMILIES as KNOWN
    from widgets.model.card import FAMILIES

    assert set(FAMILIES) == {family.name for family in KNOWN}


def test_a_network_of_sounds_of_any_length_says_so():
    assert slice_text(replace(CARD, networks={})) == "sounds of any length"
    assert slice_text(CARD) == "16384 = 1.024 s"
