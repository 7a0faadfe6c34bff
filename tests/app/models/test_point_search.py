"""The point of a recording, looked for from the window: kept with its distance, stopped, refused."""

from __future__ import annotations

import numpy as np
import pytest
import soundfile

from core.faults import Fault
from core.inversion.search import SearchSettings
from core.session.lane_key import LaneKey, RecordingKey

FEW = SearchSettings(tries=6, restarts=2, steps=12)


@pytest.fixture
def recording(window, tmp_path):
    """What the model makes at another point, as a recording."""
    session = window.on.session
    session.redraw(3)
    made = session.shown.tracks[LaneKey(session.model, "G", "out")].samples
    session.redraw(1000)
    soundfile.write(tmp_path / "made.wav", made, 16000, "FLOAT")
    window.on.recordings.open(tmp_path / "made.wav")
    (key,) = [lane.key for lane in session.lanes if isinstance(lane.key, RecordingKey)]
    session.set_active(key)
    return key


def test_the_nearest_points_are_kept_with_their_distances(window, recording):
    notes: list[str] = []
    window.on.messages.noted.connect(notes.append)
    before = len(window.named_points.named)
    window.point_search.start(recording, FEW)
    assert not window.point_search.running
    found = window.named_points.named[before:]
    assert [one.name for one in found] == ["made, 0.00 dB", found[1].name]
    assert "2 points for made; the nearest is 0.00 dB away" in notes
    assert window.on.session.point == found[0].point
    assert any(note.startswith("Looking for made: step 10 of 12") for note in notes)
    made = window.on.session.shown.tracks[LaneKey(window.on.session.model, "G", "out")].samples
    heard = window.on.session.shown.tracks[recording].samples
    np.testing.assert_allclose(made, heard, atol=1e-3)


def test_the_command_needs_an_active_recording(window, recording):
    window.menus.refresh()
    assert window.menus.actions["latent.find_point"].isEnabled()
    window.on.session.set_active(window.on.session.output)
    window.menus.refresh()
    assert not window.menus.actions["latent.find_point"].isEnabled()


def test_a_silent_part_is_refused_in_a_sentence(window, tmp_path):
    soundfile.write(tmp_path / "still.wav", np.zeros(4000), 16000)
    window.on.recordings.open(tmp_path / "still.wav")
    with pytest.raises(Fault, match="silent"):
        window.point_search.start(RecordingKey("still.wav"), FEW)
    assert not window.point_search.running
