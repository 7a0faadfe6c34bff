"""Keys as tests write them: `G("conv4")`, `Q("logits")`, `recording("word.wav")`."""

from core.session.lane_key import FIRST_MODEL, LaneKey, RecordingKey


def G(layer: str) -> LaneKey:
    return LaneKey(FIRST_MODEL, "G", layer)


def D(layer: str) -> LaneKey:
    return LaneKey(FIRST_MODEL, "D", layer)


def Q(layer: str) -> LaneKey:
    return LaneKey(FIRST_MODEL, "Q", layer)


def recording(name: str) -> RecordingKey:
    return RecordingKey(name)
