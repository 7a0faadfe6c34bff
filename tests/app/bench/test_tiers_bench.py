"""Ten thousand intervals are measured, and nothing of them stays behind."""

from __future__ import annotations

from app.bench import main, tiers
from app.bench.model import write_model
from core.annotation.store import default_path
from core.signals.axis import Range


def test_tiers_are_opened_scrolled_and_edited_and_nothing_of_them_is_kept(tmp_path, monkeypatch, qapp):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    figures = list(tiers.figures(write_model(tmp_path, 2), share=0.01))
    assert [figure.name for figure in figures] == [
        "tiers_open", "main_thread_block_meanwhile", "tiers_scroll_and_zoom_frame",
        "tiers_scroll_block", "tiers_edit_to_pixels",
    ]  # fmt: skip
    assert all(value > 0 for figure in figures for value in figure.values)
    assert not list(default_path("x").parent.glob("*.json"))
    assert main.ROWS["tiers"] == "app.bench.tiers"


def test_as_many_intervals_are_annotated_as_are_asked_for():
    phones, words = tiers.annotation(Range(0.0, 1.024), 10_000).tiers
    assert (len(phones.labels), len(words.labels)) == (10_000, 2_500)
    assert set(words.times) <= set(phones.times)
