"""The engine process answers, supersedes, stops, and survives its own crash."""

import os
import queue
import threading

import numpy as np
import pytest

from core.faults import Cancelled, Fault
from core.networks.latent import draw
from core.probing.drive import LatentPoints
from core.probing.model_id import ModelId
from core.probing.request import ProbeRequest
from core.probing.surgery import Fill, LayerEdit
from core.processes.engine import InlineEngine, ProcessEngine
from core.processes.engine_tasks import CloseRequest, OpenRequest, Work
from tests.support.tiny import nets
from tests.support.tiny.bundles import write_bundle


class Toy(Work):
    """A work whose tasks are made up, so that no network is needed."""

    def __init__(self):
        super().__init__()
        self.opened = {}
        self.words = {
            "opened": lambda stop: self.opened,
            "fault": self.fault,
            "crash": lambda stop: os._exit(3),
            "until_stopped": self.until_stopped,
            "lambda": lambda stop: lambda: 1,
        }

    def warm(self):
        pass

    def do(self, asked, stop):
        """Open and close by noting it, do what a word says, and give anything else back."""
        if isinstance(asked, OpenRequest):
            if not asked.path:
                raise Fault("There is no such file.")
            if asked.path.endswith("deadly.pt"):
                os._exit(3)
            if asked.path.endswith("endless.pt"):
                threading.Event().wait()
            self.opened[asked.model] = asked.path
        elif isinstance(asked, CloseRequest):
            self.opened.pop(asked.model)
        elif isinstance(asked, str) and asked in self.words:
            return self.words[asked](stop)
        else:
            return asked
        return None

    def fault(self, stop):
        raise Fault("The file ends early.", "Copy it again.")

    def until_stopped(self, stop):
        while not stop():
            pass
        raise Cancelled


@pytest.fixture
def engine():
    made = ProcessEngine(make_work=Toy)
    yield made
    made.close()


def test_an_answer_crosses_the_pipe(engine):
    assert engine.ask({"a": 1.5}).result() == {"a": 1.5}


def test_a_fault_keeps_its_sentence_and_hint(engine):
    with pytest.raises(Fault) as caught:
        engine.ask("fault").result()
    assert (caught.value.sentence, caught.value.hint) == ("The file ends early.", "Copy it again.")


def test_a_waiting_request_is_superseded_by_the_newest_of_its_key(engine):
    busy = engine.ask("until_stopped", key="busy")
    futures = [engine.ask(k, key="knob") for k in range(5)]
    engine.stop("busy")
    with pytest.raises(Cancelled):
        busy.result()
    assert futures[-1].result() == 4
    assert all(future.cancelled() for future in futures[:-1])


def test_urgent_requests_go_first(engine):
    came = queue.Queue()
    busy = engine.ask("until_stopped", key="busy")
    sheet, knob = engine.ask("sheet"), engine.ask("knob", urgent=True)
    for future in (sheet, knob):
        future.add_done_callback(lambda over: came.put(over.result()))
    engine.stop("busy")
    assert [came.get(timeout=120) for _ in range(2)] == ["knob", "sheet"]
    assert isinstance(busy.exception(), Cancelled)


def test_after_a_crash_every_model_is_open_again():
    told = threading.Event()
    engine = ProcessEngine(told.set, Toy)
    for model, path in (("m1", "digits"), ("m2", "words"), ("m3", "vowels"), ("m1", "numbers")):
        engine.open(ModelId(model), path).result()
    engine.close_model(ModelId("m3")).result()
    with pytest.raises(Fault, match="no such file"):
        engine.open(ModelId("m2"), "").result()
    with pytest.raises(Fault, match="stopped unexpectedly"):
        engine.ask("crash").result()
    assert told.wait(120)
    assert engine.ask("opened").result() == {"m1": "numbers", "m2": "words"}
    engine.close()


def test_an_engine_that_never_answers_is_given_up():
    engine = ProcessEngine(make_work=Toy)
    for _ in range(3):
        with pytest.raises(Fault):
            engine.ask("crash").result()
    with pytest.raises(Fault, match="three times"):
        engine.ask(1).result()
    engine.close()


def test_a_checkpoint_that_ends_its_reader_is_named_however_often_it_is_tried():
    engine = ProcessEngine(make_work=Toy)
    engine.open(ModelId("m1"), "digits").result()
    for _ in range(4):
        with pytest.raises(Fault, match=r"Reading “deadly.pt” stopped unexpectedly"):
            engine.open(ModelId("m2"), "/somewhere/deadly.pt").result()
        assert engine.ask("opened").result() == {"m1": "digits"}
    engine.close()


def test_a_checkpoint_whose_reading_never_ends_is_given_up_and_named(tmp_path):
    (tmp_path / "endless.pt").write_bytes(bytes(100_000))
    engine = ProcessEngine(make_work=Toy, patience_s=0.2)
    with pytest.raises(Fault, match=r"Reading “endless.pt” did not finish and was stopped"):
        engine.open(ModelId("m1"), tmp_path / "endless.pt").result()
    assert engine.ask(1).result() == 1
    engine.close()


@pytest.mark.parametrize("way", ["restart", "open"])
def test_an_engine_that_was_given_up_starts_again(way):
    started = threading.Event()
    engine = ProcessEngine(make_work=Toy)
    for _ in range(3):
        with pytest.raises(Fault):
            engine.ask("crash").result()
    with pytest.raises(Fault, match="Restart the computation"):
        engine.ask(1).result()
    engine.on_crash = started.set
    if way == "restart":
        engine.restart()
    else:
        engine.open(ModelId("m2"), "words").result()
    assert started.wait(120)
    assert engine.ask("opened").result() == ({} if way == "restart" else {"m2": "words"})
    engine.close()


def test_a_restart_ends_what_is_under_way_and_keeps_the_models():
    engine = ProcessEngine(make_work=Toy)
    engine.open(ModelId("m1"), "digits").result()
    busy = engine.ask("until_stopped")
    engine.restart()
    with pytest.raises(Fault, match="restarted"):
        busy.result()
    assert engine.ask("opened").result() == {"m1": "digits"}
    engine.close()


def test_an_answer_that_cannot_cross_is_a_bug_told_in_words(engine):
    with pytest.raises(RuntimeError, match="cannot be sent"):
        engine.ask("lambda").result()


@pytest.mark.parametrize("n", [0, 7, 5_000_000])
def test_arrays_cross_exactly_and_cannot_be_written_to(engine, n):
    mine = {"a": np.arange(n, dtype=np.float32), "b": np.full((2, 3), np.nan), "words": "x"}
    back = engine.ask(mine).result()
    np.testing.assert_array_equal(back["a"], mine["a"])
    np.testing.assert_array_equal(back["b"], mine["b"])
    assert back["words"] == "x"


def test_an_answer_is_not_overwritten_by_the_next_one(engine):
    first, second = (engine.ask(np.full(1000, k)) for k in (1, 2))
    assert second.result()[0] == 2
    assert (first.result() == 1).all()


ASKED = ProbeRequest(ModelId("m1"), "G", LatentPoints(()))


def test_without_a_model_a_probe_is_refused():
    with pytest.raises(Fault, match="No model is open"):
        InlineEngine().probe(ASKED).result()


def test_several_models_are_open_at_once(tmp_path):
    engine = ProcessEngine()
    paths = [write_bundle(tmp_path / f"{seed}.ckpt-1", nets.tensorflow(seed=seed)) for seed in (0, 1)]
    models = ModelId("m1"), ModelId("m2")
    cards = [engine.open(model, path).result() for model, path in zip(models, paths, strict=True)]
    asked = [ProbeRequest(model, "G", LatentPoints((draw(cards[0].layout),))) for model in models]
    digests = [engine.probe(one).result().tracks["out"].origin.checkpoint for one in asked]
    assert digests == [card.digest for card in cards]
    assert digests[0] != digests[1]
    engine.close_model(models[0])
    with pytest.raises(Fault, match="No model is open"):
        engine.probe(asked[0]).result()
    assert engine.probe(asked[1]).result().tracks["out"].origin.checkpoint == digests[1]
    engine.close()


def test_an_edit_is_part_of_the_request_and_of_the_origin(tmp_path):
    engine, model = InlineEngine(), ModelId("m1")
    card = engine.open(model, write_bundle(tmp_path / "a.ckpt-1", nets.tensorflow())).result()
    drive = LatentPoints((draw(card.layout),))
    silent = LayerEdit("conv4", Fill())
    asked = ProbeRequest(model, "G", drive, record=("conv4", "out"), edits=(silent,))
    done = engine.probe(asked).result().tracks
    assert list(done) == ["conv4", "out"]
    assert not done["conv4"].samples.any()
    assert done["out"].origin.edits == (silent.plain(),)
