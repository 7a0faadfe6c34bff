"""Irregular TextGrids: whatever Praat reads opens with Praat's times and labels, and with a note."""

from __future__ import annotations

import itertools
import math
from pathlib import Path

import parselmouth
import pytest
from parselmouth.praat import call

from core.annotation.editing import move_boundary, remove_boundary, set_label
from core.annotation.textgrid import parse_textgrid, read_textgrid, textgrid_bytes, write_textgrid
from core.annotation.time_shift import MovedTiers, own_tiers

pytestmark = pytest.mark.filterwarnings("ignore::parselmouth.PraatWarning")  # it tells of zero bytes

HEAD = 'File type = "ooTextFile"\nObject class = "TextGrid"\n\n0\n2\n<exists>\n'


def tier(kind: str, rows: tuple[tuple[object, ...], ...], ends: str = "0\n2", count: object = None) -> str:
    values = "".join("".join(f"{value}\n" for value in row) for row in rows)
    return f'"{kind}"\n"t"\n{ends}\n{len(rows) if count is None else count}\n{values}'


def intervals(*rows: tuple[object, object, str], ends: str = "0\n2", count: object = None) -> str:
    quoted = tuple((start, end, f'"{label}"') for start, end, label in rows)
    return f"{HEAD}1\n{tier('IntervalTier', quoted, ends, count)}"


def points(*rows: tuple[object, str]) -> str:
    quoted = tuple((time, f'"{label}"') for time, label in rows)
    return f"{HEAD}1\n{tier('TextTier', quoted)}"


GOOD = intervals((0, 1, "a"), (1, 2, "b"))
CHRONOLOGICAL = """"Praat chronological TextGrid text file"
0 2 ! Time domain.
2 ! Number of tiers.
"IntervalTier" "p" 0 2
"TextTier" "t" 0 2

! p:
1 0 1
"a"
! t:
2 0.5
"x"
1 1 2
"b"
"""
IRREGULAR: dict[str, str | bytes] = {
    "two points at one time": points((0.5, "x"), (0.5, "y"), (0.7, "z")),
    "points out of order": points((0.9, "x"), (0.5, "y"), (0.7, "z")),
    "points beyond the tier": points((-0.9, "x"), (2.5, "y")),
    "overlap": intervals((0, 1, "a"), (0.8, 2, "b")),
    "one inside another": intervals((0, 2, "a"), (0.5, 1, "b")),
    "gap": intervals((0, 1, "a"), (1.2, 2, "b")),
    "out of order": intervals((1, 2, "b"), (0, 1, "a")),
    "two starting together": intervals((0, 1, "a"), (1, 1.5, "b"), (1, 2, "c")),
    "an empty interval": intervals((0, 1, "a"), (1, 1, "z"), (1, 2, "b")),
    "beyond the tier's end": intervals((0, 1, "a"), (1, 2.5, "b")),
    "before the tier's start": intervals((-1, 1, "a"), (1, 2, "b")),
    "short of the tier's end": intervals((0, 1, "a"), (1, 1.5, "b")),
    "late": intervals((0.5, 1, "a"), (1, 2, "b")),
    "units and commas": intervals((0, "1s", "a"), ("1,0", 2, "b")),
    "fractions": intervals((0, "1/2", "a"), ("50%", 2, "b")),
    "two dots": intervals((0, "1.0.0", "a"), (1, 2, "b")),
    "a count too small": intervals((0, 2, "a"), (1, 2, "b"), count=1),
    "a count with a unit": intervals((0, 1, "a"), (1, 2, "b"), count="2x"),
    "a negative count": intervals((0, 1, "a"), count=-1),
    "another tier after the last": GOOD + tier("IntervalTier", ((0, 2, '"c"'),)),
    "text after the last": f'{GOOD}hello "x" 1 2\n',
    "Latin-1": GOOD.replace('"a"', '"é"').encode("latin-1"),
    "Windows quotes": GOOD.replace('"a"', '"QR"').encode().replace(b"QR", b"\x93\x94"),
    "one byte amiss": GOOD.replace('"a"', '"əQ"').encode().replace(b"Q", b"\xff"),
    "half a character of UTF-16": GOOD.encode("utf-16") + b"\0",
    "collection": 'File type = "ooTextFile"\nObject class = "Collection"\n\nsize = 1\nitem []:\n'
    f'item [1]:\nclass = "TextGrid"\nname = "x"\n{GOOD.split(chr(10) * 2)[1]}',
    "chronological": CHRONOLOGICAL,
    "chronological in UTF-16": CHRONOLOGICAL.encode("utf-16"),
}
REGULAR: dict[str, str | bytes] = {
    "plain": GOOD,
    "tier longer than the TextGrid": intervals((0, 1, "a"), (1, 3, "b"), ends="0\n3"),
    "tier shorter than the TextGrid": intervals((0.5, 1, "a"), (1, 1.5, "b"), ends="0.5\n1.5"),
    "a time of no length": GOOD.replace("\n0\n2\n", "\n0\n0\n", 1),
    "negative times": GOOD.replace("0\n2\n", "-1\n2\n", 1),
    "no intervals": intervals(),
    "no points": points(),
    "a mark without quotes": GOOD.replace('File type = "ooTextFile"', "ooTextFile"),
    "a mark with more": GOOD.replace('"ooTextFile"', '"ooTextFile short"'),
    "class with a space": GOOD.replace('"TextGrid"', '"TextGrid "'),
    "flag in capitals": GOOD.replace("<exists>", "<Exists>"),
    "signs and powers": intervals((0, "1E0", "a"), ("+1", 2, "b")),
    "a label of two lines": intervals((0, 1, "a\nb"), (1, 2, "b")),
    "UTF-16 without a mark": GOOD.encode("utf-16-be"),
    "zeros at the end": GOOD.encode() + b"\0\0\0",
    "Mac lines": GOOD.replace("\n", "\r"),
}


def as_praat_has_it(path: Path) -> list[list[tuple[float, float, str]]]:
    grid = parselmouth.read(str(path))
    found: list[list[tuple[float, float, str]]] = []
    for place in range(1, call(grid, "Get number of tiers") + 1):
        if call(grid, "Is interval tier...", place):
            size = call(grid, "Get number of intervals...", place)
            asked = (
                "Get start time of interval...",
                "Get end time of interval...",
                "Get label of interval...",
            )
        else:
            size = call(grid, "Get number of points...", place)
            asked = ("Get time of point...", "Get time of point...", "Get label of point...")
        found.append([tuple(call(grid, query, place, k) for query in asked) for k in range(1, size + 1)])
    return found


def as_we_have_it(path: Path) -> list[list[tuple[float, float, str]]]:
    found: list[list[tuple[float, float, str]]] = []
    for one in read_textgrid(path).annotation.tiers:
        ends = [one.range_of(k) for k in range(len(one.labels))]
        found.append([(e.start_s, e.end_s, label) for e, label in zip(ends, one.labels, strict=True)])
    return found


def without_filling(rows: list[tuple[float, float, str]], praats: list[tuple[float, float, str]]) -> list:
    """Leave out the intervals that fill gaps, which Praat leaves empty."""
    return [row for row in rows if row[2] or row in praats]


@pytest.mark.parametrize("what", [*IRREGULAR, *REGULAR])
def test_what_praat_reads_opens_with_praats_times_and_labels(what: str, tmp_path):
    content = {**IRREGULAR, **REGULAR}[what]
    path = tmp_path / "a.TextGrid"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    praats, ours = as_praat_has_it(path), as_we_have_it(path)
    assert len(praats) == len(ours)
    for praat, mine in zip(praats, ours, strict=True):
        assert without_filling(mine, praat) == praat
    assert bool(read_textgrid(path).notes) == (what in IRREGULAR)


@pytest.mark.parametrize("what", [*IRREGULAR, *REGULAR])
def test_an_irregular_file_saved_again_is_the_same_for_praat(what: str, tmp_path):
    content = {**IRREGULAR, **REGULAR}[what]
    read = parse_textgrid(content if isinstance(content, bytes) else content.encode())
    again = parse_textgrid(textgrid_bytes(read.annotation, read.style))
    assert again.annotation == read.annotation
    write_textgrid(tmp_path / "a.TextGrid", read.annotation, read.style)
    praats, ours = as_praat_has_it(tmp_path / "a.TextGrid"), as_we_have_it(tmp_path / "a.TextGrid")
    assert [without_filling(mine, praat) for mine, praat in zip(ours, praats, strict=True)] == praats


@pytest.mark.parametrize("how", ["binary", "chronological text", "short text"])
def test_every_file_of_praats_is_read(how: str, tmp_path):
    grid = call("Create TextGrid...", 0, 2, "phə pts none", "pts none")
    call(grid, "Insert boundary...", 1, 1 / 3)
    call(grid, "Set interval text...", 1, 1, "aə")
    call(grid, "Set interval text...", 1, 2, 'b"q"')
    call(grid, "Insert point...", 2, 0.5, "x")
    path = tmp_path / "a.TextGrid"
    call(grid, f"Save as {how} file...", str(path))
    assert as_we_have_it(path) == as_praat_has_it(path)
    assert [one.name for one in read_textgrid(path).annotation.tiers] == ["phə", "pts", "none"]


def test_a_note_names_the_tier_and_what_was_done():
    plain = {what: content for what, content in IRREGULAR.items() if isinstance(content, str)}
    said = {what: parse_textgrid(content.encode(), "x").notes for what, content in plain.items()}
    assert said["two points at one time"] == (
        "“x”: 1 point at the time of another is left out, as in Praat, in tier 1, “t”.",
    )
    assert said["points beyond the tier"] == (
        "“x”: 2 points reach beyond the tier's 0 to 2 s in tier 1, “t”.",
    )
    assert said["units and commas"] == ("“x”: 1s was read as 1, 1,0 was read as 1, as in Praat.",)
    assert said["text after the last"] == ("“x”: what follows its last tier is ignored, as in Praat.",)


def test_times_that_are_undefined_cost_only_themselves():
    cut = intervals((0, "--undefined--", "a"), (1, 2, "b"))
    read = parse_textgrid(cut.encode(), "x")
    assert (read.annotation.tiers[0].times, read.annotation.tiers[0].labels) == ((0, 1, 2), ("a", "b"))
    assert read.notes == ("“x”: 1 interval without an end is taken to last until the next in tier 1, “t”.",)
    lost = parse_textgrid(points(("--undefined--", "x"), (1, "y")).encode(), "x")
    assert lost.annotation.tiers[0].labels == ("y",)
    assert lost.notes == ("“x”: 1 point without a time is left out in tier 1, “t”.",)


def test_an_overlap_is_kept_until_its_boundary_is_moved_and_moves_with_a_recording():
    read = parse_textgrid(str(IRREGULAR["overlap"]).encode())
    assert read.annotation.tiers[0].range_of(0).end_s == 1.0
    shifted = MovedTiers().of(read.annotation, 10.0)
    assert [shifted.tiers[0].range_of(k).end_s for k in (0, 1)] == [11.0, 12.0]
    assert own_tiers(shifted, 10.0) == read.annotation
    named = set_label(read.annotation, 0, 0, "c")
    assert parse_textgrid(textgrid_bytes(named)).annotation == named
    moved = move_boundary(read.annotation, 0, 1, 0.9)
    assert [moved.tiers[0].range_of(k).end_s for k in (0, 1)] == [0.9, 2.0]
    assert remove_boundary(read.annotation, 0, 0.8).tiers[0].labels == ("ab",)


def test_boundaries_are_in_order_and_finite_whatever_the_rows():
    times = (-0.5, 0, 0.5, 1, 1.5, 2, 2.5)
    rows = [(a, b) for a, b in itertools.product(times, times) if a <= b]
    for one, other, third in itertools.product(rows, rows[::3], rows[::5]):
        content = intervals((*one, "a"), (*other, "b"), (*third, "c"))
        read = parse_textgrid(content.encode()).annotation.tiers[0]
        assert all(b >= a for a, b in itertools.pairwise(read.times))
        assert all(math.isfinite(time) and read.range_of(0).length_s >= 0 for time in read.times)
