"""Numbers do not move when one zooms: every query gives the same value at six zooms."""

from __future__ import annotations

from core.analyses.measures import read_as
from core.queries.queries import Layer, ask
from core.session.lane_names import plain_name
from core.signals.axis import Range

ZOOMS = (1.0, 0.5, 0.2, 0.1, 0.05, 0.02)
PLACES = (0.2, 0.4, Range(0.35, 0.65), Range(0.1, 0.9))


def answers(services) -> dict[tuple[str, str, int], str]:
    """Give the answer to every query of every lane from what is shown there now, as exact text."""
    session = services.session
    found: dict[tuple[str, str, int], str] = {}
    for lane in session.lanes:
        shown = session.shown.overlays
        results = {name: tracks for (key, name), tracks in shown.items() if key == lane.key}
        settings = {name: services.analysis_settings.of(name) for name in results}
        layer = Layer(lane.key, plain_name(lane.key), session.shown.tracks[lane.key], settings, results)
        for measure in read_as("contour"):
            if not measure.analysis or measure.analysis in results:
                for number, place in enumerate(PLACES):
                    found[lane.key, measure.key, number] = repr(ask(layer, measure, place).value)
    return found


def test_every_query_gives_the_same_value_at_six_zooms(services):
    session = services.session
    measures = frozenset({"pitch", "formants", "intensity"})
    for lane in session.lanes:
        session.set_lane(lane.key, "Show", shown=measures)
    whole = session.whole
    seen = []
    for zoom in ZOOMS:
        session.set_range(whole.scaled(zoom))
        assert abs(session.visible.length_s - zoom * whole.length_s) < 1e-9
        services.overlays.refresh()
        seen.append(answers(services))
    assert len(seen[0]) > 100
    assert sum(value != "nan" for value in seen[0].values()) > 40
    assert all(each == seen[0] for each in seen[1:])
