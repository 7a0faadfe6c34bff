"""The settings of the window's analyses: presets, speakers, forms, pulses, and what says so."""

from __future__ import annotations

import json
from concurrent.futures import Future
from dataclasses import replace

import numpy as np
import pytest
import soundfile

from app.cli.main import main
from app.export.figure import caption
from core.analyses.harmonicity import HarmonicitySettings
from core.analyses.registry import TABLE
from core.analyses.spectrogram import GreySettings
from core.faults import Fault
from core.signals.axis import Range
from tests.support.commands import is_checked, run
from tests.support.keys import G, recording
from tests.support.screen import dialogs, named
from widgets.controls.combo import ComboBox
from widgets.controls.form import SettingsForm


def speak(services, folder):
    """Open a recording of a voice-like buzz and make its lane the active one."""
    times_s = np.arange(16000) / 16000
    buzz = sum(np.sin(2 * np.pi * 120 * k * times_s) / k for k in range(1, 30))
    soundfile.write(folder / "buzz.wav", 0.2 * buzz, 16000)
    services.recordings.open(folder / "buzz.wav")
    services.session.set_active(BUZZ)
    return services


@pytest.fixture
def voice(services, tmp_path):
    """The services with a voice."""
    return speak(services, tmp_path)


@pytest.fixture
def voiced_window(window, tmp_path):
    """The window with a voice."""
    speak(window.on, tmp_path)
    return window


BUZZ = recording("buzz.wav")


def formants_of(services, key=BUZZ):
    return services.session.shown.overlays[key, "formants"][0].origin.plain()["settings"]


def test_a_speaker_outlasts_a_preset_which_sets_all_else(voice):
    on = voice
    on.session.set_lane(recording("buzz.wav"), "Show", shown=frozenset({"formants"}))
    run(voice, "formants.man")
    assert formants_of(voice)["ceiling_hz"] == 5000
    assert is_checked(voice, "formants.man")
    assert not is_checked(voice, "formants.woman")
    on.analysis_settings.set_preset("WaveGAN, 60-300 Hz")
    assert formants_of(voice)["ceiling_hz"] == 5000
    assert on.analysis_settings.of("pitch").floor_hz == 60
    run(voice, "formants.woman")
    assert formants_of(voice)["ceiling_hz"] == 5500
    assert on.preferences.values.speaker == ""


def test_what_was_set_is_said_in_results_pictures_and_records(voice):
    run(voice, "formants.child")
    voice.analysis_settings.set("harmonicity", HarmonicitySettings(method="autocorrelation"))
    words = "Praat 6.4, 75-450 Hz; formant ceiling 8000 Hz (child); own settings of harmonicity"
    voice.queries.ask("f1", where=0.5)
    assert voice.queries.results.rows[-1].settings == words
    assert any(
        words.replace("-", "–") in line for line in caption(voice.session, voice.analysis_settings.words)
    )
    assert json.loads(voice.file_export.origin_text())["analyses"] == words


@pytest.mark.parametrize("measure", ["spectrogram", "pitch", "intensity", "formants", "pulses"])
def test_each_analysis_menu_begins_with_its_tick_and_its_settings_as_praats(voiced_window, measure):
    rows = [row for row in voiced_window.menus.rows() if row.menu == measure.capitalize()]
    show = voiced_window.menus.actions[rows[0].id]
    assert (show.text(), show.isCheckable()) == (f"Show {measure}", True)
    assert rows[1].title.startswith(measure.capitalize().removesuffix("s"))
    assert "settings" in rows[1].title
    before = show.isChecked()
    show.trigger()
    assert (
        (measure in voiced_window.on.session.lane(recording("buzz.wav")).shown) == show.isChecked() != before
    )
    assert not any(
        measure in row.title.lower() for row in voiced_window.menus.rows() if row.menu == "Analyses"
    )


def test_the_toolbar_says_which_settings_are_not_the_presets_and_leads_back(voiced_window):
    analysing = voiced_window.on.analysis_settings
    field = named(voiced_window.menus.toolbar, ComboBox, "Preset of the analyses")
    assert field.currentText() == "Praat 6.4, 75-450 Hz"
    assert not voiced_window.menus.actions["analyses.standards"].isEnabled()
    analysing.set("pitch", replace(analysing.of("pitch"), floor_hz=60.0))
    assert field.currentText() == "Praat 6.4, 75-450 Hz · own pitch settings"
    assert field.fitting(field.fontMetrics(), 220).startswith("Praat 6.4 · own pitch")
    assert "own settings of pitch" in field.toolTip()
    analysing.set("greys", GreySettings(dynamic_range_db=30.0))
    assert field.currentText() == "Praat 6.4, 75-450 Hz · own settings (2)"
    assert field.toolTip().startswith(
        "Preset of the analyses: Praat 6.4, 75-450 Hz; own settings of pitch, advanced spectrogram"
    )
    voiced_window.menus.toolbar.preset_wanted.emit("Praat 6.4, 75-450 Hz")
    assert analysing.of("pitch").floor_hz == 75
    assert field.currentText() == "Praat 6.4, 75-450 Hz"
    analysing.set("pitch", replace(analysing.of("pitch"), floor_hz=60.0))
    voiced_window.menus.actions["analyses.standards"].trigger()
    assert (analysing.of("pitch").floor_hz, analysing.own) == (75, ())


def test_impossible_settings_keep_their_dialog_open_with_the_sentence(voice, host):
    run(voice, "pitch.settings", host)
    form = dialogs(host.parent, SettingsForm)[-1]
    before = form.value()
    form.show_value(replace(before, floor_hz=500.0))
    form.buttons["OK"].click()
    assert form.isVisible()
    assert form.report.text() == "No pitch: the floor of 500 Hz is not below the ceiling of 450 Hz."
    form.show_value(replace(before, floor_hz=1e-9))
    form.buttons["OK"].click()
    assert form.report.text() == (
        "No pitch of buzz.wav: a window of 3 periods of 1e−09 Hz takes 3e+09 s, the track has 1 s."
    )
    assert voice.analysis_settings.own == ()
    form.close()


def test_the_harmonicity_that_is_asked_is_the_one_that_was_set(voice):
    voice.queries.ask("harmonicity", where=0.5)
    voice.analysis_settings.set("harmonicity", HarmonicitySettings(method="autocorrelation"))
    voice.queries.ask("harmonicity", where=0.5)
    first, second = (row.answer for row in voice.queries.results.rows[-2:])
    assert dict(first.origin.settings)["method"] == "cross-correlation"
    assert dict(second.origin.settings)["periods_per_window"] == 4.5
    assert first.value != second.value


@pytest.mark.parametrize(
    "name",
    ["pitch", "formants", "intensity", "spectrogram", "harmonicity", "voice report", "ltas", "moments",
     "zero crossings", "envelope peaks"],
)  # fmt: skip
def test_every_analysis_has_a_settings_form_with_standards_and_a_self_report(services, host, name):
    run(services, f"{name.replace(' ', '_')}.settings", host)
    form = dialogs(host.parent, SettingsForm)[-1]
    assert form.windowTitle() == f"{TABLE[name].title.replace('Formants', 'Formant')} settings"
    assert set(form.buttons) == {"Help", "Standards", "Cancel", "Apply", "OK"}
    assert form.value() == services.analysis_settings.of(name)
    words = f"(all of your {form.windowTitle()[0].lower()}{form.windowTitle()[1:]} have their standard values"
    assert form.report.text().startswith(words)
    form.close()


# --- pulses --------------------------------------------------------------------------------------


def test_pulses_are_shown_on_every_lane_that_carries_them_and_refused_elsewhere(voice, monkeypatch):
    session, settings = voice.session, voice.analysis_settings.of("pulses")
    said = []
    voice.messages.noted.connect(said.append)
    for lane in session.lanes:
        session.set_active(lane.key)
        refusal = TABLE["pulses"].refusal(session.shown.tracks[lane.key], settings)
        run(voice, "pulses.show")
        view = next(one for one in voice.stack_views.view().lanes if one.key == lane.key)
        assert ("pulses" in view.shown) == (refusal is None)
        if refusal is None:
            own = TABLE["pulses"].run(session.shown.tracks[lane.key], settings)
            np.testing.assert_array_equal(view.pulses.times_s, own.times_s)
        else:
            assert view.pulses is None
            assert view.refusals["pulses"] == refusal
            assert refusal in said
    buzz = session.shown.overlays[recording("buzz.wav"), "pulses"]
    assert np.diff(buzz.times_s) == pytest.approx(1 / 120, rel=1e-3)


def test_pulses_follow_the_pitch_settings(voice, host):
    run(voice, "pulses.show")
    before = voice.session.shown.overlays[recording("buzz.wav"), "pulses"]
    voice.analysis_settings.set_preset("WaveGAN, 60-300 Hz")
    after = voice.session.shown.overlays[recording("buzz.wav"), "pulses"]
    assert before.origin != after.origin
    assert dict(after.origin.settings)["floor_hz"] == 60
    run(voice, "pulses.settings", host)
    assert dialogs(host.parent, SettingsForm)[-1].windowTitle() == "Pitch settings"


def test_the_voice_report_takes_the_pitch_range_until_it_is_set(voice):
    assert voice.analysis_settings.of("voice report").floor_hz == 75
    voice.analysis_settings.set_preset("WaveGAN, 60-300 Hz")
    report = voice.analysis_settings.of("voice report")
    assert (report.floor_hz, report.ceiling_hz) == (60, 300)
    assert Range(0, 1).contains(report.start_s)


def test_an_answer_from_before_the_knobs_moved_is_not_called_the_present_point(services):
    queries = services.queries
    queries.ask("activation", key=G("out"), where=0.5)
    row = services.queries.results.rows[-1]
    assert row.point == "seed 0"
    old = row.answer.origin.of(drive=(0.0,) * len(row.answer.origin.point))
    queries.tell(G("out"), replace(row.answer, origin=old))
    assert services.queries.results.rows[-1].point == "an earlier point"


def test_a_spectrogram_that_comes_after_the_knob_has_moved_on_is_dropped(services, monkeypatch):
    session, analysing = services.session, services.overlays
    shown = session.lane(G("out")).shown
    session.set_lane(G("out"), "Show", shown=shown - {"spectrogram"})
    session.show(images={})
    held, compute = [], services.pool.submit_many

    def submit_many(asks, key="", patient=False):
        held.append((Future(), asks))
        return held[-1][0]

    monkeypatch.setattr(services.pool, "submit_many", submit_many)
    session.set_lane(G("out"), "Show", shown=shown | {"spectrogram"})
    analysing.refresh()
    analysing.refresh()
    of_out = [one for one in held if one[1][0][0] == "spectrogram" and one[1][0][1].name == "out"]
    ((late, asked),) = of_out
    monkeypatch.setattr(services.pool, "submit_many", compute)
    late.set_running_or_notify_cancel()  # a worker has begun
    session.redraw(11)
    late.set_result(compute(asked).result())
    analysing.refresh()
    image, track = session.shown.images[G("out")], session.shown.tracks[G("out")]
    assert image.origin.of(analysis="", settings=()) == track.origin


def test_an_overlay_that_failed_is_told_once_until_it_is_shown_anew(services, monkeypatch):
    session, analysing, told = services.session, services.overlays, []
    services.messages.faulted.connect(told.append)
    compute = services.pool.submit_many

    def submit_many(asks, key="", patient=False):
        broken = [Fault("Pitch did not finish.") if name == "pitch" else None for name, _, _ in asks]
        future = Future()
        found = compute(asks, key).result()
        future.set_result(tuple(bad or good for bad, good in zip(broken, found, strict=True)))
        return future

    monkeypatch.setattr(services.pool, "submit_many", submit_many)
    for lane in session.lanes:
        session.set_lane(lane.key, "Show", shown=frozenset({"intensity"} if lane.key == G("out") else ()))
    session.redraw(12)  # whose pitch nobody has measured yet
    session.set_lane(G("out"), "Show", shown=frozenset({"pitch"}))
    analysing.refresh()
    analysing.refresh()
    assert [fault.sentence for fault in told] == ["Pitch did not finish."]
    session.set_lane(G("out"), "Show", shown=frozenset())
    analysing.refresh()
    session.set_lane(G("out"), "Show", shown=frozenset({"pitch"}))
    analysing.refresh()
    assert len(told) == 2


def test_the_dynamic_range_of_spectrograms_is_set_and_painted(services, host):
    key = services.session.lanes[0].key
    services.session.set_lane(key, "Show", shown=frozenset({"spectrogram"}))

    def greys():
        return services.stack_views.view().lanes[0].spectrogram.values

    before = greys()
    run(services, "greys.settings", host)
    form = dialogs(host.parent, SettingsForm)[-1]
    assert form.windowTitle() == "Advanced spectrogram settings"
    form.applied.emit(GreySettings(dynamic_range_db=30.0))
    assert (greys() == 0).mean() > (before == 0).mean()


def test_a_picture_from_the_command_line_names_pulses_preset_and_speaker(small_model, tmp_path):
    out = tmp_path / "stack.svg"
    words = ["--show", "formants,pulses", "--preset", "WaveGAN, 60-300 Hz", "--speaker", "man"]
    assert main(["shot", str(small_model), *words, "--out", str(out)]) == 0
    text = out.read_text()
    assert "Pulses" in text
    assert "Analyses: WaveGAN, 60–300 Hz; formant ceiling 5000 Hz (man)" in text
