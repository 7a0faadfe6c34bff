"""Listings have Praat's heads, frames and digits."""

from __future__ import annotations

import pytest

from core.analyses.praat import call_praat, sound_of
from core.analyses.registry import TABLE
from core.analyses.voice_report import VoiceSettings
from core.queries.listing_text import UNDEFINED, fixed, voice_listing
from core.queries.listings import listing, result_listing
from core.queries.queries import Layer
from core.signals.axis import Range
from tests.core.queries.test_queries import SETTINGS, voice
from tests.support.keys import G

WINDOW = Range(0.4001, 0.6499)


@pytest.fixture(scope="module")
def layer() -> Layer:
    track = voice()
    names = ("pitch", "formants", "intensity", "harmonicity")
    return Layer(
        G("out"), "Out", track, SETTINGS, {name: TABLE[name].run(track, SETTINGS[name]) for name in names}
    )


def praat_frames(found, values) -> list[tuple[str, ...]]:
    """List an object of Praat by its own commands, as a script would."""
    count = call_praat(found, "Get number of frames")
    times = [call_praat(found, "Get time from frame number", k) for k in range(1, count + 1)]
    return [(fixed(t), *map(fixed, values(k, t))) for k, t in enumerate(times, 1) if WINDOW.contains(t)]


def test_the_pitch_listing_is_praats(layer):
    found = call_praat(
        sound_of(layer.track), "To Pitch (ac)", 0, 75, 15, "no", 0.03, 0.45, 0.01, 0.35, 0.14, 500
    )
    made = listing(layer, "pitch", WINDOW)
    assert made.head == ("Time_s", "F0_Hz")
    theirs = praat_frames(found, lambda k, t: [call_praat(found, "Get value in frame", k, "Hertz")])
    assert list(made.rows) == theirs
    assert any(row[1] == UNDEFINED for row in made.rows)
    assert any(row[1] != UNDEFINED for row in made.rows)


def test_the_formant_listing_is_praats(layer):
    found = call_praat(sound_of(layer.track), "To Formant (burg)", 0, 5, 4000, 0.025, 50)
    made = listing(layer, "formants", WINDOW)
    assert made.head == ("Time_s", "F1_Hz", "F2_Hz", "F3_Hz", "F4_Hz")
    theirs = praat_frames(
        found,
        lambda k, t: [call_praat(found, "Get value at time", n, t, "hertz", "Linear") for n in (1, 2, 3, 4)],
    )
    assert list(made.rows) == theirs


def test_the_intensity_listing_is_praats(layer):
    found = call_praat(sound_of(layer.track), "To Intensity", 75, 0, "yes")
    made = listing(layer, "intensity", WINDOW)
    assert made.head == ("Time_s", "Intensity_dB")
    assert list(made.rows) == praat_frames(found, lambda k, t: [call_praat(found, "Get value in frame", k)])


def test_at_a_cursor_one_line_is_listed(layer):
    made = listing(layer, "pitch", 0.2)
    value = float(made.rows[0][1])
    found = call_praat(
        sound_of(layer.track), "To Pitch (ac)", 0, 75, 15, "no", 0.03, 0.45, 0.01, 0.35, 0.14, 500
    )
    assert made.rows[0][0] == "0.200000"
    assert value == pytest.approx(call_praat(found, "Get value at time", 0.2, "Hertz", "Linear"), abs=1e-6)


def test_pulses_are_listed_within_the_window_only(layer):
    found = TABLE["pulses"].run(layer.track, SETTINGS["pitch"])
    rows = result_listing("Out", found, Range(0.1, 0.2)).rows
    inside = [time_s for time_s in found.times_s if 0.1 <= time_s <= 0.2]
    assert len(rows) == len(inside) > 5
    assert rows[0] == (f"{inside[0]:.6f}",)


def test_a_voice_report_names_its_time_range_and_keeps_praats_lines(layer):
    settings = VoiceSettings(0.1, 0.4)
    report = TABLE["voice report"].run(layer.track, settings)
    rows = voice_listing("Out", report, Range(0.1, 0.4)).rows
    assert rows[0] == ("Start of time range", "0.100000", "s", "", "Time range")
    assert [row[0] for row in rows[2:]] == [line.name for line in report.lines]
    assert "Jitter (local)" in {row[0] for row in rows}


def test_a_listing_is_copied_as_tab_separated_lines(layer):
    lines = listing(layer, "pitch", WINDOW).text().splitlines()
    assert lines[0] == "Time_s\tF0_Hz"
    assert all(line.count("\t") == 1 for line in lines)
