"""TextGrid files: what was read is written back as it was, and what is damaged is refused in a sentence."""

from __future__ import annotations

import itertools
import math
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.annotation.editing import move_boundary, set_label
from core.annotation.textgrid import parse_textgrid, read_textgrid, textgrid_bytes, write_textgrid
from core.annotation.textgrid_syntax import Style
from core.annotation.tiers import Annotation, Tier
from core.faults import Fault
from tests.support.praat_oracle import SHARED, SPEECH, beside, needs_praat

STYLES = [
    Style(long, encoding, newline)
    for long, encoding, newline in itertools.product(
        (True, False), ("utf-8", "utf-8-sig", "utf-16-le", "utf-16-be"), ("\n", "\r\n")
    )
]
LABELS = st.text(max_size=12) | st.sampled_from(["\r\n", '"', 'a\n"b"', " ! ", "<exists>", "xmin = 1"])


@st.composite
def interval_tiers(draw: st.DrawFn) -> Tier:
    steps = draw(st.lists(st.floats(0.001, 5.0), min_size=1, max_size=8))
    times = tuple(itertools.accumulate(steps, initial=0.0))
    labels = tuple(draw(LABELS) for _ in steps)
    return Tier(draw(LABELS), "interval", 0.0, times[-1], times, labels)


@st.composite
def point_tiers(draw: st.DrawFn) -> Tier:
    times = tuple(sorted(draw(st.sets(st.floats(0.0, 50.0), max_size=8))))
    return Tier(draw(LABELS), "point", 0.0, 50.0, times, tuple(draw(LABELS) for _ in times))


ANNOTATIONS = st.builds(
    lambda tiers: Annotation(tuple(tiers), 0.0, 50.0), st.lists(interval_tiers() | point_tiers(), max_size=4)
)


@settings(max_examples=60)
@given(ANNOTATIONS, st.sampled_from(STYLES))
def test_every_label_and_time_comes_back_in_every_layout_and_encoding(note: Annotation, style: Style):
    data = textgrid_bytes(note, style)
    read = parse_textgrid(data)
    assert read.annotation == note
    assert textgrid_bytes(read.annotation, read.style) == data
    assert read.notes == ()


OTHERS = SHARED / "data" / "speech"


@pytest.mark.parametrize(
    "path",
    [
        *(SPEECH / f"{name}.TextGrid" for name in ("words", "words_short", "phonemes_utf16", "points")),
        *beside(OTHERS / "acoustic_corpus.TextGrid", OTHERS / "michaelandsickmichael_short_tg.TextGrid"),
        *beside(OTHERS / "short_segments.TextGrid", OTHERS / "vietnamese.TextGrid"),
    ],
    ids=lambda path: path.stem,
)
def test_a_file_of_praat_opened_and_saved_is_the_same_byte_for_byte(path: Path, tmp_path):
    read = read_textgrid(path)
    write_textgrid(tmp_path / "again.TextGrid", read.annotation, read.style)
    assert (tmp_path / "again.TextGrid").read_bytes() == path.read_bytes()
    assert read.notes == ()


LONG = """File type = "ooTextFile"
Object class = "TextGrid"

xmin = 0.00
xmax = 1.50000000000000000
tiers? <exists>
size = 2
item []:
    item [1]:
        class = "IntervalTier"
        name = " phones "
        xmin = 0
        xmax = 1.5
        intervals: size = 2
        intervals [1]:
            xmin = 0.0
            xmax = 0.10
            text = " two ""words"" "
        intervals [2]:
            xmin = 0.1
            xmax = 1.50
            text = ""
    item [2]:
        class = "TextTier"
        name = "bell"
        xmin = 0
        xmax = 1.5
        points: size = 1
        points [1]:
            number = 3e-1
            mark = "ə"
"""


def test_digits_and_spaces_that_nobody_changed_stay():
    read = parse_textgrid(LONG.encode())
    assert textgrid_bytes(read.annotation, read.style).decode() == LONG
    assert read.annotation.tiers[0].labels == (' two "words" ', "")


def test_an_edit_changes_its_own_lines_only():
    read = parse_textgrid(LONG.encode())
    note = set_label(move_boundary(read.annotation, 0, 1, 0.25), 0, 1, "x")
    before, after = LONG.splitlines(), textgrid_bytes(note, read.style).decode().splitlines()
    changed = [(b.strip(), a.strip()) for b, a in zip(before, after, strict=True) if a != b]
    assert changed == [
        ("xmax = 0.10", "xmax = 0.25"),
        ("xmin = 0.1", "xmin = 0.25"),
        ('text = ""', 'text = "x"'),
    ]


def test_a_comment_and_other_words_do_not_count():
    spoken = LONG.replace("size = 2\n", "size = 2 ! two tiers, 7 of them\n", 1).replace("number =", "time =")
    assert parse_textgrid(spoken.encode()).annotation == parse_textgrid(LONG.encode()).annotation


def test_a_tier_without_intervals_becomes_one_without_a_label():
    short = '"ooTextFile"\n"TextGrid"\n0\n2\n<exists>\n1\n"IntervalTier"\n"empty"\n0\n2\n0\n'
    tier = parse_textgrid(short.encode()).annotation.tiers[0]
    assert (tier.times, tier.labels) == ((0.0, 2.0), ("",))
    assert parse_textgrid(b'"ooTextFile"\n"TextGrid"\n0\n2\n<absent>\n').annotation.tiers == ()


def test_gaps_are_filled_and_told():
    gap = LONG.replace("xmin = 0.1\n", "xmin = 0.4\n")
    read = parse_textgrid(gap.encode(), "gap.TextGrid")
    assert read.annotation.tiers[0].times == (0.0, 0.1, 0.4, 1.5)
    assert read.notes == (
        "“gap.TextGrid”: 1 gap was filled with intervals without a label in tier 1, “ phones ”.",
    )


def test_latin_1_is_read_told_and_kept():
    data = LONG.replace("ə", "é").encode("latin-1")
    read = parse_textgrid(data, "old.TextGrid")
    assert read.annotation.tiers[1].labels == ("é",)
    said = "“old.TextGrid” is neither UTF-8 nor UTF-16 and was read as ISO Latin-1, as in Praat."
    assert read.notes == (said,)
    assert textgrid_bytes(read.annotation, read.style) == data
    richer = set_label(read.annotation, 1, 0, "ə")
    assert parse_textgrid(textgrid_bytes(richer, read.style)).annotation == richer


def damaged(old: str, new: str) -> bytes:
    assert old in LONG
    return LONG.replace(old, new, 1).encode()


DAMAGE = {
    "empty": (b"", "“x” is empty."),
    "another class": (damaged('"TextGrid"', '"Pitch 1"'), "it is not a TextGrid"),
    "prose": (b"It was a dark night.\nNothing was said.\n", "it is not a TextGrid"),
    "a table": (b"file,label,F0\na.wav,\"a\",120.5\n", "it is not a TextGrid"),
    "a label in quotes": (b'"a" "b" "c"', "it is not a TextGrid"),
    "half a head": (b'File type = "ooTextFile"\n', "it is not a TextGrid"),
    "a sound": (b"RIFF\x24\x00\x00\x00WAVEfmt ", "“x” "),
    "cut in a tier": (LONG[: LONG.index("text = ")].encode(), "it ends early, in interval 1 of 2 of tier 1"),
    "cut in a word": (LONG[: LONG.index("words")].encode(), "a quoted text in interval 1 of 2 of tier 1"),
    "cut in UTF-16": (LONG.encode("utf-16")[:-501], "it ends early"),
    "negative interval": (damaged("xmax = 0.10", "xmax = -0.1"), "ends at -0.1 s, but starts at 0.0 s"),
    "backwards": (damaged("xmax = 1.50000000000000000", "xmax = -1"), "ends at -1 s, but starts at"),
    "undefined": (damaged("xmax = 1.5\n", "xmax = --undefined--\n"), "--undefined-- is not a time"),
    "binary": (b"ooBinaryFile\x07Sound 2", "“x” holds an object of class Sound 2, not a TextGrid."),
    "cut binary": (b"ooBinaryFile\x08TextGrid\0\0", "“x” cannot be read: it ends early."),
    "chronological": (b'"Praat chronological TextGrid text file"\n0 1\n1\n"TextTier" "a" 0 1\n2', "no tier"),
    "another flag": (damaged("<exists>", "<perhaps>"), "<perhaps> stands where <exists> should"),
    "too many": (damaged("size = 2\n        i", "size = 999999999\n        i"), "of 999999999 of tier 1"),
    "unknown tier": (damaged("TextTier", "ToneTier"), "tier 2 is of an unknown class, “ToneTier”"),
    "a loose quote": (damaged('""words""', '"words"'), "a quoted text in interval 1 of 2"),
}  # fmt: skip


@pytest.mark.parametrize("what", DAMAGE)
def test_damage_is_refused_in_one_sentence_with_a_way_out(what: str):
    data, said = DAMAGE[what]
    with pytest.raises(Fault) as caught:
        parse_textgrid(data, "x")
    fault = caught.value
    assert said in fault.sentence
    assert fault.sentence.endswith(".")
    assert fault.hint
    assert "\n" not in str(fault)


@settings(max_examples=150)
@given(st.integers(0, len(LONG)), st.binary(max_size=6), st.integers(0, 30))
def test_whatever_happened_to_a_file_it_is_read_or_refused(place: int, noise: bytes, cut: int):
    data = LONG.encode()
    try:
        read = parse_textgrid(data[:place] + noise + data[place + cut :])
    except Fault:
        return
    for tier in read.annotation.tiers:
        assert all(math.isfinite(time) for time in tier.times)
        assert all(b >= a for a, b in itertools.pairwise(tier.times))


def test_a_failed_save_leaves_the_old_file(tmp_path):
    with pytest.raises(Fault):
        write_textgrid(tmp_path / "no" / "such.TextGrid", parse_textgrid(LONG.encode()).annotation)
    with pytest.raises(Fault, match=r"cannot be read: No such file"):
        read_textgrid(tmp_path / "missing.TextGrid")


# --- Praat itself


def ask(script: str, tmp_path) -> list[str]:
    path = tmp_path / "ask.praat"
    path.write_text(script, encoding="utf-8")
    done = subprocess.run(["praat", "--run", str(path)], capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    text = (
        done.stdout.decode("utf-16")
        if done.stdout[:2] in (b"\xff\xfe", b"\xfe\xff")
        else done.stdout.decode()
    )
    return text.replace("\0", "").splitlines()


TELL = """
Read from file: "{path}"
tiers = Get number of tiers
for t to tiers
    isInterval = Is interval tier: t
    if isInterval
        n = Get number of intervals: t
        for k to n
            label$ = Get label of interval: t, k
            start = Get start time of interval: t, k
            end = Get end time of interval: t, k
            appendFileLine: "{out}", start, " ", end, " [", label$, "]"
        endfor
    else
        n = Get number of points: t
        for k to n
            label$ = Get label of point: t, k
            time = Get time of point: t, k
            appendFileLine: "{out}", time, " [", label$, "]"
        endfor
    endif
endfor
"""
MADE = Annotation(
    (
        Tier("phones", "interval", 0.0, 1.5, (0.0, 0.1, 1 / 3, 1.5), ("ɛ", ' "v" ', "")),
        Tier("bell", "point", 0.0, 1.5, (0.3, 0.7000000000000001), ("H*", "ā́")),
        Tier("none", "point", 0.0, 1.5),
    ),
    0.0,
    1.5,
)


@needs_praat
@pytest.mark.parametrize(
    "style", [STYLES[0], STYLES[6], STYLES[11], STYLES[15]], ids=lambda s: f"{s.long} {s.encoding}"
)
def test_praat_reads_what_we_wrote(style: Style, tmp_path):
    write_textgrid(tmp_path / "made.TextGrid", MADE, style)
    ask(TELL.format(path=tmp_path / "made.TextGrid", out=tmp_path / "said.txt"), tmp_path)
    data = (tmp_path / "said.txt").read_bytes()
    said = data.decode("utf-16" if data[:2] in (b"\xfe\xff", b"\xff\xfe") else "utf-8").splitlines()
    told = [(list(map(float, line.split(" [")[0].split())), line.split(" [", 1)[1][:-1]) for line in said]
    phones, bell = MADE.tiers[:2]
    wanted = [
        ([a, b], label) for (a, b), label in zip(itertools.pairwise(phones.times), phones.labels, strict=True)
    ]
    wanted += [([time], label) for time, label in zip(bell.times, bell.labels, strict=True)]
    assert told == wanted


@needs_praat
@pytest.mark.parametrize("how", ["text file", "short text file"])
def test_what_praat_wrote_comes_back_byte_for_byte(how: str, tmp_path):
    path = tmp_path / "praat.TextGrid"
    ask(
        f"""Create TextGrid: 0, 1.5, "phones words bell", "bell"
        Insert boundary: 1, 0.5
        Insert boundary: 1, 1/3
        Set interval text: 1, 1, "a""b"
        Set interval text: 1, 2, "ə "
        Insert point: 3, 0.3, "x"
        Save as {how}: "{path}"
        """,
        tmp_path,
    )
    read = read_textgrid(path)
    assert read.style.long == (how == "text file")
    assert read.annotation.tiers[0].labels == ('a"b', "ə ", "")
    assert textgrid_bytes(read.annotation, read.style) == path.read_bytes()
