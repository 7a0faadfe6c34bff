"""TextGrids with something odd in them: refused in a sentence, or written back as they were."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.annotation.editing import add_boundary, remove_boundary, rename_tier, set_label
from core.annotation.textgrid import parse_textgrid, textgrid_bytes
from core.annotation.textgrid_syntax import Style
from core.annotation.tiers import Annotation, Tier
from core.faults import Fault

HEAD = 'File type = "ooTextFile"\nObject class = "TextGrid"\n\n0\n1\n<exists>\n'
NO_INTERVALS = f'{HEAD}1\n"IntervalTier"\n"a"\n0\n1\n0\n'.encode()


@pytest.mark.parametrize("count", ["1e99", "1e999"])
def test_a_count_without_sense_is_a_sentence(count):
    for text in (f"{HEAD}{count}\n", f'{HEAD}1\n"IntervalTier"\n"a"\n0\n1\n{count}\n0\n1\n"x"\n'):
        with pytest.raises(Fault, match="cannot be read"):
            parse_textgrid(text.encode())


@pytest.mark.parametrize("long", [True, False])
def test_an_interval_tier_without_intervals_is_written_back_as_it_was_until_it_is_edited(long):
    read = parse_textgrid(NO_INTERVALS)
    style = Style(long=long)
    data = textgrid_bytes(read.annotation, style)
    again = parse_textgrid(data)
    assert textgrid_bytes(again.annotation, again.style) == data
    assert textgrid_bytes(read.annotation, read.style) == NO_INTERVALS
    assert pickle.loads(pickle.dumps(read.annotation)) == read.annotation
    named = rename_tier(read.annotation, 0, "b")
    assert parse_textgrid(textgrid_bytes(named, style)).annotation == named
    for edited in (
        set_label(named, 0, 0, "x"),
        add_boundary(named, 0, 0.5),
        remove_boundary(add_boundary(named, 0, 0.5), 0, 0.5),
    ):
        size = len(edited.tiers[0].labels)
        assert f"{size}".encode() in textgrid_bytes(edited, Style(long=False)).splitlines()[11:12]
        assert parse_textgrid(textgrid_bytes(edited, style)).annotation == edited


@settings(max_examples=60)
@given(st.text(st.characters(max_codepoint=0x3FF), max_size=9))
def test_what_is_written_as_latin_1_is_read_back_whatever_the_label(label):
    tier = Tier("t", "interval", 0.0, 1.0, (0.0, 1.0), (label,))
    note = Annotation((tier,), 0.0, 1.0)
    assert parse_textgrid(textgrid_bytes(note, Style(encoding="latin-1"))).annotation == note


@pytest.mark.parametrize("label", ["Ã©", "Â£ Ã¸"])
def test_what_looks_like_utf_8_makes_a_latin_1_file_utf_8(label):
    note = Annotation((Tier("t", "point", 0.0, 1.0, (0.5,), (label,)),), 0.0, 1.0)
    data = textgrid_bytes(note, Style(encoding="latin-1"))
    assert (parse_textgrid(data).annotation, parse_textgrid(data).style.encoding) == (note, "utf-8")
