"""Annotations kept on the disk come back with every digit, point and layout."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.annotation import Annotation, Instant, Kept, Tier
from core.annotation_shelf import read_shelf, write_shelf
from core.latent import Point
from core.textgrid import textgrid_bytes
from core.textgrid_text import Style

NUMBERS = st.floats(-4, 4)
TIMES = (Instant("0"), Instant("0.500", "0.5"), Instant("1.0"))


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.tuples(NUMBERS, NUMBERS), st.tuples(st.text(max_size=9), st.text(max_size=9)), st.text(max_size=9))
def test_a_shelf_comes_back_as_it_was(tmp_path, z, labels, name):
    tiers = (Tier(name, "interval", Instant("0.0"), Instant("1"), TIMES, labels),)
    style = Style(long=False, encoding="utf-16-le", newline="\r\n")
    shelf = (Kept(Point(z), Annotation(tiers, 0.0, 1.0), "a/b.TextGrid", style),)
    path = tmp_path / "shelf" / "one.json"
    write_shelf(shelf, path)
    read = read_shelf(path, 2)
    assert read == shelf
    assert textgrid_bytes(read[0].annotation, style) == textgrid_bytes(shelf[0].annotation, style)
    assert read_shelf(path, 3) == ()


def test_what_is_no_shelf_holds_nothing(tmp_path):
    path = tmp_path / "x.json"
    assert read_shelf(path, 2) == ()
    path.write_bytes(b"\x00\xff{")
    assert read_shelf(path, 2) == ()
