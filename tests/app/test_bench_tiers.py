"""Ten thousand intervals are measured, and nothing of them stays behind."""

from __future__ import annotations

from app import bench, bench_tiers
from app.bench_model import write_model
from core.annotation_shelf import default_path
from core.axis import Range


def test_tiers_are_opened_scrolled_and_edited_and_nothing_of_them_is_kept(tmp_path, monkeypatch, qapp):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    figures = list(bench_tiers.figures(write_model(tmp_path, 2), share=0.01))
    assert [figure.name for figure in figures] == [
        "tiers_open", "main_thread_block_meanwhile", "tiers_scroll_and_zoom_frame", "tiers_edit_to_pixels",
    ]  # fmt: skip
    assert all(value > 0 for figure in figures for value in figure.values)
    assert not list(default_path("x").parent.glob("*.json"))
    assert bench.ROWS["tiers"] == "app.bench_tiers"


def test_as_many_intervals_are_annotated_as_are_asked_for():
    phones, words = bench_tiers.annotation(Range(0.0, 1.024), 10_000).tiers
    assert (len(phones.labels), len(words.labels)) == (10_000, 2_500)
    assert set(words.times) <= set(phones.times)
