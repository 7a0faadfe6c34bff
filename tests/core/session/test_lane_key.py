"""Keys of lanes are values: equal where they mean the same lane, and good for a table's place."""

import dataclasses
import pickle

import pytest

from core.families.card import Card
from core.networks.latent import LatentLayout
from core.networks.layer_info import LayerInfo
from core.probing.model_id import ModelId
from core.session.lane_key import FIRST_MODEL, LaneKey, RecordingKey
from core.session.lane_names import layer_info, plain_name, title
from core.signals.axis import TimeAxis
from tests.support.cards import generator
from tests.support.keys import D, G, Q, recording

SECOND = ModelId("m2")


def model(*layers: str) -> Card:
    found = tuple(LayerInfo(name, 8, TimeAxis.of_sound(250, 256)) for name in layers)
    layout = LatentLayout(100)
    networks = {role: generator(found, layout) for role in ("G", "Q")}
    return Card("a.pt", "a", "toy", "00", (), (), networks)


def test_keys_of_the_same_lane_are_equal_and_meet_in_a_table():
    assert G("conv4") == LaneKey(FIRST_MODEL, "G", "conv4")
    assert {G("conv4"): 1, recording("a.wav"): 2} == {recording("a.wav"): 2, G("conv4"): 1}
    assert len({G("conv4"), G("conv4"), recording("a.wav"), recording("a.wav")}) == 2


@pytest.mark.parametrize(
    "other", [LaneKey(SECOND, "G", "conv4"), Q("conv4"), G("conv3"), recording("conv4"), "conv4"]
)
def test_another_model_network_or_layer_is_another_key(other):
    assert G("conv4") != other


def test_keys_have_an_order_by_model_then_network_then_layer():
    beside = LaneKey(SECOND, "D", "conv1")
    assert sorted([beside, Q("conv1"), G("fc"), G("conv1"), D("out")]) == [
        D("out"), G("conv1"), G("fc"), Q("conv1"), beside,
    ]  # fmt: skip
    assert sorted([recording("b.wav"), recording("a.wav")]) == [recording("a.wav"), recording("b.wav")]


@pytest.mark.parametrize("key", [G("conv4"), recording("a.wav")])
def test_a_key_cannot_be_changed_and_survives_the_way_to_another_process(key):
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(key, dataclasses.fields(key)[0].name, "x")
    assert pickle.loads(pickle.dumps(key)) == key


def test_a_key_says_what_kind_of_lane_it_is():
    assert G("conv4").is_generated
    assert not G("conv4").is_logits
    assert Q("logits").is_logits
    assert not Q("logits").is_generated


def test_a_name_with_dots_and_colons_is_a_name():
    """Nothing is read out of the text of a key."""
    odd = recording("sound: Q.conv1.wav")
    assert odd == RecordingKey("sound: Q.conv1.wav")
    assert (plain_name(odd), title({}, odd)) == ("sound: Q.conv1.wav", "sound: Q.conv1")


def test_titles_come_from_the_card():
    models = {FIRST_MODEL: model("fc", "conv1", "out")}
    titles = [title(models, key) for key in (G("fc"), G("out"), Q("conv1"), Q("logits"), G("gone"))]
    assert titles == ["FC", "Out", "Q Conv1", "Q answer", "gone"]
    assert layer_info(models, G("conv1")) == models[FIRST_MODEL].layers["G"][1]
    assert layer_info(models, D("conv1")) is None
    assert layer_info({}, G("conv1")) is None
