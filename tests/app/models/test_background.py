"""The background engine opens what its tasks are about, and says when a model's file has changed."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from safetensors import safe_open
from safetensors.numpy import load_file, save_file

from app.models.background import BackgroundEngine
from core.faults import Fault
from core.probing.model_id import ModelId
from core.processes.engine import InlineEngine, ProcessEngine
from core.processes.engine_tasks import CloseRequest, ModelTask, OpenRequest
from core.session.lane_key import FIRST_MODEL
from tests.support.contexts import inline_context

SECOND = ModelId("m2")


@dataclass(frozen=True)
class Describe(ModelTask):
    """Say which networks a model has, and in which process."""

    model: ModelId = FIRST_MODEL

    @property
    def models(self) -> tuple[ModelId, ...]:
        return (self.model,)

    def run(self, models, stop) -> Mapping[str, object]:
        model = models[self.model]
        return {"networks": tuple(model.card.networks), "process": os.getpid()}


class Recorder(InlineEngine):
    def __init__(self) -> None:
        super().__init__()
        self.asked: list[object] = []

    def ask(self, asked, key="", urgent=False):
        self.asked.append(asked)
        return super().ask(asked, key, urgent)


@pytest.fixture
def checkpoint(small_model: Path) -> Path:
    return small_model


@pytest.fixture
def context(checkpoint: Path):
    context = inline_context()
    card = InlineEngine().open(FIRST_MODEL, checkpoint).result()
    context.session.open(card, (), 0)
    return context


def test_a_model_is_opened_once_by_its_first_task_and_closed_with_the_session(context):
    engine = Recorder()
    context.session.open(context.session.card, (), 0, model=SECOND)
    background = BackgroundEngine(context, lambda: engine)
    for _ in range(2):
        assert background.ask(Describe(SECOND)).result()["networks"]
    context.session.close_model(SECOND)
    assert [type(asked) for asked in engine.asked] == [OpenRequest, Describe, Describe, CloseRequest]


def test_changed_weights_are_refused_until_the_model_is_opened_again(context, checkpoint: Path):
    background = BackgroundEngine(context, InlineEngine)
    whole, state = checkpoint.read_bytes(), load_file(checkpoint)
    with safe_open(checkpoint, "numpy") as file:
        card = file.metadata()
    save_file({name: (1.1 * values).astype(np.float32) for name, values in state.items()}, checkpoint, card)
    with pytest.raises(Fault, match="has changed on the disk"):
        background.ask(Describe()).result()
    checkpoint.write_bytes(whole)
    assert background.ask(Describe()).result()["networks"]


def test_without_a_model_there_is_nothing_to_compute():
    with pytest.raises(Fault, match="No model is open"):
        BackgroundEngine(inline_context(), InlineEngine).ask(Describe())


def test_tasks_run_in_a_process_of_their_own(context):
    background = BackgroundEngine(context, ProcessEngine)
    try:
        assert background.ask(Describe()).result(timeout=120)["process"] != os.getpid()
    finally:
        background.close()
