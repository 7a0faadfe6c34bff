"""The point at which a model was left comes back with every digit; a damaged file holds nothing."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.networks.latent import Point
from core.session.session import ModelPoint
from core.session.working_points import path_in, read_working_point, write_working_point

NUMBERS = st.floats(-1e6, 1e6)


PAIRS = st.tuples(NUMBERS, NUMBERS)
SEEDS = st.none() | st.integers(0, 2**62)
NAMES = st.text(st.characters(codec="utf-8"))


@given(z=PAIRS, drawn=PAIRS, seed=SEEDS, name=NAMES, pins=st.frozensets(st.integers(0, 1)))
def test_a_point_comes_back_as_it_was(tmp_path_factory, z, drawn, seed, name, pins):
    path = path_in(tmp_path_factory.mktemp("data") / "points", "0badcafe" * 8)
    at = ModelPoint(Point(z), Point(drawn), seed, name, pins)
    write_working_point(at, path)
    assert read_working_point(path, 2) == at
    assert read_working_point(path, 3) is None


@pytest.mark.parametrize(
    "text",
    [
        b"{",
        b"\xff\xfe",
        b'{"z": [0, 1]}',
        b'{"z": [0, 1e300], "drawn": [0, 0]}',
        b'{"z": ["a", "b"], "drawn": [0, 0]}',
        b'{"z": ' + b"[" * 100_000,
    ],
)
def test_what_is_no_point_gives_none(tmp_path, text):
    (tmp_path / "a.json").write_bytes(text)
    told: list[str] = []
    assert read_working_point(tmp_path / "a.json", 2, told.append) is None
    assert len(told) == 1
    assert (tmp_path / "a.json.damaged").exists()


def test_senseless_pins_and_seeds_are_left_out(tmp_path):
    row = {"z": [0, 1], "drawn": [0, 0], "seed": -3, "name": "here", "pins": [0, 7, -1]}
    (tmp_path / "a.json").write_text(json.dumps(row))
    read = read_working_point(tmp_path / "a.json", 2)
    assert read == ModelPoint(Point((0.0, 1.0)), Point((0.0, 0.0)), None, "here", frozenset({0}))


def test_a_missing_file_gives_none(tmp_path):
    assert read_working_point(tmp_path / "none.json", 2) is None
